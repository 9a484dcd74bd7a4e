/**
 * Tick folding: the earliest time at which a tick could do anything observable. A rule `now - x > p` is first true
 * one microsecond after `x + p`. Too early is harmless (the tick does nothing); too late would be wrong.
 */
import type { Host } from '../process.ts';
import {
  FAILOVER_IN_PROGRESS,
  MASTER,
  MASTER_DOWN,
  MASTER_REBOOT,
  O_DOWN,
  S_DOWN,
  SENTINEL,
  SLAVE,
} from './flags.ts';
import { infoPeriodMs, pingPeriodMs } from './pacing.ts';
import { MAX_PENDING_COMMANDS } from './periods.ts';
import { type Instance, type Link, linkOf, NO_CONNECTION, type SentinelState } from './state.ts';
import { isSubjectivelyDown } from './subjectiveDown.ts';
import { requestTick } from './ticks.ts';

/** The longest tick interval with room to spare: a smaller `tilt-trigger` can be exceeded by any tick. */
const SAFE_TILT_TRIGGER_MS = 200;

/** S-PERIOD-1 to S-PERIOD-6. */
function periodicDue(state: SentinelState, instance: Instance, link: Link): number {
  if (link.pendingCommands >= MAX_PENDING_COMMANDS * link.refcount) return Number.POSITIVE_INFINITY;
  const pingMs = pingPeriodMs(state, instance);
  let due = instance.lastPubUs + state.periods.publishMs * 1000 + 1;
  const ping = Math.max(
    link.lastPongUs + pingMs * 1000 + 1,
    link.lastPingUs + Math.floor(pingMs / 2) * 1000 + 1,
  );
  if (ping < due) due = ping;
  if ((instance.flags & SENTINEL) !== 0) return due;
  if (instance.infoRefreshUs === 0) return 0;
  const info = instance.infoRefreshUs + infoPeriodMs(state, instance) * 1000 + 1;
  return Math.min(info, due);
}

/** S-SDOWN-3, S-SDOWN-4. */
function halfOpenDue(state: SentinelState, instance: Instance, link: Link): number {
  let due = Number.POSITIVE_INFINITY;
  const protectedUs = state.periods.minLinkReconnectMs * 1000;
  if (link.cc !== NO_CONNECTION && link.actPingUs !== 0) {
    const halfUs = Math.floor(instance.downAfterMs / 2) * 1000;
    due = Math.max(link.ccConnUs + protectedUs, link.actPingUs + halfUs, link.lastPongUs + halfUs) + 1;
  }
  if (link.pc !== NO_CONNECTION) {
    const silentUs = 3 * state.periods.publishMs * 1000;
    const pubsub = Math.max(link.pcConnUs + protectedUs, link.pcLastActivityUs + silentUs) + 1;
    if (pubsub < due) due = pubsub;
  }
  return due;
}

/** When the instance becomes S_DOWN if nothing else happens (S-SDOWN-5). */
function downDue(state: SentinelState, instance: Instance, link: Link): number {
  let due = Number.POSITIVE_INFINITY;
  const downAfterUs = instance.downAfterMs * 1000;
  if (link.actPingUs !== 0) due = link.actPingUs + downAfterUs + 1;
  else if (link.disconnected) due = link.lastAvailUs + downAfterUs + 1;
  if ((instance.flags & MASTER) === 0) return due;
  if (instance.roleReported === SLAVE) {
    due = Math.min(due, instance.roleReportedUs + downAfterUs + 2 * state.periods.infoMs * 1000 + 1);
  }
  if ((instance.flags & MASTER_REBOOT) !== 0) {
    due = Math.min(due, instance.masterRebootSinceUs + instance.masterRebootDownAfterMs * 1000 + 1);
  }
  return due;
}

