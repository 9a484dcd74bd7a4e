/** Follows random runs with the whole catalogue. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ArbitraryRun } from '../../properties/arbitraries/clusters.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';

/** It simulates again, so it has a test of its own. */
export const DEAR = 'same-seed-same-run';
const followed = catalogue.filter(({ name, holds }) => holds && name !== DEAR);

/** Runs the catalogue; the number of runs in which each property was put to the test. */
export function witnesses(runs: fc.Arbitrary<ArbitraryRun>, numRuns: number): Map<string, number> {
  const counts = new Map(followed.map(({ name }) => [name, 0]));
  fc.assert(
    fc.property(runs, ({ prepared, seed }) => {
      for (const { property, verdict } of checkRun(prepared, seed, followed).judgements) {
        expect(verdict.violation, property.name).toBeNull();
        if (verdict.witnessed) counts.set(property.name, counts.get(property.name)! + 1);
      }
    }),
    { numRuns },
  );
  return counts;
}
