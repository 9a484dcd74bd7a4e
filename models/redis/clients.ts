/** Who is connected: accepting, closing, killing (R-ROLE-6). */

import { errorReply, type Reply, type Request } from '../commands.ts';
import { deleteEntry, entriesOf, setEntry } from '../connectionTable.ts';
import type { ConnectionId, Host } from '../process.ts';
import { unixSeconds } from './clock.ts';
import { loseMaster } from './link.ts';
import { isSubscriber, unsubscribeAll } from './pubsub.ts';
import { dropReplica } from './replicas.ts';
import type { Client, RedisState } from './state.ts';

const DENIED = errorReply(
  "DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.",
);
const TOO_MANY = errorReply('ERR max number of clients reached');

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

/** True when every address to listen on is a loopback address (M-50). */
function listensLocally(state: RedisState): boolean {
  const bind = state.config.bind;
  return bind.length > 0 && bind.every((address) => isLoopback(address.replace(/^-/, '')));
}

export function acceptClient(state: RedisState, host: Host, connection: ConnectionId): void {
  const ip = host.peerAddress(connection);
  const local = isLoopback(ip);
  if (!local && listensLocally(state)) {
    host.close(connection);
    return;
  }
  const { config } = state;
  const denied = config.protectedMode && config.requirepass === '' && !local;
  if (denied || state.clients.size >= config.maxclients) {
    host.send(connection, denied ? DENIED : TOO_MANY);
    host.close(connection);
    return;
  }
  setEntry(state.clients, connection, {
    connection,
    ip,
    authenticated: config.requirepass === '',
    leaving: false,
    queued: null,
    queueRefused: false,
    channels: [],
    patterns: [],
    writeOffset: 0,
    lastInputSec: unixSeconds(host),
    blocked: 'no',
    pending: [],
    wait: null,
    announcedIp: '',
    announcedPort: 0,
    replica: null,
  });
}

/** The other side is gone. */
export function removeClient(state: RedisState, host: Host, client: Client): void {
  if (client.replica !== null) dropReplica(state, host, client.replica);
  unsubscribeAll(state, client);
  deleteEntry(state.clients, client.connection);
}

/** Ends a client after the replies it is owed. */
export function closeClient(state: RedisState, host: Host, client: Client): void {
  if (client.replica !== null) {
    dropReplica(state, host, client.replica);
    return;
  }
  unsubscribeAll(state, client);
  deleteEntry(state.clients, client.connection);
  host.close(client.connection);
}

type KillType = Extract<Request, { kind: 'CLIENT KILL' }>['type'];

function typeOf(client: Client): KillType {
  if (client.replica !== null) return 'replica';
  return isSubscriber(client) ? 'pubsub' : 'normal';
}

/** CLIENT KILL TYPE; a sender that kills itself still gets its reply. */
export function killClients(
  state: RedisState,
  host: Host,
  sender: Client,
  type: KillType,
  skipMe: boolean,
): Reply {
  let killed = 0;
  for (const client of entriesOf(state.clients)) {
    if (client === sender && skipMe) continue;
    if (type !== 'all' && typeOf(client) !== type) continue;
    if (client === sender) client.leaving = true;
    else closeClient(state, host, client);
    killed++;
  }
  if (type === 'master' && state.link.phase === 'connected') {
    loseMaster(state, host);
    killed++;
  }
  return { kind: 'integer', value: killed };
}

/** The idle time-out: normal clients only. */
export function closeIdleClients(state: RedisState, host: Host): void {
  const limitSec = state.config.timeoutSec;
  if (limitSec === 0) return;
  const now = unixSeconds(host);
  for (const client of entriesOf(state.clients)) {
    const normal = client.replica === null && !isSubscriber(client) && client.blocked === 'no';
    if (normal && now - client.lastInputSec > limitSec) closeClient(state, host, client);
  }
}

const NO_PASSWORD = errorReply(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
);
const WRONGPASS = errorReply('WRONGPASS invalid username-password pair or user is disabled.');

/** AUTH; null when it succeeded. */
export function authenticate(
  state: RedisState,
  client: Client,
  user: string | null,
  password: string,
): Reply | null {
  const required = state.config.requirepass;
  if (user === null && required === '') return NO_PASSWORD;
  if (user !== null && user !== 'default') return WRONGPASS;
  if (required !== '' && password !== required) return WRONGPASS;
  client.authenticated = true;
  return null;
}
