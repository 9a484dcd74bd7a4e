/** The six commands that give a node another role (S-RECONF-1). */
import type { Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { type Address, announced } from './address.ts';
import { ASKED_NOTHING, sendCounted } from './outbox.ts';
import { type Instance, linkOf, NO_CONNECTION, type SentinelState } from './state.ts';

const MULTI: Request = { kind: 'MULTI' };
const REWRITE: Request = { kind: 'CONFIG REWRITE' };
const KILL_NORMAL: Request = { kind: 'CLIENT KILL', type: 'normal', skipMe: true };
const KILL_PUBSUB: Request = { kind: 'CLIENT KILL', type: 'pubsub', skipMe: true };
const EXEC: Request = { kind: 'EXEC' };

/** Queues the transaction, to no one when `to` is null; false when there is no command connection. */
export function sendSlaveOf(
  state: SentinelState,
  host: Host,
  instance: Instance,
  to: Address | null,
): boolean {
  const link = linkOf(state, instance);
  if (link.cc === NO_CONNECTION) return false;
  const target = to === null ? null : { host: announced(state, to), port: to.port };
  const role: Request = { kind: 'REPLICAOF', word: 'SLAVEOF', to: target };
  for (const request of [MULTI, role, REWRITE, KILL_NORMAL, KILL_PUBSUB, EXEC]) {
    sendCounted(state, host, instance, link, link.cc, request, ASKED_NOTHING);
  }
  return true;
}
