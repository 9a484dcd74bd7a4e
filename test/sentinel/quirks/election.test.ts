import { describe, expect, test } from 'vitest';
import type { Lab } from '../../support/sentinelLab.ts';
import { cluster, stage } from '../../support/stages.ts';
import { addressOf, downAnswer, helloOf, masterInfo } from '../../support/wire.ts';

const KIND = 'IS-MASTER-DOWN-BY-ADDR';
const askVote = (lab: Lab, epoch: number, runId: string, node = 'n1') =>
  lab.ask('s1', 'SENTINEL', 'is-master-down-by-addr', addressOf(node), '6379', String(epoch), runId);
/** Monotonic time before which the random start of the present attempt lies. */
const startUs = (lab: Lab) => lab.master('s1').failoverStartUs - lab.sentinel('s1').clockOffsetUs;

describe('votes', () => {
  test('quirk 1, 1 Sentinel, 2 peers, 12 seeds: the random start time delays no election, only its time-out (S-START-4, S-FSM-3)', () => {
    const delays = Array.from({ length: 12 }, (_, index) => {
      const lab = stage({ quorum: 1, seed: index + 1 });
      for (const peer of ['p1', 'p2'])
        lab.script(peer, { [KIND]: downAnswer(1, lab.sentinel('s1').myId, 1) });
      const tried = lab.mute('n1').untilSaid('s1', '+try-failover');
      const delayUs = startUs(lab) - tried.atUs;
      expect((lab.untilSaid('s1', '+elected-leader').atUs - tried.atUs) / 1000).toBeLessThan(110);
      return delayUs / 1000;
    });
    expect(Math.max(...delays)).toBeGreaterThan(500);
    const lab = stage({ quorum: 1 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    const fromUs = startUs(lab);
    const abortedMs = (lab.untilSaid('s1', '-failover-abort-not-elected').atUs - fromUs) / 1000;
    expect(abortedMs).toBeGreaterThan(10_000);
    expect(abortedMs).toBeLessThan(10_101);
  });

  test('quirk 4, 1 Sentinel in TILT that sees its master up: a stranger gets its vote (S-VOTE-3)', () => {
    const lab = stage({ peers: 0 });
    lab.jumpClock('s1', 5000).untilSaid('s1', '+tilt');
    expect(lab.view('s1').flags).toEqual(['master']);
    expect(askVote(lab, 1, 'stranger')).toEqual([0, 'stranger', 1]);
  });

  test('quirk 5, 1 Sentinel: its vote for another postpones its own attempt by 2F (S-VOTE-4)', () => {
    const lab = stage({ quorum: 1, failoverTimeoutMs: 10_000 });
    askVote(lab, 1, 'rival');
    const votedUs = lab.nowUs;
    const triedMs = (lab.mute('n1').untilSaid('s1', '+try-failover').atUs - votedUs) / 1000;
    expect(triedMs).toBeGreaterThan(20_000);
    expect(triedMs).toBeLessThan(21_102);
  });

  test('quirk 5, 1 Sentinel in an election: its vote for another begins the time-out anew (S-VOTE-4)', () => {
    const lab = stage({ quorum: 1 });
    const tried = lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.run(6000);
    askVote(lab, 7, 'rival');
    const abortedMs = (lab.untilSaid('s1', '-failover-abort-not-elected').atUs - tried.atUs) / 1000;
    expect(abortedMs).toBeGreaterThan(16_000);
    expect(abortedMs).toBeLessThan(17_200);
  });

  test('quirk 6, 1 Sentinel, 2 peers, the epoch moves on: old votes of others no longer count, the own one does (S-ELECT-3, S-ELECT-7)', () => {
    const lab = stage({ replicas: 1, quorum: 2 });
    const { myId } = lab.sentinel('s1');
    // The peer votes in epoch 1 while epoch 5 has come by way of another master.
    lab.script('p1', { [KIND]: downAnswer(1) }).script('p2', { [KIND]: downAnswer(1) });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 5 }));
    lab.script('p1', { [KIND]: downAnswer(1, myId, 1) }).run(3000);
    expect(lab.events('s1', '+elected-leader')).toEqual([]);
    lab.script('p1', { [KIND]: downAnswer(1, myId, 5) }).run(1500);
    expect(lab.events('s1', '+elected-leader')).toEqual(['+elected-leader']);
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    expect([lab.master('s1').configEpoch, lab.sentinel('s1').currentEpoch]).toEqual([1, 5]);
  });

  test('quirk 7, 1 Sentinel, 2 masters: an election for one makes a request for the other stale (S-VOTE-2)', () => {
    const lab = stage({ nodeLines: { s1: ['sentinel monitor other 10.0.2.2 6379 2'] } });
    expect(askVote(lab, 5, 'a', 'n2')).toEqual([0, 'a', 5]);
    expect(askVote(lab, 4, 'b', 'n1')).toEqual([0, '*', 0]);
  });

  test('quirk 10, 1 Sentinel that has switched: it neither confirms nor votes about the old address (S-ASK-7)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    lab.mute('n1', 'n2').untilSaid('s1', '+sdown', 'master mymaster');
    expect(askVote(lab, 2, 'me', 'n1')).toEqual([0, '*', 0]);
    expect(askVote(lab, 2, 'me', 'n2')).toEqual([1, 'me', 2]);
  });

  test('quirk 18, 1 Sentinel: a restart remembers the epoch of its vote, not its target (S-VOTE-6)', () => {
    const lab = stage();
    askVote(lab, 2, 'me');
    lab.kill('s1').run(100).start('s1').run(100);
    expect(askVote(lab, 2, 'you')).toEqual([0, '*', 2]);
  });
});

describe('majorities', () => {
  test('quirk 8, 1 master, 1 replica, 5 sentinels, 3 of them dead: no majority, until RESET forgets the dead (S-ELECT-2)', () => {
    const lab = cluster({ replicas: 1, sentinels: 5, quorum: 2 });
    lab.kill('s3', 's4', 's5').run(10_000);
    const forgetful = lab.fork();
    lab.kill('r1').run(90_000);
    expect(lab.events('s1', '+try-failover').length).toBeGreaterThan(0);
    expect(lab.said.map(({ event }) => event)).not.toContain('+elected-leader');
    for (const name of ['s1', 's2']) forgetful.ask(name, 'SENTINEL', 'RESET', '*');
    forgetful.run(15_000).kill('r1').run(20_000);
    expect([forgetful.masterOf('s1'), forgetful.masterOf('s2')]).toEqual(['r2', 'r2']);
  });

  test('quirk 9, 1 master, 2 replicas, 3 sentinels: the new master dies at once, and answers about the old one make it O_DOWN in the tick of S_DOWN (S-ODOWN-4)', () => {
    const lab = cluster({ downAfterMs: 3000 });
    lab.kill('r1').until(() => lab.said.filter(({ event }) => event === '+switch-master').length === 2);
    const promoted = lab.said.find(({ event }) => event === '+promoted-slave')!;
    const chosen = promoted.message.includes(addressOf('r2')) ? 'r2' : 'r3';
    const about = `master mymaster ${addressOf(chosen)}`;
    lab.run(300).hush().kill(chosen);
    const isAbout = (event: string) =>
      lab.said.find((line) => line.event === event && line.message.startsWith(about));
    lab.until(() => isAbout('+odown') !== undefined);
    const odown = isAbout('+odown')!;
    expect(odown.message).toContain('#quorum 3/2');
    expect(lab.lines(odown.node, '+sdown', about)[0]!.atUs).toBe(odown.atUs);
  });
});
