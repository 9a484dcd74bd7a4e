/** The catalogue under random faults, around a deployment. */
import { expect, test } from 'vitest';
import { runOf } from '../../properties/arbitraries/clusters.ts';
import { phasedRunOf } from '../../properties/arbitraries/phases.ts';
import { prepare } from '../../src/run/prepare.ts';
import { witnesses } from './witnesses.ts';

const { deployment } = prepare('examples/redis-ha').scenario;
/** Needs a quiet time of its own. */
const AFTERWARDS = 'convergence';
const LEAST = 3;
/** Needs a full disk of the master, for long. */
const RARE = 'full-disk-takes-no-writes';

test('1 master, 2 replicas, 3 sentinels: the catalogue holds under random faults, and is put to the test', () => {
  const counts = witnesses(runOf(deployment, { durationMs: 34_000 }), 1200);
  for (const [name, count] of counts) {
    if (name !== AFTERWARDS)
      expect(count, `witnesses of ${name}`).toBeGreaterThanOrEqual(name === RARE ? 1 : LEAST);
  }
});

test('1 master, 2 replicas, 3 sentinels: chaos, healing, quiet: the catalogue holds, convergence (S-HELLO-10, S-ROLE-5) too', () => {
  const counts = witnesses(phasedRunOf(deployment, { quietMs: 210_000 }), 150);
  expect(counts.get(AFTERWARDS)).toBeGreaterThan(100);
});
