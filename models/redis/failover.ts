/** The FAILOVER command: a planned hand-over by the master itself (R-FO-1 to R-FO-3). */
import { errorReply, OK, type Reply, type Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { becomeMaster, becomeReplicaOf } from './role.ts';
import { isReplica, type RedisState, type Replica } from './state.ts';

const RUNNING = errorReply('ERR FAILOVER already in progress.');
const NOT_A_MASTER = errorReply('ERR FAILOVER is not valid when server is a replica.');
const NO_REPLICAS = errorReply('ERR FAILOVER requires connected replicas.');
const NONE_RUNNING = errorReply('ERR No failover in progress.');
const FORCE_NEEDS_BOTH = errorReply(
  'ERR FAILOVER with force option requires both a timeout and target HOST and IP.',
);
const NOT_MY_REPLICA = errorReply('ERR FAILOVER target HOST and PORT is not a replica.');
const NOT_ONLINE = errorReply('ERR FAILOVER target replica is not online.');

export function failoverCommand(
  state: RedisState,
  host: Host,
  request: Extract<Request, { kind: 'FAILOVER' }>,
): Reply {
  const failover = state.failover;
  if (request.abort) {
    if (failover.phase === 'none') return NONE_RUNNING;
    abortFailover(state, host);
    return OK;
  }
  const refusal = refuseFailover(state, request);
  if (refusal !== null) return refusal;
  failover.phase = 'waiting-for-sync';
  failover.host = request.to === null ? null : request.to.host;
  failover.port = request.to === null ? 0 : request.to.port;
  failover.force = request.force;
  failover.deadlineUs =
    request.timeoutMs > 0 ? host.nowUs + request.timeoutMs * 1000 : Number.POSITIVE_INFINITY;
  state.pauses.failoverUs = Number.POSITIVE_INFINITY;
  state.rescheduleNeeded = true;
  return OK;
}

function refuseFailover(state: RedisState, request: Extract<Request, { kind: 'FAILOVER' }>): Reply | null {
  if (state.failover.phase !== 'none') return RUNNING;
  if (isReplica(state)) return NOT_A_MASTER;
  if (state.replicas.length === 0) return NO_REPLICAS;
  if (request.force && (request.to === null || request.timeoutMs === 0)) return FORCE_NEEDS_BOTH;
  if (request.to === null) return null;
  const target = replicaAt(state, request.to.host, request.to.port);
  if (target === null) return NOT_MY_REPLICA;
  return target.phase === 'online' ? null : NOT_ONLINE;
}

function replicaAt(state: RedisState, ip: string, port: number): Replica | null {
  return state.replicas.find((replica) => replica.ip === ip && replica.port === port) ?? null;
}

/** Checked at every loop pass and by replicationCron: hands over once a replica has everything. */
export function progressFailover(state: RedisState, host: Host): void {
  const failover = state.failover;
  const expired = host.nowUs >= failover.deadlineUs;
  if (failover.phase === 'in-progress') {
    if (expired && !failover.force) abortFailover(state, host);
    return;
  }
  if (failover.phase !== 'waiting-for-sync') return;
  const target = caughtUpTarget(state);
  if (target !== null) handOver(state, host, target.ip, target.port);
  else if (expired && failover.force && failover.host !== null) {
    handOver(state, host, failover.host, failover.port);
  } else if (expired) abortFailover(state, host);
}

function caughtUpTarget(state: RedisState): Replica | null {
  const { host, port } = state.failover;
  for (const replica of state.replicas) {
    const wanted = host === null || (replica.ip === host && replica.port === port);
    if (wanted && replica.phase === 'online' && replica.ackOffset === state.offset) return replica;
  }
  return null;
}

/** Writes stay paused until the target has answered the PSYNC that promotes it. */
function handOver(state: RedisState, host: Host, ip: string, port: number): void {
  state.failover.phase = 'in-progress';
  state.link.psyncFailover = true;
  becomeReplicaOf(state, host, ip, port);
}

/** R-FO-1, R-FO-2: back to being a master, with the same history. */
export function abortFailover(state: RedisState, host: Host): void {
  const wasHandingOver = state.failover.phase === 'in-progress';
  state.failover.phase = 'none';
  state.link.psyncFailover = false;
  state.pauses.failoverUs = 0;
  state.rescheduleNeeded = true;
  if (wasHandingOver) becomeMaster(state, host);
}
