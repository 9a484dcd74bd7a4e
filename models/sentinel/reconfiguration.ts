/** State RECONF_SLAVES: pointing the other replicas to the new master (section 13). */
import type { EventName } from '../events.ts';
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { PROMOTED, RECONF_DONE, RECONF_INPROG, RECONF_SENT, S_DOWN, UPDATE_CONFIG } from './flags.ts';
import { sendSlaveOf } from './slaveof.ts';
import { type Instance, linkOf, NO_INSTANCE, type SentinelState } from './state.ts';

function countInProgress(state: SentinelState, master: Instance): number {
  let count = 0;
  for (const id of master.replicaIds) {
    if ((state.instances[id]!.flags & (RECONF_SENT | RECONF_INPROG)) !== 0) count++;
  }
  return count;
}

/** Points a replica to the promoted one; true when the transaction was queued. */
function point(
  state: SentinelState,
  host: Host,
  master: Instance,
  replica: Instance,
  event: EventName,
): boolean {
  const promoted = state.instances[master.promotedSlaveId]!;
  if (!sendSlaveOf(state, host, replica, promoted.address)) return false;
  replica.flags |= RECONF_SENT;
  announce(state, host, event, replica);
  return true;
}

/** A replica that did not obey in time counts as done, and is told again in the same pass (S-RECONF-5). */
function expireSent(state: SentinelState, host: Host, replica: Instance): void {
  if ((replica.flags & RECONF_SENT) === 0) return;
  if (wallNow(host) - replica.slaveReconfSentUs <= state.periods.slaveReconfTimeoutMs * 1000) return;
  announce(state, host, '-slave-reconf-sent-timeout', replica);
  replica.flags = (replica.flags & ~RECONF_SENT) | RECONF_DONE;
}

/** True when this replica now occupies a slot more (S-RECONF-3). */
function reconfigure(state: SentinelState, host: Host, master: Instance, replica: Instance): boolean {
  if ((replica.flags & (PROMOTED | RECONF_DONE)) !== 0) return false;
  expireSent(state, host, replica);
  if ((replica.flags & (RECONF_SENT | RECONF_INPROG)) !== 0) return false;
  if (linkOf(state, replica).disconnected) return false;
  if (!point(state, host, master, replica, '+slave-reconf-sent')) return false;
  replica.slaveReconfSentUs = wallNow(host);
  return true;
}

/** One step. With all slots taken the loop is not entered, so nothing expires either (S-RECONF-3, S-RECONF-4). */
export function reconfigureNextSlaves(state: SentinelState, host: Host, master: Instance): void {
  let inProgress = countInProgress(state, master);
  for (const id of master.replicaIds) {
    if (inProgress >= master.parallelSyncs) break;
    if (reconfigure(state, host, master, state.instances[id]!)) inProgress++;
  }
  detectEnd(state, host, master);
}

function countPending(state: SentinelState, master: Instance): number {
  let count = 0;
  for (const id of master.replicaIds) {
    if ((state.instances[id]!.flags & (PROMOTED | RECONF_DONE | S_DOWN)) === 0) count++;
  }
  return count;
}

/** Whoever is left is told on a best-effort basis (S-RECONF-6, step 5). */
function pointTheRest(state: SentinelState, host: Host, master: Instance): void {
  for (const id of master.replicaIds) {
    const replica = state.instances[id]!;
    if ((replica.flags & (PROMOTED | RECONF_DONE | RECONF_SENT)) !== 0) continue;
    if (!linkOf(state, replica).disconnected) point(state, host, master, replica, '+slave-reconf-sent-be');
  }
}

/**
 * S-RECONF-6, at once when nobody else is left (S-RECONF-7); while the promoted replica is S_DOWN there is neither
 * progress nor a timeout (S-RECONF-8).
 */
function detectEnd(state: SentinelState, host: Host, master: Instance): void {
  if (master.promotedSlaveId === NO_INSTANCE) return;
  if ((state.instances[master.promotedSlaveId]!.flags & S_DOWN) !== 0) return;
  const elapsedUs = wallNow(host) - master.failoverStateChangeUs;
  const timedOut = elapsedUs > master.failoverTimeoutMs * 1000;
  if (timedOut) announce(state, host, '+failover-end-for-timeout', master);
  if (timedOut || countPending(state, master) === 0) {
    announce(state, host, '+failover-end', master);
    master.failoverState = UPDATE_CONFIG;
    master.failoverStateChangeUs = wallNow(host);
  }
  if (timedOut) pointTheRest(state, host, master);
}
