import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, stage } from '../support/stages.ts';
import { addressOf, downAnswer, masterInfo, replicaInfo } from '../support/wire.ts';

const KIND = 'IS-MASTER-DOWN-BY-ADDR';

/** A stage whose Sentinel will be elected when the master fails. */
function electable(setting: Parameters<typeof stage>[0] = {}): Lab {
  const lab = stage({ replicas: 1, quorum: 2, ...setting });
  const { myId } = lab.sentinel('s1');
  for (const peer of ['p1', 'p2']) lab.script(peer, { [KIND]: downAnswer(1, myId, 1) });
  return lab;
}

describe('1 Sentinel, 1 replica: the states of a failover', () => {
  test('follow each other, one step a tick (S-FSM-1)', () => {
    const lab = stage({ replicas: 1, quorum: 2 });
    const { myId } = lab.sentinel('s1');
    for (const peer of ['p1', 'p2']) lab.script(peer, { [KIND]: downAnswer(1) });
    const seen: string[] = [];
    const note = () => {
      const { failoverState } = lab.view('s1');
      if (seen.at(-1) !== failoverState) seen.push(failoverState);
    };
    lab.pause('n1');
    const done = (event: string) => lab.lines('s1', event).length > 0;
    lab.until(() => {
      note();
      if (done('+try-failover')) lab.script('p1', { [KIND]: downAnswer(1, myId, 1) });
      if (done('+failover-state-wait-promotion')) lab.script('n2', { INFO: masterInfo('n2') });
      return done('+switch-master');
    });
    note();
    expect(seen).toEqual([
      ...[
        'none',
        'wait_start',
        'select_slave',
        'send_slaveof_noone',
        'wait_promotion',
        'reconf_slaves',
        'none',
      ],
    ]);
    expect(lab.events('s1').filter((event) => !event.startsWith('vote'))).toEqual([
      ...['+sdown', '+odown', '+new-epoch', '+try-failover', '+vote-for-leader', '+elected-leader'],
      ...['+failover-state-select-slave', '+selected-slave', '+failover-state-send-slaveof-noone'],
      ...[
        '+failover-state-wait-promotion',
        '-role-change',
        '+promoted-slave',
        '+failover-state-reconf-slaves',
      ],
      ...['+failover-end', '+switch-master', '+slave'],
    ]);
  });

  test('FAILOVER-STATE is shown only while one is in progress (S-FSM-1)', () => {
    const lab = stage({ replicas: 1 });
    const shown = () => lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['failover-state'];
    expect(shown()).toBeUndefined();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    expect(shown()).toBe('wait_start');
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    expect(shown()).toBe('wait_promotion');
  });

  test('elected: the next state is SELECT_SLAVE (S-FSM-2)', () => {
    const lab = electable();
    lab.mute('n1');
    const elected = lab.untilSaid('s1', '+elected-leader');
    expect(lab.events('s1').slice(-2)).toEqual(['+elected-leader', '+failover-state-select-slave']);
    expect(elected.message).toBe('master mymaster 10.0.2.1 6379');
    expect(lab.master('s1').failoverStateChangeUs).toBe(elected.atUs + lab.sentinel('s1').clockOffsetUs);
  });

  test('forced: goes on though nobody has voted (S-FSM-2)', () => {
    const lab = stage({ replicas: 1, quorum: 9, peers: 4 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+elected-leader', '', 200);
  });

  test.each([
    [20_000, 10_000],
    [4000, 4000],
  ])(
    'not elected, failover-timeout %i: ends %i ms after the start time (S-FSM-3)',
    (failoverTimeoutMs, waitMs) => {
      const lab = stage({ quorum: 1, failoverTimeoutMs });
      lab.mute('n1').untilSaid('s1', '+try-failover');
      const startUs = lab.master('s1').failoverStartUs - lab.sentinel('s1').clockOffsetUs;
      const aborted = lab.untilSaid('s1', '-failover-abort-not-elected');
      expect((aborted.atUs - startUs) / 1000).toBeGreaterThan(waitMs);
      expect((aborted.atUs - startUs) / 1000).toBeLessThan(waitMs + 101);
    },
  );

  test('no good replica: ends one tick after the election (S-FSM-4, S-TIME-7)', () => {
    const lab = electable();
    lab
      .script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 0 }) })
      .run(10_500)
      .mute('n1');
    const elected = lab.untilSaid('s1', '+elected-leader');
    const aborted = lab.untilSaid('s1', '-failover-abort-no-good-slave');
    expect(aborted.atUs - elected.atUs).toBeGreaterThan(50_000);
    expect(aborted.atUs - elected.atUs).toBeLessThan(101_000);
    expect(lab.view('s1').failoverState).toBe('none');
  });

  test('the selected replica is marked and named (S-FSM-4)', () => {
    const lab = electable();
    lab.mute('n1');
    const selected = lab.untilSaid('s1', '+selected-slave');
    expect(selected.message).toBe('slave 10.0.2.2:6379 10.0.2.2 6379 @ mymaster 10.0.2.1 6379');
    expect(lab.lines('s1', '+failover-state-send-slaveof-noone')).toEqual([
      { ...selected, event: '+failover-state-send-slaveof-noone' },
    ]);
    expect(lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster')).toEqual([
      expect.arrayContaining(['slave,promoted']),
    ]);
  });

  test('the selected one is not connected: waits, and ends after failover-timeout (S-FSM-5)', () => {
    const lab = electable({ failoverTimeoutMs: 6000, downAfterMs: 60_000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const selected = lab.untilSaid('s1', '+selected-slave');
    lab.kill('n2');
    const aborted = lab.untilSaid('s1', '-failover-abort-slave-timeout');
    // Each refused attempt counts as connected for an instant, in which no step of the failover falls.
    expect(lab.events('s1', '+failover-state-wait-promotion')).toEqual([]);
    expect((aborted.atUs - selected.atUs) / 1000).toBeGreaterThan(6000);
    expect((aborted.atUs - selected.atUs) / 1000).toBeLessThan(6101);
  });

  test('it comes back in time: SLAVEOF NO ONE is sent (S-FSM-5)', () => {
    const lab = electable({ downAfterMs: 60_000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+selected-slave');
    lab.kill('n2').run(3000);
    expect(lab.view('s1').failoverState).toBe('send_slaveof_noone');
    lab.start('n2').untilSaid('s1', '+failover-state-wait-promotion');
    lab.run(1);
    expect(lab.heard('n2', 'REPLICAOF').map(({ message }) => message)).toEqual([
      { kind: 'REPLICAOF', word: 'SLAVEOF', to: null },
    ]);
  });

  test('INFO never shows the promotion: ends after failover-timeout, sent once (S-FSM-6)', () => {
    const lab = electable({ failoverTimeoutMs: 6000 });
    lab.mute('n1');
    const waiting = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const aborted = lab.untilSaid('s1', '-failover-abort-slave-timeout');
    expect((aborted.atUs - waiting.atUs) / 1000).toBeGreaterThan(6000);
    expect((aborted.atUs - waiting.atUs) / 1000).toBeLessThan(6101);
    expect(lab.heard('n2', 'REPLICAOF')).toHaveLength(1);
  });

  test('an abort clears the flags and the choice; start time and epochs stay (S-FSM-7)', () => {
    const lab = stage({ replicas: 1, failoverTimeoutMs: 6000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const startUs = lab.master('s1').failoverStartUs;
    lab.untilSaid('s1', '-failover-abort-slave-timeout');
    expect(lab.view('s1').flags).toEqual(['master']);
    expect(lab.replica('s1', 'n2').flags).toBe(2);
    expect(lab.master('s1')).toMatchObject({
      failoverStartUs: startUs,
      failoverEpoch: 1,
      leaderEpoch: 1,
      configEpoch: 0,
      promotedSlaveId: -1,
    });
    expect(lab.sentinel('s1').currentEpoch).toBe(1);
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
  });
});

describe('1 Sentinel, 2 peers: the master comes back', () => {
  test('after the election: it is replaced all the same (S-FSM-8)', () => {
    const lab = electable();
    lab.pause('n1').untilSaid('s1', '+elected-leader');
    lab.resume('n1').untilSaid('s1', '+failover-state-wait-promotion');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+switch-master');
    expect(lab.lines('s1', '-sdown', 'master mymaster')).toHaveLength(1);
  });

  test('before the votes are in: no more is asked for them, the election fails (S-FSM-8)', () => {
    const lab = stage({ quorum: 1 });
    lab.pause('n1').untilSaid('s1', '+try-failover');
    lab.resume('n1').untilSaid('s1', '-sdown');
    const fromUs = lab.run(50).nowUs;
    lab.untilSaid('s1', '-failover-abort-not-elected');
    expect(lab.heard('p1', KIND, fromUs)).toEqual([]);
  });
});

describe('1 master, 2 replicas, 3 sentinels: the leader dies between SLAVEOF NO ONE and the promotion', () => {
  test('another one completes it twice failover-timeout after its vote (S-FSM-9, S-TIME-7)', () => {
    const lab = cluster({ failoverTimeoutMs: 6000 });
    lab.kill('r1');
    lab.until(() => lab.said.some(({ event }) => event === '+failover-state-wait-promotion'));
    const leader = lab.said.find(({ event }) => event === '+failover-state-wait-promotion')!.node;
    lab.run(5).kill(leader).run(300);
    const promoted = ['r2', 'r3'].filter((name) => lab.redis(name).role === 'master');
    expect(promoted).toHaveLength(1);
    const others = ['s1', 's2', 's3'].filter((name) => name !== leader);
    for (const name of others) expect(lab.masterOf(name)).toBe('r1');
    lab.run(30_000);
    const second = lab.said.filter(({ event }) => event === '+elected-leader')[1]!;
    const vote = lab.lines(second.node, '+vote-for-leader')[0]!;
    expect((second.atUs - vote.atUs) / 1000).toBeGreaterThan(12_000);
    expect((second.atUs - vote.atUs) / 1000).toBeLessThan(13_500);
    const finals = new Set(others.map((name) => lab.masterOf(name)));
    expect(finals.size).toBe(1);
    expect(addressOf([...finals][0]!)).not.toBe(addressOf('r1'));
  });

  test('the old master returns first: the promoted replica is told to follow it again (S-FSM-9, S-ROLE-5)', () => {
    const lab = cluster({ failoverTimeoutMs: 60_000 });
    lab.kill('r1');
    lab.until(() => lab.said.some(({ event }) => event === '+failover-state-wait-promotion'));
    const leader = lab.said.find(({ event }) => event === '+failover-state-wait-promotion')!.node;
    lab.run(5).kill(leader).start('r1').run(30_000);
    const others = ['s1', 's2', 's3'].filter((name) => name !== leader);
    expect(lab.said.filter(({ event }) => event === '+convert-to-slave').length).toBeGreaterThan(0);
    expect(['r1', 'r2', 'r3'].filter((name) => lab.redis(name).role === 'master')).toEqual(['r1']);
    for (const name of others) expect(lab.masterOf(name)).toBe('r1');
  });
});
