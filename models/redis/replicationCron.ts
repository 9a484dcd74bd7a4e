/** replicationCron: once a second, in Redis's order (R-CLK-3, R-CLK-4). */
import type { Host } from '../process.ts';
import { drawHexId } from '../random.ts';
import { PING_ITEM } from './bytes.ts';
import { unixSeconds } from './clock.ts';
import { progressFailover } from './failover.ts';
import { startPendingSync } from './fullSync.ts';
import { attemptConnection, checkLinkTimeouts } from './link.ts';
import { writesPaused } from './pause.ts';
import { dropReplica, feedStream, overOutputLimit, refreshGoodReplicas } from './replicas.ts';
import { isReplica, NO_REPLID, type RedisState } from './state.ts';
import { sendAck } from './stream.ts';

export function replicationCron(state: RedisState, host: Host): void {
  progressFailover(state, host);
  checkLinkTimeouts(state, host);
  if (state.link.phase === 'connect') attemptConnection(state, host);
  if (state.link.phase === 'connected') sendAck(state, host, state.offset);
  pingReplicas(state, host);
  sendKeepalives(state, host);
  dropSilentReplicas(state, host);
  expireBacklog(state, host);
  startPendingSync(state, host);
  removeSyncFile(state);
  refreshGoodReplicas(state, host);
  state.cron.replicationLoops++;
}

/** R-TMO-3: phase-locked to the process; an intermediate replica never originates one. */
function pingReplicas(state: RedisState, host: Host): void {
  if (isReplica(state) || state.replicas.length === 0) return;
  if (state.cron.replicationLoops % state.config.replPingReplicaPeriodSec !== 0) return;
  const timedFailover = state.failover.phase !== 'none' && Number.isFinite(state.failover.deadlineUs);
  if (timedFailover && writesPaused(state)) return;
  feedStream(state, host, [PING_ITEM]);
}

/** Newlines before the RDB (R-FULL-5); during a transfer they stand for its bytes, which come as one message. */
function sendKeepalives(state: RedisState, host: Host): void {
  for (const replica of state.replicas) {
    if (replica.phase !== 'online') host.send(replica.connection, { kind: 'newline' });
  }
}

/** R-TMO-1, R-OBUF-1. */
function dropSilentReplicas(state: RedisState, host: Host): void {
  if (state.replicas.length === 0) return;
  const now = unixSeconds(host);
  for (const replica of state.replicas.slice()) {
    if (replica.phase === 'online' && now - replica.ackSec > state.config.replTimeoutSec) {
      host.announce('replica-timeout', '');
      dropReplica(state, host, replica);
    } else if (replica.bufferBytes > 0 && overOutputLimit(state, host, replica)) {
      dropReplica(state, host, replica);
    }
  }
}

/** R-BKLG-4: a master without replicas forgets its history. */
function expireBacklog(state: RedisState, host: Host): void {
  const ttlSec = state.config.replBacklogTtlSec;
  if (isReplica(state) || state.backlog === null || state.replicas.length > 0 || ttlSec === 0) return;
  if (unixSeconds(host) - state.noReplicasSinceSec <= ttlSec) return;
  state.replId = drawHexId(state.idRandom);
  state.replId2 = NO_REPLID;
  state.secondOffset = -1;
  state.backlog = null;
}

/** `rdb-del-sync-files`, for servers without any persistence (R-RDB-2). */
function removeSyncFile(state: RedisState): void {
  const { config } = state;
  if (!config.rdbDelSyncFiles || config.appendonly || config.save.length > 0) return;
  if (state.replicas.every((replica) => replica.phase === 'online')) state.disk.rdb = null;
}
