import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainDocument } from '../../src/explain/explain.ts';
import { explainableRun, runDocumentSchema } from '../../src/explain/runDocument.ts';
import { type ImportOptions, importLogs } from '../../src/import/importLogs.ts';
import type { LogFile } from '../../src/import/sources.ts';
import { reportText } from '../../src/report/account.ts';

const FIXTURES = 'test/import/fixtures';

function filesOf(folder: string): LogFile[] {
  return readdirSync(join(FIXTURES, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(FIXTURES, folder, name), 'utf8') }));
}

function read(files: readonly LogFile[], options: Partial<ImportOptions> = {}) {
  const window = () => ({ zeroMs: null, from: null, to: null, failover: null });
  return importLogs(files, { given: new Map(), zoneMin: null, offsetsMs: new Map(), window, ...options });
}

const failover = (number: number) => () => ({ zeroMs: null, from: null, to: null, failover: number });
const threeHosts = filesOf('three-hosts');
const oneHost = filesOf('one-host');

describe('logs of a real cluster on three hosts, 1 master, 2 replicas, 3 sentinels', () => {
  it('finds every failover: a split vote, a forced one and one that cannot be', () => {
    const { document } = read(threeHosts);
    expect(document.failovers).toMatchObject([
      {
        leader: 'sentinel-2',
        epoch: 1,
        from: 'redis-1',
        to: 'redis-2',
        outcome: 'completed',
        sdownAt: 5,
        odownAt: 58,
        tryAt: 58,
        electedAt: 140,
        selectedAt: 202,
        promotedAt: 1080,
        switchAt: 2235,
        everySentinelAt: 2235,
      },
      { leader: 'sentinel-1', epoch: 1, from: 'redis-1', to: null, outcome: 'superseded', abortedAt: 1127 },
      { leader: 'sentinel-2', epoch: 2, from: 'redis-2', to: 'redis-1', outcome: 'completed', odownAt: null },
    ]);
  });

  it('places each server by the address it was spoken to at, and each Sentinel by its id', () => {
    const { nodes, absent, warnings, strange } = read(threeHosts);
    expect(nodes.map(({ name, known }) => [name, known.map((key) => key.slice(0, 15))])).toEqual([
      ['redis-1', ['127.0.6.1:16379']],
      ['redis-2', ['127.0.6.2:16379']],
      ['redis-3', ['127.0.6.3:16379']],
      ['sentinel-1', ['4990ce8b2ba8935']],
      ['sentinel-2', ['fd23ff1ec32e1e5']],
      ['sentinel-3', ['3d65e0ef64a6e95']],
    ]);
    expect([absent, warnings, strange]).toEqual([[], [], []]);
  });

  it('writes node names into every message', () => {
    const { document } = read(threeHosts);
    const text = document.events.map(({ message }) => message).join('\n');
    expect(text).not.toMatch(/127\.0\.6|[0-9a-f]{40}(?!')/);
    const messages = document.events.map(({ node, event, message }) => `${node} ${event} ${message}`);
    expect(messages).toContain('sentinel-3 +vote-for-leader sentinel-2 1');
    expect(messages).toContain('sentinel-2 vote-received sentinel-3 voted for sentinel-2 1');
    expect(messages).toContain(
      'sentinel-3 +config-update-from sentinel sentinel-2 sentinel-2 26379 @ mymaster redis-1 16379',
    );
    expect(messages).toContain('sentinel-3 +switch-master mymaster redis-1 16379 redis-2 16379');
    expect(messages).toContain('redis-3 role-changed replica redis-2');
    expect(messages).toContain(
      'sentinel-2 +selected-slave slave redis-2:16379 redis-2 16379 @ mymaster redis-1 16379',
    );
  });

  it('tells the failover delay in milliseconds after time zero (S-START-2)', () => {
    const { document } = read(threeHosts);
    const [delay] = document.events.filter(({ event }) => event === 'next-failover-delay');
    // Log: "before Mon Nov 23 21:18:31 2026"; time zero is 21:18:10.244.
    expect(delay).toMatchObject({ node: 'sentinel-3', message: '20756' });
  });

  it('takes the first +sdown of the master as time zero, and tells one failover alone', () => {
    const all = read(threeHosts);
    expect(all.zero).toMatchObject({ stamp: '23 Nov 2026 21:18:10.244', zone: 'local time of the logs' });
    const second = read(threeHosts, { window: failover(3) });
    expect(second.zero.stamp).toBe('23 Nov 2026 21:18:43.229');
    expect(second.document.failovers).toMatchObject([{ epoch: 2, tryAt: 0, switchAt: 6748 }]);
    const first = read(threeHosts, { window: failover(1) }).document;
    expect(first.failovers).toHaveLength(2);
    expect(Math.max(...first.events.map(({ t }) => t))).toBeLessThan(32_985);
  });

  it('keeps what is still in force when the span begins', () => {
    const atMs = Date.UTC(2026, 10, 23, 21, 19, 10);
    const window = () => ({ zeroMs: null, from: { atMs }, to: null, failover: null });
    const { document } = read(threeHosts, { window });
    const before = document.events.filter(({ t }) => t < 0).map(({ node, event }) => `${node} ${event}`);
    expect(before).toContain('sentinel-3 +sdown');
    expect(document.events.filter(({ event }) => event === '+try-failover')).toEqual([]);
  });

  it('refuses a failover that is not there', () => {
    expect(() => read(threeHosts, { window: failover(4) })).toThrow('the logs have no failover 4');
  });

  it('gives a document that the account and explain accept, with or without the servers’ logs', () => {
    const sentinelsOnly = threeHosts.filter(({ path }) => path.startsWith('sentinel'));
    for (const files of [threeHosts, sentinelsOnly]) {
      const { document } = read(files, { window: failover(1) });
      const account = reportText(document, { steps: [], replay: '', speed: '' }, { colour: false });
      expect(account).toContain('1 master, 2 replicas and 3 Sentinels');
      const parsed = runDocumentSchema.parse(JSON.parse(JSON.stringify(document)));
      expect(JSON.stringify(explainDocument(explainableRun(parsed)))).toContain('sentinel-2');
    }
  });

  it('names a node without a log by its address, or as a person says', () => {
    const files = threeHosts.filter(({ path }) => path.startsWith('sentinel-2'));
    const { document, absent } = read(files, {
      given: new Map([
        ['127.0.6.2:16379', 'blue'],
        ['127.0.6.1', 'red'],
        ['127.0.6.11', 'watcher'],
      ]),
    });
    expect(document.failovers[0]).toMatchObject({ from: 'red', to: 'blue', leader: 'sentinel-2' });
    expect(absent).toEqual(['red', 'blue', '127.0.6.3', 'watcher', '127.0.6.13']);
  });

  it('finds whose log it is without the line that says so', () => {
    const cut = threeHosts.map(({ path, text }) => ({
      path,
      text: text.replace(/^.*Sentinel ID is .*\n/gm, ''),
    }));
    expect(read(cut).document).toEqual(read(threeHosts).document);
  });
});

describe('logs of a real cluster on one host with several ports', () => {
  it('tells nodes by their ports, and Sentinels whose logs have one name by their folders', () => {
    const { document, nodes, warnings } = read(oneHost);
    expect(nodes.map(({ name }) => name)).toEqual([
      'redis-17001',
      'redis-17002',
      'redis-17003',
      's17011',
      's17012',
      's17013',
    ]);
    expect(document.failovers).toMatchObject([
      {
        leader: 's17013',
        from: 'redis-17001',
        to: 'redis-17003',
        outcome: 'completed',
        everySentinelAt: 2234,
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('calls nodes without logs by host and port', () => {
    const { document } = read(oneHost.filter(({ path }) => path.includes('sentinel')));
    expect(document.failovers).toMatchObject([{ from: '127.0.0.1:17001', to: '127.0.0.1:17003' }]);
    const slave = document.events.find(({ event }) => event === '+selected-slave');
    expect(slave?.message).toBe(
      'slave 127.0.0.1:17003 127.0.0.1:17003 17003 @ mymaster 127.0.0.1:17001 17001',
    );
  });
});
