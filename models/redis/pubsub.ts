/** Channels and patterns of this server's subscribers. */
import type { Payload } from '../commands.ts';
import { matchesGlob } from '../glob.ts';
import type { ConnectionId, Host } from '../process.ts';
import type { Client, RedisState } from './state.ts';

/** Hands a message to this server's own subscribers; the number of receivers. */
export function deliver(state: RedisState, host: Host, channel: string, payload: Payload): number {
  let receivers = 0;
  const subscribers = state.channels.get(channel);
  if (subscribers !== undefined) {
    const message = { kind: 'message', channel, payload } as const;
    receivers = subscribers.length;
    for (let i = 0; i < receivers; i++) host.send(subscribers[i]!, message);
  }
  return state.patterns.size === 0 ? receivers : receivers + deliverToPatterns(state, host, channel, payload);
}

function deliverToPatterns(state: RedisState, host: Host, channel: string, payload: Payload): number {
  let receivers = 0;
  for (const [pattern, subscribers] of state.patterns) {
    if (!matchesGlob(pattern, channel)) continue;
    const message = { kind: 'message', channel, payload, pattern } as const;
    for (const connection of subscribers) host.send(connection, message);
    receivers += subscribers.length;
  }
  return receivers;
}

/** SUBSCRIBE and PSUBSCRIBE: one push for each name. */
export function subscribe(
  state: RedisState,
  host: Host,
  client: Client,
  names: readonly string[],
  asPatterns: boolean,
): void {
  const own = asPatterns ? client.patterns : client.channels;
  const index = asPatterns ? state.patterns : state.channels;
  for (const name of names) {
    if (!own.includes(name)) {
      own.push(name);
      const subscribers = index.get(name);
      if (subscribers === undefined) index.set(name, [client.connection]);
      else subscribers.push(client.connection);
    }
    const count = client.channels.length + client.patterns.length;
    host.send(client.connection, { kind: 'subscribed', channel: name, count });
  }
}

/** The client is gone. */
export function unsubscribeAll(state: RedisState, client: Client): void {
  for (const channel of client.channels) remove(state.channels, channel, client.connection);
  for (const pattern of client.patterns) remove(state.patterns, pattern, client.connection);
}

function remove(index: Map<string, ConnectionId[]>, name: string, connection: ConnectionId): void {
  const subscribers = index.get(name);
  if (subscribers === undefined) return;
  const at = subscribers.indexOf(connection);
  if (at >= 0) subscribers.splice(at, 1);
  if (subscribers.length === 0) index.delete(name);
}

export function isSubscriber(client: Client): boolean {
  return client.channels.length > 0 || client.patterns.length > 0;
}
