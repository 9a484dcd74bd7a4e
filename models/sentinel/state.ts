/** The state of one Sentinel process: plain data (sections 0.2 to 0.4). Times are wall-clock microseconds unless said. */

import type { NodeInfo, Request } from '../commands.ts';
import type { ConnectionTable } from '../connectionTable.ts';
import type { Machine } from '../machine.ts';
import type { ConnectionId } from '../process.ts';
import type { RandomStream } from '../random.ts';
import type { Address } from './address.ts';
import type { SentinelConfig } from './config.ts';
import type { Periods } from './periods.ts';
import type { TickCursor } from './ticks.ts';

/** What a Sentinel is started with. */
export interface SentinelSpec {
  readonly config: SentinelConfig;
  /** Whether the configuration file can be rewritten. */
  readonly configFile: 'writable' | 'not-replaceable' | 'read-only' | 'none';
  readonly machine: Machine;
  /** True: every tick is executed; false: ticks that are proven no-ops are skipped. */
  readonly literalTicks: boolean;
}

/** What the rewritten configuration file holds; null: it was never rewritten. */
export interface SentinelDisk {
  saved: SentinelConfig | null;
}

export const NO_CONNECTION: ConnectionId = -1;
export const NO_INSTANCE = -1;

/**
 * The connections to one instance; sentinel entries of several masters may share one, with all that is here (S-LINK-15,
 * S-LINK-16).
 */
export interface Link {
  readonly id: number;
  refcount: number;
  /** True while a needed connection is missing (S-LINK-2). */
  disconnected: boolean;
  pendingCommands: number;
  cc: ConnectionId;
  pc: ConnectionId;
  ccConnUs: number;
  pcConnUs: number;
  pcLastActivityUs: number;
  /** Oldest unanswered PING; 0: none. */
  actPingUs: number;
  lastPingUs: number;
  lastAvailUs: number;
  lastPongUs: number;
  lastReconnUs: number;
}

/** A master, replica or sentinel entry; all share one shape (section 0.3). */
export interface Instance {
  readonly id: number;
  /** The master record it belongs to; a master's own id. */
  readonly masterId: number;
  readonly name: string;
  flags: number;
  /** Empty: unknown. */
  runId: string;
  address: Address;
  linkId: number;
  /** The earliest time at which a tick could do anything for this instance (tick folding). */
  dueUs: number;
  configEpoch: number;
  lastPubUs: number;
  lastHelloUs: number;
  lastMasterDownReplyUs: number;
  /** Starts of the latest down episodes, not cleared when they end (S-ROLE-9). */
  sDownSinceUs: number;
  oDownSinceUs: number;
  downAfterMs: number;
  masterRebootDownAfterMs: number;
  masterRebootSinceUs: number;
  /** When the last INFO reply was parsed; 0: never. */
  infoRefreshUs: number;
  info: NodeInfo | null;
  /** MASTER, SLAVE, or 0 on a sentinel entry. */
  roleReported: number;
  roleReportedUs: number;
  slaveConfChangeUs: number;
  masterLinkDownMs: number;
  slavePriority: number;
  replicaAnnounced: boolean;
  slaveReconfSentUs: number;
  /** Empty: unknown. */
  slaveMasterHost: string;
  slaveMasterPort: number;
  slaveMasterLinkUp: boolean;
  slaveReplOffset: number;
  quorum: number;
  parallelSyncs: number;
  /** On a master the own vote, on a sentinel entry the vote it reported; empty: none. */
  leader: string;
  leaderEpoch: number;
  failoverEpoch: number;
  failoverState: number;
  failoverStateChangeUs: number;
  /** May be up to 999 ms in the future; 0: no attempt. */
  failoverStartUs: number;
  failoverTimeoutMs: number;
  failoverDelayLoggedUs: number;
  promotedSlaveId: number;
  notificationScript: string;
  clientReconfigScript: string;
  authUser: string;
  authPass: string;
  /** Upper-case name to the name to send; null: nothing is renamed. */
  renamedCommands: Record<string, string> | null;
  /** Child tables in table order (section 0.6). */
  replicaIds: number[];
  sentinelIds: number[];
  /** The last hello sent about this master, used again while it is true. */
  hello: Extract<Request, { kind: 'PUBLISH' }> | null;
}

/** A connection that this Sentinel made. The queue says what was asked, oldest at `head` (outbox.ts). */
export interface Outgoing {
  readonly pubsub: boolean;
  readonly linkId: number;
  readonly asked: number[];
  head: number;
  tail: number;
}

/** A connection that was made to this Sentinel. */
export interface Client {
  readonly connection: ConnectionId;
  authenticated: boolean;
  readonly channels: string[];
  readonly patterns: string[];
}

export interface SentinelState {
  readonly spec: SentinelSpec;
  readonly disk: SentinelDisk;
  readonly bootedAtUs: number;
  /** Id of this process, as INFO shows it. */
  readonly processRunId: string;
  port: number;
  requirepass: string;
  myId: string;
  /** Greatest epoch seen, shared by all masters. */
  currentEpoch: number;
  announceIp: string | null;
  announcePort: number;
  resolveHostnames: boolean;
  announceHostnames: boolean;
  denyScriptsReconfig: boolean;
  sentinelUser: string;
  sentinelPass: string;
  readonly periods: Periods;
  /** CRASH_AFTER_ELECTION, CRASH_AFTER_PROMOTION (S-SIM-1). */
  simFailureFlags: number;
  tilt: boolean;
  tiltStartUs: number;
  /** Wall time of the last tick (S-TILT-1). */
  previousTimeUs: number;
  /** Master records in table order. */
  masterIds: number[];
  /** By id; null once released. */
  readonly instances: (Instance | null)[];
  readonly links: (Link | null)[];
  readonly outgoing: ConnectionTable<Outgoing>;
  readonly clients: ConnectionTable<Client>;
  /** Clients with at least one subscription. */
  subscribers: number;
  readonly ticks: TickCursor;
  /** Wall clock minus monotonic clock, as last seen. */
  clockOffsetUs: number;
  /** Due times of any instance may be out of date. */
  dueStale: boolean;
  /** Due times are up to date, but at least one has changed. */
  dueTouched: boolean;
  /** The next tick must be executed whatever the due times say. */
  tickForced: boolean;
  /** False until the first tick has announced the masters. */
  started: boolean;
  shutdownAsked: boolean;
  exited: boolean;
  readonly order: RandomStream;
  readonly diskStream: RandomStream;
  readonly desync: RandomStream;
}

export function linkOf(state: SentinelState, instance: Instance): Link {
  return state.links[instance.linkId]!;
}

/** The master record of a child; a master itself. */
export function masterOf(state: SentinelState, instance: Instance): Instance {
  return state.instances[instance.masterId]!;
}

/** The master record of this name (case sensitive), or null. */
export function masterByName(state: SentinelState, name: string): Instance | null {
  const ids = state.masterIds;
  for (let i = 0; i < ids.length; i++) {
    const master = state.instances[ids[i]!]!;
    if (master.name === name) return master;
  }
  return null;
}
