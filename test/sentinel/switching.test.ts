import { describe, expect, test } from 'vitest';
import { FAILOVER_IN_PROGRESS, MASTER_DOWN } from '../../models/sentinel/flags.ts';
import { Lab } from '../support/sentinelLab.ts';
import { monitorLines, stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf, masterInfo, replicaInfo } from '../support/wire.ts';

const switchTo = (lab: Lab, node: string, epoch: number) =>
  lab.tell('s1', helloOf('p1', node, { currentEpoch: epoch, masterConfigEpoch: epoch }));
const ips = (lab: Lab) => {
  const { instances } = lab.sentinel('s1');
  return lab
    .master('s1')
    .replicaIds.map((id) => instances[id]!.address.ip)
    .sort();
};

describe('1 Sentinel, 2 replicas, 2 peers: the current master address', () => {
  test('is the promoted replica from RECONF_SLAVES on; other replies keep the record (S-SWITCH-1)', () => {
    const lab = stage({ quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const { message } = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const chosen = message.includes(addressOf('n2')) ? 'n2' : 'n3';
    const address = () => lab.ask('s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
    expect(address()).toEqual([addressOf('n1'), '6379']);
    lab.script(chosen, { INFO: masterInfo(chosen) }).untilSaid('s1', '+promoted-slave');
    expect(address()).toEqual([addressOf(chosen), '6379']);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster').ip).toBe(addressOf('n1'));
    expect(lab.ask('s1', 'INFO', 'sentinel')).toContain(`address=${addressOf('n1')}:6379`);
    expect(lab.saved('s1')!.masters[0]!.host).toBe(addressOf(chosen));
  });

  test('the leader switches at the end of the tick; its script does not run again (S-SWITCH-2)', () => {
    const lab = stage({ quorum: 1, replicas: 1, lines: ['sentinel client-reconfig-script mymaster /x'] });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.script('n2', { INFO: masterInfo('n2') });
    const switched = lab.untilSaid('s1', '+switch-master');
    expect(switched.message).toBe('mymaster 10.0.2.1 6379 10.0.2.2 6379');
    expect(lab.lines('s1', 'scripts-unmodelled').map(({ message }) => message)).toEqual([
      '/x mymaster leader start 10.0.2.1 6379 10.0.2.2 6379',
    ]);
    expect(lab.masterOf('s1')).toBe('n2');
  });

  test('a promoted replica whose name does not resolve: the event at every tick, no switch (S-SWITCH-2)', () => {
    const lab = new Lab({
      sentinels: {
        s1: [
          ...monitorLines('n1', { quorum: 1 }),
          'sentinel resolve-hostnames yes',
          'sentinel known-replica mymaster n2 6379',
        ],
      },
      actors: { n1: { INFO: masterInfo('n1') }, n2: { INFO: replicaInfo('n2', 'n1') } },
    });
    lab.start('n1', 'n2', 'c1', 's1').run(500);
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    lab.setName('n2', null).run(2000);
    const repeated = lab.lines('s1', '+switch-master').length;
    expect(repeated).toBeGreaterThanOrEqual(15);
    expect(lab.master('s1').address.ip).toBe(addressOf('n1'));
    lab.setName('n2', addressOf('n2')).run(500);
    expect(lab.lines('s1', '+switch-master').length).toBeLessThanOrEqual(repeated + 2);
    expect(lab.master('s1').address.ip).toBe(addressOf('n2'));
  });
});

describe('1 Sentinel, 2 replicas, 2 peers: a switch', () => {
  test('clears what is about the old master and keeps the settings and epochs (S-SWITCH-3)', () => {
    const lab = stage({ quorum: 1, downAfterMs: 1000 });
    for (const peer of ['p1', 'p2']) lab.script(peer, { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1) });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.run(200);
    const before = { ...lab.master('s1') };
    const link = { ...lab.link('s1', lab.master('s1')) };
    expect(before.flags & FAILOVER_IN_PROGRESS).not.toBe(0);
    lab.hush();
    switchTo(lab, 'n2', 5);
    const switchedUs = lab.lines('s1', '+switch-master')[0]!.atUs + lab.sentinel('s1').clockOffsetUs;
    const record = lab.master('s1');
    expect(record).toMatchObject({
      flags: 1,
      leader: '',
      failoverState: 0,
      failoverStateChangeUs: 0,
      failoverStartUs: 0,
      promotedSlaveId: -1,
      runId: '',
      slaveMasterHost: '',
      roleReported: 1,
      roleReportedUs: switchedUs,
      sDownSinceUs: 0,
      oDownSinceUs: 0,
    });
    expect(lab.events('s1', '-sdown', '-odown', '+reset-master')).toEqual([]);
    for (const key of [
      'leaderEpoch',
      'failoverEpoch',
      'quorum',
      'downAfterMs',
      'failoverTimeoutMs',
      'infoRefreshUs',
      'lastPubUs',
      'masterLinkDownMs',
      'slaveConfChangeUs',
    ] as const) {
      expect([key, record[key]]).toEqual([key, before[key]]);
    }
    expect(lab.link('s1', record)).toMatchObject({
      lastPingUs: 0,
      actPingUs: switchedUs,
      lastAvailUs: switchedUs,
      lastPongUs: switchedUs,
      lastReconnUs: link.lastReconnUs,
      disconnected: true,
    });
  });

  test('the other replicas and the old master become the replicas (S-SWITCH-4)', () => {
    const lab = stage({ replicas: 3 });
    switchTo(lab, 'n3', 1);
    expect(ips(lab)).toEqual(['n1', 'n2', 'n4'].map(addressOf));
    expect(lab.lines('s1', '+slave')).toHaveLength(3);
    expect(
      lab
        .saved('s1')!
        .masters[0]!.knownReplicas.map(({ host }) => host)
        .sort(),
    ).toEqual(ips(lab));
  });

  test('to an address that was no replica: all stay (S-SWITCH-4)', () => {
    const lab = stage();
    switchTo(lab, 'n9', 1);
    expect(ips(lab)).toEqual(['n1', 'n2', 'n3'].map(addressOf));
  });

  test('replica entries begin anew, sentinel entries go on (S-SWITCH-5)', () => {
    const lab = stage({ quorum: 3, downAfterMs: 1000 });
    lab.script('p2', { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1, 'somebody', 3) });
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(100);
    const peer = lab.peer('s1', 'p2');
    expect(peer.flags & MASTER_DOWN).not.toBe(0);
    switchTo(lab, 'n2', 1);
    expect(lab.peer('s1', 'p2')).toBe(peer);
    expect(peer).toMatchObject({ leader: 'somebody', leaderEpoch: 3 });
    expect(peer.flags & MASTER_DOWN).not.toBe(0);
    expect(lab.replica('s1', 'n3')).toMatchObject({
      flags: 2,
      runId: '',
      slavePriority: 100,
      slaveReplOffset: 0,
      infoRefreshUs: 0,
      roleReported: 2,
    });
    expect(lab.link('s1', lab.replica('s1', 'n3')).disconnected).toBe(true);
    lab.run(110);
    expect(lab.link('s1', lab.replica('s1', 'n3')).disconnected).toBe(false);
    const switched = lab.lines('s1', '+switch-master')[0]!;
    const down = lab.untilSaid('s1', '+sdown', addressOf('n1'));
    expect((down.atUs - switched.atUs) / 1000).toBeGreaterThan(1000);
    expect((down.atUs - switched.atUs) / 1000).toBeLessThan(1110);
  });

  test('a master that was being retried: the first connection to the new one may wait a second (S-SWITCH-3, S-LINK-3)', () => {
    const lab = stage();
    lab.kill('n1').run(2000);
    const { lastReconnUs } = lab.link('s1', lab.master('s1'));
    lab.until(() => lab.link('s1', lab.master('s1')).lastReconnUs !== lastReconnUs);
    const triedUs = lab.nowUs;
    switchTo(lab, 'n2', 1);
    lab.until(() => !lab.link('s1', lab.master('s1')).disconnected);
    expect((lab.nowUs - triedUs) / 1000).toBeGreaterThanOrEqual(1000);
    expect((lab.nowUs - triedUs) / 1000).toBeLessThan(1110);
  });
});

describe('1 Sentinel, several masters: SENTINEL RESET and REMOVE', () => {
  const several = () =>
    stage({
      nodeLines: {
        s1: ['sentinel monitor mother 10.0.2.2 6379 1', 'sentinel monitor other 10.0.2.3 6379 1'],
      },
    });

  test.each([
    ['m*', ['mymaster', 'mother']],
    ['*other', ['mother', 'other']],
    ['M*', []],
    ['mymaste?', ['mymaster']],
    ['*', ['mymaster', 'mother', 'other']],
  ])('RESET %s: %j, with their children (S-SWITCH-6)', (pattern, expected) => {
    const lab = several();
    expect(lab.ask('s1', 'SENTINEL', 'RESET', pattern)).toBe(expected.length);
    const reset = lab.lines('s1', '+reset-master').map(({ message }) => message.split(' ')[1]);
    expect(reset.sort()).toEqual([...expected].sort());
    const counts = lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster');
    const gone = expected.includes('mymaster');
    expect([counts['num-slaves'], counts['num-other-sentinels']]).toEqual(gone ? ['0', '0'] : ['2', '2']);
  });

  test('RESET is not saved: a restart brings everybody back (S-SWITCH-6)', () => {
    const lab = stage();
    lab.ask('s1', 'SENTINEL', 'RESET', '*');
    expect(lab.saved('s1')!.masters[0]).toMatchObject({ knownReplicas: [{}, {}], knownSentinels: [{}, {}] });
    lab.kill('s1').run(100).start('s1').run(100);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-other-sentinels']).toBe('2');
  });

  test('after RESET the majority is that of the Sentinels known again (S-SWITCH-6)', () => {
    const lab = stage({ quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'RESET', '*');
    expect(lab.ask('s1', 'SENTINEL', 'CKQUORUM', 'mymaster')).toMatch(/^\+OK 1 usable/);
    lab.tell('s1', helloOf('p1', 'n1'));
    expect(lab.ask('s1', 'SENTINEL', 'CKQUORUM', 'mymaster')).toMatch(/^\+OK 2 usable/);
  });

  test('REMOVE ends everything about a master, its failover too (S-SWITCH-7)', () => {
    const lab = stage({ quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    expect(lab.ask('s1', 'SENTINEL', 'REMOVE', 'mymaster')).toBe('+OK');
    expect(lab.lines('s1', '-monitor')[0]!.message).toBe('master mymaster 10.0.2.1 6379');
    lab.hush().run(30_000);
    expect(lab.events('s1')).toEqual([]);
    expect(lab.saved('s1')!.masters).toEqual([]);
    expect(lab.openAt('n1')).toEqual([]);
    expect(lab.openAt('p1')).toEqual([]);
  });

  test('RESET of a leader in RECONF_SLAVES: the old address with the new epoch, for good (S-SWITCH-8)', () => {
    const lab = stage({ quorum: 1, replicas: 2 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const { message } = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const chosen = message.includes(addressOf('n2')) ? 'n2' : 'n3';
    lab.script(chosen, { INFO: masterInfo(chosen) }).untilSaid('s1', '+promoted-slave');
    lab.ask('s1', 'SENTINEL', 'RESET', 'mymaster');
    expect([lab.masterOf('s1'), lab.master('s1').configEpoch]).toEqual(['n1', 1]);
    switchTo(lab, chosen, 1);
    expect(lab.masterOf('s1')).toBe('n1');
    switchTo(lab, chosen, 2);
    expect(lab.masterOf('s1')).toBe(chosen);
  });
});
