/** Creating, finding and releasing instances (sections 0.3, 0.6, S-HOST-5). */
import type { Host } from '../process.ts';
import { drawBelow } from '../random.ts';
import { type Address, createAddress, hostAndPort, sameAddress } from './address.ts';
import { wallNow } from './clock.ts';
import { type MASTER, NONE, SENTINEL, SLAVE } from './flags.ts';
import { createLink, releaseLink } from './links.ts';
import { type Instance, NO_INSTANCE, type SentinelState } from './state.ts';

/** What is known when an instance is created. */
export interface NewInstance {
  readonly type: typeof MASTER | typeof SLAVE | typeof SENTINEL;
  /** Master: its name; sentinel entry: its run id; ignored for a replica, which is named after its address. */
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly quorum: number;
  /** Null for a master. */
  readonly master: Instance | null;
}

/** Tables keep an arbitrary order that differs between processes (section 0.6). */
function insert(state: SentinelState, table: number[], id: number): void {
  table.splice(drawBelow(state.order, table.length + 1), 0, id);
}

/** The table that an instance of this type stands in. */
function tableFor(state: SentinelState, type: number, master: Instance | null): number[] {
  if (master === null) return state.masterIds;
  return type === SLAVE ? master.replicaIds : master.sentinelIds;
}

/** The entry of a table with this name (case sensitive), or null. */
export function findByName(state: SentinelState, table: readonly number[], name: string): Instance | null {
  for (let i = 0; i < table.length; i++) {
    const instance = state.instances[table[i]!]!;
    if (instance.name === name) return instance;
  }
  return null;
}

/** Values at creation (section 0.3). */
function blankInstance(state: SentinelState, given: NewInstance, address: Address, nowUs: number): Instance {
  const id = state.instances.length;
  const { type, master } = given;
  return {
    id,
    masterId: master === null ? id : master.id,
    name: type === SLAVE ? hostAndPort(state, address) : given.name,
    flags: type,
    runId: '',
    address,
    linkId: createLink(state, nowUs).id,
    dueUs: 0,
    configEpoch: 0,
    lastPubUs: nowUs,
    lastHelloUs: nowUs,
    lastMasterDownReplyUs: nowUs,
    sDownSinceUs: 0,
    oDownSinceUs: 0,
    // S-CONF-3.
    downAfterMs: master === null ? state.periods.defaultDownAfterMs : master.downAfterMs,
    masterRebootDownAfterMs: 0,
    masterRebootSinceUs: 0,
    infoRefreshUs: 0,
    info: null,
    roleReported: type === SENTINEL ? 0 : type,
    roleReportedUs: nowUs,
    slaveConfChangeUs: nowUs,
    masterLinkDownMs: 0,
    slavePriority: 100,
    replicaAnnounced: true,
    slaveReconfSentUs: 0,
    slaveMasterHost: '',
    slaveMasterPort: 0,
    slaveMasterLinkUp: false,
    slaveReplOffset: 0,
    quorum: given.quorum,
    parallelSyncs: 1,
    leader: '',
    leaderEpoch: 0,
    failoverEpoch: 0,
    failoverState: NONE,
    failoverStateChangeUs: 0,
    failoverStartUs: 0,
    failoverTimeoutMs: state.periods.defaultFailoverTimeoutMs,
    failoverDelayLoggedUs: 0,
    promotedSlaveId: NO_INSTANCE,
    notificationScript: '',
    clientReconfigScript: '',
    authUser: '',
    authPass: '',
    renamedCommands: null,
    replicaIds: [],
    sentinelIds: [],
    hello: null,
  };
}

/** A new entry in its table, or null: bad port, unresolvable host, or the name is taken (section 0.3). */
export function createInstance(state: SentinelState, host: Host, given: NewInstance): Instance | null {
  const address = createAddress(state, host, given.hostname, given.port, true);
  if (address === null) return null;
  const table = tableFor(state, given.type, given.master);
  const name = given.type === SLAVE ? hostAndPort(state, address) : given.name;
  if (findByName(state, table, name) !== null) return null;
  const instance = blankInstance(state, given, address, wallNow(host));
  state.instances.push(instance);
  insert(state, table, instance.id);
  state.dueStale = true;
  return instance;
}

function release(state: SentinelState, host: Host, instance: Instance): void {
  releaseLink(state, host, instance);
  state.instances[instance.id] = null;
  state.dueStale = true;
}

/** Removes a child or a master, with all its children, from its table. */
export function removeInstance(state: SentinelState, host: Host, instance: Instance): void {
  releaseTable(state, host, instance.replicaIds);
  releaseTable(state, host, instance.sentinelIds);
  const isMaster = instance.masterId === instance.id;
  const table = tableFor(
    state,
    instance.flags & SLAVE,
    isMaster ? null : state.instances[instance.masterId]!,
  );
  table.splice(table.indexOf(instance.id), 1);
  release(state, host, instance);
}

/** Empties a child table. */
export function releaseTable(state: SentinelState, host: Host, table: number[]): void {
  for (const id of table) release(state, host, state.instances[id]!);
  table.length = 0;
}

/** First entry in table order with this address, and with this run id unless it is null (S-HOST-5). */
export function findByAddress(
  state: SentinelState,
  host: Host,
  table: readonly number[],
  hostname: string,
  port: number,
  runId: string | null,
): Instance | null {
  const address = createAddress(state, host, hostname, port, true);
  if (address === null) return null;
  for (let i = 0; i < table.length; i++) {
    const instance = state.instances[table[i]!]!;
    if (runId !== null && instance.runId !== runId) continue;
    if (sameAddress(instance.address, address)) return instance;
  }
  return null;
}
