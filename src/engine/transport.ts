/** Carries segments between processes in virtual time: TCP as a process sees it. */

import { isLost, isOpen, type Path, pathOf, travelUs } from '../../models/network/conditions.ts';
import {
  type Connection,
  createConnection,
  type End,
  type Retransmission,
  type Segment,
} from '../../models/network/connection.ts';
import { kernelTimerUs } from '../../models/network/kernelTimer.ts';
import { cycleEndUs, startCycle } from '../../models/network/neighbour.ts';
import {
  firstTimeoutUs,
  MAX_RETRANSMISSIONS,
  MAX_SYN_RETRANSMISSIONS,
  retransmissionDelayUs,
  synDelayUs,
} from '../../models/network/retransmission.ts';
import type { CloseReason, ConnectFailure, ConnectionId } from '../../models/process.ts';
import { smallInteger } from '../../models/smallInteger.ts';
import { type EventKind, enqueue } from './eventQueue.ts';
import type { WorldState } from './worldState.ts';

/** What the transport tells the processes at either end. */
export interface TransportListener {
  /** The number of the live process that listens there, or -1. */
  listenerOn(machine: number, port: number): number;
  onAccepted(process: number, connection: ConnectionId): void;
  onConnected(process: number, connection: ConnectionId): void;
  onFailed(process: number, connection: ConnectionId, reason: ConnectFailure): void;
  onMessages(process: number, connection: ConnectionId, messages: readonly unknown[]): void;
  onClosed(process: number, connection: ConnectionId, reason: CloseReason): void;
}

function passes(world: WorldState, end: End): boolean {
  return isOpen(world.network, end.machine, end.peer.machine);
}

function schedule(
  world: WorldState,
  atUs: number,
  kind: EventKind,
  end: End,
  token: number,
  payload: unknown,
): void {
  enqueue(world.queue, atUs, 1, kind, 0, token, end, payload);
}

// --- Connecting -------------------------------------------------------------------------------------------------

/** Starts a connection from a process to a machine; `toMachine` is -1 for an address without a route. */
export function openConnection(
  world: WorldState,
  process: number,
  toMachine: number,
  port: number,
  isLoopback: boolean,
  atUs: number,
): ConnectionId {
  const id = world.connections.length;
  const machine = world.processes[process]!.machine;
  const hasRoute = toMachine >= 0;
  const there = hasRoute ? pathOf(world.network, machine, toMachine) : null;
  const back = hasRoute ? pathOf(world.network, toMachine, machine) : null;
  const connection = createConnection(id, [machine, toMachine], [there, back], port, isLoopback);
  world.connections.push(connection);
  addEnd(world, connection.ends[0], process);
  sendSyn(world, connection, atUs);
  return connection.ends[0].id;
}

/** Numbers an end among those of its process. */
function addEnd(world: WorldState, end: End, process: number): void {
  const { ends } = world.processes[process]!;
  end.process = process;
  end.id = ends.length;
  ends.push(end);
}

function sendSyn(world: WorldState, connection: Connection, atUs: number): void {
  const [from, to] = connection.ends;
  if (to.machine < 0) {
    failConnect(world, connection, atUs, 'unreachable');
    return;
  }
  const path = from.path!;
  if (path.neighbour !== null && startCycle(path.neighbour, atUs)) {
    connection.unreachableAtUs = cycleEndUs(path.neighbour, atUs);
    failConnect(world, connection, connection.unreachableAtUs, 'unreachable');
    return;
  }
  if (!isOpen(world.network, from.machine, to.machine) || isLost(world.network, path)) {
    retrySyn(world, connection, atUs);
    return;
  }
  const leavesAtUs = Math.max(atUs, path.resolvedAtUs);
  schedule(world, leavesAtUs + travelUs(world.network, path), 'syn-arrives', from, 0, null);
}

function retrySyn(world: WorldState, connection: Connection, atUs: number): void {
  const delayUs = synDelayUs(connection.synAttempts++);
  if (connection.synAttempts > MAX_SYN_RETRANSMISSIONS + 1) {
    failConnect(world, connection, atUs, 'timed-out');
    return;
  }
  schedule(world, kernelTimerUs(atUs, delayUs), 'syn-retry', connection.ends[0], connection.synToken, null);
}

function failConnect(world: WorldState, connection: Connection, atUs: number, reason: ConnectFailure): void {
  schedule(world, atUs, 'connect-failed', connection.ends[0], connection.synToken, reason);
}

export function onSynRetry(world: WorldState, { connection }: End, token: number): void {
  if (connection.state !== 'connecting' || token !== connection.synToken) return;
  sendSyn(world, connection, world.nowUs);
}

