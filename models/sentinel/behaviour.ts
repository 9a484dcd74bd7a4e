/** The entries of a Sentinel process: one function for each stimulus. */

import type { Message, Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { CloseReason, ConnectFailure, ConnectionId, Host, Signal } from '../process.ts';
import { receiveAnswer } from './answers.ts';
import { wallNow } from './clock.ts';
import { acceptClient, receiveRequest } from './commands/receiveRequest.ts';
import { exitGracefully } from './commands/shutdown.ts';
import { settle } from './due.ts';
import { connectionLost } from './links.ts';
import { dropClient } from './pubsub.ts';
import type { SentinelDisk, SentinelSpec, SentinelState } from './state.ts';
import { advanceTicks, nextTickUs } from './ticks.ts';
import { runTick } from './timer.ts';

/** The ticks that came before this stimulus had nothing to do; a clock that jumped makes the next one literal. */
function begin(state: SentinelState, host: Host, untilUs: number): void {
  advanceTicks(state, untilUs);
  const offsetUs = wallNow(host) - host.nowUs;
  if (offsetUs === state.clockOffsetUs) return;
  state.clockOffsetUs = offsetUs;
  state.tickForced = true;
  state.dueStale = true;
}

/** A machine on which this Sentinel has never run. */
export function format(_spec: SentinelSpec): SentinelDisk {
  return { saved: null };
}

export function accepted(state: SentinelState, host: Host, connection: ConnectionId): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  acceptClient(state, connection);
  settle(state, host);
}

/** The connection counted as present from the start (S-LINK-6). */
export function connected(state: SentinelState, host: Host, _connection: ConnectionId): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  settle(state, host);
}

function lost(state: SentinelState, host: Host, connection: ConnectionId): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  const client = entryOf(state.clients, connection);
  if (client !== undefined) dropClient(state, client);
  else connectionLost(state, connection);
  settle(state, host);
}

export function failed(
  state: SentinelState,
  host: Host,
  connection: ConnectionId,
  _reason: ConnectFailure,
): void {
  lost(state, host, connection);
}

export function closed(
  state: SentinelState,
  host: Host,
  connection: ConnectionId,
  _reason: CloseReason,
): void {
  lost(state, host, connection);
}

export function receive(state: SentinelState, host: Host, connection: ConnectionId, message: Message): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  const outgoing = entryOf(state.outgoing, connection);
  if (outgoing !== undefined) receiveAnswer(state, host, outgoing, message);
  else receiveRequest(state, host, connection, message as Request);
  settle(state, host);
}

/** SIGTERM is heeded by the timer, before Sentinel's own part of it. */
export function wake(state: SentinelState, host: Host): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  state.dueTouched = true;
  if (nextTickUs(state.ticks) > host.nowUs) state.ticks.wakeUs = -1;
  else if (state.shutdownAsked) exitGracefully(state, host);
  else runTick(state, host);
  settle(state, host);
}

/** The tick that came due while the process was stopped runs late, once (S-TIMER-6). */
export function resumed(state: SentinelState, host: Host, stoppedAtUs: number): void {
  if (state.exited) return;
  begin(state, host, stoppedAtUs);
  state.ticks.wakeUs = -1;
  state.dueTouched = true;
  settle(state, host);
}

/** The ticks so far ran by the old clock; the next one sees the new one. */
export function clockChanged(state: SentinelState, host: Host): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  settle(state, host);
}

export function signal(state: SentinelState, host: Host, _signal: Signal): void {
  if (state.exited) return;
  begin(state, host, host.nowUs);
  state.shutdownAsked = true;
  state.dueTouched = true;
  settle(state, host);
}

/** Every flush is synced at once (S-PERSIST-1). */
export function powerLoss(_spec: SentinelSpec, _disk: SentinelDisk, _nowUs: number): void {}
