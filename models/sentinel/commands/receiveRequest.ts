/** A Sentinel as a server: what clients and other Sentinels may ask (section 18). */

import { notWhileSubscribed, unknownCommand } from '../../commandErrors.ts';
import {
  errorReply,
  HELLO_CHANNEL,
  OK,
  type Payload,
  PONG,
  type Reply,
  type Request,
} from '../../commands.ts';
import { entryOf, setEntry } from '../../connectionTable.ts';
import type { ConnectionId, Host } from '../../process.ts';
import { requestWords } from '../../requestWords.ts';
import { parseHello, processHello } from '../helloReception.ts';
import { subscribe, subscriptionCount, unsubscribe } from '../pubsub.ts';
import type { Client, SentinelState } from '../state.ts';
import { authenticate, mayProceed, NOT_AUTHENTICATED } from './authentication.ts';
import { clientKill } from './clientKill.ts';
import { infoText } from './infoText.ts';
import { answerMasterDown } from './isMasterDown.ts';
import { array, bulk, integer } from './replies.ts';
import { sentinelCommand } from './sentinel.ts';
import { shutdown } from './shutdown.ts';

const ONE = integer(1);
/** Commands available in Sentinel mode (S-CMD-1). */
const COMMAND_COUNT = 15;
const ONLY_HELLO = errorReply('ERR Only HELLO messages are accepted by Sentinel instances.');

/** Replies that the command itself has sent, or that nobody is left to receive. */
const NO_REPLY = null;

/** A peer has connected. */
export function acceptClient(state: SentinelState, connection: ConnectionId): Client {
  const client: Client = { connection, authenticated: false, channels: [], patterns: [] };
  setEntry(state.clients, connection, client);
  return client;
}

/** A hello sent directly; the reply is 1 whatever it says (S-HELLO-5). */
function publish(state: SentinelState, host: Host, channel: string, payload: Payload): Reply {
  if (channel !== HELLO_CHANNEL) return ONLY_HELLO;
  const hello = typeof payload === 'string' ? parseHello(payload) : payload;
  if (hello !== null) processHello(state, host, hello);
  return ONE;
}

/** S-CMD-PING. */
function ping(client: Client, text: string | undefined): Reply {
  if (subscriptionCount(client) > 0) return array([bulk('pong'), bulk(text ?? '')]);
  return text === undefined ? PONG : bulk(text);
}

/** S-CMD-ROLE. */
function role(state: SentinelState): Reply {
  const names = state.masterIds.map((id) => bulk(state.instances[id]!.name));
  return array([bulk('sentinel'), array(names)]);
}

/** Commands without a type of their own. */
function untyped(state: SentinelState, host: Host, client: Client, request: Request): Reply | null {
  const [name = '', ...rest] = requestWords(request);
  switch (name.toUpperCase()) {
    case 'UNSUBSCRIBE':
      unsubscribe(state, host, client, 'channels', rest);
      return NO_REPLY;
    case 'PUNSUBSCRIBE':
      unsubscribe(state, host, client, 'patterns', rest);
      return NO_REPLY;
    case 'COMMAND':
      return rest[0]?.toUpperCase() === 'COUNT' ? integer(COMMAND_COUNT) : unknownCommand(request);
    default:
      return unknownCommand(request);
  }
}

/** Carries a request out; null when no reply is left to send. */
function execute(state: SentinelState, host: Host, client: Client, request: Request): Reply | null {
  switch (request.kind) {
    case 'PUBLISH':
      return publish(state, host, request.channel, request.payload);
    case 'PING':
      return ping(client, request.text);
    case 'IS-MASTER-DOWN-BY-ADDR':
      return answerMasterDown(state, host, request.ip, request.port, request.epoch, request.runId);
    case 'SENTINEL':
      return sentinelCommand(state, host, request.words);
    case 'INFO':
      return bulk(infoText(state, host, request.sections));
    case 'ROLE':
      return role(state);
    case 'AUTH':
      return authenticate(state, client, request);
    case 'SUBSCRIBE':
      subscribe(state, host, client, 'channels', request.channels);
      return NO_REPLY;
    case 'PSUBSCRIBE':
      subscribe(state, host, client, 'patterns', request.patterns);
      return NO_REPLY;
    case 'CLIENT KILL':
      return clientKill(state, host, client, request);
    case 'CLIENT SETNAME':
    case 'CLIENT PAUSE':
    case 'CLIENT UNPAUSE':
      return OK;
    case 'SHUTDOWN':
      return shutdown(state, host, request);
    default:
      return untyped(state, host, client, request);
  }
}

/** What a RESP2 client with subscriptions may still send. */
function subscribedMaySend(request: Request): boolean {
  if (request.kind === 'PING' || request.kind === 'SUBSCRIBE' || request.kind === 'PSUBSCRIBE') return true;
  return request.kind === 'UNKNOWN' && /^p?unsubscribe$/i.test(request.words[0] ?? '');
}

/** The error that stops a request before it is executed, or null. Unknown commands come before authentication. */
function refuse(state: SentinelState, client: Client, request: Request): Reply | null {
  if (!mayProceed(state, client) && request.kind !== 'AUTH') {
    return isKnown(request) ? NOT_AUTHENTICATED : unknownCommand(request);
  }
  if (subscriptionCount(client) === 0 || subscribedMaySend(request)) return null;
  return notWhileSubscribed(request);
}

const KNOWN_COMMANDS = [
  ...['ACL', 'AUTH', 'CLIENT', 'COMMAND', 'HELLO', 'INFO', 'PING', 'PSUBSCRIBE', 'PUBLISH', 'PUNSUBSCRIBE'],
  ...['ROLE', 'SENTINEL', 'SHUTDOWN', 'SUBSCRIBE', 'UNSUBSCRIBE'],
];

function isKnown(request: Request): boolean {
  return KNOWN_COMMANDS.includes(requestWords(request)[0]?.toUpperCase() ?? '');
}

/** A request on a connection that was made to this Sentinel. */
export function receiveRequest(
  state: SentinelState,
  host: Host,
  connection: ConnectionId,
  request: Request,
): void {
  const client = entryOf(state.clients, connection) ?? acceptClient(state, connection);
  const reply = refuse(state, client, request) ?? execute(state, host, client, request);
  if (reply !== null) host.send(connection, reply);
}
