/** The replica side's connection to its master: attempts, losses and time-outs (R-RSM-1 to R-RSM-6). */
import type { Host } from '../process.ts';
import { unixSeconds } from './clock.ts';
import { isReplica, type MasterLink, type RedisState } from './state.ts';

/** A server that never had a master. */
export function createLink(): MasterLink {
  return {
    phase: 'none',
    connection: null,
    ioSec: 0,
    repliesAwaited: 0,
    authAwaited: false,
    syncSent: false,
    authMissing: false,
    replId: '',
    offset: -1,
    eofMarked: false,
    cached: null,
    lastInputSec: 0,
    downSinceSec: 0,
    unread: [],
    lostWhileLoading: false,
    psyncFailover: false,
  };
}

/** `connectWithMaster`: a failure to even begin leaves the next attempt to replicationCron. */
export function connectToMaster(state: RedisState, host: Host): void {
  const { link, config } = state;
  if (config.replicaof === null) return;
  const address = host.resolve(config.replicaof.host);
  if (address === null) {
    link.phase = 'connect';
    return;
  }
  link.phase = 'connecting';
  link.ioSec = unixSeconds(host);
  link.connection = host.connect(address, config.replicaof.port);
}

/** The attempt that is logged: replicationCron's, and REPLICAOF's own (R-RSM-7). */
export function attemptConnection(state: RedisState, host: Host): void {
  host.announce('replica-connecting', state.config.replicaof!.host);
  connectToMaster(state, host);
}

/** The attempt in the same call as a transfer that broke or a time-out before the link stood (R-RSM-6, "now"). */
export function reconnectAfterFailure(state: RedisState, host: Host): void {
  closeLink(state, host);
  attemptConnection(state, host);
}

/** Gives an attempt up; replicationCron makes the next one (R-RSM-6, "cron"). */
export function retryLater(state: RedisState, host: Host): void {
  closeLink(state, host);
  state.link.phase = 'connect';
}

/** Closes the connection, whatever its phase. What was being received is forgotten (R-CACHE-3). */
export function closeLink(state: RedisState, host: Host): void {
  const link = state.link;
  if (link.connection !== null) host.close(link.connection);
  link.connection = null;
  link.syncSent = false;
  link.unread = [];
  link.lostWhileLoading = false;
}

/** The stream ends: remembers where (R-CACHE-1, R-CACHE-2). */
export function cacheMaster(state: RedisState, host: Host): void {
  const link = state.link;
  host.announce('replica-link-lost', '');
  link.cached = { replId: state.replId, offset: state.offset };
  link.downSinceSec = unixSeconds(host);
  closeLink(state, host);
  link.phase = 'connect';
}

/** `replicationHandleMasterDisconnection`. */
export function loseMaster(state: RedisState, host: Host): void {
  cacheMaster(state, host);
  host.announce('replica-reconnecting', state.config.replicaof!.host);
  connectToMaster(state, host);
}

/** The connection was ended by the other side or by the network. */
export function linkClosed(state: RedisState, host: Host): void {
  const link = state.link;
  if (state.load?.kind === 'sync') {
    link.lostWhileLoading = true;
    return;
  }
  link.connection = null;
  if (link.phase === 'connected') loseMaster(state, host);
  else if (link.phase === 'transfer') reconnectAfterFailure(state, host);
  else retryLater(state, host);
}

/** The silent-peer tests of replicationCron, in its order (R-CLK-4, R-TMO-1). */
export function checkLinkTimeouts(state: RedisState, host: Host): void {
  const { link, config } = state;
  if (!isReplica(state)) return;
  const limitSec = config.replTimeoutSec;
  const idleSec = unixSeconds(host) - link.ioSec;
  if (link.phase === 'connected') {
    if (unixSeconds(host) - link.lastInputSec <= limitSec) return;
    host.announce('master-timeout', '');
    loseMaster(state, host);
  } else if (link.phase !== 'connect' && link.phase !== 'none' && idleSec > limitSec) {
    reconnectAfterFailure(state, host);
  }
}
