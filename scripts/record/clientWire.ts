/** What clients say and hear, between the models' values and RESP2. */
import type { Message, Reply, Request } from '../../models/commands.ts';

/** The words of the requests that clients send. */
export function wordsOf(request: Request): string[] {
  switch (request.kind) {
    case 'AUTH':
      return request.user === null ? ['AUTH', request.password] : ['AUTH', request.user, request.password];
    case 'ROLE':
      return ['ROLE'];
    case 'GET':
      return ['GET', request.key];
    case 'SET':
      return ['SET', request.key, request.value];
    case 'SENTINEL':
      return ['SENTINEL', ...request.words];
    case 'SUBSCRIBE':
      return ['SUBSCRIBE', ...request.channels];
    default:
      throw new Error(`clients do not send ${request.kind}`);
  }
}

/** What arrives on a connection that subscribes: pushes are arrays that begin with their kind. */
export function pushOf(reply: Reply): Message {
  const words = reply.kind === 'array' ? (reply.items ?? []) : [];
  const [kind, channel, payload] = words.map((item) =>
    item.kind === 'bulk' ? item.text : item.kind === 'integer' ? String(item.value) : null,
  );
  if (kind === 'message') return { kind: 'message', channel: channel ?? '', payload: payload ?? '' };
  if (kind === 'subscribe') return { kind: 'subscribed', channel: channel ?? '', count: Number(payload) };
  return reply;
}
