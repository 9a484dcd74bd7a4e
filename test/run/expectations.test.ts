import { expect, test } from 'vitest';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import type { Expectation } from '../../src/scenario/scenario.ts';

const prepared = prepare('examples/scenarios/master-kill.yaml');

/** The verdicts of expectations on one run in which the master dies and is replaced after about six seconds. */
function verdicts(...expectations: Expectation[]): boolean[] {
  const scenario = { ...prepared.scenario, expect: expectations };
  return simulate({ ...prepared, scenario }, 1).document.expectations.map(({ held }) => held);
}

test('failover: holds when it is completed in time, and not when it is late or unwanted', () => {
  const failover = { text: '', kind: 'failover' } as const;
  expect(
    verdicts(
      { ...failover, happens: true, withinUs: 10_000_000 },
      { ...failover, happens: true, withinUs: 5_000_000 },
      { ...failover, happens: true, withinUs: null },
      { ...failover, happens: false, withinUs: null },
    ),
  ).toEqual([true, false, true, false]);
});

test('failover: its time counts from the fault on the old master, whatever else fails on the way', () => {
  const { scenario } = prepared;
  const disk = { atUs: 4_000_000, verb: { do: 'disk' as const, target: ['r2'], full: true, forUs: null } };
  const timeline = [...scenario.timeline, disk].sort((a, b) => a.atUs - b.atUs);
  const expect5s = { text: '', kind: 'failover', happens: true, withinUs: 5_000_000 } as const;
  const { document } = simulate({ ...prepared, scenario: { ...scenario, timeline, expect: [expect5s] } }, 1);
  expect(document.actions.map(({ t }) => t)).toContain(4000);
  expect(document.expectations[0]).toMatchObject({ held: false, observed: expect.stringMatching(/^[56]\./) });
});

test('lost writes and downtime: bounds from either side', () => {
  expect(
    verdicts(
      { text: '', kind: 'lostWrites', client: null, atMost: 0, atLeast: null },
      { text: '', kind: 'lostWrites', client: null, atMost: null, atLeast: 1 },
      { text: '', kind: 'downtime', client: null, atMostUs: 7_500_000, atLeastUs: 5_000_000 },
      { text: '', kind: 'downtime', client: null, atMostUs: 5_000_000, atLeastUs: null },
    ),
  ).toEqual([true, false, true, false]);
});

test('master and events: who it is at the end, what happened and what did not', () => {
  expect(
    verdicts(
      { text: '', kind: 'master', node: 'r1' },
      { text: '', kind: 'event', event: '+odown', node: null, message: null, happens: true },
      { text: '', kind: 'event', event: '+tilt', node: null, message: null, happens: true },
      { text: '', kind: 'event', event: '+tilt', node: 's1', message: null, happens: false },
    ),
  ).toEqual([false, true, false, true]);
});

test('failovers, keys and an event by its message', () => {
  expect(
    verdicts(
      { text: '', kind: 'failovers', atLeast: 1, atMost: 1 },
      { text: '', kind: 'failovers', atLeast: 2, atMost: null },
      { text: '', kind: 'keys', node: 'r1', atLeast: 1000, atMost: null },
      { text: '', kind: 'keys', node: 'r1', atLeast: null, atMost: 999 },
      { text: '', kind: 'event', event: '+sdown', node: null, message: 'master', happens: true },
      { text: '', kind: 'event', event: '+sdown', node: null, message: 'r9', happens: true },
    ),
  ).toEqual([true, false, true, false, true, false]);
});

test('refusals: the span of one kind, for one client or for all; without any only an upper bound is kept', () => {
  const refused = { text: '', kind: 'refused', client: null } as const;
  expect(
    verdicts(
      { ...refused, refusal: 'NOMASTER', atLeastUs: 5_000_000, atMostUs: 7_500_000 },
      { ...refused, refusal: 'NOMASTER', client: 'app', atLeastUs: 7_500_000, atMostUs: null },
      { ...refused, refusal: 'NOAUTH', atLeastUs: null, atMostUs: null },
      { ...refused, refusal: 'NOAUTH', atLeastUs: null, atMostUs: 1 },
    ),
  ).toEqual([true, false, false, true]);
});

test('elapsed: from the first event to the first of the other that is not earlier, roles included', () => {
  const at = (event: string, node: string | null = null, message: string | null = null) => ({
    event,
    node,
    message,
  });
  const none = { atLeastUs: null, atMostUs: null };
  const second = { atLeastUs: 900_000, atMostUs: 3_000_000 };
  const elapsed = { text: '', kind: 'elapsed' } as const;
  expect(
    verdicts(
      { ...elapsed, from: at('+sdown'), to: at('+odown'), ...none },
      { ...elapsed, from: at('+switch-master'), to: at('+sdown', null, 'master'), ...none },
      { ...elapsed, from: at('+switch-master', '@voters'), to: at('+switch-master', '@leader'), ...second },
      { ...elapsed, from: at('+switch-master', '@leader'), to: at('+switch-master', '@voters'), ...none },
      { ...elapsed, from: at('+tilt'), to: at('+odown'), ...none },
    ),
  ).toEqual([true, false, true, false, false]);
});
