/** Pauses: commands are held, not refused (R-ROLE-1 number 12, R-SHUT-7). */

import type { Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { FLAGS } from './commandTable.ts';
import { queueHasWrite } from './refuse.ts';
import type { Client, RedisState } from './state.ts';

export function writesPaused(state: RedisState): boolean {
  const { clientUs, shutdownUs, failoverUs } = state.pauses;
  return clientUs > 0 || shutdownUs > 0 || failoverUs > 0;
}

/** Whether this command must wait; replicas are exempt. */
export function mustHold(state: RedisState, client: Client, request: Request): boolean {
  if (!writesPaused(state) || client.replica !== null) return false;
  if (state.pauses.clientUs > 0 && state.pauses.clientAll) return true;
  const flags = FLAGS[request.kind];
  return flags.write || flags.mayReplicate || (request.kind === 'EXEC' && queueHasWrite(client));
}

/** The client waits with this command; whatever it sends next waits behind it. */
export function holdClient(state: RedisState, client: Client, request: Request): void {
  client.blocked = 'pause';
  client.pending.unshift(request);
  state.held.push(client.connection);
}

/** CLIENT PAUSE: never shortens a pause in force. */
export function pauseClients(state: RedisState, host: Host, timeoutMs: number, writesOnly: boolean): void {
  const pauses = state.pauses;
  const active = pauses.clientUs > 0;
  pauses.clientUs = Math.max(pauses.clientUs, host.nowUs + timeoutMs * 1000);
  pauses.clientAll = !writesOnly || (active && pauses.clientAll);
  state.rescheduleNeeded = true;
}

/** CLIENT UNPAUSE, or the end of CLIENT PAUSE's time. */
export function unpauseClients(state: RedisState): void {
  state.pauses.clientUs = 0;
  state.pauses.clientAll = false;
}

/** Evaluated by serverCron. */
export function expirePause(state: RedisState, host: Host): void {
  if (state.pauses.clientUs > 0 && host.nowUs >= state.pauses.clientUs) unpauseClients(state);
}

/** With no pause left, held clients may go on in the order in which they were held. */
export function releaseHeld(state: RedisState): void {
  if (state.held.length === 0 || writesPaused(state)) return;
  for (const connection of state.held) {
    const client = entryOf(state.clients, connection);
    if (client === undefined || client.blocked !== 'pause') continue;
    client.blocked = 'no';
    state.unblocked.push(connection);
  }
  state.held = [];
}
