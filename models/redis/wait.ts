/** WAIT (R-WAIT-1 to R-WAIT-4). */

import { errorReply, type Reply } from '../commands.ts';
import { deleteEntry, entryOf } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { requestAcks } from './propagate.ts';
import { type Client, isReplica, type RedisState } from './state.ts';

const ON_REPLICA = errorReply(
  'ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.',
);
const UNBLOCKED = errorReply(
  'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
);

/** Replies at once, or blocks the client and asks the replicas for their offsets. */
export function waitForReplicas(
  state: RedisState,
  host: Host,
  client: Client,
  replicas: number,
  timeoutMs: number,
  inTransaction: boolean,
): Reply | null {
  if (isReplica(state)) return ON_REPLICA;
  const reached = countAcked(state, client.writeOffset);
  if (reached >= replicas || inTransaction) return { kind: 'integer', value: reached };
  client.blocked = 'wait';
  client.wait = {
    target: client.writeOffset,
    replicas,
    deadlineUs: timeoutMs === 0 ? Number.POSITIVE_INFINITY : host.nowUs + timeoutMs * 1000,
  };
  state.waiting.push(client.connection);
  state.rescheduleNeeded = true;
  requestAcks(state, host);
  return null;
}

/** R-WAIT-3: online replicas that have acknowledged the target. */
function countAcked(state: RedisState, target: number): number {
  let count = 0;
  for (const replica of state.replicas) {
    if (replica.phase === 'online' && replica.ackOffset >= target) count++;
  }
  return count;
}

/** Answers the clients whose WAIT is satisfied or has run out. */
export function settleWaiters(state: RedisState, host: Host): void {
  state.waiting = state.waiting.filter((connection) => {
    const client = entryOf(state.clients, connection);
    if (client === undefined) return false;
    const wait = client.wait!;
    const reached = countAcked(state, wait.target);
    if (reached < wait.replicas && host.nowUs < wait.deadlineUs) return true;
    host.send(connection, { kind: 'integer', value: reached });
    client.wait = null;
    client.blocked = 'no';
    state.unblocked.push(connection);
    return false;
  });
}

/** R-DEMOTE-1, R-WAIT-4: blocked clients are told, and closed after that. */
export function unblockWaitersForDemotion(state: RedisState, host: Host): void {
  for (const connection of state.waiting) {
    if (!deleteEntry(state.clients, connection)) continue;
    host.send(connection, UNBLOCKED);
    host.close(connection);
  }
  state.waiting = [];
}
