/** The catalogue under random faults, around a deployment and over whole clusters. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterOf, runOf } from '../../properties/arbitraries/clusters.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { prepare } from '../../src/run/prepare.ts';
import { DEAR, witnesses } from './witnesses.ts';

const { deployment } = prepare('examples/redis-ha').scenario;
/** Needs a quiet time of its own. */
const AFTERWARDS = 'convergence';

test('1 master, 2 replicas, 3 sentinels: the catalogue holds under random faults, and is put to the test', () => {
  const counts = witnesses(runOf(deployment), 250);
  counts.delete(AFTERWARDS);
  for (const [name, count] of counts) expect(count, `witnesses of ${name}`).toBeGreaterThanOrEqual(2);
});

test('1 or 2 masters, chaos, then everything healed: the catalogue holds, convergence (S-HELLO-10, S-ROLE-5) too', () => {
  const healed = clusterOf({
    heals: true,
    untilMs: 20_000,
    durationMs: 150_000,
    downAfterMs: [1000],
    failoverTimeoutMs: [3000],
    masters: { min: 1, max: 2 },
    replicas: { min: 0, max: 3 },
    sentinels: { min: 1, max: 5 },
  });
  expect(witnesses(healed, 100).get(AFTERWARDS)).toBeGreaterThan(40);
});

test('1 master, 2 replicas, 3 sentinels: the same seed gives the same run, whoever watches', () => {
  fc.assert(
    fc.property(runOf(deployment), ({ prepared, seed }) => {
      for (const { verdict } of checkRun(prepared, seed, catalogue).judgements.filter(
        ({ property }) => property.name === DEAR,
      )) {
        expect(verdict).toEqual({ violation: null, witnessed: true });
      }
    }),
    { numRuns: 40 },
  );
});
