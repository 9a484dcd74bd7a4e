/** One request: refused, held, queued or executed, in this order (R-ROLE-1, R-ROLE-2). */

import { errorReply, QUEUED, type Reply, type Request } from '../commands.ts';
import { entryOf } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { closeClient } from './clients.ts';
import { FLAGS } from './commandTable.ts';
import { execute } from './execute.ts';
import { holdClient, mustHold } from './pause.ts';
import { propagateBatch } from './propagate.ts';
import { refuse } from './refuse.ts';
import type { Client, RedisState } from './state.ts';

const EXEC_ABORT = errorReply('EXECABORT Transaction discarded because of previous errors.');
const NOT_IN_MULTI = errorReply('ERR Command not allowed inside a transaction');
const NO_REPLY: Reply = { kind: 'bulk', text: null };

/** A request has arrived, or a held one may go on. */
export function handleRequest(state: RedisState, host: Host, client: Client, request: Request): void {
  if (client.blocked !== 'no') {
    client.pending.push(request);
    return;
  }
  const refusal = refuse(state, client, request);
  if (refusal !== null) {
    reject(host, client, request, refusal);
    return;
  }
  if (mustHold(state, client, request)) {
    holdClient(state, client, request);
    return;
  }
  const reply =
    client.queued === null
      ? execute(state, host, client, request, false)
      : inMulti(state, host, client, request);
  if (reply !== null) host.send(client.connection, reply);
  if (client.leaving) closeClient(state, host, client);
  if (client.blocked === 'no') client.writeOffset = state.offset;
}

/** A refused EXEC discards its transaction; a command refused while queueing marks it (R-ROLE-2). */
function reject(host: Host, client: Client, request: Request, refusal: Reply): void {
  let reply = refusal;
  if (client.queued !== null) {
    if (request.kind !== 'EXEC') {
      client.queueRefused = true;
    } else if (refusal.kind === 'error') {
      client.queued = null;
      reply = errorReply(`EXECABORT Transaction discarded because of: ${refusal.text}`);
    }
  }
  host.send(client.connection, reply);
}

/** Between MULTI and EXEC. */
function inMulti(state: RedisState, host: Host, client: Client, request: Request): Reply | null {
  const kind = request.kind;
  if (kind === 'EXEC') return exec(state, host, client);
  if (kind === 'DISCARD' || kind === 'MULTI') return execute(state, host, client, request, false);
  if (FLAGS[kind].noMulti) {
    client.queueRefused = true;
    return NOT_IN_MULTI;
  }
  client.queued!.push(request);
  return QUEUED;
}

/** Runs the queue without further checks; its writes reach the stream as one block. */
function exec(state: RedisState, host: Host, client: Client): Reply {
  const queue = client.queued!;
  const refused = client.queueRefused;
  client.queued = null;
  client.queueRefused = false;
  if (refused) return EXEC_ABORT;
  const batch: NonNullable<RedisState['batch']> = [];
  state.batch = batch;
  const items: Reply[] = [];
  for (const request of queue) items.push(execute(state, host, client, request, true) ?? NO_REPLY);
  state.batch = null;
  propagateBatch(state, host, batch);
  return { kind: 'array', items };
}

/** Clients that were blocked go on with what they sent meanwhile. */
export function servePending(state: RedisState, host: Host): void {
  while (state.unblocked.length > 0) {
    const client = entryOf(state.clients, state.unblocked.shift()!);
    if (client === undefined) continue;
    const pending = client.pending;
    client.pending = [];
    for (const request of pending) {
      if (entryOf(state.clients, client.connection) !== client) break;
      handleRequest(state, host, client, request);
    }
  }
}
