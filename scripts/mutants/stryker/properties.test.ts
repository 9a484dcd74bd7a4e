/** The catalogue on a few runs: what Stryker's faults must also pass. */
import { expect, test } from 'vitest';
import { catalogue } from '../../../properties/catalogue.ts';
import { checkRun } from '../../../properties/checkRun.ts';
import { plannedRuns } from '../plan.ts';

const RUNS = 12;
const followed = catalogue.filter(({ name, holds }) => holds && name !== 'same-seed-same-run');

test('the catalogue holds in the first planned runs', () => {
  for (const { prepared, seed } of plannedRuns().slice(0, RUNS)) {
    for (const { property, verdict } of checkRun(prepared, seed, followed).judgements) {
      expect(verdict.violation, property.name).toBeNull();
    }
  }
});
