/** Graceful shutdown: by signal or command, waiting for the replicas, the final save (R-SHUT-1 to R-SHUT-3, R-SHUT-7). */

import { errorReply, OK, type Reply, type Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { Host, Signal } from '../process.ts';
import { syncAof } from './aof.ts';
import { killChild, saveNow } from './child.ts';
import { requestAcks } from './propagate.ts';
import type { Client, RedisState } from './state.ts';

const REFUSED = errorReply('ERR Errors trying to shut down the server. Check the logs for more information.');
const NONE_RUNNING = errorReply('ERR No shutdown in progress.');

/** SIGTERM and SIGINT set a flag for the next serverCron; a second SIGINT ends the process at once. */
export function onSignal(state: RedisState, host: Host, signal: Signal): void {
  const shutdown = state.shutdown;
  if (shutdown.phase !== 'none') {
    if (signal === 'INT') exit(state, host, 1);
    return;
  }
  const words = state.config.shutdownOnSigterm;
  shutdown.phase = 'requested';
  shutdown.save = words.includes('save') ? true : words.includes('nosave') ? false : null;
  shutdown.now = words.includes('now');
  shutdown.force = words.includes('force');
  state.rescheduleNeeded = true;
}

/** SHUTDOWN: no reply unless it is refused. */
export function shutdownCommand(
  state: RedisState,
  host: Host,
  client: Client,
  request: Extract<Request, { kind: 'SHUTDOWN' }>,
): Reply | null {
  const shutdown = state.shutdown;
  if (request.abort) {
    if (shutdown.phase === 'none') return NONE_RUNNING;
    cancelShutdown(state, host);
    return OK;
  }
  client.blocked = 'shutdown';
  shutdown.clients.push(client.connection);
  // A signal waits for serverCron, the command does not.
  if (shutdown.phase === 'waiting') return null;
  shutdown.save = request.save;
  shutdown.now = request.now;
  shutdown.force = request.force;
  beginShutdown(state, host);
  return null;
}

/** What serverCron does about a shutdown; true when the process has ended. */
export function shutdownTick(state: RedisState, host: Host): boolean {
  const shutdown = state.shutdown;
  if (shutdown.phase === 'requested') beginShutdown(state, host);
  else if (shutdown.phase === 'waiting') {
    if (replicasCaughtUp(state) || host.wallUs >= shutdown.deadlineWallUs) finishShutdown(state, host);
  }
  return state.exited;
}

/** R-SHUT-2; while loading nothing is saved and nobody is waited for (R-SHUT-1). */
function beginShutdown(state: RedisState, host: Host): void {
  const { shutdown, config } = state;
  host.announce('shutdown-requested', '');
  if (state.load !== null) shutdown.save = false;
  const wait =
    !shutdown.now && config.shutdownTimeoutSec > 0 && state.load === null && !replicasCaughtUp(state);
  if (!wait) {
    finishShutdown(state, host);
    return;
  }
  shutdown.phase = 'waiting';
  shutdown.deadlineWallUs = host.wallUs + config.shutdownTimeoutSec * 1_000_000;
  state.pauses.shutdownUs = Number.POSITIVE_INFINITY;
  state.rescheduleNeeded = true;
  host.announce('shutdown-waits', '');
  requestAcks(state, host);
}

function replicasCaughtUp(state: RedisState): boolean {
  return state.replicas.every((replica) => replica.ackOffset === state.offset);
}

/** R-SHUT-3. */
function finishShutdown(state: RedisState, host: Host): void {
  const { shutdown, persistence, config } = state;
  if (state.child?.kind === 'aof' && persistence.aof === 'wait-rewrite' && !shutdown.force) {
    refuseShutdown(state, host, "Writing initial AOF, can't exit.");
    return;
  }
  killChild(state, host);
  syncAof(state, host);
  const saves = shutdown.save ?? config.save.length > 0;
  if (saves && !saveNow(state, host) && !shutdown.force) {
    refuseShutdown(state, host, "Error trying to save the DB, can't exit.");
    return;
  }
  exit(state, host, 0);
}

/** R-SHUT-6: not tried again. */
function refuseShutdown(state: RedisState, host: Host, reason: string): void {
  host.announce('shutdown-refused', reason);
  cancelShutdown(state, host);
}

function cancelShutdown(state: RedisState, host: Host): void {
  const shutdown = state.shutdown;
  for (const connection of shutdown.clients) {
    const client = entryOf(state.clients, connection);
    if (client === undefined) continue;
    host.send(connection, REFUSED);
    client.blocked = 'no';
    state.unblocked.push(connection);
  }
  shutdown.phase = 'none';
  shutdown.clients = [];
  state.pauses.shutdownUs = 0;
  state.rescheduleNeeded = true;
}

function exit(state: RedisState, host: Host, status: number): void {
  state.exited = true;
  host.exit(status);
}
