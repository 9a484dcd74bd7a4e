/** The catalogue under random faults, over whole clusters. */
import { expect, test } from 'vitest';
import { clusterOf } from '../../properties/arbitraries/clusters.ts';
import { witnesses } from './witnesses.ts';

/** Put to the test by runs of their own. */
const RARE = ['convergence', 'odown-within', 'retry-delay'];

test('1 to 3 masters, 0 to 6 replicas, 1 to 9 sentinels: the catalogue holds under random faults', () => {
  const counts = witnesses(clusterOf(), 150);
  for (const name of RARE) counts.delete(name);
  for (const [name, count] of counts) expect(count, `witnesses of ${name}`).toBeGreaterThanOrEqual(1);
});
