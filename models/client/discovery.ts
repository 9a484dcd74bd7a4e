/**
 * How a client finds the master: it asks the sentinels in order, connects to the address that one names and checks
 * ROLE; whatever fails, the next sentinel is asked. So a client may find the new master through the leader while
 * the first sentinel still names the old one (R-CLI-1).
 */
import type { Reply, Request } from '../commands.ts';
import type { ConnectionId, Host } from '../process.ts';
import type { ClientState } from './state.ts';

/** Time allowed for one sentinel to answer, and again for the node that it names. */
export const DISCOVERY_TIMEOUT_US = 500_000;

const ROLE: Request = { kind: 'ROLE' };

export interface Discovery {
  /** Which of the client's sentinels is asked. */
  sentinel: number;
  step: 'asking' | 'checking';
  connection: ConnectionId;
  /** Address of the node that is checked. */
  address: string;
  /** Replies to skip on the connection: those to AUTH. */
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
  const target = state.sentinels[sentinel];
  if (target === undefined) {
    state.discovery = null;
    return 'failed';
  }
  const ip = host.resolve(target.host);
  if (ip === null) return askSentinel(state, host, sentinel + 1);
  const connection = host.connect(ip, target.port);
  const authenticated = target.password !== '';
  if (authenticated) host.send(connection, { kind: 'AUTH', user: null, password: target.password });
  host.send(connection, { kind: 'SENTINEL', words: ['GET-MASTER-ADDR-BY-NAME', state.masterName] });
  state.discovery = {
    sentinel,
    step: 'asking',
    connection,
    address: '',
    skipReplies: authenticated ? 1 : 0,
    deadlineUs: host.nowUs + DISCOVERY_TIMEOUT_US,
  };
  return 'pending';
}

/** The sentinel, or the node it named, is of no use: goes on with the next sentinel. */
export function discoverNext(state: ClientState, host: Host): Progress {
  const discovery = state.discovery!;
  host.close(discovery.connection);
  return askSentinel(state, host, discovery.sentinel + 1);
}

/** A reply on the discovery's connection. `found`: the connection has become the client's data connection. */
export function onDiscoveryReply(state: ClientState, host: Host, reply: Reply): Progress {
  const discovery = state.discovery!;
  if (discovery.skipReplies > 0) {
    discovery.skipReplies--;
    return 'pending';
  }
  return discovery.step === 'asking' ? onAddress(state, host, reply) : onRole(state, host, reply);
}

function onAddress(state: ClientState, host: Host, reply: Reply): Progress {
  const [ip, port] = textsOf(reply);
  const address = ip === undefined ? null : host.resolve(ip);
  if (address === null) return discoverNext(state, host);
  const discovery = state.discovery!;
  host.close(discovery.connection);
  discovery.connection = host.connect(address, Number(port));
  discovery.address = address;
  discovery.step = 'checking';
  discovery.deadlineUs = host.nowUs + DISCOVERY_TIMEOUT_US;
  discovery.skipReplies = authenticate(state, host, discovery.connection);
  host.send(discovery.connection, ROLE);
  return 'pending';
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

/** The texts among the items of an array reply; none for anything else. */
function textsOf(reply: Reply): string[] {
  if (reply.kind !== 'array' || reply.items === null) return [];
  return reply.items.map((item) => (item.kind === 'bulk' ? (item.text ?? '') : ''));
}
