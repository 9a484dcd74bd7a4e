/** CLIENT KILL TYPE on a Sentinel's own clients. */

import type { Reply, Request } from '../../commands.ts';
import { entriesOf } from '../../connectionTable.ts';
import type { Host } from '../../process.ts';
import { dropClient, subscriptionCount } from '../pubsub.ts';
import type { Client, SentinelState } from '../state.ts';
import { integer } from './replies.ts';

type ClientKill = Extract<Request, { kind: 'CLIENT KILL' }>;

function isMeant(client: Client, request: ClientKill): boolean {
  if (request.type === 'all') return true;
  return request.type === (subscriptionCount(client) > 0 ? 'pubsub' : 'normal');
}

/** Closes the clients of a type; the reply still reaches a caller that closes itself. */
export function clientKill(state: SentinelState, host: Host, caller: Client, request: ClientKill): Reply {
  const leaving = entriesOf(state.clients).filter(
    (client) => isMeant(client, request) && !(request.skipMe && client === caller),
  );
  const reply = integer(leaving.length);
  for (const client of leaving) {
    if (client === caller) host.send(caller.connection, reply);
    dropClient(state, client);
    host.close(client.connection);
  }
  return reply;
}
