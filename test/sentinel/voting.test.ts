import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { addressOf, helloOf } from '../support/wire.ts';

const askVote = (lab: Lab, epoch: number, runId: string, node = 'n1') =>
  lab.ask('s1', 'SENTINEL', 'is-master-down-by-addr', addressOf(node), '6379', String(epoch), runId);
const wall = (lab: Lab) => lab.nowUs + lab.sentinel('s1').clockOffsetUs;

const twoMasters = () => stage({ nodeLines: { s1: ['sentinel monitor other 10.0.2.2 6379 2'] } });

describe('1 Sentinel: the vote', () => {
  test('a greater epoch is taken over, the first who asks gets the vote (S-VOTE-1)', () => {
    const lab = stage();
    expect(askVote(lab, 3, 'first')).toEqual([0, 'first', 3]);
    expect(
      lab.said.filter(({ node }) => node === 's1').map(({ event, message }) => `${event} ${message}`),
    ).toEqual(['+new-epoch 3', '+vote-for-leader first 3']);
    expect(lab.saved('s1')).toMatchObject({ currentEpoch: 3, masters: [{ leaderEpoch: 3 }] });
  });

  test('is given once per epoch, never below the current one (S-VOTE-2)', () => {
    const lab = stage();
    expect(askVote(lab, 3, 'first')).toEqual([0, 'first', 3]);
    expect(askVote(lab, 3, 'second')).toEqual([0, 'first', 3]);
    expect(askVote(lab, 2, 'second')).toEqual([0, 'first', 3]);
    expect(askVote(lab, 4, 'second')).toEqual([0, 'second', 4]);
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 9 }));
    expect(askVote(lab, 8, 'third')).toEqual([0, 'second', 4]);
    expect(askVote(lab, 9, 'third')).toEqual([0, 'third', 9]);
  });

  test('2 masters share the epoch: an election for one makes requests for the other stale (S-VOTE-2)', () => {
    const lab = twoMasters();
    expect(askVote(lab, 5, 'a', 'n2')).toEqual([0, 'a', 5]);
    expect(askVote(lab, 4, 'b', 'n1')).toEqual([0, '*', 0]);
    expect(askVote(lab, 5, 'b', 'n1')).toEqual([0, 'b', 5]);
  });

  test('any sequence of requests, 2 masters: as a plain reading of the rule says (S-VOTE-1, S-VOTE-2)', () => {
    const settled = twoMasters();
    const requests = array(
      record({
        node: constantFrom('n1', 'n2'),
        epoch: integer({ min: 0, max: 6 }),
        id: constantFrom('a', 'b', 'c'),
      }),
      { minLength: 1, maxLength: 12 },
    );
    assert(
      property(requests, (list) => {
        const lab = settled.fork();
        let current = 0;
        const votes: Record<string, [string, number]> = { n1: ['*', 0], n2: ['*', 0] };
        for (const { node, epoch, id } of list) {
          current = Math.max(current, epoch);
          if (epoch === current && epoch > votes[node]![1]) votes[node] = [id, epoch];
          expect(askVote(lab, epoch, id, node)).toEqual([0, ...votes[node]!]);
        }
        expect(lab.sentinel('s1').currentEpoch).toBe(current);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('needs no view of its own: the master is up, the asker unknown (S-VOTE-3)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.view('s1').flags).toEqual(['master']);
    expect(askVote(lab, 1, 'stranger')).toEqual([0, 'stranger', 1]);
  });

  test('is given during an own attempt, in a greater epoch (S-VOTE-3)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1').untilSaid('s1', '+vote-for-leader');
    const { myId } = lab.sentinel('s1');
    expect(askVote(lab, 1, 'rival')).toEqual([1, myId, 1]);
    expect(askVote(lab, 2, 'rival')).toEqual([1, 'rival', 2]);
  });

  test('for another moves the own start time by 0 to 999 ms from now, for itself it does not (S-VOTE-1, S-VOTE-4)', () => {
    const delays = new Set<number>();
    const lab = stage();
    const { myId } = lab.sentinel('s1');
    askVote(lab, 1, myId.toUpperCase());
    expect(lab.master('s1').failoverStartUs).toBe(0);
    for (let epoch = 2; epoch < 60; epoch++) {
      const fromUs = wall(lab);
      askVote(lab, epoch, 'rival');
      const delayUs = lab.master('s1').failoverStartUs - fromUs;
      expect(delayUs).toBeGreaterThan(0);
      expect(delayUs).toBeLessThan(999_000 + 10_000);
      delays.add(Math.floor(delayUs / 100_000));
    }
    expect(delays.size).toBeGreaterThanOrEqual(9);
  });

  test('for another keeps it from starting for twice failover-timeout (S-VOTE-4, S-START-2)', () => {
    const lab = stage({ quorum: 1, failoverTimeoutMs: 10_000 });
    askVote(lab, 1, 'rival');
    const votedUs = lab.nowUs;
    const startUs = lab.master('s1').failoverStartUs;
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    expect(tried.atUs - votedUs).toBeGreaterThan(20_000_000);
    expect(tried.atUs - (startUs - lab.sentinel('s1').clockOffsetUs)).toBeLessThan(20_101_000);
  });

  test('for another restarts the time-out of an own election (S-VOTE-4, S-FSM-3)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.run(6000);
    askVote(lab, 7, 'rival');
    const startUs = lab.master('s1').failoverStartUs - lab.sentinel('s1').clockOffsetUs;
    expect(startUs).toBeGreaterThan(lab.nowUs - 10_000);
    const aborted = lab.untilSaid('s1', '-failover-abort-not-elected');
    expect((aborted.atUs - startUs) / 1000).toBeGreaterThan(10_000);
    expect((aborted.atUs - startUs) / 1000).toBeLessThan(10_101);
  });
});

describe('1 Sentinel: the vote and the disk', () => {
  test('both flushes come before the reply (S-VOTE-5)', () => {
    const lab = stage({ fsyncUs: { min: 30_000, max: 30_000 } });
    const fromUs = lab.nowUs;
    askVote(lab, 1, 'me');
    expect(lab.nowUs - fromUs).toBe(60_000 + 200);
    const [epoch, vote] = lab.said.filter(({ node }) => node === 's1');
    expect([epoch!.atUs - fromUs, vote!.atUs - fromUs]).toEqual([30_150, 60_150]);
  });

  test('that cannot be written is logged; the vote is given all the same (S-VOTE-5)', () => {
    const lab = stage();
    lab.setDisk('s1', false);
    expect(askVote(lab, 1, 'me')).toEqual([0, 'me', 1]);
    expect(lab.events('s1')).toEqual([
      'config-not-saved',
      '+new-epoch',
      'config-not-saved',
      '+vote-for-leader',
    ]);
  });

  test('after a restart the epoch is known, the name is not: no second vote (S-VOTE-6)', () => {
    const lab = stage();
    askVote(lab, 2, 'me');
    lab.kill('s1').run(100).start('s1').run(500);
    expect(askVote(lab, 2, 'you')).toEqual([0, '*', 2]);
    expect(askVote(lab, 3, 'you')).toEqual([0, 'you', 3]);
  });

  test('a vote that was not saved can be given again after a restart (S-VOTE-6, S-PERSIST-9)', () => {
    const lab = stage();
    lab.setDisk('s1', false);
    askVote(lab, 2, 'me');
    lab.kill('s1').run(100).start('s1').run(500);
    expect(askVote(lab, 2, 'you')).toEqual([0, 'you', 2]);
  });
});
