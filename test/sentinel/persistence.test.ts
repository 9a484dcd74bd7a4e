import { describe, expect, test } from 'vitest';
import {
  defaultMonitoredMaster,
  defaultSentinelConfig,
  type MonitoredMaster,
  type SentinelConfig,
} from '../../models/sentinel/config.ts';
import type { SentinelDisk } from '../../models/sentinel/index.ts';
import { Lab } from '../support/sentinelLab.ts';
import { cluster, stage } from '../support/stages.ts';
import { addressOf, helloOf, idOf, masterInfo, replicaInfo } from '../support/wire.ts';

/** Starts a Sentinel whose file says this: `running`, or why it does not start. */
function startedWith(change: Partial<SentinelConfig>): string {
  const lab = new Lab({ sentinels: { s1: [] } });
  const disk = lab.world.state.processes[lab.process('s1')]!.disk as SentinelDisk;
  disk.saved = { ...defaultSentinelConfig(), ...change };
  lab.start('s1').run(1);
  if (lab.isRunning('s1')) return 'running';
  expect(lab.lines('s1', 'exited').map((line) => line.message)).toEqual(['1']);
  const [refusal, ...more] = lab.lines('s1', 'fatal-config');
  expect(more).toEqual([]);
  return refusal!.message;
}

/** Flushes that were tried, made visible: with the disk full each one is a line of the log. */
function flushesDuring(lab: Lab, act: (lab: Lab) => void): number {
  lab.setDisk('s1', false).hush();
  act(lab);
  lab.setDisk('s1', true);
  return lab.events('s1', 'config-not-saved').length;
}

describe('1 Sentinel: the file', () => {
  test('is written synchronously: replies wait for the disk (S-PERSIST-1)', () => {
    const lab = stage({ fsyncUs: { min: 25_000, max: 25_000 } });
    const fromUs = lab.nowUs;
    expect(lab.ask('s1', 'SENTINEL', 'FLUSHCONFIG')).toBe('+OK');
    expect(lab.nowUs - fromUs).toBe(25_200);
  });

  test('cannot be written: logged, the change stands, commands say so (S-PERSIST-1, S-PERSIST-2)', () => {
    const lab = stage();
    lab.setDisk('s1', false);
    for (const words of [
      ['FLUSHCONFIG'],
      ['SET', 'mymaster', 'quorum', '7'],
      ['CONFIG', 'SET', 'announce-port', '9'],
      ['MONITOR', 'm', '10.0.2.2', '6379', '1'],
      ['REMOVE', 'm'],
    ]) {
      expect(lab.ask('s1', 'SENTINEL', ...words)).toBe('-ERR Failed to save config file. Check server logs.');
    }
    expect(lab.master('s1').quorum).toBe(7);
    expect(lab.saved('s1')!.masters[0]!.quorum).toBe(2);
    expect(lab.lines('s1', 'config-not-saved')[0]!.message).toBe('No space left on device');
    lab.setDisk('s1', true);
    expect(lab.ask('s1', 'SENTINEL', 'FLUSHCONFIG')).toBe('+OK');
    expect(lab.saved('s1')!.masters[0]!.quorum).toBe(7);
  });

  test.each([
    [
      'a new replica in INFO, each',
      2,
      (lab: Lab) => lab.script('n1', { INFO: masterInfo('n1', ['n2', 'n3', 'n7', 'n8']) }).run(10_500),
    ],
    ['INFO without news', 0, (lab: Lab) => lab.run(30_000)],
    ['a new Sentinel', 1, (lab: Lab) => lab.tell('s1', helloOf('p9', 'n1'))],
    [
      'a Sentinel at a new address',
      1,
      (lab: Lab) => lab.tell('s1', helloOf('p1', 'n1', { sentinelIp: '10.0.3.8' })),
    ],
    ['a greater epoch in a hello', 1, (lab: Lab) => lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 3 }))],
    ['a switch by hello', 1, (lab: Lab) => lab.tell('s1', helloOf('p1', 'n2', { masterConfigEpoch: 3 }))],
    [
      'a greater configuration epoch at the same address',
      0,
      (lab: Lab) => lab.tell('s1', helloOf('p1', 'n1', { masterConfigEpoch: 3 })),
    ],
    [
      'a vote in a new epoch',
      2,
      (lab: Lab) => lab.ask('s1', 'SENTINEL', 'is-master-down-by-addr', '10.0.2.1', '6379', '1', 'x'),
    ],
    ['RESET', 0, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'RESET', '*')],
    ['the start of a failover', 0, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')],
    ['MONITOR', 1, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'MONITOR', 'm', '10.0.2.2', '6379', '1')],
    ['REMOVE', 1, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'REMOVE', 'mymaster')],
    [
      'SET',
      1,
      (lab: Lab) => lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '1', 'parallel-syncs', '3'),
    ],
    [
      'a SET that changes nothing',
      0,
      (lab: Lab) => lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', 'x'),
    ],
    ['CONFIG SET', 1, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', 'announce-port', '1')],
    ['DEBUG', 0, (lab: Lab) => lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '9000')],
  ])('%s: flushed %i times (S-PERSIST-3, S-SWITCH-6)', (_what, count, act) => {
    expect(flushesDuring(stage(), act)).toBe(count);
  });

  test('a failover: own vote, promotion, switch; its abort is not saved (S-PERSIST-3)', () => {
    const lab = stage({ replicas: 1, peers: 0, quorum: 1 });
    const count = flushesDuring(lab, () => {
      lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
      lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+switch-master');
      lab.run(10);
    });
    expect(count).toBe(3);
    const failed = stage({ replicas: 1, peers: 0, quorum: 1, failoverTimeoutMs: 2000 });
    expect(
      flushesDuring(failed, () => {
        failed.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
        failed.untilSaid('s1', '-failover-abort-slave-timeout');
      }),
    ).toBe(1);
  });

  test('a first start without an id draws one and saves it, a start with an id saves nothing (S-PERSIST-3)', () => {
    expect(stage({ settleMs: 1 }).saved('s1')!.myId).toMatch(/^[0-9a-f]{40}$/);
    expect(stage({ settleMs: 1, lines: [`sentinel myid ${idOf('x')}`] }).saved('s1')).toBeNull();
  });
});

