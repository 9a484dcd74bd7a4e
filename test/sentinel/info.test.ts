import { describe, expect, test } from 'vitest';
import { errorReply, type NodeInfo, type Reply } from '../../models/commands.ts';
import { stage } from '../support/stages.ts';
import { addressOf, idOf, masterInfo, replicaInfo } from '../support/wire.ts';

const infoOf = (reply: Reply): NodeInfo => (reply as Extract<Reply, { kind: 'info' }>).info;

test('1 master: an error instead of INFO changes nothing (S-INFO-1)', () => {
  const lab = stage({ peers: 0 });
  const before = { ...lab.master('s1') };
  lab.script('n1', { INFO: errorReply('BUSY') }).run(12_000);
  const { infoRefreshUs, info, runId, roleReported, replicaIds } = lab.master('s1');
  expect({ infoRefreshUs, info, runId, roleReported, replicaIds }).toEqual({
    infoRefreshUs: before.infoRefreshUs,
    info: before.info,
    runId: before.runId,
    roleReported: before.roleReported,
    replicaIds: before.replicaIds,
  });
});

describe('1 replica: fields of INFO', () => {
  test('are noted, and its text is kept (S-INFO-2, S-INFO-3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    const change = {
      master_link_status: 'down' as const,
      master_link_down_since_seconds: 12,
      slave_priority: 7,
      slave_repl_offset: 4242,
      replica_announced: false,
      master_host: '10.9.9.9',
      master_port: 7777,
    };
    const reply = replicaInfo('n2', 'n1', change);
    lab.script('n2', { INFO: reply }).run(10_500);
    expect(lab.replica('s1', 'n2')).toMatchObject({
      runId: idOf('n2'),
      masterLinkDownMs: 12_000,
      slaveMasterLinkUp: false,
      slavePriority: 7,
      slaveReplOffset: 4242,
      replicaAnnounced: false,
      slaveMasterHost: '10.9.9.9',
      slaveMasterPort: 7777,
      info: infoOf(reply),
    });
  });

  test('the down time of its link is 0 when the line is missing, and negative when never up (S-INFO-2, S-INFO-3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    const downFor = (seconds: number) =>
      replicaInfo('n2', 'n1', { master_link_status: 'down', master_link_down_since_seconds: seconds });
    lab.script('n2', { INFO: downFor(-1) }).run(10_500);
    expect(lab.replica('s1', 'n2').masterLinkDownMs).toBe(-1000);
    lab.script('n2', { INFO: replicaInfo('n2', 'n1') }).run(1200);
    expect(lab.replica('s1', 'n2').masterLinkDownMs).toBe(0);
  });

  test('another master: the change of its address is timed; another spelling is no change (S-INFO-3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '100');
    const changedUs = () => lab.replica('s1', 'n2').slaveConfChangeUs;
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { master_host: 'Some-Host' }) }).run(500);
    const first = changedUs();
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { master_host: 'some-host' }) }).run(500);
    expect(changedUs()).toBe(first);
    lab
      .script('n2', { INFO: replicaInfo('n2', 'n1', { master_host: 'some-host', master_port: 1 }) })
      .run(500);
    expect(changedUs()).toBeGreaterThan(first);
  });

  test('become old when it turns master: offset, priority and link status stay (S-INFO-5)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab
      .script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 9, slave_repl_offset: 55 }) })
      .run(10_500);
    lab.script('n2', { INFO: masterInfo('n2') }).run(10_500);
    expect(lab.events('s1')).toEqual(['-role-change']);
    expect(lab.replica('s1', 'n2')).toMatchObject({
      slavePriority: 9,
      slaveReplOffset: 55,
      slaveMasterLinkUp: true,
      slaveMasterHost: addressOf('n1'),
    });
  });

  test('are as old as the last reply (S-INFO-6)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.slow('s1', 'n2', 20).run(9400);
    lab.until(() => lab.heard('n2', 'INFO').length === 2);
    const askedUs = lab.nowUs;
    const before = lab.replica('s1', 'n2').infoRefreshUs;
    lab.until(() => lab.replica('s1', 'n2').infoRefreshUs !== before);
    expect(lab.nowUs - askedUs).toBe(20_000);
    const refreshedUs = lab.replica('s1', 'n2').infoRefreshUs - lab.sentinel('s1').clockOffsetUs;
    expect(refreshedUs).toBe(lab.nowUs);
  });
});

describe('1 master: restarts and replicas', () => {
  test('the first run id is noted, another one is a restart (S-INFO-3)', () => {
    const lab = stage({ peers: 0, settleMs: 0 });
    lab.run(500);
    expect(lab.events('s1', '+reboot')).toEqual([]);
    expect(lab.master('s1').runId).toBe(idOf('n1'));
    lab.script('n1', { INFO: masterInfo('n1', [], 'b'.repeat(40)) });
    expect(lab.untilSaid('s1', '+reboot').message).toBe('master mymaster 10.0.2.1 6379');
    expect(lab.master('s1').runId).toBe('b'.repeat(40));
    lab.run(11_000);
    expect(lab.events('s1', '+reboot')).toHaveLength(1);
  });

  test('replicas of its INFO are learned, each with a flush, and never forgotten by INFO (S-INFO-3, S-INFO-4)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.script('n1', { INFO: masterInfo('n1', ['n2', 'n4', 'n5']) }).run(10_500);
    expect(lab.lines('s1', '+slave').map(({ message }) => message)).toEqual([
      'slave 10.0.2.4:6379 10.0.2.4 6379 @ mymaster 10.0.2.1 6379',
      'slave 10.0.2.5:6379 10.0.2.5 6379 @ mymaster 10.0.2.1 6379',
    ]);
    const gapMs = (lab.lines('s1', '+slave')[1]!.atUs - lab.lines('s1', '+slave')[0]!.atUs) / 1000;
    expect(gapMs).toBeGreaterThanOrEqual(1.5);
    expect(
      lab
        .saved('s1')!
        .masters[0]!.knownReplicas.map(({ host }) => host)
        .sort(),
    ).toEqual([...['10.0.2.2', '10.0.2.4', '10.0.2.5']]);
    lab.script('n1', { INFO: masterInfo('n1') }).run(30_000);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-slaves']).toBe('3');
  });

  test('its replicas count also while it reports to be a replica itself (S-INFO-4)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    const chained: Reply = {
      kind: 'info',
      sections: [],
      info: { ...infoOf(replicaInfo('n1', 'n9')), slaves: infoOf(masterInfo('n1', ['n5'])).slaves },
    };
    lab.script('n1', { INFO: chained }).run(10_500);
    expect(lab.events('s1', '+slave')).toEqual(['+slave']);
    expect(lab.replica('s1', 'n5')).toBeDefined();
  });

  test('replicas of a replica are not learned (S-INFO-4)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    const chained: Reply = {
      kind: 'info',
      sections: [],
      info: { ...infoOf(replicaInfo('n2', 'n1')), slaves: infoOf(masterInfo('n1', ['n5'])).slaves },
    };
    lab.script('n2', { INFO: chained }).run(10_500);
    expect(lab.events('s1')).toEqual([]);
  });
});
