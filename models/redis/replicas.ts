/** The master side's list of replicas: feeding them, counting the good ones, letting them go. */

import type { StreamItem } from '../commands.ts';
import { deleteEntry } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { appendToBacklog } from './backlog.ts';
import { unixSeconds } from './clock.ts';
import { isReplica, type RedisState, type Replica } from './state.ts';

/** Puts items into the stream: backlog, offset and every replica past its fork. Only with a backlog (R-OFF-3). */
export function feedStream(state: RedisState, host: Host, items: readonly StreamItem[]): void {
  const backlog = state.backlog;
  if (backlog === null) return;
  const size = state.config.replBacklogSizeBytes;
  let bytes = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    appendToBacklog(backlog, item, size);
    bytes += item.bytes;
  }
  state.offset += bytes;
  const replicas = state.replicas;
  if (replicas.length === 0) return;
  const message = { kind: 'stream', items } as const;
  for (let i = replicas.length - 1; i >= 0; i--) {
    const replica = replicas[i]!;
    if (replica.phase === 'online' && !replica.heldUntilAck) host.send(replica.connection, message);
    else if (replica.phase !== 'wait-start') holdBack(state, host, replica, items, bytes);
  }
}

/** The stream waits until the replica may have it (R-FULL-4), within its output limit (R-OBUF-1). */
function holdBack(
  state: RedisState,
  host: Host,
  replica: Replica,
  items: readonly StreamItem[],
  bytes: number,
): void {
  for (const item of items) replica.buffer.push(item);
  replica.bufferBytes += bytes;
  if (overOutputLimit(state, host, replica)) dropReplica(state, host, replica);
}

/** R-OBUF-1: over the hard limit, or over the soft one for longer than its seconds. */
export function overOutputLimit(state: RedisState, host: Host, replica: Replica): boolean {
  const limit = state.config.outputBufferLimits.replica;
  const hardBytes = Math.max(limit.hardBytes, state.config.replBacklogSizeBytes);
  if (limit.hardBytes !== 0 && replica.bufferBytes >= hardBytes) return true;
  if (limit.softBytes === 0 || replica.bufferBytes < limit.softBytes) {
    replica.overSoftSec = 0;
    return false;
  }
  if (replica.overSoftSec === 0) replica.overSoftSec = unixSeconds(host);
  return unixSeconds(host) - replica.overSoftSec > limit.softSeconds;
}

/** Sends what was held back. */
export function releaseStream(host: Host, replica: Replica): void {
  replica.heldUntilAck = false;
  if (replica.buffer.length > 0) host.send(replica.connection, { kind: 'stream', items: replica.buffer });
  replica.buffer = [];
  replica.bufferBytes = 0;
  replica.overSoftSec = 0;
}

/** R-FULL-9, R-PSYNC-3: from now on the replica counts. */
export function putOnline(state: RedisState, host: Host, replica: Replica): void {
  replica.phase = 'online';
  replica.ackSec = unixSeconds(host);
  refreshGoodReplicas(state, host);
}

/** R-MREP-1: removes a replica, whoever ended its connection. */
export function dropReplica(state: RedisState, host: Host, replica: Replica): void {
  const index = state.replicas.indexOf(replica);
  if (index < 0) return;
  state.replicas.splice(index, 1);
  deleteEntry(state.clients, replica.connection);
  host.close(replica.connection);
  host.announce('master-lost-replica', '');
  if (state.replicas.length === 0) state.noReplicasSinceSec = unixSeconds(host);
  refreshGoodReplicas(state, host);
}

/** `disconnectSlaves`. */
export function dropAllReplicas(state: RedisState, host: Host): void {
  while (state.replicas.length > 0) dropReplica(state, host, state.replicas[0]!);
}

/** R-MINREP-1, R-MINREP-2: recounts; does nothing while either option is 0. */
export function refreshGoodReplicas(state: RedisState, host: Host): void {
  const { minReplicasToWrite, minReplicasMaxLagSec } = state.config;
  if (minReplicasToWrite > 0 && minReplicasMaxLagSec > 0) {
    const now = unixSeconds(host);
    let good = 0;
    for (const replica of state.replicas) {
      if (replica.phase === 'online' && now - replica.ackSec <= minReplicasMaxLagSec) good++;
    }
    state.goodReplicas = good;
  }
  refreshFence(state, host);
}

/** R-MINREP-3: tells when writes begin or cease to be refused. */
export function refreshFence(state: RedisState, host: Host): void {
  const { minReplicasToWrite, minReplicasMaxLagSec } = state.config;
  const fenced =
    minReplicasToWrite > 0 &&
    minReplicasMaxLagSec > 0 &&
    state.goodReplicas < minReplicasToWrite &&
    !isReplica(state);
  if (fenced === state.fenced) return;
  state.fenced = fenced;
  if (isReplica(state)) return;
  host.announce(
    fenced ? 'writes-refused' : 'writes-accepted',
    `good replicas: ${state.goodReplicas} of ${minReplicasToWrite}`,
  );
}
