/** Who is what at an instant: roles that a timeline names, and the views that the end of a run is judged by. */
import { type RedisState, redisView } from '../../models/redis/index.ts';
import { type SentinelState, sentinelViews } from '../../models/sentinel/index.ts';
import type { Process } from '../engine/worldState.ts';
import type { Cluster } from './cluster.ts';

export function processOf(cluster: Cluster, name: string): Process {
  return cluster.world.state.processes[cluster.processByName.get(name)!]!;
}

/** The running redis nodes with their states, in deployment order. */
export function runningRedis(cluster: Cluster): { name: string; state: RedisState }[] {
  return cluster.scenario.deployment.redis.flatMap(({ name }) => {
    const process = processOf(cluster, name);
    return process.status === 'running' ? [{ name, state: process.state as RedisState }] : [];
  });
}

/** The running sentinels with their states, in deployment order. */
export function runningSentinels(cluster: Cluster): { name: string; state: SentinelState }[] {
  return cluster.scenario.deployment.sentinels.flatMap(({ name }) => {
    const process = processOf(cluster, name);
    return process.status === 'running' ? [{ name, state: process.state as SentinelState }] : [];
  });
}

/** The node that most running sentinels name as (the first) master; otherwise the first node that is one. */
export function currentMaster(cluster: Cluster): string | null {
  const counts = new Map<string, number>();
  for (const { state } of runningSentinels(cluster)) {
    const address = sentinelViews(state)[0]?.address;
    const name = address === undefined ? undefined : nodeAt(cluster, address.ip);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const named = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (named !== undefined) return named[0];
  return runningRedis(cluster).find(({ state }) => redisView(state).role === 'master')?.name ?? null;
}

/** The one live master; null when there is none or more than one, or when there are several groups, of which one may be without. */
export function singleMaster(cluster: Cluster): string | null {
  const { sentinels } = cluster.scenario.deployment;
  const groups = new Set(sentinels.flatMap(({ config }) => config.masters.map(({ name }) => name)));
  if (groups.size > 1) return null;
  const masters = runningRedis(cluster).filter(({ state }) => redisView(state).role === 'master');
  return masters.length === 1 ? masters[0]!.name : null;
}

/** The node with this address or host name. */
export function nodeAt(cluster: Cluster, host: string): string | undefined {
  const address = cluster.world.state.names.get(host) ?? host;
  return cluster.nameByAddress.get(address);
}
