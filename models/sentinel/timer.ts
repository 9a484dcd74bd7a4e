/** One tick (section 1.2). */
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { askOtherSentinels } from './asking.ts';
import { wallNow } from './clock.ts';
import { refreshDue, ticksAreLiteral } from './due.ts';
import { stepFailover } from './failover.ts';
import { MASTER, UPDATE_CONFIG } from './flags.ts';
import { reconnectInstance } from './links.ts';
import { checkObjectivelyDown } from './objectiveDown.ts';
import { sendPeriodicCommands } from './periodic.ts';
import { startFailoverIfNeeded } from './starting.ts';
import type { Instance, SentinelState } from './state.ts';
import { checkSubjectivelyDown } from './subjectiveDown.ts';
import { switchToPromotedSlave } from './switching.ts';
import { finishTick } from './ticks.ts';
import { checkTilt, tiltHolds } from './tilt.ts';

/** Step 5 of S-TIMER-9; the first question asks for the vote at once (S-START-5). */
function actOnMaster(state: SentinelState, host: Host, master: Instance): void {
  checkObjectivelyDown(state, host, master);
  if (startFailoverIfNeeded(state, host, master)) askOtherSentinels(state, host, master, true);
  stepFailover(state, host, master);
  if (!state.exited) askOtherSentinels(state, host, master, false);
}

/** S-TIMER-9; what was reconnected goes on to its commands (S-LINK-7). */
function handleInstance(state: SentinelState, host: Host, instance: Instance): void {
  reconnectInstance(state, host, instance);
  sendPeriodicCommands(state, host, instance);
  if (tiltHolds(state, host)) return;
  checkSubjectivelyDown(state, host, instance);
  if ((instance.flags & MASTER) !== 0) actOnMaster(state, host, instance);
}

/** Handles the instance unless its due time proves that nothing would happen. */
function handleIfDue(state: SentinelState, host: Host, instance: Instance, literal: boolean): void {
  if (!literal && !state.dueStale && instance.dueUs > wallNow(host)) return;
  handleInstance(state, host, instance);
  if (!state.dueStale) refreshDue(state, instance);
}

function handleTable(state: SentinelState, host: Host, ids: readonly number[], literal: boolean): void {
  for (let i = 0; i < ids.length && !state.exited; i++) {
    handleIfDue(state, host, state.instances[ids[i]!]!, literal);
  }
}

/** S-TIMER-8: at most one master is switched in a tick, the last one found. */
function handleMasters(state: SentinelState, host: Host, literal: boolean): void {
  let switching: Instance | null = null;
  for (let i = 0; i < state.masterIds.length && !state.exited; i++) {
    const master = state.instances[state.masterIds[i]!]!;
    handleIfDue(state, host, master, literal);
    handleTable(state, host, master.replicaIds, literal);
    handleTable(state, host, master.sentinelIds, literal);
    if (master.failoverState === UPDATE_CONFIG) switching = master;
  }
  if (switching !== null && !state.exited) switchToPromotedSlave(state, host, switching);
}

function announceMasters(state: SentinelState, host: Host): void {
  for (const id of state.masterIds) {
    const master = state.instances[id]!;
    announce(state, host, '+monitor', master, `quorum ${master.quorum}`);
  }
  state.started = true;
}

/** S-TIMER-7. The masters are announced before the first tick does anything (S-PERSIST-6). */
export function runTick(state: SentinelState, host: Host): void {
  const literal = ticksAreLiteral(state);
  if (!state.started) announceMasters(state, host);
  state.tickForced = false;
  checkTilt(state, host);
  handleMasters(state, host, literal);
  if (literal) state.dueStale = true;
  state.dueTouched = true;
  finishTick(state.ticks, host.nowUs);
}
