import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type RunOutcome, Tallies } from '../../src/search/tally.ts';

function outcome(index: number, value: number, more: Partial<RunOutcome> = {}): RunOutcome {
  const verdict = { violation: null, witnessed: true, value };
  return { index, faults: 1, simulatedMs: 60_000, verdicts: [verdict], ...more };
}

function talliesOf(outcomes: readonly RunOutcome[]): Tallies {
  const tallies = new Tallies(1);
  for (const each of outcomes) tallies.add(each);
  return tallies;
}

it('the percentile of nearest rank is a value that some run has', () => {
  const tallies = talliesOf([5, 1, 4, 2, 3].map((value, index) => outcome(index, value)));
  expect(tallies.percentile(0, 50)).toEqual({ value: 3, index: 4, of: 5 });
  expect(tallies.percentile(0, 99)).toEqual({ value: 5, index: 0, of: 5 });
  expect(tallies.percentile(0, 1)).toEqual({ value: 1, index: 1, of: 5 });
  expect(new Tallies(1).percentile(0, 99)).toBeNull();
});

it('of the runs beyond a limit the one with the fewest faults is taken, then the first', () => {
  const tallies = talliesOf([
    outcome(0, 9, { faults: 3 }),
    outcome(1, 9, { faults: 2 }),
    outcome(2, 9, { faults: 2 }),
    outcome(3, 1, { faults: 0 }),
  ]);
  expect(tallies.smallestBeyond(0, 5)).toBe(1);
  expect(tallies.smallestBeyond(0, 9)).toBeNull();
});

it('the first run not seen is where the next search goes on', () => {
  expect(talliesOf([outcome(0, 1), outcome(1, 1), outcome(3, 1)]).firstUnseen).toBe(2);
});

const arbitraryOutcomes = fc
  .array(
    fc.record({
      faults: fc.nat(3),
      violation: fc.option(fc.constant('broken')),
      tightest: fc.option(fc.nat(3)),
      value: fc.nat(3),
    }),
    { maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ faults, violation, tightest, value }, index): RunOutcome => {
      const observed = tightest === null ? {} : { observed: { bound: 5, tightest } };
      return {
        index,
        faults,
        simulatedMs: 1,
        verdicts: [{ violation, witnessed: violation !== null, value, ...observed }],
      };
    }),
  );

it('the sums do not depend on the order in which runs come in', () => {
  const sums = (outcomes: readonly RunOutcome[]) => {
    const tallies = talliesOf(outcomes);
    const percentiles = [1, 50, 99, 100].map((percent) => tallies.percentile(0, percent));
    return [tallies.of(0), percentiles, tallies.smallestBeyond(0, 1), tallies.firstUnseen, tallies.broken];
  };
  const shuffled = arbitraryOutcomes.chain((outcomes) =>
    fc.tuple(fc.constant(outcomes), fc.shuffledSubarray(outcomes, { minLength: outcomes.length })),
  );
  fc.assert(
    fc.property(shuffled, ([outcomes, others]) => {
      expect(sums(others)).toEqual(sums(outcomes));
    }),
  );
});
