/** Where random runs come from. */
import type fc from 'fast-check';
import { type ArbitraryRun, clusterOf, phasedClusterOf, phasedRunOf, runOf } from '../../properties/index.ts';
import { prepare } from '../../src/run/prepare.ts';

const { deployment } = prepare('examples/redis-ha').scenario;

export const FAMILIES = {
  /** The example deployment: 1 master, 2 replicas, 3 Sentinels. */
  example: runOf(deployment, { durationMs: 34_000 }),
  cluster: clusterOf(),
  healed: phasedClusterOf({ masters: { min: 1, max: 2 }, replicas: { min: 0, max: 3 } }),
  'healed-example': phasedRunOf(deployment, { quietMs: 210_000 }),
} as const satisfies Record<string, fc.Arbitrary<ArbitraryRun>>;

export type Family = keyof typeof FAMILIES;

export function isFamily(name: string): name is Family {
  return Object.hasOwn(FAMILIES, name);
}