describe('1 Sentinel: what the file holds', () => {
  test('settings, epochs, replicas and Sentinels (S-PERSIST-4)', () => {
    const lab = stage({
      quorum: 1,
      lines: [
        ...[
          'sentinel parallel-syncs mymaster 4',
          'sentinel auth-pass mymaster pw',
          'sentinel auth-user mymaster eve',
        ],
        ...['sentinel announce-ip 10.0.1.1', 'sentinel announce-port 7', 'sentinel sentinel-pass sp'],
        ...[
          'sentinel rename-command mymaster PING PONGER',
          'sentinel master-reboot-down-after-period mymaster 5',
        ],
      ],
    });
    lab.ask('s1', 'SENTINEL', 'is-master-down-by-addr', '10.0.2.1', '6379', '6', 'x');
    expect(lab.saved('s1')).toMatchObject({
      myId: lab.sentinel('s1').myId,
      currentEpoch: 6,
      announceIp: '10.0.1.1',
      announcePort: 7,
      sentinelPass: 'sp',
      masters: [
        {
          ...{
            name: 'mymaster',
            host: '10.0.2.1',
            port: 6379,
            quorum: 1,
            downAfterMs: 3000,
            failoverTimeoutMs: 20_000,
          },
          ...{
            parallelSyncs: 4,
            authPass: 'pw',
            authUser: 'eve',
            masterRebootDownAfterMs: 5,
            leaderEpoch: 6,
            configEpoch: 0,
          },
          renamedCommands: { PING: 'PONGER' },
        },
      ],
    });
    const known = lab.saved('s1')!.masters[0]!.knownSentinels;
    expect(known.map(({ runId }) => runId).sort()).toEqual([idOf('p1'), idOf('p2')]);
  });

  test('a value that equals the default in force is not written, and returns as the built-in one (S-PERSIST-4)', () => {
    const lab = stage({ peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'default-down-after', '3000');
    lab.ask('s1', 'SENTINEL', 'FLUSHCONFIG');
    lab.kill('s1').run(100).start('s1').run(10);
    expect([lab.master('s1').downAfterMs, lab.master('s1').failoverTimeoutMs]).toEqual([30_000, 20_000]);
  });

  test('from the promotion on the new master is the monitored one, the old one is among the replicas (S-PERSIST-4, S-PERSIST-7)', () => {
    const lab = stage({ replicas: 2, peers: 0, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    expect(lab.saved('s1')!.masters[0]!.host).toBe(addressOf('n1'));
    lab.script('n2', { INFO: masterInfo('n2') }).script('n3', { INFO: masterInfo('n3') });
    lab.untilSaid('s1', '+promoted-slave');
    const { host, knownReplicas, configEpoch } = lab.saved('s1')!.masters[0]!;
    expect([host, ...knownReplicas.map((each) => each.host)].sort()).toEqual(
      ['n1', 'n2', 'n3'].map(addressOf),
    );
    expect(host).not.toBe(addressOf('n1'));
    expect(configEpoch).toBe(1);
  });
});

describe('1 Sentinel: a restart', () => {
  test('remembers what is in the file, and nothing else (S-PERSIST-5)', () => {
    const lab = stage({ quorum: 1 });
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 3 }) }).run(10_500);
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '500');
    lab.ask('s1', 'SENTINEL', 'SIMULATE-FAILURE', 'crash-after-promotion');
    lab.jumpClock('s1', 5000).run(200);
    expect(lab.sentinel('s1').tilt).toBe(true);
    const { myId } = lab.sentinel('s1');
    lab.kill('s1').run(50).start('s1').run(1);
    const state = lab.sentinel('s1');
    expect(state).toMatchObject({
      myId,
      currentEpoch: 1,
      tilt: false,
      simFailureFlags: 0,
      periods: { infoMs: 10_000 },
    });
    expect(lab.master('s1')).toMatchObject({
      ...{
        flags: 1,
        leader: '',
        leaderEpoch: 1,
        failoverState: 0,
        failoverStartUs: 0,
        runId: '',
        info: null,
      },
    });
    expect(lab.replica('s1', 'n2')).toMatchObject({ slavePriority: 100, infoRefreshUs: 0, runId: '' });
    expect(lab.peer('s1', 'p1')).toMatchObject({ runId: idOf('p1'), leader: '', leaderEpoch: 0 });
  });

  test('is announced with +monitor alone; a dead master is S_DOWN down-after later, a failover may start at once (S-PERSIST-6)', () => {
    const lab = stage({ quorum: 1, failoverTimeoutMs: 1_000_000 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.kill('s1', 'n1').run(100).hush();
    const bootUs = lab.start('s1').nowUs;
    const down = lab.untilSaid('s1', '+sdown', 'master mymaster');
    expect(lab.events('s1').slice(0, 2)).toEqual(['+monitor', '+sdown']);
    expect(lab.lines('s1', '+monitor')[0]!.message).toBe('master mymaster 10.0.2.1 6379 quorum 1');
    expect((down.atUs - bootUs) / 1000).toBeGreaterThan(3000);
    expect((down.atUs - bootUs) / 1000).toBeLessThan(3102);
    lab.untilSaid('s1', '+try-failover', '', 10);
  });

  test('1 master, 2 replicas, 3 sentinels: a leader that dies after the promotion spreads it when it returns (S-PERSIST-7)', () => {
    const lab = cluster();
    lab.kill('r1').until(() => lab.said.some(({ event }) => event === '+promoted-slave'));
    const promotion = lab.said.find(({ event }) => event === '+promoted-slave')!;
    lab.kill(promotion.node).run(1000);
    const others = ['s1', 's2', 's3'].filter((name) => name !== promotion.node);
    for (const name of others) expect(lab.masterOf(name)).toBe('r1');
    lab.start(promotion.node).run(4000);
    for (const name of ['s1', 's2', 's3'])
      expect(promotion.message).toContain(`slave ${addressOf(lab.masterOf(name))}:`);
  });
});

