/**
 * A client that writes: one write at a time, every `writeUs`. After -READONLY, a closed connection, a time-out or a
 * failed discovery it drops its connection and discovers again before its next write; after -NOREPLICAS and other
 * errors it keeps it. A direct client knows one node and never looks for another (R-CLI-4).
 */
import type { Message, Reply } from '../commands.ts';
import type { Behaviour, ConnectionId, Host } from '../process.ts';
import { drawBelow } from '../random.ts';
import {
  authenticate,
  checkRole,
  discoverNext,
  forgetSentinelConnection,
  onDiscoveryReply,
  type Progress,
  startDiscovery,
  TIMEOUT_LATENESS_US,
} from './discovery.ts';
import {
  createReader,
  isReading,
  onReaderConnected,
  onReaderLost,
  onReaderReply,
  readerDueUs,
  wakeReader,
} from './reading.ts';
import { CONNECT_FAILURES, countRefusal, errorKind, type OwnRefusal } from './refusals.ts';
import { type ClientSpec, type ClientState, createClientState, writeKey } from './state.ts';
import { isSubscription, onSubscriptionLost, onSwitchAnnounced, subscribe } from './subscription.ts';

const NEVER = Number.POSITIVE_INFINITY;

function startWrite(state: ClientState, host: Host): void {
  state.startedUs = host.nowUs;
  state.nextWriteUs = host.nowUs + state.writeUs! + drawBelow(state.timer, state.timerLatenessUs);
  if (state.rediscover === 'always') dropConnection(state, host);
  if (state.connection !== 0) sendWrite(state, host);
  else if (state.direct !== null) connectDirectly(state, host, state.direct);
  else onProgress(state, host, startDiscovery(state, host));
}

function connectDirectly(state: ClientState, host: Host, node: { host: string; port: number }): void {
  const address = host.resolve(node.host);
  if (address === null) {
    refuse(state, host, 'UNREACHABLE');
    return;
  }
  state.connection = host.connect(address, node.port);
  state.connectedTo = address;
  state.skipReplies = authenticate(state, host, state.connection);
  sendWrite(state, host);
}

function onProgress(state: ClientState, host: Host, progress: Progress): void {
  if (progress === 'found') sendWrite(state, host);
  else if (progress === 'failed') refuse(state, host, 'NOMASTER');
}

function sendWrite(state: ClientState, host: Host): void {
  const key = writeKey(state.name, state.sequence);
  host.send(state.connection, { kind: 'SET', key, value: key });
  state.awaitingReply = true;
  state.replyDeadlineUs =
    state.timeoutUs === null
      ? NEVER
      : host.nowUs + state.timeoutUs + drawBelow(state.timer, TIMEOUT_LATENESS_US);
}

function onWriteReply(state: ClientState, host: Host, reply: Reply): void {
  if (reply.kind !== 'error') {
    state.ackedSequences.push(state.sequence);
    state.ackedAtUs.push(host.nowUs);
    state.ackedBy.push(state.connectedTo);
    endWrite(state, host);
    return;
  }
  const kind = errorKind(reply.text);
  if (kind === 'READONLY' && state.direct === null) dropConnection(state, host);
  refuse(state, host, kind);
}

function refuse(state: ClientState, host: Host, kind: OwnRefusal | string): void {
  countRefusal(state.refused, host, kind);
  endWrite(state, host);
}

function endWrite(state: ClientState, host: Host): void {
  state.nextWriteUs = Math.max(state.nextWriteUs, host.nowUs);
  state.startedUs = -1;
  state.awaitingReply = false;
  state.replyDeadlineUs = NEVER;
  state.sequence++;
}

function dropConnection(state: ClientState, host: Host): void {
  if (state.connection === 0) return;
  host.close(state.connection);
  forgetConnection(state);
}

function forgetConnection(state: ClientState): void {
  state.connection = 0;
  state.connectedTo = '';
  state.skipReplies = 0;
}

/** While a write is under way the next slot is waited for first: its reply nearly always comes before. */
function scheduleWake(state: ClientState, host: Host): void {
  let dueUs = state.nextWriteUs;
  if (state.startedUs >= 0 && dueUs <= host.nowUs) dueUs = state.replyDeadlineUs;
  if (state.discovery !== null && state.discovery.deadlineUs < dueUs) dueUs = state.discovery.deadlineUs;
  if (state.resubscribeUs < dueUs) dueUs = state.resubscribeUs;
  if (state.reader !== null) dueUs = Math.min(dueUs, readerDueUs(state.reader));
  host.wakeAt(dueUs);
}

function onConnectionLost(state: ClientState, host: Host, connection: ConnectionId, kind: OwnRefusal): void {
  const { reader } = state;
  if (reader !== null && isReading(reader, connection)) {
    onReaderLost(state, host, reader, kind);
  } else if (state.discovery?.connection === connection) {
    onProgress(state, host, discoverNext(state, host));
  } else if (state.connection === connection) {
    forgetConnection(state);
    if (state.awaitingReply) refuse(state, host, kind);
  } else if (!forgetSentinelConnection(state, connection)) {
    onSubscriptionLost(state, host, connection);
  }
}

export const clientBehaviour: Behaviour<ClientSpec, ClientState, null> = {
  format: () => null,

  boot(spec, _disk, host) {
    const state = createClientState(spec, host, createReader(spec, host));
    scheduleWake(state, host);
    return state;
  },

  accepted() {},

  connected(state, host, connection) {
    const { discovery, reader } = state;
    if (discovery?.connection === connection && discovery.step === 'checking') {
      checkRole(state, host, discovery);
    } else if (reader !== null && isReading(reader, connection)) {
      onReaderConnected(state, host, reader);
      scheduleWake(state, host);
    }
  },

  failed(state, host, connection, reason) {
    onConnectionLost(state, host, connection, CONNECT_FAILURES[reason]);
    scheduleWake(state, host);
  },

  closed(state, host, connection) {
    onConnectionLost(state, host, connection, 'CLOSED');
    scheduleWake(state, host);
  },

  receive(state, host, connection, message: Message) {
    if (state.connection === connection) {
      if (state.skipReplies > 0) state.skipReplies--;
      else onWriteReply(state, host, message as Reply);
    } else if (state.discovery?.connection === connection) {
      onProgress(state, host, onDiscoveryReply(state, host, message as Reply));
    } else if (state.reader !== null && isReading(state.reader, connection)) {
      onReaderReply(state, host, state.reader, message as Reply);
    } else if (isSubscription(state, connection) && message.kind === 'message') {
      onSwitchAnnounced(state, host);
    }
    scheduleWake(state, host);
  },

  wake(state, host) {
    const { nowUs } = host;
    if (nowUs >= state.resubscribeUs) subscribe(state, host);
    if (state.discovery !== null && nowUs >= state.discovery.deadlineUs) {
      onProgress(state, host, discoverNext(state, host));
    }
    if (nowUs >= state.replyDeadlineUs) {
      dropConnection(state, host);
      refuse(state, host, 'TIMEOUT');
    }
    if (state.startedUs < 0 && nowUs >= state.nextWriteUs) startWrite(state, host);
    if (state.reader !== null) wakeReader(state, host, state.reader);
    scheduleWake(state, host);
  },

  resumed() {},

  signal(_state, host) {
    host.exit(0);
  },

  powerLoss() {},
};
