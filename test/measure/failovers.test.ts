import { describe, expect, it } from 'vitest';
import { failoversOf } from '../../src/measure/failovers.ts';
import { phasesOf } from '../../src/measure/phases.ts';
import type { RunEvent } from '../../src/run/document.ts';
import { recording } from '../report/recordings.ts';

const SENTINELS = ['s1', 's2', 's3'];
const MASTER = 'master mymaster r1 6379';
const REPLICA = 'slave r2:6379 r2 6379 @ mymaster r1 6379';

function event(t: number, node: string, name: string, message: string): RunEvent {
  return { t, node, event: name, level: 'warning', message };
}

const BEGUN = [
  event(5000, 's1', '+sdown', MASTER),
  event(5080, 's1', '+odown', `${MASTER} #quorum 2/2`),
  event(5080, 's1', '+new-epoch', '4'),
  event(5080, 's1', '+try-failover', MASTER),
];

const ELECTED = [...BEGUN, event(5150, 's1', '+elected-leader', MASTER)];

describe('failoversOf', () => {
  it('reads a completed failover with all its moments', () => {
    const document = recording('master-kill');
    expect(document.failovers).toEqual([
      {
        master: 'mymaster',
        epoch: 1,
        leader: 's2',
        from: 'r1',
        to: 'r2',
        outcome: 'completed',
        sdownAt: 5094,
        odownAt: 5146,
        tryAt: 5146,
        electedAt: 5207,
        selectedAt: 5263,
        promotedAt: 6185,
        switchAt: 7333,
        everySentinelAt: 7333,
        abortedAt: null,
      },
    ]);
  });

  it('knows that a forced failover was preceded by no SDOWN (S-FORCE-1)', () => {
    const [failover] = recording('manual-failover').failovers;
    expect(failover).toMatchObject({
      leader: 's1',
      sdownAt: null,
      odownAt: null,
      tryAt: 1,
      outcome: 'completed',
    });
  });

  it.each([
    ['-failover-abort-not-elected', 'not-elected'],
    ['-failover-abort-no-good-slave', 'no-good-replica'],
    ['-failover-abort-slave-timeout', 'replica-timeout'],
  ])('reads %s as %s', (name, outcome) => {
    const [failover] = failoversOf([...BEGUN, event(15_000, 's1', name, MASTER)], SENTINELS);
    expect(failover).toMatchObject({ epoch: 4, outcome, abortedAt: 15_000, to: null, switchAt: null });
  });

  it('reads an attempt that another leader overtakes as superseded (S-HELLO-12)', () => {
    const events = [...ELECTED, event(6000, 's1', '+switch-master', 'mymaster r1 6379 r3 6379')];
    expect(failoversOf(events, SENTINELS)[0]).toMatchObject({ outcome: 'superseded', abortedAt: 6000 });
  });

  it('leaves an attempt unfinished when its Sentinel ends or the run does', () => {
    const crashed = [...ELECTED, event(5151, 's1', 'simulated-crash', '')];
    const later = [...crashed, event(7000, 's1', '+switch-master', 'mymaster r1 6379 r3 6379')];
    expect(failoversOf(ELECTED, SENTINELS)[0]).toMatchObject({ outcome: 'unfinished', abortedAt: null });
    expect(failoversOf(later, SENTINELS)[0]).toMatchObject({ outcome: 'unfinished', abortedAt: null });
  });

  it('does not wait for a Sentinel that is down, but for one that is merely late', () => {
    const promoted = [
      ...ELECTED,
      event(5200, 's1', '+selected-slave', REPLICA),
      event(6000, 's1', '+promoted-slave', REPLICA),
      event(6050, 's2', '+switch-master', 'mymaster r1 6379 r2 6379'),
      event(7100, 's1', '+switch-master', 'mymaster r1 6379 r2 6379'),
    ];
    const down = event(100, 's1', '+sdown', 'sentinel s3 s3 26379 @ mymaster r1 6379');
    expect(failoversOf(promoted, SENTINELS)[0]?.everySentinelAt).toBeNull();
    expect(failoversOf([down, ...promoted], SENTINELS)[0]?.everySentinelAt).toBe(7100);
    const late = event(9000, 's3', '+switch-master', 'mymaster r1 6379 r2 6379');
    expect(failoversOf([...promoted, late], SENTINELS)[0]?.everySentinelAt).toBe(9000);
  });

  it('keeps the attempts of several masters apart', () => {
    const other = event(5090, 's1', '+try-failover', 'master cache c1 6379');
    const failovers = failoversOf([...BEGUN, other], SENTINELS);
    expect(failovers.map((failover) => [failover.master, failover.from])).toEqual([
      ['mymaster', 'r1'],
      ['cache', 'c1'],
    ]);
  });
});

describe('phasesOf', () => {
  it('splits the time from the fault to the first switch (S-TIME-1 to S-TIME-6)', () => {
    const { failovers, events, actions } = recording('master-kill');
    expect(phasesOf(failovers[0]!, events, actions)).toEqual({
      startAt: 0,
      switchAt: 6236,
      phases: [
        { name: 'detect', ms: 5056 },
        { name: 'agree', ms: 90 },
        { name: 'elect', ms: 61 },
        { name: 'promote', ms: 128 },
        { name: 'notice', ms: 850 },
        { name: 'spread', ms: 51 },
      ],
    });
  });

  it('says nothing of the notice when no log of the replica tells that it became a master', () => {
    const { failovers, events, actions } = recording('master-kill');
    const sentinelsOnly = events.filter(({ node }) => node.startsWith('s'));
    expect(phasesOf(failovers[0]!, sentinelsOnly, actions)).toMatchObject({
      switchAt: 6236,
      phases: [
        { name: 'detect', ms: 5056 },
        { name: 'agree', ms: 90 },
        { name: 'elect', ms: 61 },
        { name: 'promote', ms: 978 },
        { name: 'spread', ms: 51 },
      ],
    });
  });

  it('starts a forced failover at the attempt', () => {
    const { failovers, events, actions } = recording('manual-failover');
    const { startAt, phases } = phasesOf(failovers[0]!, events, actions);
    expect(startAt).toBe(1);
    expect(phases.map((phase) => phase.name)).toEqual(['elect', 'promote', 'notice', 'spread']);
  });

  it('ends with the last phase that was completed', () => {
    const [failover] = failoversOf(ELECTED, SENTINELS);
    const { phases, switchAt } = phasesOf(failover!, ELECTED, []);
    expect(phases.map((phase) => phase.name)).toEqual(['agree', 'elect']);
    expect(switchAt).toBeNull();
  });
});
