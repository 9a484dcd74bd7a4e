/** INFO as typed data (R-INFO-1 to R-INFO-4, A-1, A-2). */
import type { NodeInfo, ReplicaInfo, ReplicaSideInfo } from '../commands.ts';
import type { Host } from '../process.ts';
import { SECOND_US, unixSeconds } from './clock.ts';
import { keyspaceSize } from './keyspace.ts';
import type { RedisState, Replica, ReplicaPhase } from './state.ts';

const NO_REPLICAS: readonly ReplicaInfo[] = [];
const FAILOVER_NAMES = {
  none: 'no-failover',
  'waiting-for-sync': 'waiting-for-sync',
  'in-progress': 'failover-in-progress',
} as const;
/** R-FULL-1. */
const PHASE_NAMES: Readonly<Record<ReplicaPhase, ReplicaInfo['state']>> = {
  'wait-start': 'wait_bgsave',
  'wait-end': 'wait_bgsave',
  'send-bulk': 'send_bulk',
  online: 'online',
};

export function buildInfo(state: RedisState, host: Host): NodeInfo {
  const { config, persistence, backlog, replicas } = state;
  const now = unixSeconds(host);
  const replica = config.replicaof === null ? null : replicaSide(state, now);
  const fencing = config.minReplicasToWrite > 0 && config.minReplicasMaxLagSec > 0;
  return {
    run_id: state.runId,
    tcp_port: config.port,
    uptime_in_seconds: Math.floor((host.nowUs - state.startedUs) / SECOND_US),
    loading: state.load !== null,
    rdb_bgsave_in_progress: state.child !== null && state.child.kind !== 'aof',
    rdb_changes_since_last_save: persistence.dirty,
    rdb_last_save_time: persistence.lastSaveSec,
    rdb_last_bgsave_status: persistence.lastSaveOk ? 'ok' : 'err',
    aof_enabled: persistence.aof !== 'off',
    aof_last_write_status: persistence.aofWriteOk ? 'ok' : 'err',
    sync_full: state.syncFull,
    sync_partial_ok: state.syncPartialOk,
    sync_partial_err: state.syncPartialErr,
    keys: keyspaceSize(state.keyspace),
    role: replica === null ? 'master' : 'slave',
    replica,
    connected_slaves: replicas.length,
    min_slaves_good_slaves: fencing ? state.goodReplicas : null,
    slaves: replicas.length === 0 ? NO_REPLICAS : replicas.map((entry) => replicaLine(entry, now)),
    master_failover_state: FAILOVER_NAMES[state.failover.phase],
    master_replid: state.replId,
    master_replid2: state.replId2,
    master_repl_offset: state.offset,
    second_repl_offset: state.secondOffset,
    repl_backlog_active: backlog !== null,
    repl_backlog_size: config.replBacklogSizeBytes,
    repl_backlog_first_byte_offset: backlog === null ? 0 : backlog.firstOffset,
    repl_backlog_histlen: backlog === null ? 0 : backlog.histlen,
  };
}

/** `lag` is 0 unless online (R-OFF-7). */
function replicaLine(replica: Replica, now: number): ReplicaInfo {
  return {
    ip: replica.ip,
    port: replica.port,
    state: PHASE_NAMES[replica.phase],
    offset: replica.ackOffset,
    lag: replica.phase === 'online' ? now - replica.ackSec : 0,
  };
}

function replicaSide(state: RedisState, now: number): ReplicaSideInfo {
  const { config, link } = state;
  const up = link.phase === 'connected';
  const offset = appliedOffset(state);
  return {
    master_host: config.replicaof!.host,
    master_port: config.replicaof!.port,
    master_link_status: up ? 'up' : 'down',
    master_last_io_seconds_ago: up ? now - link.lastInputSec : -1,
    master_sync_in_progress: link.phase === 'transfer',
    slave_read_repl_offset: offset,
    slave_repl_offset: offset,
    master_link_down_since_seconds: up ? null : downSinceSeconds(link.downSinceSec, now),
    slave_priority: config.replicaPriority,
    slave_read_only: config.replicaReadOnly,
    replica_announced: config.replicaAnnounced,
  };
}

/** 1 with neither a live nor a cached master (A-2, R-OFF-4). */
function appliedOffset(state: RedisState): number {
  if (state.link.phase === 'connected') return state.offset;
  return state.link.cached === null ? 1 : state.link.cached.offset;
}

/** -1: never lost (R-CACHE-2). */
function downSinceSeconds(sinceSec: number, now: number): number {
  return sinceSec === 0 ? -1 : now - sinceSec;
}
