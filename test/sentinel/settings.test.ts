import { describe, expect, test } from 'vitest';
import { stage } from '../support/stages.ts';
import { addressOf } from '../support/wire.ts';

describe('1 Sentinel: SENTINEL SET', () => {
  const set = (...words: string[]) => ['SENTINEL', 'SET', 'mymaster', ...words];

  test('numbers take effect at once, are announced and saved; down-after goes to the children (S-CMD-SET-1, S-CONF-3)', () => {
    const lab = stage();
    const words = [
      ...['down-after-milliseconds', '1234', 'failover-timeout', '5', 'parallel-syncs', '6', 'QUORUM', '7'],
      ...['master-reboot-down-after-period', '0'],
    ];
    expect(lab.ask('s1', ...set(...words))).toBe('+OK');
    expect(lab.lines('s1', '+set').map(({ message }) => message)).toEqual([
      'master mymaster 10.0.2.1 6379 down-after-milliseconds 1234',
      'master mymaster 10.0.2.1 6379 failover-timeout 5',
      'master mymaster 10.0.2.1 6379 parallel-syncs 6',
      'master mymaster 10.0.2.1 6379 QUORUM 7',
      'master mymaster 10.0.2.1 6379 master-reboot-down-after-period 0',
    ]);
    expect(lab.saved('s1')!.masters[0]).toMatchObject({
      ...{ downAfterMs: 1234, failoverTimeoutMs: 5, parallelSyncs: 6, quorum: 7 },
    });
    for (const instance of [lab.replica('s1', 'n2'), lab.peer('s1', 'p2')])
      expect(instance.downAfterMs).toBe(1234);
  });

  test.each([
    ['down-after-milliseconds', '0'],
    ['failover-timeout', '-1'],
    ['parallel-syncs', 'x'],
    ['quorum', '0'],
    ['quorum', '1.5'],
    ['quorum', ' 1'],
    ['master-reboot-down-after-period', '-1'],
  ])('%s %s: invalid (S-CMD-SET-1)', (option, value) => {
    const lab = stage({ peers: 0, settleMs: 20 });
    expect(lab.ask('s1', ...set(option, value))).toBe(
      `-ERR Invalid argument '${value}' for SENTINEL SET '${option}'`,
    );
    expect(lab.events('s1', '+set')).toEqual([]);
  });

  test('unknown options and missing values are errors; what came before stays and is saved (S-CMD-SET-1)', () => {
    const lab = stage({ peers: 0 });
    const unknown = (option: string) =>
      `-ERR Unknown option or number of arguments for SENTINEL SET '${option}'`;
    expect(lab.ask('s1', ...set('quorum', '5', 'nothing', '1'))).toBe(unknown('nothing'));
    expect(lab.ask('s1', ...set('parallel-syncs', '9', 'quorum'))).toBe(unknown('quorum'));
    expect(lab.ask('s1', ...set('rename-command', 'a'))).toBe(unknown('rename-command'));
    expect(lab.saved('s1')!.masters[0]).toMatchObject({ quorum: 5, parallelSyncs: 9 });
  });

  test('a password is not shown; empty means none (S-CMD-SET-1)', () => {
    const lab = stage({ peers: 0 });
    lab.ask('s1', ...set('auth-pass', 'secret', 'auth-user', 'eve'));
    expect(lab.lines('s1', '+set').map(({ message }) => message.split(' ').slice(4).join(' '))).toEqual([
      ...['auth-pass ******', 'auth-user eve'],
    ]);
    lab.run(1200);
    expect(lab.heard('n1', 'AUTH').at(-1)!.message).toEqual({
      kind: 'AUTH',
      user: 'eve',
      password: 'secret',
    });
    lab.ask('s1', ...set('auth-pass', ''));
    const fromUs = lab.nowUs;
    lab.run(1500);
    expect(lab.heard('n1', 'AUTH', fromUs)).toEqual([]);
  });

  test('rename-command: sets, replaces, and removes with the same name (S-CMD-SET-1)', () => {
    const lab = stage({ replicas: 0, peers: 0 });
    const table = () => lab.master('s1').renamedCommands;
    lab.ask('s1', ...set('rename-command', 'ping', 'PONGER'));
    expect(lab.lines('s1', '+set')[0]!.message).toContain('rename-command ping PONGER');
    lab.ask('s1', ...set('rename-command', 'PING', 'OTHER'));
    expect(table()).toEqual({ PING: 'OTHER' });
    lab.ask('s1', ...set('rename-command', 'Ping', 'pinG'));
    expect(table()).toBeNull();
    for (const [from, to] of [
      ['', 'x'],
      ['x', ''],
    ]) {
      expect(lab.ask('s1', ...set('rename-command', from!, to!))).toBe(
        "-ERR Invalid argument '' for SENTINEL SET 'rename-command'",
      );
    }
  });

  test('scripts are denied, unless the configuration allows them (S-CMD-SET-1)', () => {
    const denied = stage({ peers: 0 });
    expect(denied.ask('s1', ...set('notification-script', '/bin/true'))).toMatch(
      /^-ERR Reconfiguration of scripts path is denied for security reasons\. Check the deny-scripts-reconfig/,
    );
    const allowed = stage({ peers: 0, lines: ['sentinel deny-scripts-reconfig no'] });
    expect(allowed.ask('s1', ...set('client-reconfig-script', '/bin/true'))).toBe('+OK');
    expect(allowed.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['client-reconfig-script']).toBe(
      '/bin/true',
    );
  });
});

