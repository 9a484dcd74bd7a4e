import { describe, expect, test } from 'vitest';
import { stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf } from '../support/wire.ts';

const KIND = 'IS-MASTER-DOWN-BY-ADDR';

describe('1 Sentinel, 2 peers: starting a failover', () => {
  test('needs O_DOWN, and none is started while one is in progress (S-START-1)', () => {
    const lab = stage({ quorum: 2, failoverTimeoutMs: 2000 });
    lab.mute('n1').run(20_000);
    expect(lab.events('s1', '+try-failover')).toEqual([]);
    for (const peer of ['p1', 'p2']) lab.script(peer, { [KIND]: downAnswer(1, lab.sentinel('s1').myId, 1) });
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    // Waiting for a promotion that takes long: no second attempt although twice failover-timeout passes.
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'failover-timeout', '4000');
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'failover-timeout', '1000000');
    lab.run(60_000);
    expect(lab.events('s1', '+try-failover')).toEqual(['+try-failover']);
  });

  test('once failed, the next one starts twice failover-timeout after the last; that is logged once (S-START-2)', () => {
    const lab = stage({ quorum: 1, failoverTimeoutMs: 12_000 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    const starts = [lab.master('s1').failoverStartUs];
    lab.untilSaid('s1', '-failover-abort-not-elected');
    const again = lab.untilSaid('s1', '+try-failover', '', 60_000);
    const offsetUs = lab.sentinel('s1').clockOffsetUs;
    expect((again.atUs + offsetUs - starts[0]!) / 1000).toBeGreaterThanOrEqual(24_000);
    expect((again.atUs + offsetUs - starts[0]!) / 1000).toBeLessThan(24_101);
    const delays = lab.lines('s1', 'next-failover-delay');
    expect(delays.map(({ message }) => Number(message))).toEqual([starts[0]! - offsetUs + 24_000_000]);
  });

  test('a new master may fail at once: the switch clears the delay (S-START-2, S-SWITCH-3)', () => {
    const lab = stage({ quorum: 1, failoverTimeoutMs: 1_000_000 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 4, masterConfigEpoch: 4 }));
    expect(lab.master('s1').failoverStartUs).toBe(0);
    lab.mute('n2');
    lab.untilSaid('s1', '+try-failover', addressOf('n2'), 10_000);
  });

  test('raises the epoch, announces, notes its times, and saves nothing before the own vote (S-START-3)', () => {
    const lab = stage();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    expect(lab.events('s1')).toEqual(['user-failover', '+new-epoch', '+try-failover']);
    const { atUs } = lab.lines('s1', '+try-failover')[0]!;
    const offsetUs = lab.sentinel('s1').clockOffsetUs;
    expect(lab.master('s1')).toMatchObject({ failoverEpoch: 1, failoverStateChangeUs: atUs + offsetUs });
    expect(lab.view('s1').failoverState).toBe('wait_start');
    expect(lab.view('s1').flags).toContain('failover_in_progress');
    const delayUs = lab.master('s1').failoverStartUs - atUs - offsetUs;
    expect(delayUs % 1000).toBe(0);
    expect(delayUs).toBeGreaterThanOrEqual(0);
    expect(delayUs).toBeLessThanOrEqual(999_000);
    expect([lab.sentinel('s1').currentEpoch, lab.saved('s1')!.currentEpoch]).toEqual([1, 0]);
    lab.untilSaid('s1', '+vote-for-leader');
    expect(lab.saved('s1')!.currentEpoch).toBe(1);
  });

  test.each([1, 2, 3, 4, 5, 6])('does not wait for the random start time, seed %i (S-START-4)', (seed) => {
    const lab = stage({ seed });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const [tried] = lab.lines('s1', '+try-failover');
    expect(lab.untilSaid('s1', '+elected-leader').atUs - tried!.atUs).toBeLessThan(105_000);
  });

  test('asks every peer at once for its vote, although it was asked less than a second ago (S-START-5)', () => {
    const lab = stage({ quorum: 2 });
    // The first answers are 0; the one that changes the count comes 300 ms later from p2 alone.
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(1010).script('p2', { [KIND]: downAnswer(1) });
    const tried = lab.untilSaid('s1', '+try-failover');
    lab.run(20);
    const before = lab.heard('p1', KIND).filter(({ atUs }) => atUs < tried.atUs);
    expect(tried.atUs - before.at(-1)!.atUs).toBeLessThan(900_000);
    const [forced] = lab.heard('p1', KIND, tried.atUs);
    expect(forced!.atUs - tried.atUs).toBeLessThan(10_000);
    expect(forced!.message).toMatchObject({ runId: lab.sentinel('s1').myId, epoch: 1 });
  });

  test('by command asks nobody while the master is up (S-START-5, S-FORCE-2)', () => {
    const lab = stage();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.run(5000);
    expect(lab.heard('p1', KIND)).toEqual([]);
  });
});