/** A flag that is set is cleared by replies, never by time alone: due at once, or not at all. */
function subjectiveDue(state: SentinelState, instance: Instance, link: Link): number {
  if ((instance.flags & S_DOWN) === 0) return downDue(state, instance, link);
  const nowUs = state.ticks.lastEndUs + state.clockOffsetUs;
  return isSubjectivelyDown(state, instance, link, nowUs) ? Number.POSITIVE_INFINITY : 0;
}

/** S-ASK-2: what other Sentinels have answered expires while the master itself is handled. */
function expiryDue(state: SentinelState, master: Instance): number {
  let due = Number.POSITIVE_INFINITY;
  const ids = master.sentinelIds;
  for (let i = 0; i < ids.length; i++) {
    const entry = state.instances[ids[i]!]!;
    if ((entry.flags & MASTER_DOWN) === 0 && entry.leader === '') continue;
    const expiresUs = entry.lastMasterDownReplyUs + 5 * state.periods.askMs * 1000 + 1;
    if (expiresUs < due) due = expiresUs;
  }
  return due;
}

/** Wall time at which a tick could act on this instance; 0: at the next tick. */
export function instanceDue(state: SentinelState, instance: Instance): number {
  const flags = instance.flags;
  if ((flags & MASTER) !== 0 && (flags & (S_DOWN | O_DOWN | FAILOVER_IN_PROGRESS)) !== 0) return 0;
  const link = linkOf(state, instance);
  let due = Number.POSITIVE_INFINITY;
  if (!link.disconnected) due = periodicDue(state, instance, link);
  else if (instance.address.port !== 0) due = link.lastReconnUs + state.periods.pingMs * 1000;
  due = Math.min(due, halfOpenDue(state, instance, link), subjectiveDue(state, instance, link));
  return (flags & MASTER) === 0 ? due : Math.min(due, expiryDue(state, instance));
}

/** Brings one instance's due time up to date. */
export function refreshDue(state: SentinelState, instance: Instance): void {
  if (linkOf(state, instance).refcount > 1) state.dueStale = true;
  instance.dueUs = instanceDue(state, instance);
  state.dueTouched = true;
}

function refreshTable(state: SentinelState, ids: readonly number[]): void {
  for (let i = 0; i < ids.length; i++) {
    const instance = state.instances[ids[i]!]!;
    instance.dueUs = instanceDue(state, instance);
  }
}

function refreshAll(state: SentinelState): void {
  const ids = state.masterIds;
  refreshTable(state, ids);
  for (let i = 0; i < ids.length; i++) {
    const master = state.instances[ids[i]!]!;
    refreshTable(state, master.replicaIds);
    refreshTable(state, master.sentinelIds);
  }
  state.dueStale = false;
}

function earliestIn(state: SentinelState, ids: readonly number[], bound: number): number {
  let due = bound;
  for (let i = 0; i < ids.length; i++) {
    const own = state.instances[ids[i]!]!.dueUs;
    if (own < due) due = own;
  }
  return due;
}

function earliestDue(state: SentinelState): number {
  const ids = state.masterIds;
  let due = earliestIn(state, ids, Number.POSITIVE_INFINITY);
  for (let i = 0; i < ids.length; i++) {
    const master = state.instances[ids[i]!]!;
    due = earliestIn(state, master.replicaIds, due);
    due = earliestIn(state, master.sentinelIds, due);
  }
  return due;
}

/** True while every tick has to be executed. */
export function ticksAreLiteral(state: SentinelState): boolean {
  return (
    state.spec.literalTicks ||
    state.tilt ||
    state.tickForced ||
    !state.started ||
    state.shutdownAsked ||
    state.periods.tiltTriggerMs < SAFE_TILT_TRIGGER_MS
  );
}

/** Ends every stimulus: asks for the tick at which something is due. */
export function settle(state: SentinelState, host: Host): void {
  if (state.exited || !(state.dueStale || state.dueTouched)) return;
  if (state.dueStale) refreshAll(state);
  state.dueTouched = false;
  const dueUs = ticksAreLiteral(state) ? 0 : earliestDue(state) - state.clockOffsetUs;
  requestTick(state.ticks, host, dueUs);
}
