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
  readonly life: number;
}

/** Processes of a cluster: the servers come first, the Sentinels after them. */
const MOST_PROCESSES = 100_000;

/** Names a pair of processes, or of another number and a process. */
export function pairOf(one: number, process: number): number {
  return one * MOST_PROCESSES + process;
}

function isSentinel({ scenario }: Cluster, process: number): boolean {
  const { redis, sentinels } = scenario.deployment;
  return process >= redis.length && process < redis.length + sentinels.length;
}

/** Names one run of the announcing process. */
export function lifeOfSpeaker(cluster: Cluster, { process }: Pick<Announcement, 'process'>): number {
  return pairOf(cluster.world.state.processes[process]!.incarnation, process);
}

/** The wall clock of the announcing process, in microseconds. */
export function wallOf({ world }: Cluster, { process, atUs }: Announcement): number {
  const { machines, processes } = world.state;
  return atUs + machines[processes[process]!.machine]!.clockOffsetUs;
}

/** The state of the announcing Sentinel, or null when it is none. */
export function sentinelOf(cluster: Cluster, { process }: Announcement): SentinelState | null {
  if (!isSentinel(cluster, process)) return null;
  return cluster.world.state.processes[process]!.state as SentinelState | null;
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

function running<State>({ world }: Cluster, from: number, until: number) {
  const found: { readonly process: Process; readonly state: State }[] = [];
  for (let index = from; index < until; index++) {
    const process = world.state.processes[index]!;
    // A process that says `ready` while it boots has no state yet.
    if (process.status === 'running' && process.state !== null)
      found.push({ process, state: process.state as State });
  }
  return found;
}

/** Every running server with its process, in the order of the deployment. */
export function servers(cluster: Cluster) {
  return running<RedisState>(cluster, 0, cluster.scenario.deployment.redis.length);
}

/** The same for what is done every second: by number, and without a list. */
export function eachServer(
  { world, scenario }: Cluster,
  look: (state: RedisState, process: Process, index: number) => void,
): void {
  const { processes } = world.state;
  for (let index = 0; index < scenario.deployment.redis.length; index++) {
    const process = processes[index]!;
    if (process.status === 'running' && process.state !== null) {
      look(process.state as RedisState, process, index);
    }
  }
}

/** Every running Sentinel with its process, in the order of the deployment. */
export function sentinels(cluster: Cluster) {
  const { redis, sentinels: all } = cluster.scenario.deployment;
  return running<SentinelState>(cluster, redis.length, redis.length + all.length);
}

/** The entries of a table. */
export function entries(state: SentinelState, ids: readonly number[]): Instance[] {
  return ids.map((id) => state.instances[id]!);
}

/** The wall clock of a process at this instant of the world, in microseconds. */
export function wallAt({ world }: Cluster, process: Process, nowUs: number): number {
  return nowUs + world.state.machines[process.machine]!.clockOffsetUs;
}
