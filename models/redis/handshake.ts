/** The replica side's conversation with its master up to the verdict on PSYNC (R-RSM-2 to R-RSM-5, R-RSM-8). */
import { type Message, PING, type Reply, type Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { createBacklog } from './backlog.ts';
import { unixSeconds } from './clock.ts';
import { abortFailover } from './failover.ts';
import { retryLater } from './link.ts';
import { dropAllReplicas } from './replicas.ts';
import type { RedisState } from './state.ts';

const CAPA: Request = { kind: 'REPLCONF', option: 'capa', capabilities: ['eof', 'psync2'] };
const SYNC: Request = { kind: 'SYNC' };
/** Errors to PING that do not matter (R-RSM-2). */
const HARMLESS_PING_ERRORS = ['NOAUTH', 'NOPERM', 'ERR operation not permitted'];
/** Errors to PSYNC that mean "try later" (R-RSM-5). */
const TRANSIENT_PSYNC_ERRORS = ['NOMASTERLINK', 'LOADING'];

/** The TCP connection stands. */
export function linkConnected(state: RedisState, host: Host): void {
  const link = state.link;
  link.phase = 'ping-reply';
  host.send(link.connection!, PING);
}

/** A message of the master before the link is up. */
export function handleHandshake(state: RedisState, host: Host, message: Message): void {
  const link = state.link;
  link.ioSec = unixSeconds(host);
  // A sign of life while the verdict is not ready (R-RSM-4).
  if (message.kind === 'newline') return;
  if (link.phase === 'ping-reply') onPingReply(state, host, message as Reply);
  else if (link.phase === 'batch-replies') onBatchReply(state, host, message as Reply);
  else if (link.phase === 'psync-reply') onVerdict(state, host, message as Reply);
}

function startsWithAny(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}

function onPingReply(state: RedisState, host: Host, reply: Reply): void {
  if (reply.kind === 'error' && !startsWithAny(reply.text, HARMLESS_PING_ERRORS)) retryLater(state, host);
  else sendBatch(state, host);
}

/** One pipelined batch (R-RSM-2). */
function sendBatch(state: RedisState, host: Host): void {
  const { link, config } = state;
  const connection = link.connection!;
  link.repliesAwaited = 2;
  link.authAwaited = config.masterauth !== '';
  if (link.authAwaited) {
    link.repliesAwaited++;
    host.send(connection, {
      kind: 'AUTH',
      user: config.masteruser === '' ? null : config.masteruser,
      password: config.masterauth,
    });
  }
  const port = config.replicaAnnouncePort === 0 ? config.port : config.replicaAnnouncePort;
  host.send(connection, { kind: 'REPLCONF', option: 'listening-port', port });
  if (config.replicaAnnounceIp !== '') {
    link.repliesAwaited++;
    host.send(connection, { kind: 'REPLCONF', option: 'ip-address', address: config.replicaAnnounceIp });
  }
  host.send(connection, CAPA);
  link.phase = 'batch-replies';
}

/** Only a refused AUTH matters, whose reply is the first. */
function onBatchReply(state: RedisState, host: Host, reply: Reply): void {
  const link = state.link;
  const { authAwaited } = link;
  link.authAwaited = false;
  link.repliesAwaited--;
  if (authAwaited && reply.kind === 'error') {
    host.announce('replica-auth-failed', reply.text);
    retryLater(state, host);
  } else if (link.repliesAwaited === 0) {
    sendPsync(state, host);
  }
}

/** Told once until the link comes up: no line of the log says it (R-RSM-8). */
function announceAuthMissing(state: RedisState, host: Host, text: string): void {
  if (!state.link.authMissing) host.announce('replica-auth-failed', text);
  state.link.authMissing = true;
}

/** R-RSM-3. */
function sendPsync(state: RedisState, host: Host): void {
  const link = state.link;
  link.phase = 'psync-reply';
  const cached = link.cached;
  host.send(link.connection!, {
    kind: 'PSYNC',
    replId: cached === null ? '?' : cached.replId,
    offset: cached === null ? -1 : cached.offset + 1,
    failover: link.psyncFailover,
  });
}

/** R-RSM-5. */
function onVerdict(state: RedisState, host: Host, reply: Reply): void {
  if (reply.kind === 'fullresync') onFullResync(state, host, reply.replId, reply.offset);
  else if (reply.kind === 'continue') onContinue(state, host, reply.replId);
  else if (reply.kind === 'error') onPsyncError(state, host, reply.text);
}

function onFullResync(state: RedisState, host: Host, replId: string, offset: number): void {
  const link = state.link;
  endFailover(state);
  link.replId = replId;
  link.offset = offset;
  link.phase = 'transfer';
  host.announce('full-resync-started', '');
}

/** The stream goes on; another id means that the master was promoted since (R-RSM-5). */
function onContinue(state: RedisState, host: Host, replId: string): void {
  const link = state.link;
  endFailover(state);
  const cached = link.cached!;
  if (replId !== cached.replId) {
    state.replId2 = cached.replId;
    state.secondOffset = state.offset + 1;
    state.replId = replId;
    dropAllReplicas(state, host);
  }
  link.cached = null;
  linkUp(state, host);
  if (state.backlog === null) state.backlog = createBacklog(state.offset + 1);
  host.announce('partial-resync', '');
}

/** CONNECTED. */
export function linkUp(state: RedisState, host: Host): void {
  const link = state.link;
  link.phase = 'connected';
  link.lastInputSec = unixSeconds(host);
  link.downSinceSec = 0;
  link.syncSent = false;
  link.authMissing = false;
}

/** R-RSM-6; a rejected FAILOVER is aborted (R-FO-1); the hot loop of a missing masterauth is slowed down to one attempt a second (R-RSM-8). */
function onPsyncError(state: RedisState, host: Host, text: string): void {
  const link = state.link;
  if (state.failover.phase === 'in-progress') {
    abortFailover(state, host);
  } else if (text.startsWith('NOAUTH')) {
    announceAuthMissing(state, host, text);
    retryLater(state, host);
  } else if (startsWithAny(text, TRANSIENT_PSYNC_ERRORS)) {
    retryLater(state, host);
  } else if (link.syncSent) {
    retryLater(state, host);
  } else {
    link.syncSent = true;
    host.send(link.connection!, SYNC);
  }
}

/** The target has answered with its stream: the FAILOVER command is done (R-FO-1). */
function endFailover(state: RedisState): void {
  state.link.psyncFailover = false;
  if (state.failover.phase !== 'in-progress') return;
  state.failover.phase = 'none';
  state.pauses.failoverUs = 0;
  state.rescheduleNeeded = true;
}
