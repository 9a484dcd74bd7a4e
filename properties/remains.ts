/** What is left of a cluster, as numbers that two equal runs share. */
import type { ClientState } from '../models/client/state.ts';
import type { RedisState } from '../models/redis/index.ts';
import type { SentinelState } from '../models/sentinel/index.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { sentinels, servers } from './look.ts';

function acknowledgedBy(cluster: Cluster): number[] {
  return cluster.scenario.clients.flatMap(({ name }) => {
    const process = cluster.processByName.get(name);
    const state = process === undefined ? null : cluster.world.state.processes[process]!.state;
    if (state === null) return [];
    const { ackedAtUs, sequence } = state as ClientState;
    return [sequence, ackedAtUs.length, ackedAtUs.at(-1) ?? 0];
  });
}

function serverNumbers({ offset, keyspace, replicas, link }: RedisState): number[] {
  return [offset, keyspace.map.size, replicas.length, link.offset];
}

function sentinelNumbers({ currentEpoch, masterIds, instances, previousTimeUs }: SentinelState): number[] {
  const masters = masterIds.map((id) => instances[id]!);
  return [
    currentEpoch,
    previousTimeUs,
    ...masters.flatMap(({ flags, configEpoch, replicaIds }) => [flags, configEpoch, replicaIds.length]),
  ];
}

/** Everything that counts on the way: random streams, lives, offsets, epochs, acknowledgements. */
export function remainsOf(cluster: Cluster): number[] {
  const { random, processes } = cluster.world.state;
  return [
    ...random,
    ...processes.flatMap(({ incarnation, wakeAtUs }) => [incarnation, wakeAtUs]),
    ...servers(cluster).flatMap(({ state }) => serverNumbers(state)),
    ...sentinels(cluster).flatMap(({ state }) => sentinelNumbers(state)),
    ...acknowledgedBy(cluster),
  ];
}
