/** The failover state machine: one step a tick (section 11). */
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { leaderOf } from './election.ts';
import {
  CRASH_AFTER_ELECTION,
  FAILOVER_IN_PROGRESS,
  FORCE_FAILOVER,
  NONE,
  PROMOTED,
  RECONF_SLAVES,
  SELECT_SLAVE,
  SEND_SLAVEOF_NOONE,
  WAIT_PROMOTION,
  WAIT_START,
} from './flags.ts';
import { reconfigureNextSlaves } from './reconfiguration.ts';
import { selectSlave } from './selection.ts';
import { crashIfArmed } from './simulatedFailure.ts';
import { sendSlaveOf } from './slaveof.ts';
import { type Instance, linkOf, NO_INSTANCE, type SentinelState } from './state.ts';

/** Enters a state now. */
export function enterState(host: Host, master: Instance, failoverState: number): void {
  master.failoverState = failoverState;
  master.failoverStateChangeUs = wallNow(host);
}

/** Possible up to WAIT_PROMOTION; the start time and the epochs stay (S-FSM-7). */
function abortFailover(state: SentinelState, host: Host, master: Instance): void {
  master.flags &= ~(FAILOVER_IN_PROGRESS | FORCE_FAILOVER);
  enterState(host, master, NONE);
  if (master.promotedSlaveId === NO_INSTANCE) return;
  state.instances[master.promotedSlaveId]!.flags &= ~PROMOTED;
  master.promotedSlaveId = NO_INSTANCE;
}

/** S-FSM-3: counted from a start time that a vote for another moves. */
function abortIfNotElected(state: SentinelState, host: Host, master: Instance): void {
  const timeoutMs = Math.min(state.periods.electionTimeoutMs, master.failoverTimeoutMs);
  if (wallNow(host) - master.failoverStartUs <= timeoutMs * 1000) return;
  announce(state, host, '-failover-abort-not-elected', master);
  abortFailover(state, host, master);
}

/** S-FSM-2: it does not wait, whatever its name says (S-START-4). */
function waitStart(state: SentinelState, host: Host, master: Instance): void {
  const leader = leaderOf(state, host, master, master.failoverEpoch);
  const isLeader = leader !== '' && leader.toLowerCase() === state.myId.toLowerCase();
  if (!isLeader && (master.flags & FORCE_FAILOVER) === 0) {
    abortIfNotElected(state, host, master);
    return;
  }
  announce(state, host, '+elected-leader', master);
  if (crashIfArmed(state, host, CRASH_AFTER_ELECTION)) return;
  enterState(host, master, SELECT_SLAVE);
  announce(state, host, '+failover-state-select-slave', master);
}

/** S-FSM-4. */
function chooseSlave(state: SentinelState, host: Host, master: Instance): void {
  const replica = selectSlave(state, host, master);
  if (replica === null) {
    announce(state, host, '-failover-abort-no-good-slave', master);
    abortFailover(state, host, master);
    return;
  }
  announce(state, host, '+selected-slave', replica);
  replica.flags |= PROMOTED;
  master.promotedSlaveId = replica.id;
  enterState(host, master, SEND_SLAVEOF_NOONE);
  announce(state, host, '+failover-state-send-slaveof-noone', replica);
}

/** WAIT_PROMOTION only waits for INFO: nothing is sent again (S-FSM-6). */
function abortIfSlaveTimedOut(state: SentinelState, host: Host, master: Instance): void {
  if (wallNow(host) - master.failoverStateChangeUs <= master.failoverTimeoutMs * 1000) return;
  announce(state, host, '-failover-abort-slave-timeout', master);
  abortFailover(state, host, master);
}

/** S-FSM-5. */
function sendSlaveofNoOne(state: SentinelState, host: Host, master: Instance): void {
  const promoted = state.instances[master.promotedSlaveId]!;
  if (linkOf(state, promoted).disconnected) {
    abortIfSlaveTimedOut(state, host, master);
    return;
  }
  if (!sendSlaveOf(state, host, promoted, null)) return;
  announce(state, host, '+failover-state-wait-promotion', promoted);
  enterState(host, master, WAIT_PROMOTION);
}

/**
 * One step (S-FSM-1), whether or not the master is still down (S-FSM-8); UPDATE_CONFIG is handled at the end of the
 * tick.
 */
export function stepFailover(state: SentinelState, host: Host, master: Instance): void {
  if ((master.flags & FAILOVER_IN_PROGRESS) === 0) return;
  switch (master.failoverState) {
    case WAIT_START:
      waitStart(state, host, master);
      break;
    case SELECT_SLAVE:
      chooseSlave(state, host, master);
      break;
    case SEND_SLAVEOF_NOONE:
      sendSlaveofNoOne(state, host, master);
      break;
    case WAIT_PROMOTION:
      abortIfSlaveTimedOut(state, host, master);
      break;
    case RECONF_SLAVES:
      reconfigureNextSlaves(state, host, master);
      break;
  }
}
