/** The Redis server as a process: every stimulus enters here, and each one ends as a pass of Redis's event loop does. */

import type { Message, Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { Behaviour, ConnectionId, Host } from '../process.ts';
import { bootServer, finishBootLoad } from './boot.ts';
import { acceptClient, removeClient } from './clients.ts';
import { delayTick, passTicks, unixSeconds } from './clock.ts';
import { reschedule, serverCron, tickDueUs } from './cron.ts';
import { handleRequest, servePending } from './dispatch.ts';
import { progressFailover } from './failover.ts';
import { endBulkTransfers, endSocketTransfer } from './fullSync.ts';
import { handleHandshake, linkConnected } from './handshake.ts';
import { linkClosed } from './link.ts';
import { delayLoad, finishSyncLoad, keepsRdb, leaveLoad, onRdbReceived, sendNewline } from './load.ts';
import { releaseHeld } from './pause.ts';
import { onSignal, shutdownTick } from './shutdown.ts';
import { formatDisk, losePower, type RedisDisk, type RedisSpec } from './spec.ts';
import type { Client, Load, RedisState } from './state.ts';
import { handleStream } from './stream.ts';
import { settleWaiters } from './wait.ts';

/** What Redis does before it sleeps: waiting clients, failover, held clients, and the next wake-up. */
function endPass(state: RedisState, host: Host): void {
  if (state.exited) return;
  if (state.waiting.length > 0) settleWaiters(state, host);
  if (state.failover.phase === 'waiting-for-sync') progressFailover(state, host);
  if (state.held.length > 0) releaseHeld(state);
  if (state.unblocked.length > 0) servePending(state, host);
  if (state.rescheduleNeeded) reschedule(state, host);
}

function receive(state: RedisState, host: Host, connection: ConnectionId, message: Message): void {
  if (connection === state.link.connection) receiveFromMaster(state, host, message);
  else {
    const client = entryOf(state.clients, connection);
    if (client !== undefined) receiveFromClient(state, host, client, message);
  }
  endPass(state, host);
}

function receiveFromMaster(state: RedisState, host: Host, message: Message): void {
  const link = state.link;
  if (state.load?.kind === 'sync') link.unread.push(message);
  else if (link.phase === 'connected') handleStream(state, host, message);
  else if (link.phase === 'transfer') receiveTransfer(state, host, message);
  else handleHandshake(state, host, message);
}

/** The payload of a full sync: its first byte, its last, and signs of life between them (R-FULL-8). */
function receiveTransfer(state: RedisState, host: Host, message: Message): void {
  state.link.ioSec = unixSeconds(host);
  if (message.kind !== 'rdb-begin' && message.kind !== 'rdb-end') return;
  if (!keepsRdb(state, host)) return;
  if (message.kind === 'rdb-begin') state.link.eofMarked = message.eofMarked;
  else onRdbReceived(state, host, message.snapshot);
}

function receiveFromClient(state: RedisState, host: Host, client: Client, message: Message): void {
  client.lastInputSec = unixSeconds(host);
  const replica = client.replica;
  if (replica !== null) replica.lastInputSec = client.lastInputSec;
  if (message.kind === 'newline') {
    // A newline of a loading replica counts as a sign of life, not as an offset (R-FULL-10).
    if (replica !== null) replica.ackSec = client.lastInputSec;
  } else if (state.load !== null) {
    state.load.input.push({ connection: client.connection, message: message as Request });
    state.rescheduleNeeded = true;
  } else {
    handleRequest(state, host, client, message as Request);
  }
}

/** A progress callback, or the end of the load (R-CLK-5). */
function continueLoad(state: RedisState, host: Host, load: Load): void {
  const over = host.nowUs >= load.endUs;
  if (over) {
    leaveLoad(state, host, load);
    if (load.kind === 'boot') finishBootLoad(state, host);
    else finishSyncLoad(state, host, load.snapshot);
  } else {
    sendNewline(state, host, load);
    if (state.shutdown.phase === 'requested' && shutdownTick(state, host)) return;
  }
  state.rescheduleNeeded = true;
  const input = load.input;
  load.input = [];
  for (const { connection, message } of input) {
    const client = entryOf(state.clients, connection);
    if (client !== undefined) handleRequest(state, host, client, message);
  }
}

function wake(state: RedisState, host: Host): void {
  const load = state.load;
  state.rescheduleNeeded = true;
  if (load !== null) {
    continueLoad(state, host, load);
  } else {
    const child = state.child;
    if (child?.kind === 'rdb-socket' && !child.sent && host.nowUs >= child.doneUs) {
      endSocketTransfer(state, host, child);
    }
    endBulkTransfers(state, host);
    if (host.nowUs >= tickDueUs(state)) serverCron(state, host);
  }
  endPass(state, host);
}

export const redisBehaviour: Behaviour<RedisSpec, RedisState, RedisDisk> = {
  format: formatDisk,
  boot(spec, disk, host) {
    const state = bootServer(spec, disk, host);
    endPass(state, host);
    return state;
  },
  accepted(state, host, connection) {
    acceptClient(state, host, connection);
    endPass(state, host);
  },
  connected(state, host, connection) {
    if (connection === state.link.connection) linkConnected(state, host);
    endPass(state, host);
  },
  failed(state, host, connection) {
    if (connection === state.link.connection) linkClosed(state, host);
    endPass(state, host);
  },
  closed(state, host, connection) {
    const client = entryOf(state.clients, connection);
    if (connection === state.link.connection) linkClosed(state, host);
    // While it was busy both sides may have closed.
    else if (client !== undefined) removeClient(state, host, client);
    endPass(state, host);
  },
  receive,
  wake,
  resumed(state, host, stoppedAtUs) {
    passTicks(state, stoppedAtUs);
    if (state.load === null) delayTick(state, host.nowUs);
    else delayLoad(state.load, host.nowUs - stoppedAtUs);
    state.rescheduleNeeded = true;
    endPass(state, host);
  },
  clockChanged(state, host) {
    state.rescheduleNeeded = true;
    endPass(state, host);
  },
  signal(state, host, signal) {
    onSignal(state, host, signal);
    endPass(state, host);
  },
  powerLoss(_spec, disk, nowUs, ranUntilUs) {
    losePower(disk, nowUs, ranUntilUs);
  },
};
