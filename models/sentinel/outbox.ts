/** Sending commands to an instance, and remembering what was asked so that replies can be matched (S-LINK-10). */

import type { Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { ConnectionId, Host } from '../process.ts';
import { requestWords } from '../requestWords.ts';
import { type Instance, type Link, masterOf, type Outgoing, type SentinelState } from './state.ts';

/** What a reply will answer; kept in a queue as `instance id * 8 + kind`. */
export const ASKED_NOTHING = 0;
export const ASKED_PING = 1;
export const ASKED_INFO = 2;
export const ASKED_PUBLISH = 3;
export const ASKED_MASTER_DOWN = 4;
const KIND_BITS = 3;
const KIND_MASK = 7;

/** The command under the name that the master's `rename-command` table gives it (S-LINK-14). */
export function mapCommand(state: SentinelState, instance: Instance, request: Request): Request {
  const renamed = masterOf(state, instance).renamedCommands;
  if (renamed === null) return request;
  const [command, ...rest] = requestWords(request);
  const name = renamed[command!.toUpperCase()];
  return name === undefined ? request : { kind: 'UNKNOWN', words: [name, ...rest] };
}

/** Sends a command whose reply counts as pending. */
export function sendCounted(
  state: SentinelState,
  host: Host,
  instance: Instance,
  link: Link,
  connection: ConnectionId,
  request: Request,
  asked: number,
): void {
  const outgoing = entryOf(state.outgoing, connection)!;
  outgoing.asked[outgoing.tail++] = (instance.id << KIND_BITS) | asked;
  link.pendingCommands++;
  host.send(connection, mapCommand(state, instance, request));
}

/** What the next reply answers, or -1 when nothing was asked. */
export function takeAsked(outgoing: Outgoing): number {
  if (outgoing.head === outgoing.tail) return -1;
  const code = outgoing.asked[outgoing.head++]!;
  if (outgoing.head === outgoing.tail) {
    outgoing.head = 0;
    outgoing.tail = 0;
  }
  return code;
}

export function askedKind(code: number): number {
  return code & KIND_MASK;
}

/** The instance a command was sent for, or null when it has been released since (S-LINK-17). */
export function askedFor(state: SentinelState, code: number): Instance | null {
  return state.instances[code >> KIND_BITS] ?? null;
}
