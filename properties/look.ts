/** How checkers read a live cluster. */
import type { RedisState } from '../models/redis/index.ts';
import type { SentinelState } from '../models/sentinel/index.ts';
import { type Instance, masterByName } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { Process } from '../src/engine/worldState.ts';
import { parseInstance } from '../src/measure/payload.ts';
import type { Cluster } from '../src/run/cluster.ts';

/** The Sentinel that announces, with the master record that its event is about. */
export interface Speaker {
  readonly state: SentinelState;
  readonly master: Instance;
  /** Its wall clock, in microseconds. */
  readonly wallUs: number;
  /** One run of the process: it forgets much when it is started anew. */
  readonly life: string;
}

function lifeOf(process: Process): string {
  return `${process.name}#${process.incarnation}`;
}

/** Names one run of the announcing process. */
export function lifeOfSpeaker(cluster: Cluster, { process }: Announcement): string {
  return lifeOf(cluster.world.state.processes[process]!);
}

/** The wall clock of the announcing process, in microseconds. */
export function wallOf({ world }: Cluster, { process, atUs }: Announcement): number {
  const { machines, processes } = world.state;
  return atUs + machines[processes[process]!.machine]!.clockOffsetUs;
}

/** The state of the announcing Sentinel, or null when it is none. */
export function sentinelOf({ world, scenario }: Cluster, announcement: Announcement): SentinelState | null {
  const { state } = world.state.processes[announcement.process]!;
  const isSentinel = scenario.deployment.sentinels.some(({ name }) => name === announcement.node);
  return isSentinel ? (state as SentinelState | null) : null;
}

/** For events whose payload is an instance; null when the record is not there. */
export function speakerOf(cluster: Cluster, announcement: Announcement): Speaker | null {
  return speakerAbout(cluster, announcement, parseInstance(announcement.message).master);
}

/** The announcing Sentinel and its record of this master. */
export function speakerAbout(cluster: Cluster, announcement: Announcement, name: string): Speaker | null {
  const state = sentinelOf(cluster, announcement);
  const master = state === null ? null : masterByName(state, name);
  if (state === null || master === null) return null;
  return {
    state,
    master,
    wallUs: wallOf(cluster, announcement),
    life: lifeOfSpeaker(cluster, announcement),
  };
}

/** Every running server with its process. */
export function servers(cluster: Cluster): { readonly process: Process; readonly state: RedisState }[] {
  const { world, scenario, processByName } = cluster;
  return scenario.deployment.redis.flatMap(({ name }) => {
    const process = world.state.processes[processByName.get(name)!]!;
    return process.status === 'running' ? [{ process, state: process.state as RedisState }] : [];
  });
}

/** Every running Sentinel with its process. */
export function sentinels(cluster: Cluster): { readonly process: Process; readonly state: SentinelState }[] {
  const { world, scenario, processByName } = cluster;
  return scenario.deployment.sentinels.flatMap(({ name }) => {
    const process = world.state.processes[processByName.get(name)!]!;
    return process.status === 'running' ? [{ process, state: process.state as SentinelState }] : [];
  });
}

/** The entries of a table. */
export function entries(state: SentinelState, ids: readonly number[]): Instance[] {
  return ids.map((id) => state.instances[id]!);
}

/** The wall clock of a process at this instant of the world, in microseconds. */
export function wallAt({ world }: Cluster, process: Process, nowUs: number): number {
  return nowUs + world.state.machines[process.machine]!.clockOffsetUs;
}
