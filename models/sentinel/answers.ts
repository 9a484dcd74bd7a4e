/** What arrives on the connections that this Sentinel made. */
import { HELLO_CHANNEL, type Message, type Reply } from '../commands.ts';
import type { Host } from '../process.ts';
import { receiveMasterDownReply } from './asking.ts';
import { wallNow } from './clock.ts';
import { refreshDue } from './due.ts';
import { receivePublished } from './hello.ts';
import { receiveHello } from './helloReception.ts';
import { receiveInfo } from './info.ts';
import { closePubsubConnection } from './links.ts';
import {
  ASKED_INFO,
  ASKED_MASTER_DOWN,
  ASKED_PING,
  ASKED_PUBLISH,
  askedFor,
  askedKind,
  takeAsked,
} from './outbox.ts';
import { receivePong } from './ping.ts';
import type { Instance, Link, Outgoing, SentinelState } from './state.ts';

function dispatch(
  state: SentinelState,
  host: Host,
  instance: Instance,
  link: Link,
  kind: number,
  reply: Reply,
): void {
  switch (kind) {
    case ASKED_PING:
      receivePong(state, host, instance, link, reply);
      break;
    case ASKED_PUBLISH:
      receivePublished(host, instance, reply);
      break;
    case ASKED_INFO:
      receiveInfo(state, host, instance, reply);
      break;
    case ASKED_MASTER_DOWN:
      receiveMasterDownReply(state, host, instance, reply);
      break;
  }
}

/** A reply on a command connection: matched in order, discarded when the entry is gone (S-LINK-17). */
function receiveReply(state: SentinelState, host: Host, outgoing: Outgoing, link: Link, reply: Reply): void {
  const code = takeAsked(outgoing);
  if (code < 0) return;
  link.pendingCommands--;
  const instance = askedFor(state, code);
  if (instance === null) return;
  dispatch(state, host, instance, link, askedKind(code), reply);
  if (!state.dueStale) refreshDue(state, instance);
}

/** AUTH and SETNAME are answered first; whatever follows is a sign of life (S-HELLO-4). */
function receiveOnPubsub(
  state: SentinelState,
  host: Host,
  outgoing: Outgoing,
  link: Link,
  message: Message,
): void {
  if (takeAsked(outgoing) >= 0) {
    link.pendingCommands--;
    state.dueStale = true;
    return;
  }
  // The client library takes an error in place of a subscription as the end of the connection.
  if (message.kind === 'error') {
    closePubsubConnection(state, host, link);
    return;
  }
  link.pcLastActivityUs = wallNow(host);
  if (message.kind !== 'message' || message.channel !== HELLO_CHANNEL) return;
  receiveHello(state, host, message.payload);
}

/** A message on a connection of this Sentinel's own making. */
export function receiveAnswer(state: SentinelState, host: Host, outgoing: Outgoing, message: Message): void {
  const link = state.links[outgoing.linkId]!;
  if (outgoing.pubsub) receiveOnPubsub(state, host, outgoing, link, message);
  else receiveReply(state, host, outgoing, link, message as Reply);
}
