/** Lengths of commands in a replication stream, computed without building their text (R-OFF-1). */
import type { Hello, Payload, StreamCommand, StreamItem } from '../commands.ts';

/** Decimal digits of a non-negative integer. */
export function digits(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) count++;
  return count;
}

/** `$<len>\r\n<arg>\r\n`. */
function bulkBytes(length: number): number {
  return 5 + digits(length) + length;
}

/** Length of {@link helloText}: eight tokens and seven commas. */
export function helloBytes(hello: Hello): number {
  return (
    7 +
    hello.sentinelIp.length +
    digits(hello.sentinelPort) +
    hello.sentinelRunId.length +
    digits(hello.currentEpoch) +
    hello.masterName.length +
    hello.masterIp.length +
    digits(hello.masterPort) +
    digits(hello.masterConfigEpoch)
  );
}

function payloadBytes(payload: Payload): number {
  return typeof payload === 'string' ? payload.length : helloBytes(payload);
}

/** `*3` and the word SET. */
const SET_FIXED_BYTES = 4 + bulkBytes(3);
const PUBLISH_FIXED_BYTES = 4 + bulkBytes(7);
export const MULTI_BYTES = 15;
export const EXEC_BYTES = 14;

function keysBytes(word: number, keys: readonly string[]): number {
  let bytes = 3 + digits(keys.length + 1) + bulkBytes(word);
  for (const key of keys) bytes += bulkBytes(key.length);
  return bytes;
}

/** The command with its length. */
export function streamItem(command: StreamCommand): StreamItem {
  return { command, bytes: commandBytes(command) };
}

export function commandBytes(command: StreamCommand): number {
  switch (command.kind) {
    case 'SET':
      return SET_FIXED_BYTES + bulkBytes(command.key.length) + bulkBytes(command.value.length);
    case 'PUBLISH':
      return (
        PUBLISH_FIXED_BYTES + bulkBytes(command.channel.length) + bulkBytes(payloadBytes(command.payload))
      );
    case 'DEL':
      return keysBytes(3, command.keys);
    case 'FLUSHALL':
      return 18;
    case 'SELECT':
      return 23;
    case 'PING':
      return 14;
    case 'GETACK':
      return 37;
    case 'DEBUG POPULATE':
      return 4 + bulkBytes(5) + bulkBytes(8) + bulkBytes(digits(command.keys));
  }
}

export const SELECT_ITEM: StreamItem = streamItem({ kind: 'SELECT' });
export const PING_ITEM: StreamItem = streamItem({ kind: 'PING' });
export const GETACK_ITEM: StreamItem = streamItem({ kind: 'GETACK' });
