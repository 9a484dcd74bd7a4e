import { describe, expect, it } from 'vitest';
import { importLogs } from '../../src/import/importLogs.ts';
import { parseLogLine } from '../../src/import/logLine.ts';

const SDOWN = '1:X 12 Jan 2026 10:00:00.123 # +sdown master mymaster 10.0.0.2 6379';

function read(text: string, path = 'all.log') {
  const window = () => ({ zeroMs: null, from: null, to: null, failover: null });
  return importLogs([{ path, text }], { given: new Map(), zoneMin: null, offsetsMs: new Map(), window });
}

describe('what stands before a line', () => {
  it.each([
    ['nothing', '', '', null],
    ['docker compose', 'redis-sentinel-1  | ', 'redis-sentinel-1', null],
    ['docker compose with colours', '\u001b[36mredis-sentinel-1  |\u001b[0m ', 'redis-sentinel-1', null],
    ['docker logs -t', '2026-01-12T09:00:00.124456789Z ', '', Date.UTC(2026, 0, 12, 9, 0, 0, 124)],
    [
      'docker compose logs -t',
      's2  | 2026-01-12T09:00:00.124456789Z ',
      's2',
      Date.UTC(2026, 0, 12, 9, 0, 0, 124),
    ],
    [
      'a container runtime',
      '2026-01-12T11:00:00.124+02:00 stdout F ',
      '',
      Date.UTC(2026, 0, 12, 9, 0, 0, 124),
    ],
    ['kubectl logs --prefix', '[pod/redis-node-0/sentinel] ', 'redis-node-0', null],
    ['syslog', 'Jan 12 10:00:00 box-3 redis-sentinel[812]: ', 'box-3', null],
  ])('%s', (_what, prefix, origin, originMs) => {
    const line = parseLogLine(prefix + SDOWN);
    expect(line).toMatchObject({ origin, originMs, role: 'X', mark: '#' });
    expect(line?.text).toBe('+sdown master mymaster 10.0.0.2 6379');
  });

  it('docker’s json-file', () => {
    const raw = JSON.stringify({ log: `${SDOWN}\n`, stream: 'stdout', time: '2026-01-12T10:00:00.2Z' });
    expect(parseLogLine(raw)?.text).toBe('+sdown master mymaster 10.0.0.2 6379');
  });
});

describe('formats of the log itself', () => {
  it('Redis 3 and 4 without a year: December is followed by January', () => {
    const { document, zero } = read(
      [
        '7:X 31 Dec 23:59:59.900 # +sdown master mymaster 10.0.0.2 6379',
        '7:X 01 Jan 00:00:00.100 # -sdown master mymaster 10.0.0.2 6379',
      ].join('\n'),
      's1.log',
    );
    expect(document.events.map(({ t, event }) => [t, event])).toEqual([
      [0, '+sdown'],
      [200, '-sdown'],
    ]);
    expect(zero.zone).toContain('no year');
  });

  it('Redis 2.8 with a pid in brackets', () => {
    const { document } = read(
      '[4242] 12 Jan 10:00:00.123 # +sdown master mymaster 10.0.0.2 6379\n',
      's1.log',
    );
    expect(document.events).toMatchObject([{ node: 's1', event: '+sdown', level: 'warning' }]);
  });

  it('Windows line ends', () => {
    expect(read(`${SDOWN}\r\n\r\n`).document.events).toHaveLength(1);
  });

  it('a line that is no time is none of Redis’s', () => {
    expect(parseLogLine('1:X 12 Foo 2026 10:00:00.123 # +sdown master m 10.0.0.2 6379')).toBeNull();
    expect(parseLogLine('1:X 12 Jan 2026 25:00:00.123 # +sdown master m 10.0.0.2 6379')).toBeNull();
  });
});

