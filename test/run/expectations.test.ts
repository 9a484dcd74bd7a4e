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

test('lost writes and downtime: bounds from either side', () => {
  expect(
    verdicts(
      { text: '', kind: 'lostWrites', atMost: 0, atLeast: null },
      { text: '', kind: 'lostWrites', atMost: null, atLeast: 1 },
      { text: '', kind: 'downtime', atMostUs: 7_500_000, atLeastUs: 5_000_000 },
      { text: '', kind: 'downtime', atMostUs: 5_000_000, atLeastUs: null },
    ),
  ).toEqual([true, false, true, false]);
});

test('master and events: who it is at the end, what happened and what did not', () => {
  expect(
    verdicts(
      { text: '', kind: 'master', node: 'r1' },
      { text: '', kind: 'event', event: '+odown', node: null, happens: true },
      { text: '', kind: 'event', event: '+tilt', node: null, happens: true },
      { text: '', kind: 'event', event: '+tilt', node: 's1', happens: false },
    ),
  ).toEqual([false, true, false, true]);
});
