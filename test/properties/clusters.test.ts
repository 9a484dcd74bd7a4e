/** The catalogue under random faults, over whole clusters. */
import { expect, test } from 'vitest';
import { clusterOf } from '../../properties/arbitraries/clusters.ts';
import { phasedClusterOf } from '../../properties/arbitraries/phases.ts';
import { witnesses } from './witnesses.ts';

/** Put to the test by runs of their own, or around the example deployment. */
const RARE = ['convergence', 'full-disk-takes-no-writes', 'shutdown-waits'];

test('1 to 3 masters, 0 to 6 replicas, 1 to 9 sentinels: the catalogue holds under random faults', () => {
  const counts = witnesses(clusterOf(), 450);
  for (const [name, count] of counts) {
    if (!RARE.includes(name)) expect(count, `witnesses of ${name}`).toBeGreaterThanOrEqual(2);
  }
});

test('1 or 2 masters, 0 to 3 replicas: chaos, healing, quiet: the catalogue holds, convergence (S-HELLO-10, S-ROLE-5) too', () => {
  const runs = phasedClusterOf({
    masters: { min: 1, max: 2 },
    replicas: { min: 0, max: 3 },
    sentinels: { min: 1, max: 5 },
  });
  expect(witnesses(runs, 200).get('convergence')).toBeGreaterThan(120);
});
