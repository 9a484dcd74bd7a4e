/** Promotion and demotion (R-DEMOTE-1, R-PROMOTE-1, R-RSM-7, R-RSM-10). */
import { errorReply, OK, type Reply } from '../commands.ts';
import type { Host } from '../process.ts';
import { drawHexId } from '../random.ts';
import { unixSeconds } from './clock.ts';
import { attemptConnection, cacheMaster, closeLink } from './link.ts';
import { dropAllReplicas, refreshFence } from './replicas.ts';
import { isReplica, type RedisState } from './state.ts';
import { unblockWaitersForDemotion } from './wait.ts';

const ALREADY_CONNECTED: Reply = { kind: 'status', text: 'OK Already connected to specified master' };
const FAILING_OVER = errorReply('ERR REPLICAOF not allowed while failing over.');

/** REPLICAOF and SLAVEOF. */
export function replicaOf(
  state: RedisState,
  host: Host,
  to: { readonly host: string; readonly port: number } | null,
): Reply {
  if (state.failover.phase !== 'none') return FAILING_OVER;
  if (to === null) {
    if (isReplica(state)) becomeMaster(state, host);
    return OK;
  }
  const present = state.config.replicaof;
  if (present !== null && present.port === to.port && present.host.toLowerCase() === to.host.toLowerCase()) {
    return ALREADY_CONNECTED;
  }
  becomeReplicaOf(state, host, to.host, to.port);
  return OK;
}

/**
 * `replicationUnsetMaster`: offset and backlog are kept, the history gets a new id (R-PROMOTE-1); a transfer ends
 * (R-PROMOTE-3).
 */
export function becomeMaster(state: RedisState, host: Host): void {
  const link = state.link;
  if (link.phase === 'connected') cacheMaster(state, host);
  closeLink(state, host);
  link.phase = 'none';
  link.cached = null;
  link.downSinceSec = 0;
  link.authMissing = false;
  state.config.replicaof = null;
  state.replId2 = state.replId;
  state.secondOffset = state.offset + 1;
  state.replId = drawHexId(state.idRandom);
  dropAllReplicas(state, host);
  state.selectNext = true;
  state.noReplicasSinceSec = unixSeconds(host);
  state.rescheduleNeeded = true;
  host.announce('role-changed', 'master');
  refreshFence(state, host);
}

/** `replicationSetMaster`: a former master asks to continue from its own offset; clients and replicas stay. */
export function becomeReplicaOf(state: RedisState, host: Host, masterHost: string, port: number): void {
  const link = state.link;
  const wasMaster = !isReplica(state);
  unblockWaitersForDemotion(state, host);
  if (link.phase === 'connected') cacheMaster(state, host);
  closeLink(state, host);
  link.authMissing = false;
  if (wasMaster) link.cached = { replId: state.replId, offset: state.offset };
  state.config.replicaof = { host: masterHost, port };
  state.rescheduleNeeded = true;
  attemptConnection(state, host);
  host.announce('role-changed', `replica ${masterHost}`);
  refreshFence(state, host);
}
