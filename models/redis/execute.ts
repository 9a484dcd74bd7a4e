/** What each command does once nothing refuses it. */
import { errorReply, OK, PONG, type Reply, type Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { saveAfterFlush, saveNow, startBackgroundSave, startRewrite } from './child.ts';
import { authenticate, killClients } from './clients.ts';
import { stall } from './clock.ts';
import { configGet, configRewrite, configSet } from './configCommands.ts';
import { failoverCommand } from './failover.ts';
import { buildInfo } from './info.ts';
import { clearKeyspace, deleteKeys, keyspaceSize, populate, readKey, writableMap } from './keyspace.ts';
import { pauseClients, unpauseClients } from './pause.ts';
import { propagateMessage, propagateWrite } from './propagate.ts';
import { deliver, isSubscriber, subscribe } from './pubsub.ts';
import { replicaOf } from './role.ts';
import { roleReply } from './roleReply.ts';
import { shutdownCommand } from './shutdown.ts';
import type { Client, RedisState } from './state.ts';
import { psync, replconf } from './syncCommands.ts';
import { waitForReplicas } from './wait.ts';

const NESTED_MULTI = errorReply('ERR MULTI calls can not be nested');
const EXEC_WITHOUT_MULTI = errorReply('ERR EXEC without MULTI');
const DISCARD_WITHOUT_MULTI = errorReply('ERR DISCARD without MULTI');
const NOT_BUSY = errorReply('NOTBUSY No scripts in execution right now.');
const SAVE_RUNNING = errorReply('ERR Background save already in progress');
const SAVE_FAILED = errorReply('ERR');
const CHILD_RUNNING = errorReply(
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
);
const REWRITE_RUNNING = errorReply('ERR Background append only file rewriting already in progress');
const SAVE_STARTED: Reply = { kind: 'status', text: 'Background saving started' };
const REWRITE_STARTED: Reply = { kind: 'status', text: 'Background append only file rewriting started' };
const REWRITE_SCHEDULED: Reply = { kind: 'status', text: 'Background append only file rewriting scheduled' };

/** Executes one command; null when its reply comes later, or never. */
export function execute(
  state: RedisState,
  host: Host,
  client: Client,
  request: Request,
  inTransaction: boolean,
): Reply | null {
  switch (request.kind) {
    case 'PING':
      return ping(client, request.text);
    case 'PUBLISH':
      return publish(state, host, request);
    case 'SET':
      writableMap(state.keyspace).set(request.key, request.value);
      propagateWrite(state, host, request);
      return OK;
    case 'REPLCONF':
      return replconf(state, host, client, request);
    case 'INFO':
      stall(state, host, state.machine.infoUs);
      return { kind: 'info', info: buildInfo(state, host), sections: request.sections };
    case 'GET':
      return { kind: 'bulk', text: readKey(state.keyspace, request.key) };
    case 'DEL':
      return del(state, host, request);
    case 'FLUSHALL':
      clearKeyspace(state.keyspace);
      saveAfterFlush(state, host);
      propagateWrite(state, host, request);
      return OK;
    case 'DBSIZE':
      return { kind: 'integer', value: keyspaceSize(state.keyspace) };
    case 'ROLE':
      return roleReply(state);
    case 'AUTH':
      return authenticate(state, client, request.user, request.password) ?? OK;
    case 'WAIT':
      return waitForReplicas(state, host, client, request.replicas, request.timeoutMs, inTransaction);
    case 'SUBSCRIBE':
      subscribe(state, host, client, request.channels, false);
      return null;
    case 'PSUBSCRIBE':
      subscribe(state, host, client, request.patterns, true);
      return null;
    case 'MULTI':
      return multi(client);
    case 'EXEC':
      return EXEC_WITHOUT_MULTI;
    case 'DISCARD':
      return discard(client);
    case 'PSYNC':
      return psync(state, host, client, request.replId, request.offset, request.failover);
    case 'SYNC':
      return psync(state, host, client, '?', -1, false);
    default:
      return administer(state, host, client, request);
  }
}

type Served =
  | 'PING'
  | 'PUBLISH'
  | 'SET'
  | 'REPLCONF'
  | 'INFO'
  | 'GET'
  | 'DEL'
  | 'FLUSHALL'
  | 'DBSIZE'
  | 'ROLE'
  | 'AUTH'
  | 'WAIT'
  | 'SUBSCRIBE'
  | 'PSUBSCRIBE'
  | 'MULTI'
  | 'EXEC'
  | 'DISCARD'
  | 'PSYNC'
  | 'SYNC';

/** Commands of operators and Sentinels. */
function administer(
  state: RedisState,
  host: Host,
  client: Client,
  request: Exclude<Request, { kind: Served }>,
): Reply | null {
  switch (request.kind) {
    case 'REPLICAOF':
      return replicaOf(state, host, request.to);
    case 'CONFIG GET':
      return configGet(state, request.patterns);
    case 'CONFIG SET':
      return configSet(state, host, request.pairs);
    case 'CONFIG REWRITE':
      return configRewrite(state, host);
    case 'CLIENT KILL':
      return killClients(state, host, client, request.type, request.skipMe);
    case 'CLIENT SETNAME':
      return OK;
    case 'CLIENT PAUSE':
      pauseClients(state, host, request.timeoutMs, request.writesOnly);
      return OK;
    case 'CLIENT UNPAUSE':
      unpauseClients(state);
      return OK;
    case 'SCRIPT KILL':
      return NOT_BUSY;
    case 'SAVE':
      if (state.child?.kind === 'rdb-disk' || state.child?.kind === 'rdb-socket') return SAVE_RUNNING;
      return saveNow(state, host) ? OK : SAVE_FAILED;
    case 'BGSAVE':
      return backgroundSave(state, host);
    case 'BGREWRITEAOF':
      return rewrite(state, host);
    case 'DEBUG SLEEP':
      stall(state, host, Math.round(request.seconds * 1_000_000));
      return OK;
    case 'DEBUG POPULATE':
      populate(state.keyspace, request.keys, request.valueBytes);
      return OK;
    case 'SHUTDOWN':
      return shutdownCommand(state, host, client, request);
    case 'FAILOVER':
      return failoverCommand(state, host, request);
    case 'IS-MASTER-DOWN-BY-ADDR':
    case 'SENTINEL':
    case 'UNKNOWN':
      return null;
  }
}

function ping(client: Client, text: string | undefined): Reply {
  if (isSubscriber(client)) {
    return {
      kind: 'array',
      items: [
        { kind: 'bulk', text: 'pong' },
        { kind: 'bulk', text: text ?? '' },
      ],
    };
  }
  return text === undefined ? PONG : { kind: 'bulk', text };
}

function publish(state: RedisState, host: Host, request: Extract<Request, { kind: 'PUBLISH' }>): Reply {
  const receivers = deliver(state, host, request.channel, request.payload);
  propagateMessage(state, host, request);
  return { kind: 'integer', value: receivers };
}

function del(state: RedisState, host: Host, request: Extract<Request, { kind: 'DEL' }>): Reply {
  const value = deleteKeys(state.keyspace, request.keys);
  if (value > 0) propagateWrite(state, host, request);
  return { kind: 'integer', value };
}

function multi(client: Client): Reply {
  if (client.queued !== null) return NESTED_MULTI;
  client.queued = [];
  client.queueRefused = false;
  return OK;
}

function discard(client: Client): Reply {
  if (client.queued === null) return DISCARD_WITHOUT_MULTI;
  client.queued = null;
  client.queueRefused = false;
  return OK;
}

function backgroundSave(state: RedisState, host: Host): Reply {
  if (state.child?.kind === 'aof') return CHILD_RUNNING;
  if (state.child !== null) return SAVE_RUNNING;
  startBackgroundSave(state, host);
  return SAVE_STARTED;
}

function rewrite(state: RedisState, host: Host): Reply {
  if (state.child?.kind === 'aof') return REWRITE_RUNNING;
  if (state.child !== null) {
    state.persistence.rewriteScheduled = true;
    return REWRITE_SCHEDULED;
  }
  startRewrite(state, host);
  return REWRITE_STARTED;
}