describe('one file with the lines of several containers', () => {
  const id = (digit: string) => digit.repeat(40);
  const text = [
    's1  | 2026-01-12T10:00:00.000Z 1:X 12 Jan 2026 11:00:00.000 # Sentinel ID is '.concat(id('a')),
    's2  | 2026-01-12T10:00:00.000Z 1:X 12 Jan 2026 10:00:00.000 # Sentinel ID is '.concat(id('b')),
    'app | 2026-01-12T10:00:00.500Z connected',
    's1  | 2026-01-12T10:00:01.000Z 1:X 12 Jan 2026 11:00:01.000 # +sdown master m redis-a 6379',
    `s2  | 2026-01-12T10:00:01.500Z 1:X 12 Jan 2026 10:00:01.500 # +vote-for-leader ${id('a')} 7`,
    's2  | 2026-01-12T10:00:01.600Z 1:X 12 Jan 2026 10:00:01.600 # a line that nobody knows',
    'redis-a | 2026-01-12T10:00:02.000Z 1:M 12 Jan 2026 10:00:02.000 * Ready to accept connections',
  ].join('\n');

  it('tells them apart, and brings zones together by the runtime’s instants', () => {
    const { document, nodes } = read(text);
    expect(nodes.map(({ name }) => name)).toEqual(['s1', 's2', 'redis-a']);
    expect(document.events.map(({ t, node, message }) => [t, node, message])).toEqual([
      [0, 's1', 'master m redis-a 6379'],
      [500, 's2', 's1 7'],
      [1000, 'redis-a', ''],
    ]);
  });

  it('loses no line: what is not known is counted, with its place', () => {
    const { strange, unstamped } = read(text);
    expect(strange).toEqual([
      { at: { file: 'all.log', line: 6, column: 1 }, text: 'a line that nobody knows' },
    ]);
    expect(unstamped.map(({ at }) => at.line)).toEqual([3]);
  });
});

describe('messages', () => {
  const message = (text: string) =>
    read(`1:X 12 Jan 2026 10:00:00.000 # ${text}\n`, 's1.log').document.events[0]?.message;

  it('IPv6 addresses', () => {
    expect(message('+slave slave [fd00::3]:6379 fd00::3 6379 @ mymaster fd00::2 6379')).toBe(
      'slave fd00::3:6379 fd00::3 6379 @ mymaster fd00::2 6379',
    );
  });

  it('announced host names', () => {
    expect(message('+switch-master mymaster redis-a 6379 redis-b 6379')).toBe(
      'mymaster redis-a 6379 redis-b 6379',
    );
  });

  it('events without an instance', () => {
    expect(message('+tilt #tilt mode entered')).toBe('#tilt mode entered');
    expect(message('+new-epoch 12')).toBe('12');
  });

  it.each([
    ['M', 'Failover target 10.0.0.3:6379 is synced, failing over.', ['role-changed', 'replica 10.0.0.3']],
    ['M', 'FAILOVER to 10.0.0.3:6379 time out exceeded, failing over.', ['role-changed', 'replica 10.0.0.3']],
    ['S', 'Successful partial resynchronization with master.', ['partial-resync', '']],
    ['M', 'Background saving terminated with success', ['saved-rdb', '']],
    ['M', 'DB saved on disk', ['saved-rdb', '']],
    ['C', 'DB saved on disk', undefined],
  ])('of a redis-server, role %s: %s', (role, text, told) => {
    const { document, strange } = read(
      [
        's1 | 1:X 12 Jan 2026 10:00:00.000 # +monitor master mymaster 10.0.0.2 6379 quorum 1',
        `r1 | 1:${role} 12 Jan 2026 10:00:01.000 * ${text}`,
      ].join('\n'),
    );
    const said = document.events
      .filter(({ node }) => node === 'r1')
      .map(({ event, message }) => [event, message]);
    expect(said[0]).toEqual(told);
    expect(strange).toEqual([]);
  });

  it('the moved address of a Sentinel', () => {
    const id = 'c'.repeat(40);
    const { document } = read(
      [
        `1:X 12 Jan 2026 10:00:00.000 * +sentinel sentinel ${id} 10.0.0.5 26379 @ m 10.0.0.2 6379`,
        `1:X 12 Jan 2026 10:00:01.000 * +sentinel-address-switch master m 10.0.0.2 6379 ip 10.0.0.7 port 26379 for ${id}`,
      ].join('\n'),
      's1.log',
    );
    expect(document.events.map((event) => event.message)).toEqual([
      'sentinel 10.0.0.5 10.0.0.5 26379 @ m 10.0.0.2 6379',
      'master m 10.0.0.2 6379 ip 10.0.0.5 port 26379 for 10.0.0.5',
    ]);
  });
});
