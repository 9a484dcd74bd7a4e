/** Which commands are refused, in Redis's order (R-ROLE-1). */
import { notWhileSubscribed, unknownCommand } from '../commandErrors.ts';
import { errorReply, type Reply, type Request } from '../commands.ts';
import { commandName, FLAGS } from './commandTable.ts';
import { isSubscriber } from './pubsub.ts';
import { type Client, isReplica, type RedisState } from './state.ts';

export const NOAUTH = errorReply('NOAUTH Authentication required.');
export const NOREPLICAS = errorReply('NOREPLICAS Not enough good replicas to write.');
export const READONLY = errorReply("READONLY You can't write against a read only replica.");
export const LOADING = errorReply('LOADING Redis is loading the dataset in memory');
export const MASTERDOWN = errorReply(
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
);
const MISCONF_RDB = errorReply(
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.",
);
const MISCONF_AOF = errorReply('MISCONF Errors writing to the AOF file: No space left on device');

/** The refusal of this command, or null. */
export function refuse(state: RedisState, client: Client, request: Request): Reply | null {
  const kind = request.kind;
  const flags = FLAGS[kind];
  if (flags.unknown || isRenamed(state, request)) return unknownCommand(request);
  if (!client.authenticated && !flags.noAuth) return NOAUTH;
  const writes = flags.write || (kind === 'EXEC' && queueHasWrite(client));
  if (writes || kind === 'PING') {
    const denial = writeDenial(state);
    if (denial !== null) return denial;
  }
  if (writes) {
    if (isReplica(state)) {
      if (state.config.replicaReadOnly) return READONLY;
    } else if (fencedNow(state)) {
      return NOREPLICAS;
    }
  }
  if (isSubscriber(client) && !flags.pubsub) return notWhileSubscribed(request);
  if (!flags.stale && staleNow(state)) return MASTERDOWN;
  if (state.load !== null && !flags.loading) return LOADING;
  return null;
}

/** R-RDB-3, R-AOF-5. */
export function writeDenial(state: RedisState): Reply | null {
  const { config, persistence } = state;
  if (!persistence.lastSaveOk && config.stopWritesOnBgsaveError && config.save.length > 0) return MISCONF_RDB;
  return persistence.aofWriteOk || persistence.aof === 'off' ? null : MISCONF_AOF;
}

/**
 * R-MINREP-3, with the cached count and this node's own options (R-MINREP-9), before the write is executed
 * (R-MINREP-5).
 */
function fencedNow(state: RedisState): boolean {
  const { minReplicasToWrite, minReplicasMaxLagSec } = state.config;
  return minReplicasToWrite > 0 && minReplicasMaxLagSec > 0 && state.goodReplicas < minReplicasToWrite;
}

/** R-ROLE-4. */
function staleNow(state: RedisState): boolean {
  return !state.config.replicaServeStaleData && isReplica(state) && state.link.phase !== 'connected';
}

export function queueHasWrite(client: Client): boolean {
  return client.queued?.some((request) => FLAGS[request.kind].write) ?? false;
}

function isRenamed(state: RedisState, request: Request): boolean {
  if (!state.renames) return false;
  return state.config.renamedCommands[commandName(request)] !== undefined;
}
