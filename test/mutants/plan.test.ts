import { expect, test } from 'vitest';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { plannedRuns } from '../../scripts/mutants/plan.ts';

const laws = catalogue.filter(({ holds }) => holds);

test('random clusters of the mutation proof: the models as they are break no law and throw nothing', () => {
  const broken = plannedRuns().flatMap(({ prepared, seed }) =>
    checkRun(prepared, seed, laws).judgements.flatMap(({ property, verdict }) =>
      verdict.violation === null ? [] : [`${property.name} with seed ${seed}: ${verdict.violation}`],
    ),
  );
  expect(broken).toEqual([]);
});
