/** Connections to instances: made, lost, closed (section 2). */

import { HELLO_CHANNEL, type Request } from '../commands.ts';
import { deleteEntry, entryOf, setEntry } from '../connectionTable.ts';
import type { ConnectionId, Host } from '../process.ts';
import { createAddress } from './address.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { SENTINEL } from './flags.ts';
import { ASKED_NOTHING, mapCommand, sendCounted } from './outbox.ts';
import { sendPing } from './ping.ts';
import { type Instance, type Link, linkOf, masterOf, NO_CONNECTION, type SentinelState } from './state.ts';

const SUBSCRIBE_HELLO: Request = { kind: 'SUBSCRIBE', channels: [HELLO_CHANNEL] };
const UNRESOLVED = '#Name or service not known';

/** Values at creation (section 0.4): a PING counts as outstanding, so the unreachable becomes S_DOWN. */
export function createLink(state: SentinelState, nowUs: number): Link {
  const link: Link = {
    id: state.links.length,
    refcount: 1,
    disconnected: true,
    pendingCommands: 0,
    cc: NO_CONNECTION,
    pc: NO_CONNECTION,
    ccConnUs: 0,
    pcConnUs: 0,
    pcLastActivityUs: 0,
    actPingUs: nowUs,
    lastPingUs: 0,
    lastAvailUs: nowUs,
    lastPongUs: nowUs,
    lastReconnUs: 0,
  };
  state.links.push(link);
  return link;
}

function open(
  state: SentinelState,
  host: Host,
  instance: Instance,
  link: Link,
  pubsub: boolean,
): ConnectionId {
  const connection = host.connect(instance.address.ip, instance.address.port);
  setEntry(state.outgoing, connection, { pubsub, linkId: link.id, asked: [], head: 0, tail: 0 });
  return connection;
}

/** S-LINK-12; null: nothing is sent. */
function credentials(state: SentinelState, instance: Instance): Request | null {
  let password: string;
  let user: string;
  if ((instance.flags & SENTINEL) === 0) {
    const master = masterOf(state, instance);
    password = master.authPass;
    user = master.authUser;
  } else {
    password = state.sentinelPass === '' ? state.requirepass : state.sentinelPass;
    user = state.sentinelPass === '' ? '' : state.sentinelUser;
  }
  return password === '' ? null : { kind: 'AUTH', user: user === '' ? null : user, password };
}

/** AUTH and CLIENT SETNAME (S-LINK-12, S-LINK-13). */
function introduce(
  state: SentinelState,
  host: Host,
  instance: Instance,
  link: Link,
  connection: ConnectionId,
  type: 'cmd' | 'pubsub',
): void {
  const auth = credentials(state, instance);
  if (auth !== null) sendCounted(state, host, instance, link, connection, auth, ASKED_NOTHING);
  const clientName = `sentinel-${state.myId.slice(0, 8)}-${type}`;
  const request: Request = { kind: 'CLIENT SETNAME', clientName };
  sendCounted(state, host, instance, link, connection, request, ASKED_NOTHING);
}

/** S-LINK-4; its PING starts the clock of silence (S-SDOWN-2). */
function openCommandConnection(state: SentinelState, host: Host, instance: Instance, link: Link): void {
  if (state.resolveHostnames) {
    const { hostname, port } = instance.address;
    instance.address = createAddress(state, host, hostname, port, false) ?? instance.address;
  }
  if (instance.address.ip === '') {
    announce(state, host, '-cmd-link-reconnection', instance, UNRESOLVED);
    return;
  }
  link.cc = open(state, host, instance, link, false);
  link.pendingCommands = 0;
  link.ccConnUs = wallNow(host);
  introduce(state, host, instance, link, link.cc, 'cmd');
  sendPing(state, host, instance, link);
}

/** S-LINK-5, S-HELLO-3. */
function openPubsubConnection(state: SentinelState, host: Host, instance: Instance, link: Link): void {
  if (instance.address.ip === '') {
    announce(state, host, '-pubsub-link-reconnection', instance, UNRESOLVED);
    return;
  }
  link.pc = open(state, host, instance, link, true);
  link.pcConnUs = wallNow(host);
  introduce(state, host, instance, link, link.pc, 'pubsub');
  host.send(link.pc, mapCommand(state, instance, SUBSCRIBE_HELLO));
}

/** Makes missing connections, two or one (S-LINK-1), at most once a ping period a link (S-LINK-3, S-LINK-6). */
export function reconnectInstance(state: SentinelState, host: Host, instance: Instance): void {
  const link = linkOf(state, instance);
  if (!link.disconnected || instance.address.port === 0) return;
  const nowUs = wallNow(host);
  if (nowUs - link.lastReconnUs < state.periods.pingMs * 1000) return;
  link.lastReconnUs = nowUs;
  const isSentinel = (instance.flags & SENTINEL) !== 0;
  if (link.cc === NO_CONNECTION) openCommandConnection(state, host, instance, link);
  if (!isSentinel && link.pc === NO_CONNECTION) openPubsubConnection(state, host, instance, link);
  if (link.cc !== NO_CONNECTION && (isSentinel || link.pc !== NO_CONNECTION)) link.disconnected = false;
}

/** A connection failed or was closed by the peer: only its slot becomes empty (S-LINK-8). */
export function connectionLost(state: SentinelState, connection: ConnectionId): void {
  const outgoing = entryOf(state.outgoing, connection);
  if (outgoing === undefined) return;
  deleteEntry(state.outgoing, connection);
  const link = state.links[outgoing.linkId]!;
  if (outgoing.pubsub) link.pc = NO_CONNECTION;
  else link.cc = NO_CONNECTION;
  link.disconnected = true;
  state.dueStale = true;
}

/** What the same tick has queued is lost with the connection, a SLAVEOF too (S-TIMER-11). */
function close(state: SentinelState, host: Host, connection: ConnectionId): void {
  deleteEntry(state.outgoing, connection);
  host.abandon(connection);
  state.dueStale = true;
}

/** S-LINK-9. */
export function closeCommandConnection(state: SentinelState, host: Host, link: Link): void {
  if (link.cc === NO_CONNECTION) return;
  close(state, host, link.cc);
  link.cc = NO_CONNECTION;
  link.pendingCommands = 0;
  link.disconnected = true;
}

/** S-LINK-9. */
export function closePubsubConnection(state: SentinelState, host: Host, link: Link): void {
  if (link.pc === NO_CONNECTION) return;
  close(state, host, link.pc);
  link.pc = NO_CONNECTION;
  link.disconnected = true;
}

export function closeBothConnections(state: SentinelState, host: Host, link: Link): void {
  closeCommandConnection(state, host, link);
  closePubsubConnection(state, host, link);
}

/** The last owner closes the connections (S-LINK-17). */
export function releaseLink(state: SentinelState, host: Host, instance: Instance): void {
  const link = linkOf(state, instance);
  link.refcount--;
  if (link.refcount > 0) return;
  closeBothConnections(state, host, link);
  state.links[link.id] = null;
}

/** Joins the link of the first entry of another master with the same run id (S-LINK-15). */
export function shareLink(state: SentinelState, host: Host, entry: Instance): void {
  if (entry.runId === '' || linkOf(state, entry).refcount > 1) return;
  for (const masterId of state.masterIds) {
    if (masterId === entry.masterId) continue;
    for (const id of state.instances[masterId]!.sentinelIds) {
      const other = state.instances[id]!;
      if (other.runId !== entry.runId) continue;
      releaseLink(state, host, entry);
      entry.linkId = other.linkId;
      linkOf(state, other).refcount++;
      return;
    }
  }
}
