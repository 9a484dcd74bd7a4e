import { describe, expect, test } from 'vitest';
import { isElected, majority, reachesQuorum } from '../../models/sentinel/quorum.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, names, stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf, masterInfo } from '../support/wire.ts';

const KIND = 'IS-MASTER-DOWN-BY-ADDR';

/** The peers say that the master is down, and each votes as given. */
function electorate(votes: readonly (readonly [string, number] | null)[], quorum: number): Lab {
  const lab = stage({ peers: votes.length, quorum, replicas: 1 });
  const { myId } = lab.sentinel('s1');
  votes.forEach((vote, index) => {
    const leader = vote === null ? '*' : vote[0] === 'me' ? myId : vote[0];
    lab.script(`p${index + 1}`, { [KIND]: downAnswer(1, leader, vote?.[1] ?? 0) });
  });
  return lab.mute('n1');
}

function isElectedWith(votes: readonly (readonly [string, number] | null)[], quorum: number): boolean {
  const lab = electorate(votes, quorum);
  lab.untilSaid('s1', '+try-failover');
  lab.run(1500);
  return lab.events('s1', '+elected-leader').length > 0;
}

describe('thresholds', () => {
  test('majority: the least number of more than half (S-ELECT-2)', () => {
    for (let voters = 1; voters <= 40; voters++) {
      let least = 0;
      while (least * 2 <= voters) least++;
      expect(majority(voters)).toBe(least);
    }
  });

  test('a leader needs the majority and the quorum; a quorum may be greater than all (S-ELECT-2, S-ODOWN-1)', () => {
    for (let voters = 1; voters <= 12; voters++) {
      for (let votes = 0; votes <= voters; votes++) {
        for (let quorum = 1; quorum <= voters + 2; quorum++) {
          expect(isElected(votes, voters, quorum)).toBe(2 * votes > voters && !(votes < quorum));
          expect(reachesQuorum(votes, quorum)).toBe(!(votes < quorum));
        }
      }
    }
  });
});

describe('1 Sentinel and its peers: who is elected', () => {
  const cases = [0, 1, 2, 3, 4].flatMap((peers) =>
    Array.from({ length: peers + 1 }, (_, mine) => mine).flatMap((mine) =>
      Array.from({ length: peers + 1 }, (_, index) => ({ peers, mine, quorum: index + 1 })),
    ),
  );

  test.each(cases)(
    '$peers peers, $mine votes beside the own, quorum $quorum (S-ELECT-1, S-ELECT-2)',
    ({ peers, mine, quorum }) => {
      const votes = names('p', peers).map((_, index) => (index < mine ? (['me', 1] as const) : null));
      expect(isElectedWith(votes, quorum)).toBe((mine + 1) * 2 > peers + 1 && mine + 1 >= quorum);
    },
  );

  test('votes for others are theirs (S-ELECT-1)', () => {
    expect(isElectedWith([['me', 1], ['rival', 1], ['rival', 1], null], 2)).toBe(false);
    expect(isElectedWith([['me', 1], ['me', 1], ['rival', 1], null], 2)).toBe(true);
    expect(
      isElectedWith(
        [
          ['rival', 1],
          ['rival', 1],
          ['rival', 1],
          ['me', 1],
        ],
        2,
      ),
    ).toBe(false);
  });

  test('dead Sentinels stay voters (S-ELECT-2)', () => {
    const lab = electorate([['me', 1], null, null, null], 2);
    lab.kill('p2', 'p3', 'p4').untilSaid('s1', '+try-failover');
    lab.run(3000);
    expect(lab.events('s1', '+elected-leader')).toEqual([]);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-other-sentinels']).toBe('4');
  });

  test('reported votes count in the current epoch only (S-ELECT-3)', () => {
    expect(
      isElectedWith(
        [
          ['me', 1],
          ['me', 1],
        ],
        2,
      ),
    ).toBe(true);
    expect(
      isElectedWith(
        [
          ['me', 0],
          ['me', 2],
        ],
        2,
      ),
    ).toBe(false);
  });

  test('alone with quorum 1: elected in the tick of the attempt (S-ELECT-4)', () => {
    const lab = stage({ peers: 0, quorum: 1, fsyncUs: { min: 0, max: 0 } });
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    expect(lab.untilSaid('s1', '+elected-leader').atUs).toBe(tried.atUs);
  });

  test('it votes for itself in the tick of the attempt (S-ELECT-4)', () => {
    const lab = stage({ quorum: 1, fsyncUs: { min: 0, max: 0 } });
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    const vote = lab.untilSaid('s1', '+vote-for-leader');
    expect([vote.atUs, vote.message]).toEqual([tried.atUs, `${lab.sentinel('s1').myId} 1`]);
  });

  test('a candidate who leads among the others gets the own vote, if it is still free (S-ELECT-1)', () => {
    // Votes of an epoch that this Sentinel reaches only by its own attempt.
    const lab = electorate(
      [
        ['rival', 2],
        ['rival', 2],
        ['rival', 2],
      ],
      9,
    );
    lab.untilSaid('s1', '+sdown', 'master mymaster');
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 1 }));
    lab.run(1500);
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '2');
    expect(lab.untilSaid('s1', '+vote-for-leader').message).toBe('rival 2');
    lab.run(2000);
    expect(lab.events('s1', '+elected-leader')).toEqual([]);
  });

  test('a reported vote lives 5 s after the last reply; a reply with * renews it (S-ELECT-5)', () => {
    const late = (between: ReturnType<typeof downAnswer> | null) => {
      const lab = electorate([['me', 1], null, null], 2);
      lab.untilSaid('s1', '+try-failover');
      lab.run(300);
      // The first vote is in; its voter says * (or nothing) from now on.
      lab.script('p1', { [KIND]: between }).run(6000);
      lab.script('p2', { [KIND]: downAnswer(1, lab.sentinel('s1').myId, 1) }).run(1500);
      return lab.events('s1', '+elected-leader').length;
    };
    expect(late(downAnswer(1, '*', 0))).toBe(1);
    expect(late(null)).toBe(0);
  });
});