describe('1 Sentinel: a file that is not as it should be', () => {
  const MASTER = defaultMonitoredMaster('m', '10.0.2.1', 6379, 2);
  const REPLICA = { host: '10.0.2.2', port: 6379 };
  const PEER = { host: '10.0.3.1', port: 26_379, runId: 'a'.repeat(40) };

  test.each<[Partial<MonitoredMaster>, string]>([
    [{ quorum: 0 }, 'Quorum must be 1 or greater.'],
    [{ quorum: -1, port: -1 }, 'Quorum must be 1 or greater.'],
    [{ port: 65_536 }, 'Invalid port number.'],
    [{ port: -1, host: 'nowhere' }, 'Invalid port number.'],
    [{ host: 'nowhere' }, "Can't resolve instance hostname."],
    [{ host: '', quorum: 0 }, 'Unrecognized sentinel configuration statement.'],
    [{ downAfterMs: 0 }, 'negative or zero time parameter.'],
    [{ failoverTimeoutMs: 0 }, 'negative or zero time parameter.'],
    [{ failoverTimeoutMs: -5 }, 'negative or zero time parameter.'],
    [{ masterRebootDownAfterMs: -1 }, 'negative time parameter.'],
    [{ knownReplicas: [{ ...REPLICA, host: 'nowhere' }] }, "Can't resolve instance hostname."],
    [{ knownReplicas: [{ ...REPLICA, port: 65_536 }] }, 'Invalid port number.'],
    [{ knownReplicas: [{ ...REPLICA, host: '' }] }, 'Unrecognized sentinel configuration statement.'],
    [{ knownReplicas: [REPLICA, REPLICA] }, 'Duplicate hostname and port for replica.'],
    [{ knownSentinels: [{ ...PEER, host: 'nowhere' }] }, "Can't resolve instance hostname."],
    [{ knownSentinels: [{ ...PEER, port: -1 }] }, 'Invalid port number.'],
    [{ knownSentinels: [PEER, { ...PEER, host: '10.0.3.2' }] }, 'Duplicate runid for sentinel.'],
  ])('%j: it does not start, with Redis’s words (S-CONF-2)', (change, message) => {
    expect(startedWith({ masters: [{ ...MASTER, ...change }] })).toBe(message);
  });

  test('two masters of one name, an id of another length: it does not start (S-CONF-2)', () => {
    expect(startedWith({ masters: [MASTER, { ...MASTER, host: '10.0.2.2' }] })).toBe(
      'Duplicate master name.',
    );
    expect(startedWith({ masters: [MASTER], myId: 'abc' })).toBe('Malformed Sentinel id in myid option.');
  });

  test('the least and greatest values are taken (S-CONF-2)', () => {
    for (const change of [
      { quorum: 1, downAfterMs: 1, failoverTimeoutMs: 1, masterRebootDownAfterMs: 0 },
      { port: 65_535, knownReplicas: [{ ...REPLICA, port: 0 }], knownSentinels: [PEER] },
    ]) {
      expect(startedWith({ masters: [{ ...MASTER, ...change }], myId: 'b'.repeat(40) })).toBe('running');
    }
  });

  test.each([
    ['none', 'Sentinel needs config file on disk to save state. Exiting...'],
    ['read-only', 'Sentinel config file is not writable: Read-only file system. Exiting...'],
  ] as const)('%s: it does not start (S-PERSIST-8)', (configFile, message) => {
    const lab = stage({ configFile, settleMs: 1 });
    expect(lab.isRunning('s1')).toBe(false);
    const again = stage({ configFile, settleMs: 0 });
    expect(again.isRunning('s1')).toBe(false);
    again.start('s1').run(1);
    expect(again.lines('s1', 'fatal-config').map((line) => line.message)).toEqual([message]);
    expect(again.lines('s1', 'exited').map((line) => line.message)).toEqual(['1']);
  });

  test('cannot be replaced: it runs and fails over, and forgets with its process (S-PERSIST-8, S-PERSIST-9)', () => {
    const lab = stage({ configFile: 'not-replaceable', quorum: 1, peers: 0, replicas: 1 });
    const { myId } = lab.sentinel('s1');
    lab
      .mute('n1')
      .script('n2', { INFO: masterInfo('n2') })
      .untilSaid('s1', '+switch-master');
    expect(lab.lines('s1', 'config-not-saved')[0]!.message).toBe('Device or resource busy');
    expect(lab.saved('s1')).toBeNull();
    lab.kill('s1').run(100).start('s1').run(100);
    expect(lab.masterOf('s1')).toBe('n1');
    expect(lab.sentinel('s1').currentEpoch).toBe(0);
    expect(lab.sentinel('s1').myId).not.toBe(myId);
  });
});