/** A SYN reaches its machine: the kernel answers, whatever its process is doing. */
export function onSynArrives(world: WorldState, { connection }: End, listener: TransportListener): void {
  if (connection.state !== 'connecting') return;
  const target = connection.ends[1];
  const back = target.path!;
  if (world.network.off[target.machine] === true || !passes(world, target) || isLost(world.network, back)) {
    retrySyn(world, connection, world.nowUs);
    return;
  }
  const answeredAtUs = Math.max(world.nowUs, back.resolvedAtUs) + travelUs(world.network, back);
  const process = listener.listenerOn(target.machine, connection.port);
  if (process < 0) {
    failConnect(world, connection, answeredAtUs, 'refused');
    return;
  }
  addEnd(world, target, process);
  target.lastArrivalUs = smallInteger(answeredAtUs);
  schedule(world, target.lastArrivalUs, 'connected', connection.ends[0], 0, null);
  listener.onAccepted(process, target.id);
}

export function onConnected(world: WorldState, origin: End, listener: TransportListener): void {
  const { connection } = origin;
  if (connection.state !== 'connecting') return;
  connection.state = 'open';
  const held = origin.held!;
  origin.held = null;
  if (origin.vanished) {
    answerWithReset(world, origin);
    return;
  }
  for (const segment of held) transmit(world, origin, segment, world.nowUs);
  if (origin.open) listener.onConnected(origin.process, origin.id);
}

export function onConnectFailed(
  world: WorldState,
  origin: End,
  token: number,
  reason: ConnectFailure,
  listener: TransportListener,
): void {
  const { connection } = origin;
  if (connection.state !== 'connecting' || token !== connection.synToken) return;
  forget(world, connection);
  if (origin.open) listener.onFailed(origin.process, origin.id, reason);
}

// --- Sending ----------------------------------------------------------------------------------------------------

/** Sends a segment at `atUs`, behind what its end has sent before. */
export function transmit(world: WorldState, end: End, segment: Segment, atUs: number): void {
  if (end.held !== null) {
    end.held.push(segment);
    return;
  }
  const { peer } = end;
  const path = end.path!;
  const clear = path.clear && peer.path!.clear && path.resolvedAtUs <= atUs;
  if (clear && end.retransmission === null) {
    arrive(world, end, peer, segment, atUs + travelUs(world.network, path));
    return;
  }
  transmitDisturbed(world, end, segment, atUs, path);
}

function arrive(world: WorldState, end: End, peer: End, segment: Segment, atUs: number): void {
  const arrivesAtUs = smallInteger(Math.max(atUs, end.lastArrivalUs));
  end.lastArrivalUs = arrivesAtUs;
  enqueue(world.queue, arrivesAtUs, 1, 'deliver', 0, 0, peer, segment);
}

function transmitDisturbed(world: WorldState, end: End, segment: Segment, atUs: number, path: Path): void {
  const waiting = end.retransmission;
  const { peer } = end;
  const sent = onlyAckMissing(waiting) && passes(world, end) && !isLost(world.network, path);
  if (sent) {
    const leavesAtUs = Math.max(atUs, path.resolvedAtUs);
    arrive(world, end, peer, segment, leavesAtUs + travelUs(world.network, path));
    if (waiting !== null || passes(world, peer)) return;
  }
  if (waiting !== null) {
    waiting.segments.push(segment);
    return;
  }
  end.retransmission = {
    segments: sent ? [] : [segment],
    attempts: 0,
    firstTimeoutUs: firstTimeoutUs(
      path.latencyUs + peer.path!.latencyUs,
      Math.max(0, atUs - end.lastArrivalUs),
      peer.lastArrivalUs > end.lastArrivalUs,
    ),
    token: 0,
    firstArrived: sent,
    probing: false,
  };
  scheduleRetransmission(world, end, atUs, path);
}

/** Everything sent so far has arrived, so what is sent now does not overtake anything. */
function onlyAckMissing(waiting: Retransmission | null): boolean {
  if (waiting === null) return true;
  return waiting.firstArrived && waiting.attempts === 0 && waiting.segments.length === 0;
}

/** R-NET-2: a time-out, doubling; towards an isolated machine, address resolution decides instead. */
function scheduleRetransmission(world: WorldState, end: End, atUs: number, path: Path): void {
  const retransmission = end.retransmission!;
  if (path.neighbour !== null && startCycle(path.neighbour, atUs)) {
    path.neighbour.sustained = true;
    retransmission.probing = true;
    return;
  }
  retransmission.token++;
  const delayUs = retransmissionDelayUs(retransmission.firstTimeoutUs, retransmission.attempts);
  schedule(world, kernelTimerUs(atUs, delayUs), 'retransmit', end, retransmission.token, null);
}

export function onRetransmit(world: WorldState, end: End, token: number, listener: TransportListener): void {
  const retransmission = end.retransmission;
  if (retransmission === null || retransmission.token !== token) return;
  const path = end.path!;
  if (passes(world, end) && !isLost(world.network, path)) {
    if (passes(world, end.peer)) {
      releaseSegments(world, end, path);
      return;
    }
    deliverOldest(world, end, path);
  }
  retransmission.attempts++;
  if (retransmission.attempts > MAX_RETRANSMISSIONS) {
    giveUp(world, end, listener);
    return;
  }
  scheduleRetransmission(world, end, world.nowUs, path);
}

