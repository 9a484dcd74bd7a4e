import { describe, expect, test } from 'vitest';
import { errorReply } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf, idOf, masterInfo, replicaInfo } from '../support/wire.ts';

const times = (lab: Lab, name: string, kind: 'INFO' | 'PING' | 'PUBLISH', fromUs = 0) =>
  lab.heard(name, kind, fromUs).map(({ atUs }) => atUs / 1000);
const gaps = (list: readonly number[]) => list.slice(1).map((at, index) => at - list[index]!);

function expectWithin(values: readonly number[], low: number, high: number): void {
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) {
    expect(value).toBeGreaterThan(low);
    expect(value).toBeLessThanOrEqual(high);
  }
}

test('1 replica: after a freeze INFO, PING and hello leave in this order (S-PERIOD-1)', () => {
  const lab = stage({ replicas: 1, peers: 0 });
  lab.pause('s1').run(12_000).resume('s1').run(150);
  const kinds = lab.actor('n2').heard.filter(({ atUs }) => atUs > lab.nowUs - 150_000);
  expect(kinds.map(({ message }) => message.kind)).toEqual(['INFO', 'PING', 'PUBLISH']);
});

describe('INFO', () => {
  test('1 master, 1 replica, 1 peer: every 10 s to data nodes, never to Sentinels (S-PERIOD-2)', () => {
    const lab = stage({ replicas: 1, peers: 1 });
    lab.run(120_000);
    for (const name of ['n1', 'n2']) expectWithin(gaps(times(lab, name, 'INFO')), 10_000, 10_101);
    expect(lab.heard('p1', 'INFO')).toEqual([]);
  });

  test('1 replica: while the reply is outstanding it is asked again at every tick (S-PERIOD-2)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.slow('s1', 'n2', 250).run(20_000);
    const asked = gaps(times(lab, 'n2', 'INFO', 2_000_000)).filter((gap) => gap < 1000);
    // A round trip of half a second: five to ten ticks.
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expectWithin(asked, 51, 101);
  });

  test.each([
    ['up', null, false],
    ['down for 0 s', 0, false],
    ['down for 5 s', 5, true],
    ['never up (-1 s)', -1, true],
  ])('1 replica, link %s: every second %s (S-PERIOD-3)', (_link, seconds, fast) => {
    const lab = stage({ replicas: 1, peers: 0 });
    const change = { master_link_status: 'down' as const, master_link_down_since_seconds: seconds };
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', seconds === null ? {} : change) }).run(11_000);
    const fromUs = lab.nowUs;
    lab.run(40_000);
    if (fast) expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 1000, 1101);
    else expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 10_000, 10_101);
    expectWithin(gaps(times(lab, 'n1', 'INFO', fromUs)), 10_000, 10_101);
  });

  test('1 master S_DOWN, quorum not reached: its replicas stay at 10 s; from O_DOWN on 1 s (S-PERIOD-3)', () => {
    const lab = stage({ replicas: 1, peers: 1, quorum: 2, failoverTimeoutMs: 100_000 });
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    let fromUs = lab.nowUs;
    lab.run(25_000);
    expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 10_000, 10_101);
    lab.script('p1', { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1, idOf('p1'), 1) }).untilSaid('s1', '+odown');
    fromUs = lab.nowUs;
    lab.run(15_000);
    expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 1000, 1101);
  });

  test('1 master up, failover by hand in progress: replicas every second, the master every 10 s (S-PERIOD-3)', () => {
    const lab = stage({ replicas: 1, peers: 0, quorum: 1, failoverTimeoutMs: 30_000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.run(2000);
    const fromUs = lab.nowUs;
    lab.run(25_000);
    expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 1000, 1101);
    expectWithin(gaps(times(lab, 'n1', 'INFO', fromUs)), 10_000, 10_101);
  });

  test('the fast period is no tunable: with info-period 100 it is the slower one (S-PERIOD-3)', () => {
    const lab = stage({ replicas: 2, peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '100');
    const down = { master_link_status: 'down' as const, master_link_down_since_seconds: 7 };
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', down) }).run(2000);
    const fromUs = lab.nowUs;
    lab.run(10_000);
    expectWithin(gaps(times(lab, 'n2', 'INFO', fromUs)), 1000, 1101);
    expectWithin(gaps(times(lab, 'n3', 'INFO', fromUs)), 100, 201);
  });

  test('after a switch the new master is asked 10 s after the last INFO of the old one (S-PERIOD-4)', () => {
    const lab = stage({ replicas: 1, peers: 1 });
    const last = times(lab, 'n1', 'INFO').at(-1)!;
    lab.run(2000).tell('s1', helloOf('p1', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    const switchedUs = lab.nowUs;
    lab.script('n2', { INFO: masterInfo('n2') }).run(12_000);
    const [first] = times(lab, 'n2', 'INFO', switchedUs);
    expectWithin([first! - last], 10_000, 10_101);
  });

  test('after SENTINEL RESET the replicas are unknown until the next periodic INFO (S-PERIOD-4)', () => {
    const lab = stage({ replicas: 2, peers: 0 });
    const last = times(lab, 'n1', 'INFO').at(-1)!;
    lab.run(3000);
    expect(lab.ask('s1', 'SENTINEL', 'RESET', 'mymaster')).toBe(1);
    lab.hush();
    const learned = lab.untilSaid('s1', '+slave');
    expectWithin([learned.atUs / 1000 - last], 10_000, 10_101);
  });
});

describe('PING', () => {
  test.each([
    [30_000, 1000],
    [1000, 1000],
    [500, 500],
    [200, 200],
  ])('down-after %i ms: a PING every %i ms, and a tick at most (S-PERIOD-5)', (downAfterMs, periodMs) => {
    const lab = stage({ replicas: 1, peers: 1, downAfterMs });
    const fromUs = lab.nowUs;
    lab.run(30_000);
    for (const name of ['n1', 'n2', 'p1']) {
      expectWithin(gaps(times(lab, name, 'PING', fromUs)), periodMs, periodMs + 101);
    }
  });

  test.each([
    [30_000, 500],
    [500, 250],
    [301, 150],
  ])('down-after %i ms, no reply: again after %i ms (S-PERIOD-5)', (downAfterMs, periodMs) => {
    const lab = stage({ replicas: 1, peers: 0, downAfterMs });
    lab.mute('n2').run(2000);
    const fromUs = lab.nowUs;
    lab.run(3000);
    expectWithin(gaps(times(lab, 'n2', 'PING', fromUs)), periodMs, periodMs + 101);
  });
});

describe('hello', () => {
  test('1 master, 1 replica, 1 peer: one every 2 s to each (S-PERIOD-6)', () => {
    const lab = stage({ replicas: 1, peers: 1 });
    lab.run(60_000);
    for (const name of ['n1', 'n2', 'p1']) expectWithin(gaps(times(lab, name, 'PUBLISH')), 2000, 2101);
  });

  test('1 peer that answers with an error: again at every tick (S-PERIOD-6)', () => {
    const lab = stage({ replicas: 0, peers: 1 });
    lab.script('p1', { PUBLISH: errorReply('NOAUTH Authentication required.') }).run(3000);
    const fromUs = lab.nowUs;
    lab.run(3000);
    expectWithin(gaps(times(lab, 'p1', 'PUBLISH', fromUs)), 51, 101);
    lab.script('p1', { PUBLISH: { kind: 'integer', value: 1 } }).run(200);
    const calmUs = lab.nowUs;
    lab.run(10_000);
    expectWithin(gaps(times(lab, 'p1', 'PUBLISH', calmUs)), 2000, 2101);
  });

  test('1 replica that is silent: again at every tick (S-PERIOD-6)', () => {
    const lab = stage({ replicas: 1, peers: 0, downAfterMs: 60_000 });
    lab.mute('n2').run(2200);
    const fromUs = lab.nowUs;
    lab.run(1000);
    expectWithin(gaps(times(lab, 'n2', 'PUBLISH', fromUs)), 51, 101);
  });

  test('promotion detected: at the next tick everybody hears of the new master (S-PERIOD-7)', () => {
    const lab = stage({ replicas: 2, peers: 2, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const waiting = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const promoted = waiting.message.includes(addressOf('n2')) ? 'n2' : 'n3';
    lab.script(promoted, { INFO: masterInfo(promoted) });
    const found = lab.untilSaid('s1', '+promoted-slave');
    lab.run(120);
    for (const name of ['n1', 'n2', 'n3', 'p1', 'p2']) {
      const [first] = lab.heard(name, 'PUBLISH', found.atUs);
      expect(first!.atUs - found.atUs).toBeLessThan(106_000);
      expect(first!.message).toMatchObject({
        payload: { masterIp: addressOf(promoted), currentEpoch: 1, masterConfigEpoch: 1 },
      });
    }
  });
});