describe('1 Sentinel: SENTINEL CONFIG', () => {
  const get = (pattern: string) => ['SENTINEL', 'CONFIG', 'GET', pattern];
  const set = (...words: string[]) => ['SENTINEL', 'CONFIG', 'SET', ...words];

  test('GET: what matches, in order, unset texts empty (S-CMD-CONFIG-1)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', ...get('*'))).toEqual([
      ...['resolve-hostnames', 'no', 'announce-hostnames', 'no', 'announce-ip', '', 'announce-port', '0'],
      ...['sentinel-user', '', 'sentinel-pass', ''],
    ]);
    expect(lab.ask('s1', ...get('ANNOUNCE-p*'))).toEqual(['announce-port', '0']);
    expect(lab.ask('s1', ...get('x'))).toEqual([]);
  });

  test('SET: one pair, saved (S-CMD-CONFIG-2)', () => {
    const lab = stage({ peers: 0 });
    for (const [option, value] of [
      ['resolve-hostnames', 'YES'],
      ['announce-hostnames', 'yes'],
      ['announce-ip', '1.2.3.4'],
      ['announce-port', '65535'],
      ['Sentinel-User', 'u'],
      ['sentinel-pass', 'p'],
    ]) {
      expect(lab.ask('s1', ...set(option!, value!))).toBe('+OK');
    }
    expect(lab.saved('s1')).toMatchObject({
      ...{ resolveHostnames: true, announceHostnames: true, announceIp: '1.2.3.4', announcePort: 65_535 },
      ...{ sentinelUser: 'u', sentinelPass: 'p' },
    });
  });

  test('SET: errors (S-CMD-CONFIG-2)', () => {
    const lab = stage({ peers: 0 });
    const shape = '-ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.';
    expect(lab.ask('s1', ...set('nothing', '1'))).toBe(
      "-ERR Invalid argument 'nothing' to SENTINEL CONFIG SET",
    );
    for (const [option, value] of [
      ['announce-port', '65536'],
      ['announce-port', 'x'],
      ['resolve-hostnames', '1'],
    ]) {
      expect(lab.ask('s1', ...set(option!, value!))).toBe(
        `-ERR Invalid value '${value}' to SENTINEL CONFIG SET '${option}'`,
      );
    }
    expect(lab.ask('s1', ...set('announce-port', '1', 'announce-ip', '2'))).toBe(shape);
    expect(lab.ask('s1', 'SENTINEL', 'CONFIG', 'GET')).toBe(shape);
    expect(lab.ask('s1', ...get('a'), 'b')).toBe(shape);
    for (const words of [
      ['REWRITE'],
      ['HAVE', 'announce-ip', 'x'],
      ['HAVE', 'announce-ip'],
      ['SET', 'announce-ip'],
    ]) {
      expect(lab.ask('s1', 'SENTINEL', 'CONFIG', ...words)).toBe(shape);
    }
  });

  test('empty credentials are unset; an empty announce-ip is an empty text (S-CMD-CONFIG-3)', () => {
    const lab = stage({ peers: 1, lines: ['sentinel sentinel-pass sp'] });
    expect(lab.heard('p1', 'AUTH')).toHaveLength(1);
    lab.ask('s1', ...set('sentinel-pass', ''));
    lab.run(2500);
    expect(lab.heard('p1', 'AUTH')).toHaveLength(1);
    lab.ask('s1', ...set('announce-ip', ''));
    lab.run(2500);
    expect(lab.heard('p1', 'PUBLISH').at(-1)!.message).toMatchObject({ payload: { sentinelIp: '' } });
  });
});

