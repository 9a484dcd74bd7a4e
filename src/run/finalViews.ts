/** Every node's own view at the end of a run. */

import type { RedisState } from '../../models/redis/index.ts';
import { redisView } from '../../models/redis/index.ts';
import { type SentinelState, sentinelViews } from '../../models/sentinel/index.ts';
import type { Cluster } from './cluster.ts';
import type { FinalView } from './document.ts';
import { nodeAt, processOf } from './roles.ts';

export function finalViews(cluster: Cluster): FinalView[] {
  const { redis, sentinels } = cluster.scenario.deployment;
  return [
    ...redis.map(({ name }) => redisFinal(cluster, name)),
    ...sentinels.flatMap(({ name }) => sentinelFinal(cluster, name)),
  ];
}

function redisFinal(cluster: Cluster, name: string): FinalView {
  const process = processOf(cluster, name);
  if (process.status !== 'running') return { node: name, down: true };
  const view = redisView(process.state as RedisState);
  return {
    node: name,
    role: view.role,
    master: view.masterHost === null ? null : (nodeAt(cluster, view.masterHost) ?? view.masterHost),
    link: view.link,
    offset: view.offset,
    keys: view.keys,
    replicas: view.replicas,
  };
}

function sentinelFinal(cluster: Cluster, name: string): FinalView[] {
  const process = processOf(cluster, name);
  if (process.status !== 'running') return [{ node: name, down: true }];
  return sentinelViews(process.state as SentinelState).map((view) => ({
    node: name,
    name: view.name,
    master: nodeAt(cluster, view.address.ip) ?? view.address.host,
    configEpoch: view.configEpoch,
    flags: view.flags,
    replicas: view.replicas,
    sentinels: view.sentinels,
  }));
}
