/** Pub/sub of a Sentinel's own events (S-EVENT-1, S-CMD-PUBSUB). */

import type { Push } from '../commands.ts';
import { deleteEntry, entriesOf } from '../connectionTable.ts';
import { matchesGlob } from '../glob.ts';
import type { Host } from '../process.ts';
import type { Client, SentinelState } from './state.ts';

export function subscriptionCount(client: Client): number {
  return client.channels.length + client.patterns.length;
}

/** Delivers an event to every subscriber, once for its channel and once for each matching pattern. */
export function publish(state: SentinelState, host: Host, channel: string, payload: string): void {
  if (state.subscribers === 0) return;
  for (const client of entriesOf(state.clients)) {
    if (client.channels.includes(channel)) {
      host.send(client.connection, { kind: 'message', channel, payload });
    }
    for (const pattern of client.patterns) {
      if (matchesGlob(pattern, channel)) {
        host.send(client.connection, { kind: 'message', channel, payload, pattern });
      }
    }
  }
}

/** Adds names to `client.channels` or `client.patterns` and confirms each. */
export function subscribe(
  state: SentinelState,
  host: Host,
  client: Client,
  table: 'channels' | 'patterns',
  names: readonly string[],
): void {
  for (const name of names) {
    if (subscriptionCount(client) === 0) state.subscribers++;
    if (!client[table].includes(name)) client[table].push(name);
    const confirmation: Push = { kind: 'subscribed', channel: name, count: subscriptionCount(client) };
    host.send(client.connection, confirmation);
  }
}

function confirmRemoval(host: Host, client: Client, word: string, name: string | null): void {
  host.send(client.connection, {
    kind: 'array',
    items: [
      { kind: 'bulk', text: word },
      { kind: 'bulk', text: name },
      { kind: 'integer', value: subscriptionCount(client) },
    ],
  });
}

/** Removes names, or all when none is given, and confirms each. */
export function unsubscribe(
  state: SentinelState,
  host: Host,
  client: Client,
  table: 'channels' | 'patterns',
  names: readonly string[],
): void {
  const word = table === 'channels' ? 'unsubscribe' : 'punsubscribe';
  const leaving = names.length > 0 ? names : [...client[table]];
  if (leaving.length === 0) confirmRemoval(host, client, word, null);
  for (const name of leaving) {
    const index = client[table].indexOf(name);
    if (index >= 0) {
      client[table].splice(index, 1);
      if (subscriptionCount(client) === 0) state.subscribers--;
    }
    confirmRemoval(host, client, word, name);
  }
}

/** Forgets a client that has gone. */
export function dropClient(state: SentinelState, client: Client): void {
  if (subscriptionCount(client) > 0) state.subscribers--;
  deleteEntry(state.clients, client.connection);
}
