/** The master side of a full synchronisation (R-FULL-1 to R-FULL-9). */
import type { Host } from '../process.ts';
import { forkChild, reapChild } from './child.ts';
import { durationUs, unixSeconds } from './clock.ts';
import { dropReplica, putOnline, releaseStream } from './replicas.ts';
import type { Child, RedisState, Replica } from './state.ts';

/** A replica must have everything: joins a running fork, starts one, or waits for replicationCron (R-FULL-3). */
export function requestFullSync(state: RedisState, host: Host, replica: Replica): void {
  const child = state.child;
  if (child !== null) {
    if (child.kind === 'rdb-disk' && child.forSync) joinFork(state, host, replica);
    return;
  }
  const { replDisklessSync, replDisklessSyncDelaySec } = state.config;
  if (!replDisklessSync || replDisklessSyncDelaySec === 0) startSync(state, host);
}

/** A disk fork that another replica waits for serves this one too, from the same offset. */
function joinFork(state: RedisState, host: Host, replica: Replica): void {
  const other = state.replicas.find((candidate) => candidate.phase === 'wait-end');
  if (other === undefined) return;
  replica.buffer = other.buffer.slice();
  replica.bufferBytes = other.bufferBytes;
  enterFork(state, host, replica, other.syncOffset);
}

function enterFork(state: RedisState, host: Host, replica: Replica, offset: number): void {
  replica.phase = 'wait-end';
  replica.syncOffset = offset;
  state.selectNext = true;
  host.send(replica.connection, { kind: 'fullresync', replId: state.replId, offset });
}

/** Whether a fork is due by the rules of replicationCron: the delay counts from the last input of the oldest. */
export function startPendingSync(state: RedisState, host: Host): void {
  if (state.child !== null) return;
  const { replDisklessSync, replDisklessSyncDelaySec, replDisklessSyncMaxReplicas } = state.config;
  const now = unixSeconds(host);
  let waiting = 0;
  let longestSec = -1;
  for (const replica of state.replicas) {
    if (replica.phase !== 'wait-start') continue;
    waiting++;
    longestSec = Math.max(longestSec, now - replica.lastInputSec);
  }
  if (waiting === 0) return;
  const full = replDisklessSyncMaxReplicas > 0 && waiting >= replDisklessSyncMaxReplicas;
  if (!replDisklessSync || full || longestSec >= replDisklessSyncDelaySec) startSync(state, host);
}

/**
 * The fork, to sockets or to disk (R-FULL-2): every waiting replica takes part, from the offset of this instant
 * (R-FULL-4).
 */
function startSync(state: RedisState, host: Host): void {
  const diskless = state.config.replDisklessSync;
  const offset = state.offset;
  host.announce('bgsave-for-sync', '');
  forkChild(state, host, diskless ? 'rdb-socket' : 'rdb-disk', true);
  for (const replica of state.replicas) {
    if (replica.phase !== 'wait-start') continue;
    enterFork(state, host, replica, offset);
    if (diskless) host.send(replica.connection, { kind: 'rdb-begin', eofMarked: true, totalBytes: 0 });
  }
}

/** The last byte of a socket child's RDB leaves. */
export function endSocketTransfer(state: RedisState, host: Host, child: Child): void {
  child.sent = true;
  const message = { kind: 'rdb-end', snapshot: child.snapshot } as const;
  for (const replica of state.replicas) {
    if (replica.phase === 'wait-end') host.send(replica.connection, message);
  }
}

/** The child is reaped: at a tick, or at the first ACK after a socket transfer (R-FULL-9). */
export function finishChild(state: RedisState, host: Host, child: Child): void {
  const ok = reapChild(state, host, child);
  if (child.forSync) {
    for (const replica of state.replicas.slice()) {
      if (replica.phase === 'wait-end') finishReplica(state, host, child, replica, ok);
    }
  }
  startPendingSync(state, host);
}

/** A child that failed costs the replica its connection (R-FULL-6). */
function finishReplica(state: RedisState, host: Host, child: Child, replica: Replica, ok: boolean): void {
  if (!ok) {
    dropReplica(state, host, replica);
  } else if (child.kind === 'rdb-socket') {
    replica.heldUntilAck = true;
    putOnline(state, host, replica);
  } else {
    const totalBytes = child.snapshot.rdbBytes;
    replica.phase = 'send-bulk';
    replica.bulkEndUs = host.nowUs + durationUs(totalBytes, state.machine.linkBytesPerSecond);
    replica.bulk = child.snapshot;
    host.send(replica.connection, { kind: 'rdb-begin', eofMarked: false, totalBytes });
  }
}

/** Disk-based transfers whose last byte leaves now: the replica is online before it has loaded (R-FULL-9). */
export function endBulkTransfers(state: RedisState, host: Host): void {
  for (const replica of state.replicas) {
    if (replica.phase !== 'send-bulk' || replica.bulkEndUs > host.nowUs) continue;
    host.send(replica.connection, { kind: 'rdb-end', snapshot: replica.bulk! });
    replica.bulk = null;
    replica.bulkEndUs = Number.POSITIVE_INFINITY;
    putOnline(state, host, replica);
    releaseStream(host, replica);
  }
}
