/** Watches a run from outside: what Sentinels had in mind when they acted, and each client's writes one by one. */
import type { ClientState } from '../../models/client/state.ts';
import { hasKey, type RedisState } from '../../models/redis/index.ts';
import type { SentinelDisk, SentinelState } from '../../models/sentinel/index.ts';
import { masterByName } from '../../models/sentinel/state.ts';
import type { Announcement } from '../engine/world.ts';
import { eachLostWrite, type LostWrite } from '../measure/lostWrites.ts';
import { parseInstance } from '../measure/payload.ts';
import type { Cluster } from '../run/cluster.ts';
import type { RunDocument } from '../run/document.ts';
import { historyOf } from '../run/history.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { processOf, singleMaster } from '../run/roles.ts';
import { simulate } from '../run/simulate.ts';
import { toMs } from '../trace/recorder.ts';
import { type Lens, type MasterView, masterView } from './view.ts';

/** The state of mind of a Sentinel at an event of its own, before the event takes effect. */
export interface Glimpse {
  readonly t: number;
  readonly node: string;
  /** The event; `action` just before something of the timeline, `probe` every so often, `end` at the end of the run. */
  readonly event: string;
  readonly view: MasterView;
}

/** Writes in a row that were not acknowledged. */
export interface UnacknowledgedSpan {
  /** The acknowledgement before; null: there was none. */
  readonly from: number | null;
  /** The acknowledgement after; null: none to the end. */
  readonly to: number | null;
  readonly writes: number;
}

export interface ClientObservation {
  readonly name: string;
  readonly spans: readonly UnacknowledgedSpan[];
  /** Null without one live master at the end. */
  readonly lost: readonly LostWrite[] | null;
}

export interface ObservedRun {
  readonly document: RunDocument;
  readonly glimpses: readonly Glimpse[];
  readonly clients: readonly ClientObservation[];
}

/** Events whose reasons are in the Sentinel's mind. */
const TELLING: ReadonlySet<string> = new Set([
  '+sdown',
  '-sdown',
  '+odown',
  '-odown',
  '+try-failover',
  'next-failover-delay',
  '+elected-leader',
  '-failover-abort-not-elected',
  '-failover-abort-no-good-slave',
  '-failover-abort-slave-timeout',
  '+selected-slave',
  '+failover-state-wait-promotion',
  '+promoted-slave',
  '+convert-to-slave',
  '+failover-end',
]);

/** Simulates the run as `simulate` does, and notes what its document does not say. */
export function observeRun(prepared: PreparedRun, seed: number): ObservedRun {
  const glimpses: Glimpse[] = [];
  let watched: { readonly cluster: Cluster; readonly zeroUs: number } | null = null;
  const { document } = simulate(prepared, seed, undefined, (cluster, zeroUs) => {
    watched = { cluster, zeroUs };
    watch(cluster, zeroUs, glimpses);
  });
  const { cluster, zeroUs } = watched!;
  lookAtAll(cluster, zeroUs, 'end', glimpses);
  return { document, glimpses, clients: observeClients(cluster, zeroUs, document) };
}

/** No action of a timeline has this number. */
const PROBE = -1;
const PROBE_EVERY_US = 100_000;
const PROBES_MAX = 1000;

/** How often every Sentinel is looked at in a run of this length. */
export function probeEveryUs(durationUs: number): number {
  return Math.max(PROBE_EVERY_US, Math.ceil(durationUs / PROBES_MAX));
}

function watch(cluster: Cluster, zeroUs: number, into: Glimpse[]): void {
  const { world, scenario } = cluster;
  world.bus.on('announce', (announcement) => noteAnnouncement(cluster, zeroUs, announcement, into));
  const carryOut = world.onAction;
  world.onAction = (action) => {
    lookAtAll(cluster, zeroUs, action === PROBE ? 'probe' : 'action', into);
    if (action !== PROBE) carryOut(action);
  };
  const everyUs = probeEveryUs(scenario.durationUs);
  for (let us = everyUs; us < scenario.durationUs; us += everyUs) world.scheduleAction(zeroUs + us, PROBE);
}

