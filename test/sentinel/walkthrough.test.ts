/** The timing walk-through of the reference, over seeds: every run within its bounds. */
import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster } from '../support/stages.ts';
import { addressOf } from '../support/wire.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const SENTINELS = ['s1', 's2', 's3'];
const D = 3000;
const first = (lab: Lab, event: string, text = '') =>
  lab.said.find((line) => line.event === event && line.message.includes(text))!;

interface Story {
  readonly lab: Lab;
  /** Milliseconds since the fault. */
  readonly at: (event: string, text?: string) => number;
  readonly leader: string;
}

function story(seed: number, fault: 'kill' | 'pause'): Story {
  const lab = cluster({ seed, downAfterMs: D });
  const zeroUs = lab[fault]('r1').nowUs;
  lab.run(15_000);
  const at = (event: string, text?: string) => (first(lab, event, text).atUs - zeroUs) / 1000;
  return { lab, at, leader: first(lab, '+promoted-slave').node };
}

describe('1 master, 2 replicas, 3 sentinels, down-after 3 s', () => {
  test.each(SEEDS)(
    'master killed, seed %i: from the crash to the switch (S-TIME-1, S-TIME-2, S-TIME-3, S-TIME-4, S-TIME-5, S-TIME-6)',
    (seed) => {
      const { lab, at, leader } = story(seed, 'kill');
      expect(at('+sdown')).toBeGreaterThan(D);
      expect(at('+sdown')).toBeLessThan(D + 200);
      const odown = at('+odown');
      // The second Sentinel to see the master down is O_DOWN a tick later.
      expect(odown).toBeLessThan(D + 200 + 110);
      const promotionSent = at('+failover-state-wait-promotion') - odown;
      expect(promotionSent).toBeGreaterThan(156);
      expect(promotionSent).toBeLessThan(420);
      const promoted = at('+promoted-slave') - odown;
      expect(promoted).toBeGreaterThan(156);
      expect(promoted).toBeLessThan(1500);
      for (const name of SENTINELS.filter((each) => each !== leader)) {
        const switched = lab.lines(name, '+switch-master')[0]!;
        const afterMs = (switched.atUs - first(lab, '+promoted-slave').atUs) / 1000;
        expect(afterMs).toBeGreaterThan(-5);
        expect(afterMs).toBeLessThan(110);
        // Observers announce the switch long before the leader does.
        expect(lab.lines(leader, '+switch-master')[0]!.atUs - switched.atUs).toBeGreaterThan(500_000);
      }
      expect(at('+switch-master')).toBeGreaterThan(D + 200);
      expect(at('+switch-master')).toBeLessThan(D + 2000);
    },
  );

  test.each(SEEDS)(
    'master hangs, seed %i: the silence counts from the first PING after it (S-TIME-1, S-TIME-6)',
    (seed) => {
      const { at } = story(seed, 'pause');
      expect(at('+sdown')).toBeGreaterThan(D - 1);
      expect(at('+sdown')).toBeLessThan(D + 1210);
      expect(at('+promoted-slave') - at('+odown')).toBeGreaterThan(1000);
      expect(at('+promoted-slave') - at('+odown')).toBeLessThan(1200);
      expect(at('+switch-master')).toBeLessThan(D + 2700);
    },
  );

  test('the spread of S_DOWN: 0.2 s after a crash, up to 1.2 s when it hangs (S-TIME-1)', () => {
    const spread = (fault: 'kill' | 'pause') => {
      const values = SEEDS.map((seed) => {
        const lab = cluster({ seed, downAfterMs: D, quorum: 9 });
        lab[fault]('r1').run(6000);
        const times = SENTINELS.map((name) => lab.lines(name, '+sdown')[0]!.atUs / 1000);
        return Math.max(...times) - Math.min(...times);
      });
      return Math.max(...values);
    };
    expect(spread('kill')).toBeLessThan(200);
    expect(spread('pause')).toBeGreaterThan(250);
    expect(spread('pause')).toBeLessThan(1250);
  });

  test.each([1, 2, 3])(
    'the old master returns, seed %i: seen at once, demoted 10 s later (S-TIME-8)',
    (seed) => {
      const { lab } = story(seed, 'kill');
      const backUs = lab.hush().start('r1').nowUs;
      const old = `slave ${addressOf('r1')}:`;
      lab.run(15_000);
      const at = (event: string) => (first(lab, event, old).atUs - backUs) / 1000;
      expect(at('-role-change')).toBeLessThan(1210);
      expect(at('-sdown')).toBeLessThan(1310);
      expect(at('+convert-to-slave')).toBeGreaterThan(9900);
      expect(at('+convert-to-slave')).toBeLessThan(11_300);
      expect(lab.redis('r1').role).toBe('replica');
    },
  );

  test('the promoted replica dies before it is seen: the attempt ends after failover-timeout (S-TIME-7)', () => {
    const lab = cluster({ seed: 2, downAfterMs: D, failoverTimeoutMs: 8000 });
    lab.kill('r1').until(() => first(lab, '+failover-state-wait-promotion') !== undefined);
    const waiting = first(lab, '+failover-state-wait-promotion');
    lab.kill(waiting.message.includes(addressOf('r2')) ? 'r2' : 'r3').run(40_000);
    const aborted = first(lab, '-failover-abort-slave-timeout');
    expect((aborted.atUs - waiting.atUs) / 1000).toBeGreaterThan(8000);
    expect((aborted.atUs - waiting.atUs) / 1000).toBeLessThan(8110);
    const again = lab.said.filter(({ event }) => event === '+try-failover')[1]!;
    const start = first(lab, '+try-failover');
    expect((again.atUs - start.atUs) / 1000).toBeGreaterThan(16_000);
    expect((again.atUs - start.atUs) / 1000).toBeLessThan(17_200);
  });

  test('the promoted replica dies after it was seen: the observers fail over again at once (S-TIME-7, S-RECONF-8)', () => {
    const lab = cluster({ seed: 2, downAfterMs: D });
    lab.kill('r1').until(() => lab.said.filter(({ event }) => event === '+switch-master').length === 2);
    const promotion = first(lab, '+promoted-slave');
    const leader = promotion.node;
    lab
      .kill(promotion.message.includes(addressOf('r2')) ? 'r2' : 'r3')
      .until(() => lab.said.filter(({ event }) => event === '+try-failover').length === 2);
    const second = lab.said.filter(({ event }) => event === '+try-failover')[1]!;
    expect(second.node).not.toBe(leader);
    expect((second.atUs - promotion.atUs) / 1000).toBeLessThan(D + 1300);
    expect(lab.view(leader).failoverState).toBe('reconf_slaves');
  });
});
