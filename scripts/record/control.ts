/**
 * Speaks to a node through its Unix socket, which no cut of the network reaches, on a connection of its own for each
 * conversation, so that Sentinel's CLIENT KILL cannot break it.
 */
import { createConnection } from 'node:net';
import type { Reply } from '../../models/commands.ts';
import type { RespJson } from '../../src/run/document.ts';
import { replyJson } from '../../src/trace/replyJson.ts';
import { encodeRequest, ReplyReader } from './resp.ts';

/** Where and as whom to speak. */
export interface ControlPoint {
  readonly socketPath: string;
  /** Empty: none is asked for. */
  readonly password: string;
}

const REPLY_WITHIN_MS = 1000;

/** The replies to the requests, in order; null when the node does not answer in time or is not there. */
export function converse(
  { socketPath, password }: ControlPoint,
  requests: readonly (readonly string[])[],
  withinMs = REPLY_WITHIN_MS,
): Promise<readonly Reply[] | null> {
  const greeting = password === '' ? [] : [['AUTH', password]];
  const expected = greeting.length + requests.length;
  return new Promise((resolve) => {
    const reader = new ReplyReader();
    const replies: Reply[] = [];
    const socket = createConnection(socketPath);
    const finish = (result: readonly Reply[] | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(null), withinMs);
    socket.on('error', () => finish(null));
    socket.on('close', () => finish(null));
    socket.on('data', (chunk: Buffer) => {
      replies.push(...reader.read(chunk));
      if (replies.length >= expected) finish(replies.slice(greeting.length));
    });
    socket.write([...greeting, ...requests].map(encodeRequest).join(''));
  });
}

/** One request and its reply as JSON; null as in {@link converse}. */
export async function ask(
  point: ControlPoint,
  words: readonly string[],
  withinMs?: number,
): Promise<RespJson> {
  const replies = await converse(point, [words], withinMs);
  return replies === null ? null : replyJson(replies[0]!);
}

/** The `field:value` lines of an INFO text. */
export function infoFields(text: RespJson): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of typeof text === 'string' ? text.split('\r\n') : []) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}
