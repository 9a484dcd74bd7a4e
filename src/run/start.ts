/** Brings a cluster up: the data nodes first, then the sentinels, as an operator would. */
import { type RedisState, redisView } from '../../models/redis/index.ts';
import type { Cluster } from './cluster.ts';
import { processOf } from './roles.ts';

/** The data nodes get this long to synchronise before the sentinels start. */
const SYNC_STEP_US = 100_000;
const SYNC_LIMIT_US = 60_000_000;

/** Starts the data nodes, masters first, and lets the replicas synchronise. */
export function startDataNodes(cluster: Cluster): void {
  const { world, scenario, processByName } = cluster;
  const { redis } = scenario.deployment;
  const masters = redis.filter(({ config }) => config.replicaof === null);
  const replicas = redis.filter(({ config }) => config.replicaof !== null);
  for (const { name } of [...masters, ...replicas]) world.start(processByName.get(name)!);
  while (world.nowUs < SYNC_LIMIT_US) {
    world.runUntil(world.nowUs + SYNC_STEP_US);
    if (replicas.every(({ name }) => isSynchronised(cluster, name))) return;
  }
}

function isSynchronised(cluster: Cluster, name: string): boolean {
  const process = processOf(cluster, name);
  return process.status === 'running' && redisView(process.state as RedisState).link === 'up';
}

/** Starts the sentinels, and the operators at the nodes' command lines. */
export function startSentinels({ world, scenario, processByName, operators }: Cluster): void {
  for (const { name } of scenario.deployment.sentinels) world.start(processByName.get(name)!);
  for (const operator of operators.values()) world.start(operator);
}