function deliverOldest(world: WorldState, end: End, path: Path): void {
  const retransmission = end.retransmission!;
  if (retransmission.firstArrived) return;
  retransmission.firstArrived = true;
  const oldest = retransmission.segments.shift();
  if (oldest === undefined) return;
  arrive(world, end, end.peer, oldest, world.nowUs + travelUs(world.network, path));
}

/** The oldest segment gets through, the others follow its acknowledgement. */
function releaseSegments(world: WorldState, end: End, path: Path): void {
  const { segments } = end.retransmission!;
  end.retransmission = null;
  const { peer } = end;
  const firstUs = Math.max(world.nowUs, path.resolvedAtUs) + path.latencyUs;
  const roundTripUs = path.latencyUs + peer.path!.latencyUs;
  segments.forEach((segment, index) => {
    arrive(world, end, peer, segment, index === 0 ? firstUs : firstUs + roundTripUs);
  });
}

function giveUp(world: WorldState, end: End, listener: TransportListener): void {
  end.retransmission = null;
  const wasOpen = end.open;
  end.open = false;
  forgetIfOver(world, end.connection);
  if (wasOpen) listener.onClosed(end.process, end.id, 'timed-out');
}

/** After a rejoin: what waited for address resolution goes on at the next probe. */
export function resumeProbing(world: WorldState): void {
  for (const connection of world.connections) {
    if (connection === null || connection.ends[1].machine < 0) continue;
    for (const end of connection.ends) resumeDirection(world, end);
    resumeConnecting(world, connection);
  }
}

function resumeDirection(world: WorldState, end: End): void {
  const retransmission = end.retransmission;
  if (retransmission === null || !retransmission.probing) return;
  const path = end.path!;
  if (path.neighbour !== null) return;
  retransmission.probing = false;
  retransmission.token++;
  const atUs = Math.max(world.nowUs, path.resolvedAtUs);
  schedule(world, atUs, 'retransmit', end, retransmission.token, null);
}

function resumeConnecting(world: WorldState, connection: Connection): void {
  if (connection.state !== 'connecting') return;
  const path = connection.ends[0].path!;
  if (path.neighbour !== null || path.resolvedAtUs >= connection.unreachableAtUs) return;
  connection.synToken++;
  connection.unreachableAtUs = -1;
  // Isolated anew meanwhile, nobody may be probing any more.
  const atUs = Math.max(world.nowUs, path.resolvedAtUs);
  schedule(world, atUs, 'syn-retry', connection.ends[0], connection.synToken, null);
}

// --- Receiving and closing ----------------------------------------------------------------------------------------

export function onDeliver(
  world: WorldState,
  receiver: End,
  segment: Segment,
  listener: TransportListener,
): void {
  if (!receiver.open) {
    if (typeof segment === 'object') answerWithReset(world, receiver);
    return;
  }
  const { process, id } = receiver;
  if (typeof segment === 'object') {
    listener.onMessages(process, id, segment);
    return;
  }
  receiver.open = false;
  receiver.retransmission = null;
  forgetIfOver(world, receiver.connection);
  listener.onClosed(process, id, segment === 'fin' ? 'closed' : 'reset');
}

/** Bytes for a socket that is gone: the kernel answers with a reset. */
function answerWithReset(world: WorldState, receiver: End): void {
  const sender = receiver.peer;
  if (!sender.open || !passes(world, receiver)) return;
  const path = receiver.path!;
  const leavesAtUs = Math.max(world.nowUs, path.resolvedAtUs);
  schedule(world, leavesAtUs + travelUs(world.network, path), 'deliver', sender, 0, 'reset');
}

/** The process at this end closes, behind what it has sent. */
export function closeEnd(world: WorldState, end: End, atUs: number): void {
  const { connection } = end;
  end.open = false;
  if (connection.state === 'connecting' && connection.ends[1].process < 0) {
    forget(world, connection);
    return;
  }
  if (end.peer.open) transmit(world, end, 'fin', atUs);
  forgetIfOver(world, connection);
}

/** The machine at this end loses power: nothing is sent. An attempt that nobody has accepted goes with its own machine only. */
export function vanishEnd(world: WorldState, end: End): void {
  const { connection } = end;
  if (connection.state === 'connecting' && connection.ends[1].process < 0) {
    if (end === connection.ends[0]) forget(world, connection);
    return;
  }
  end.open = false;
  end.vanished = true;
  end.retransmission = null;
  forgetIfOver(world, connection);
}

function forgetIfOver(world: WorldState, connection: Connection): void {
  if (!connection.ends[0].open && !connection.ends[1].open) forget(world, connection);
}

function forget(world: WorldState, connection: Connection): void {
  connection.state = 'over';
  world.connections[connection.id] = null;
  removeEnd(world, connection.ends[0]);
  removeEnd(world, connection.ends[1]);
}

function removeEnd(world: WorldState, end: End): void {
  if (end.id !== 0) world.processes[end.process]!.ends[end.id] = null;
}