function noteAnnouncement(
  cluster: Cluster,
  zeroUs: number,
  announcement: Announcement,
  into: Glimpse[],
): void {
  const { event, message, process, atUs, node } = announcement;
  if (!TELLING.has(event)) return;
  const state = cluster.world.state.processes[process]!.state as SentinelState | null;
  if (state === null) return;
  const name = event === 'next-failover-delay' ? null : parseInstance(message).master;
  for (const id of state.masterIds) {
    const master = state.instances[id]!;
    if (name !== null && masterByName(state, name) !== master) continue;
    const view = masterView(state, master, lensOf(cluster, process, atUs, zeroUs));
    into.push({ t: toMs(atUs - zeroUs), node, event, view });
  }
}

function lookAtAll(cluster: Cluster, zeroUs: number, event: string, into: Glimpse[]): void {
  const { world, scenario, processByName } = cluster;
  for (const { name } of scenario.deployment.sentinels) {
    const { status, state } = processOf(cluster, name);
    if (status !== 'running' || state === null) continue;
    const sentinel = state as SentinelState;
    const lens = lensOf(cluster, processByName.get(name)!, world.nowUs, zeroUs);
    for (const id of sentinel.masterIds) {
      const view = masterView(sentinel, sentinel.instances[id]!, lens);
      into.push({ t: toMs(world.nowUs - zeroUs), node: name, event, view });
    }
  }
}

function lensOf(cluster: Cluster, process: number, atUs: number, zeroUs: number): Lens {
  const { state } = cluster.world;
  const { clockOffsetUs } = state.machines[state.processes[process]!.machine]!;
  return {
    wallUs: atUs + clockOffsetUs,
    momentOf: (wallUs) => toMs(wallUs - clockOffsetUs - zeroUs),
    nameOf: (address) => cluster.nameByAddress.get(address) ?? address,
    nameOfId: (id) => nameOfId(cluster, id),
  };
}

function nameOfId(cluster: Cluster, id: string): string {
  const own = cluster.scenario.deployment.sentinels.find(({ name }) => {
    const { state, disk } = processOf(cluster, name);
    return (state as SentinelState | null)?.myId === id || (disk as SentinelDisk).saved?.myId === id;
  });
  return own?.name ?? id;
}

function observeClients(cluster: Cluster, zeroUs: number, document: RunDocument): ClientObservation[] {
  const master = singleMaster(cluster);
  const lostOf = (client: ClientState): LostWrite[] | null => {
    if (master === null) return null;
    const masterState = processOf(cluster, master).state as RedisState;
    const history = historyOf(cluster, zeroUs, document, master);
    return eachLostWrite(client, (key) => hasKey(masterState, key), history);
  };
  return document.clients.map(({ name }) => {
    const state = processOf(cluster, name).state as ClientState | null;
    if (state === null) return { name, spans: [], lost: null };
    return {
      name,
      spans: unacknowledgedSpans(state, zeroUs),
      lost: lostOf(state),
    };
  });
}

/** Writes are numbered without gaps, so a number that was never acknowledged was refused between its neighbours. */
export function unacknowledgedSpans(
  client: Pick<ClientState, 'ackedSequences' | 'ackedAtUs' | 'sequence'>,
  zeroUs: number,
): UnacknowledgedSpan[] {
  const spans: UnacknowledgedSpan[] = [];
  let from: number | null = null;
  let next = 0;
  client.ackedSequences.forEach((sequence, index) => {
    const at = toMs(client.ackedAtUs[index]! - zeroUs);
    if (sequence > next) spans.push({ from, to: at, writes: sequence - next });
    from = at;
    next = sequence + 1;
  });
  if (client.sequence > next) spans.push({ from, to: null, writes: client.sequence - next });
  return spans;
}