test('1 master, 1 replica, 2 sentinels 100 ms apart: both try, nobody is elected, later one is (S-ELECT-6, S-TIME-7)', () => {
  const lab = cluster({ replicas: 1, sentinels: 2, quorum: 1, failoverTimeoutMs: 8000, latencyUs: 50 });
  lab.slow('s1', 's2', 100).run(5000).kill('r1').run(6000);
  const tries = lab.said.filter(({ event }) => event === '+try-failover');
  expect(tries.map(({ node }) => node).sort()).toEqual(['s1', 's2']);
  expect(Math.abs(tries[0]!.atUs - tries[1]!.atUs)).toBeLessThan(105_000);
  for (const node of ['s1', 's2']) {
    const [tried] = lab.lines(node, '+try-failover');
    const aborted = lab.untilSaid(node, '-failover-abort-not-elected');
    const afterMs = (aborted.atUs - tried!.atUs) / 1000;
    expect(afterMs).toBeGreaterThan(8000);
    expect(afterMs).toBeLessThan(9100);
  }
  lab.until(() => lab.said.some(({ event }) => event === '+elected-leader'));
  const again = lab.said.filter(({ event }) => event === '+try-failover')[2]!;
  const first = lab.lines(again.node, '+try-failover')[0]!;
  expect((again.atUs - first.atUs) / 1000).toBeGreaterThan(16_000);
  expect((again.atUs - first.atUs) / 1000).toBeLessThan(17_110);
});

describe('1 Sentinel, 2 peers: the epoch moves on during its attempt', () => {
  test('by another master: votes of the new epoch count with its own, the configuration keeps the old one (S-ELECT-7)', () => {
    const lab = electorate([null, null], 2);
    lab.untilSaid('s1', '+try-failover');
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 5 }));
    const { myId } = lab.sentinel('s1');
    lab.script('p1', { [KIND]: downAnswer(1, myId, 5) });
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    expect(lab.master('s1').configEpoch).toBe(1);
    expect(lab.sentinel('s1').currentEpoch).toBe(5);
  });

  test('the own vote counts in the epoch of the attempt only, even if it is for itself (S-ELECT-3, S-ELECT-7)', () => {
    const lab = electorate([null, null], 2);
    lab.untilSaid('s1', '+try-failover');
    const { myId } = lab.sentinel('s1');
    lab.run(200).ask('s1', 'SENTINEL', 'is-master-down-by-addr', addressOf('n1'), '6379', '5', myId);
    lab.script('p1', { [KIND]: downAnswer(1, myId, 5) }).run(3000);
    expect(lab.events('s1', '+elected-leader')).toEqual([]);
  });

  test('by a rival who gets its vote: the own vote no longer counts (S-ELECT-7)', () => {
    const lab = electorate([null, null], 2);
    lab.untilSaid('s1', '+try-failover');
    lab.run(200);
    lab.ask('s1', 'SENTINEL', 'is-master-down-by-addr', addressOf('n1'), '6379', '5', 'rival');
    lab.script('p1', { [KIND]: downAnswer(1, lab.sentinel('s1').myId, 5) }).run(3000);
    expect(lab.events('s1', '+elected-leader')).toEqual([]);
    lab.script('p2', { [KIND]: downAnswer(1, lab.sentinel('s1').myId, 5) }).run(1500);
    expect(lab.events('s1', '+elected-leader')).toEqual(['+elected-leader']);
  });
});
