/** The replica side of a live link: applying the stream, relaying it, acknowledging it (R-ACK, R-CHAIN-1). */
import type { Message, StreamCommand, StreamItem } from '../commands.ts';
import type { Host } from '../process.ts';
import { appendToAof } from './aof.ts';
import { createBacklog } from './backlog.ts';
import { saveAfterFlush } from './child.ts';
import { unixSeconds } from './clock.ts';
import { clearKeyspace, deleteKeys, populate, writableMap } from './keyspace.ts';
import { countDirty } from './propagate.ts';
import { deliver } from './pubsub.ts';
import { writeDenial } from './refuse.ts';
import { feedStream } from './replicas.ts';
import type { RedisState } from './state.ts';

const WRITES: ReadonlySet<StreamCommand['kind']> = new Set(['SET', 'DEL', 'FLUSHALL', 'DEBUG POPULATE']);

/** A message of the master on a link that is up. */
export function handleStream(state: RedisState, host: Host, message: Message): void {
  state.link.lastInputSec = unixSeconds(host);
  if (message.kind !== 'stream') return;
  if (state.backlog === null) state.backlog = createBacklog(state.offset + 1);
  const items = message.items;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (item.command.kind === 'GETACK') sendAck(state, host, state.offset + bytesBefore(items, i));
    else applyItem(state, host, item);
  }
  feedStream(state, host, items);
}

/** GETACK is answered with the offset before its own bytes (R-ACK-3). */
function bytesBefore(items: readonly StreamItem[], end: number): number {
  let bytes = 0;
  for (let i = 0; i < end; i++) bytes += items[i]!.bytes;
  return bytes;
}

/** REPLCONF ACK, once a second by replicationCron and when asked (R-ACK-1). */
export function sendAck(state: RedisState, host: Host, offset: number): void {
  host.send(state.link.connection!, { kind: 'REPLCONF', option: 'ACK', offset });
}

function applyItem(state: RedisState, host: Host, item: StreamItem): void {
  const command = item.command;
  if (command.kind === 'PUBLISH') deliver(state, host, command.channel, command.payload);
  if (!WRITES.has(command.kind) || !mayWrite(state, host)) return;
  if (command.kind === 'SET') writableMap(state.keyspace).set(command.key, command.value);
  else if (!applyRare(state, command)) return;
  if (command.kind === 'FLUSHALL') saveAfterFlush(state, host);
  countDirty(state);
  appendToAof(state, host, command, item.bytes);
}

/** False for what changes nothing. */
export function applyRare(state: RedisState, command: StreamCommand): boolean {
  switch (command.kind) {
    case 'SET':
      writableMap(state.keyspace).set(command.key, command.value);
      return true;
    case 'DEL':
      return deleteKeys(state.keyspace, command.keys) > 0;
    case 'FLUSHALL':
      clearKeyspace(state.keyspace);
      return true;
    case 'DEBUG POPULATE':
      populate(state.keyspace, command.keys, command.valueBytes);
      return true;
    case 'PUBLISH':
    case 'SELECT':
    case 'PING':
    case 'GETACK':
      return false;
  }
}

/** R-RDB-3: a replica that cannot write to its disk aborts on the next write of its master, before it executes it. */
function mayWrite(state: RedisState, host: Host): boolean {
  if (state.config.replicaIgnoreDiskWriteErrors || writeDenial(state) === null) return true;
  if (!state.exited) host.announce('disk-error', 'Replica was unable to write command to disk.');
  state.exited = true;
  host.exit(1);
  return false;
}
