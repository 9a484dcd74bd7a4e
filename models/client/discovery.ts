/**
 * How a client finds the master: it asks the sentinels in order, connects to the address that one names and checks
 * ROLE; whatever fails, the next sentinel is asked. So a client may find the new master through the leader while
 * the first sentinel still names the old one (R-CLI-1).
 */
import type { Reply, Request } from '../commands.ts';
import type { ConnectionId, Host } from '../process.ts';
import { drawBelow } from '../random.ts';
import type { ClientState } from './state.ts';

/** Time allowed for one sentinel to answer, and again for the node that it names. */
export const DISCOVERY_TIMEOUT_US = 500_000;

/** Recorded clients notice a time-out of 500 ms up to some milliseconds late. */
export const TIMEOUT_LATENESS_US = 4000;

const ROLE: Request = { kind: 'ROLE' };

export interface Discovery {
  /** Which of the client's sentinels is asked. */
  sentinel: number;
  step: 'asking' | 'checking';
  connection: ConnectionId;
  /** Address of the node that is checked. */
  address: string;
  /** Replies to skip on the node's connection: those to AUTH. */
  skipReplies: number;
  deadlineUs: number;
}

/** What a discovery that goes on or ends tells the client. */
export type Progress = 'pending' | 'found' | 'failed';

/** Begins with the first sentinel. */
export function startDiscovery(state: ClientState, host: Host): Progress {
  return askSentinel(state, host, 0);
}

function askSentinel(state: ClientState, host: Host, sentinel: number): Progress {
  if (sentinel >= state.sentinels.length) {
    state.discovery = null;
    return 'failed';
  }
  const connection = sentinelConnection(state, host, sentinel);
  if (connection === 0) return askSentinel(state, host, sentinel + 1);
  host.send(connection, state.question);
  state.discovery = {
    sentinel,
    step: 'asking',
    connection,
    address: '',
    skipReplies: 0,
    deadlineUs: deadline(state, host),
  };
  return 'pending';
}

/** The connection to a sentinel, which stays open between discoveries; 0 when its name does not resolve. */
function sentinelConnection(state: ClientState, host: Host, sentinel: number): ConnectionId {
  const known = state.sentinelConnections[sentinel]!;
  if (known !== 0) return known;
  const target = state.sentinels[sentinel]!;
  const ip = host.resolve(target.host);
  if (ip === null) return 0;
  const connection = host.connect(ip, target.port);
  state.sentinelConnections[sentinel] = connection;
  if (target.password !== '') {
    host.send(connection, { kind: 'AUTH', user: null, password: target.password });
    state.sentinelGreetings[sentinel] = 1;
  }
  return connection;
}

/** The sentinel, or the node it named, is of no use: goes on with the next sentinel. */
export function discoverNext(state: ClientState, host: Host): Progress {
  const { sentinel, step, connection } = state.discovery!;
  host.close(connection);
  if (step === 'asking') forgetSentinelConnection(state, connection);
  return askSentinel(state, host, sentinel + 1);
}

/** A connection to a sentinel has ended; true when it was one. */
export function forgetSentinelConnection(state: ClientState, connection: ConnectionId): boolean {
  const index = state.sentinelConnections.indexOf(connection);
  if (index < 0) return false;
  state.sentinelConnections[index] = 0;
  state.sentinelGreetings[index] = 0;
  return true;
}

/** A reply on the discovery's connection. `found`: the connection has become the client's data connection. */
export function onDiscoveryReply(state: ClientState, host: Host, reply: Reply): Progress {
  const discovery = state.discovery!;
  if (discovery.step === 'asking' && state.sentinelGreetings[discovery.sentinel]! > 0) {
    state.sentinelGreetings[discovery.sentinel]!--;
    return 'pending';
  }
  if (discovery.skipReplies > 0) {
    discovery.skipReplies--;
    return 'pending';
  }
  return discovery.step === 'asking' ? onAddress(state, host, reply) : onRole(state, host, reply);
}

function onAddress(state: ClientState, host: Host, reply: Reply): Progress {
  const [ip, port] = textsOf(reply);
  const address = typeof ip === 'string' ? host.resolve(ip) : null;
  const discovery = state.discovery!;
  if (address === null) return askSentinel(state, host, discovery.sentinel + 1);
  discovery.connection = host.connect(address, Number(port));
  discovery.address = address;
  discovery.step = 'checking';
  discovery.deadlineUs = deadline(state, host);
  return 'pending';
}

/** The node that a sentinel named has accepted: is it a master? */
export function checkRole(state: ClientState, host: Host, discovery: Discovery): void {
  discovery.skipReplies = authenticate(state, host, discovery.connection);
  host.send(discovery.connection, ROLE);
}

function deadline(state: ClientState, host: Host): number {
  return host.nowUs + DISCOVERY_TIMEOUT_US + drawBelow(state.timer, TIMEOUT_LATENESS_US);
}

function onRole(state: ClientState, host: Host, reply: Reply): Progress {
  if (textsOf(reply)[0] !== 'master') return discoverNext(state, host);
  const discovery = state.discovery!;
  state.connection = discovery.connection;
  state.connectedTo = discovery.address;
  state.skipReplies = 0;
  state.discovery = null;
  return 'found';
}

/** Sends AUTH where the client has a password, and returns how many replies it brings. */
export function authenticate(state: ClientState, host: Host, connection: ConnectionId): number {
  if (state.password === null) return 0;
  host.send(connection, { kind: 'AUTH', user: state.user, password: state.password });
  return 1;
}

/** The items of an array reply, as far as they are texts; none for anything else. */
export function textsOf(reply: Reply): (string | null)[] {
  if (reply.kind !== 'array' || reply.items === null) return [];
  return reply.items.map((item) => (item.kind === 'bulk' ? item.text : null));
}
