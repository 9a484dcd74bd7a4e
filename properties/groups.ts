/** Which servers belong together: a master of the deployment with everything that follows it. */
import type { Deployment } from '../src/config/deployment.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { nodeAt } from '../src/run/roles.ts';

/** Server → the master of the deployment at the end of its `replicaof` chain. */
export function groupOf(cluster: Cluster): ReadonlyMap<string, string> {
  const { redis } = cluster.scenario.deployment;
  const above = new Map(
    redis.map(({ name, config }) => [
      name,
      config.replicaof === null ? null : (nodeAt(cluster, config.replicaof.host) ?? null),
    ]),
  );
  return new Map(
    redis.map(({ name }) => {
      let root = name;
      for (let steps = 0; steps < redis.length; steps++) root = above.get(root) ?? root;
      return [name, root];
    }),
  );
}

/** The greatest of a setting over all masters of all Sentinels, in ms; 0 without any. */
export function greatest({ sentinels }: Deployment, setting: 'downAfterMs' | 'failoverTimeoutMs'): number {
  const values = sentinels.flatMap(({ config }) => config.masters.map((master) => master[setting]));
  return Math.max(0, ...values);
}