describe('1 Sentinel: SENTINEL DEBUG', () => {
  test('shows and changes the constants; what came before an error stays (S-CMD-DEBUG-1)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', 'SENTINEL', 'DEBUG')).toEqual([
      ...['INFO-PERIOD', '10000', 'PING-PERIOD', '1000', 'ASK-PERIOD', '1000', 'PUBLISH-PERIOD', '2000'],
      ...['DEFAULT-DOWN-AFTER', '30000', 'DEFAULT-FAILOVER-TIMEOUT', '180000', 'TILT-TRIGGER', '2000'],
      ...['TILT-PERIOD', '30000', 'SLAVE-RECONF-TIMEOUT', '10000', 'MIN-LINK-RECONNECT-PERIOD', '15000'],
      ...['ELECTION-TIMEOUT', '10000', 'SCRIPT-MAX-RUNTIME', '60000', 'SCRIPT-RETRY-DELAY', '30000'],
    ]);
    expect(lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '500', 'Ping-Period', '200')).toBe('+OK');
    expect(lab.ask('s1', 'SENTINEL', 'DEBUG', 'ask-period', '7', 'nothing', '1')).toBe(
      "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'nothing'",
    );
    expect(lab.ask('s1', 'SENTINEL', 'DEBUG', 'tilt-period', '8', 'tilt-trigger', '0')).toBe(
      "-ERR Invalid argument '0' for SENTINEL DEBUG 'tilt-trigger'",
    );
    expect(lab.ask('s1', 'SENTINEL', 'DEBUG', 'tilt-period')).toBe(
      "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'tilt-period'",
    );
    expect(lab.askFields('s1', 'SENTINEL', 'DEBUG')).toMatchObject({
      ...{
        'INFO-PERIOD': '500',
        'PING-PERIOD': '200',
        'ASK-PERIOD': '7',
        'TILT-PERIOD': '8',
        'TILT-TRIGGER': '2000',
      },
    });
    const fromUs = lab.run(500).nowUs;
    lab.run(10_000);
    expect(lab.heard('n1', 'PING', fromUs).length).toBeGreaterThan(33);
    expect(lab.heard('n1', 'INFO', fromUs).length).toBeGreaterThan(16);
  });

  test('a default is for new masters only (S-CMD-DEBUG-1)', () => {
    const lab = stage({ peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'default-failover-timeout', '77');
    lab.ask('s1', 'SENTINEL', 'MONITOR', 'new', addressOf('n2'), '6379', '1');
    const timeout = (name: string) => lab.askFields('s1', 'SENTINEL', 'MASTER', name)['failover-timeout'];
    expect([timeout('mymaster'), timeout('new')]).toEqual(['20000', '77']);
  });

  test.each([
    [
      'tilt-trigger',
      '300',
      (lab: ReturnType<typeof stage>) =>
        lab.pause('s1').run(600).resume('s1').run(200).events('s1', '+tilt').length,
    ],
    [
      'publish-period',
      '400',
      (lab: ReturnType<typeof stage>) =>
        Math.min(1, Math.floor(lab.run(5000).heard('p1', 'PUBLISH').length / 9)),
    ],
    [
      'election-timeout',
      '1500',
      (lab: ReturnType<typeof stage>) => {
        lab.mute('n1').untilSaid('s1', '+try-failover');
        return lab.run(2700).events('s1', '-failover-abort-not-elected').length;
      },
    ],
  ])('%s %s takes effect (S-CMD-DEBUG-1)', (name, value, effect) => {
    const lab = stage({ quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', name, value);
    expect(effect(lab)).toBe(1);
    expect(effect(stage({ quorum: 1 }))).toBe(0);
  });
});
