/** What a command leaves behind: the dirty count, the append-only file and the replication stream. */
import type { StreamCommand, StreamItem } from '../commands.ts';
import type { Host } from '../process.ts';
import { appendToAof } from './aof.ts';
import { EXEC_BYTES, GETACK_ITEM, MULTI_BYTES, SELECT_ITEM, streamItem } from './bytes.ts';
import { feedStream } from './replicas.ts';
import { isReplica, type RedisState } from './state.ts';

/** A write of a client was applied: AOF and stream leave together with the reply (R-ACKW-1). */
export function propagateWrite(state: RedisState, host: Host, command: StreamCommand): void {
  countDirty(state);
  const wantsAof = state.persistence.aof !== 'off';
  const wantsStream = state.backlog !== null && !isReplica(state);
  if (!wantsAof && !wantsStream) return;
  const item = streamItem(command);
  if (wantsAof) appendToAof(state, host, command, item.bytes);
  if (wantsStream) feedItem(state, host, item);
}

/** PUBLISH goes to the stream of a master with a backlog only (R-OFF-2, R-OFF-2b). */
export function propagateMessage(state: RedisState, host: Host, command: StreamCommand): void {
  if (state.backlog !== null && !isReplica(state)) feedItem(state, host, streamItem(command));
}

/** One more modification since the last save (R-RDB-1). */
export function countDirty(state: RedisState): void {
  if (++state.persistence.dirty >= state.persistence.dirtyMark) state.rescheduleNeeded = true;
}

function feedItem(state: RedisState, host: Host, item: StreamItem): void {
  if (state.batch !== null) {
    state.batch.push(item);
  } else if (state.selectNext) {
    state.selectNext = false;
    feedStream(state, host, [SELECT_ITEM, item]);
  } else {
    feedStream(state, host, [item]);
  }
}

/** The end of an EXEC: several commands are wrapped in MULTI and EXEC, whose bytes the outer items carry. */
export function propagateBatch(state: RedisState, host: Host, batch: StreamItem[]): void {
  if (batch.length === 0) return;
  const last = batch.length - 1;
  if (last > 0) {
    batch[0] = { command: batch[0]!.command, bytes: batch[0]!.bytes + MULTI_BYTES };
    batch[last] = { command: batch[last]!.command, bytes: batch[last]!.bytes + EXEC_BYTES };
  }
  if (state.selectNext) {
    state.selectNext = false;
    batch.unshift(SELECT_ITEM);
  }
  feedStream(state, host, batch);
}

/** REPLCONF GETACK *: asks every replica for its offset (R-WAIT-3, R-SHUT-2). */
export function requestAcks(state: RedisState, host: Host): void {
  if (!isReplica(state)) feedStream(state, host, [GETACK_ITEM]);
}
