import { expect, it } from 'vitest';
import { percentileOf, tallyOf } from '../../src/search/tally.ts';

const outcome = (index: number, value: number, violation: string | null = null) => ({
  index,
  simulatedMs: 1,
  verdicts: [{ violation, witnessed: true, value, observed: { bound: 100, tightest: value } }],
});

it('any order of runs: the first violation and the tightest time are those of the runs in order', () => {
  const runs = [outcome(2, 50, 'late'), outcome(0, 10), outcome(1, 50, 'early')];
  expect(tallyOf(runs, 0)).toEqual({
    witnesses: 3,
    violations: 2,
    first: { index: 1, violation: 'early' },
    tightest: { index: 1, boundMs: 100, observedMs: 50 },
  });
});

it('percentiles are values of the nearest rank, and infinite ones come last', () => {
  const runs = [outcome(0, Number.POSITIVE_INFINITY), outcome(1, 30), outcome(2, 20), outcome(3, 10)];
  expect(percentileOf(runs, 0, 50)).toEqual({ value: 20, index: 2, of: 4 });
  expect(percentileOf(runs, 0, 75)).toEqual({ value: 30, index: 1, of: 4 });
  expect(percentileOf(runs, 0, 76)?.value).toBe(Number.POSITIVE_INFINITY);
  expect(percentileOf([], 0, 50)).toBeNull();
});
