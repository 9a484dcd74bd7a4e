/** Carries segments between processes in virtual time: TCP as a process sees it. */

import { isLost, isOpen, type Path, pathOf, travelUs } from '../../models/network/conditions.ts';
import { type Connection, createConnection, type Segment } from '../../models/network/connection.ts';
import { cycleEndUs, startCycle } from '../../models/network/neighbour.ts';
import {
  MAX_RETRANSMISSIONS,
  MAX_SYN_RETRANSMISSIONS,
  retransmissionDelayUs,
  synDelayUs,
} from '../../models/network/retransmission.ts';
import type { CloseReason, ConnectFailure, ConnectionId } from '../../models/process.ts';
import { enqueue } from './eventQueue.ts';
import type { WorldState } from './worldState.ts';

export type Side = 0 | 1;

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

const FIN: Segment = { messages: [], fin: true };

const other = (side: Side): Side => (side === 0 ? 1 : 0);

function pathFrom(world: WorldState, connection: Connection, side: Side): Path {
  return pathOf(world.network, connection.ends[side].machine, connection.ends[other(side)].machine);
}

function passes(world: WorldState, connection: Connection, side: Side): boolean {
  return isOpen(world.network, connection.ends[side].machine, connection.ends[other(side)].machine);
}

// --- Connecting -------------------------------------------------------------------------------------------------

/** Starts a connection from a process to a machine; `toMachine` is -1 for an address without a route. */
export function openConnection(
  world: WorldState,
  process: number,
  toMachine: number,
  port: number,
  atUs: number,
): ConnectionId {
  const id = world.nextConnection++;
  const machine = world.processes[process]!.machine;
  const connection = createConnection(id, process, machine, toMachine, port);
  world.connections.set(id, connection);
  sendSyn(world, connection, atUs);
  return id;
}

function sendSyn(world: WorldState, connection: Connection, atUs: number): void {
  const [from, to] = connection.ends;
  if (to.machine < 0) {
    failConnect(world, connection, atUs, 'unreachable');
    return;
  }
  const path = pathFrom(world, connection, 0);
  if (path.neighbour !== null && startCycle(path.neighbour, atUs)) {
    const failsAtUs = cycleEndUs(path.neighbour, atUs);
    enqueue(world.queue, failsAtUs, 1, 'connect-failed', connection.id, connection.synToken, 'unreachable');
    return;
  }
  if (!isOpen(world.network, from.machine, to.machine) || isLost(world.network, path)) {
    retrySyn(world, connection, atUs);
    return;
  }
  const leavesAtUs = Math.max(atUs, path.resolvedAtUs);
  enqueue(world.queue, leavesAtUs + travelUs(world.network, path), 1, 'syn-arrives', connection.id, 0, null);
}

function retrySyn(world: WorldState, connection: Connection, atUs: number): void {
  const delayUs = synDelayUs(connection.synAttempts++);
  if (connection.synAttempts > MAX_SYN_RETRANSMISSIONS + 1) {
    failConnect(world, connection, atUs, 'timed-out');
    return;
  }
  enqueue(world.queue, atUs + delayUs, 1, 'syn-retry', connection.id, connection.synToken, null);
}

function failConnect(world: WorldState, connection: Connection, atUs: number, reason: ConnectFailure): void {
  enqueue(world.queue, atUs, 1, 'connect-failed', connection.id, connection.synToken, reason);
}

export function onSynRetry(world: WorldState, connection: Connection, token: number): void {
  if (connection.state !== 'connecting' || token !== connection.synToken) return;
  sendSyn(world, connection, world.nowUs);
}

/** A SYN reaches its machine: the kernel answers, whatever its process is doing. */
export function onSynArrives(world: WorldState, connection: Connection, listener: TransportListener): void {
  const target = connection.ends[1];
  if (world.network.off[target.machine] === true || !passes(world, connection, 1)) {
    retrySyn(world, connection, world.nowUs);
    return;
  }
  const backUs = travelUs(world.network, pathFrom(world, connection, 1));
  const process = listener.listenerOn(target.machine, connection.port);
  if (process < 0) {
    failConnect(world, connection, world.nowUs + backUs, 'refused');
    return;
  }
  target.process = process;
  enqueue(world.queue, world.nowUs + backUs, 1, 'connected', connection.id, 0, null);
  listener.onAccepted(process, connection.id);
}

export function onConnected(world: WorldState, connection: Connection, listener: TransportListener): void {
  if (connection.state !== 'connecting') return;
  connection.state = 'open';
  const origin = connection.ends[0];
  for (const segment of connection.held) transmit(world, connection, 0, segment, world.nowUs);
  connection.held.length = 0;
  if (origin.open) listener.onConnected(origin.process, connection.id);
}

export function onConnectFailed(
  world: WorldState,
  connection: Connection,
  token: number,
  reason: ConnectFailure,
  listener: TransportListener,
): void {
  if (connection.state !== 'connecting' || token !== connection.synToken) return;
  const origin = connection.ends[0];
  world.connections.delete(connection.id);
  if (origin.open) listener.onFailed(origin.process, connection.id, reason);
}

// --- Sending ----------------------------------------------------------------------------------------------------

/** Sends a segment at `atUs`, behind what its end has sent before. */
export function transmit(
  world: WorldState,
  connection: Connection,
  side: Side,
  segment: Segment,
  atUs: number,
): void {
  if (connection.state === 'connecting') {
    connection.held.push(segment);
    return;
  }
  const end = connection.ends[side];
  const path = pathFrom(world, connection, side);
  if (
    end.retransmission === null &&
    (!world.network.disturbed || end.machine === connection.ends[other(side)].machine)
  ) {
    arrive(world, connection, side, segment, atUs + travelUs(world.network, path));
    return;
  }
  transmitDisturbed(world, connection, side, segment, atUs, path);
}

function arrive(world: WorldState, connection: Connection, side: Side, segment: Segment, atUs: number): void {
  const end = connection.ends[side];
  const arrivesAtUs = atUs > end.lastArrivalUs ? atUs : end.lastArrivalUs;
  end.lastArrivalUs = arrivesAtUs;
  enqueue(world.queue, arrivesAtUs, 1, 'deliver', connection.id, side, segment);
}

function transmitDisturbed(
  world: WorldState,
  connection: Connection,
  side: Side,
  segment: Segment,
  atUs: number,
  path: Path,
): void {
  const end = connection.ends[side];
  const waiting = end.retransmission;
  const onlyAckMissing = waiting === null || (waiting.firstArrived && waiting.attempts === 0);
  const sent = onlyAckMissing && passes(world, connection, side) && !isLost(world.network, path);
  if (sent) {
    arrive(
      world,
      connection,
      side,
      segment,
      Math.max(atUs, path.resolvedAtUs) + travelUs(world.network, path),
    );
    if (waiting !== null || passes(world, connection, other(side))) return;
  }
  if (waiting !== null) {
    waiting.segments.push(segment);
    return;
  }
  end.retransmission = {
    segments: sent ? [] : [segment],
    attempts: 0,
    token: 0,
    firstArrived: sent,
    probing: false,
  };
  scheduleRetransmission(world, connection, side, atUs, path);
}

/** R-NET-2: 200 ms, doubling; towards an isolated machine, address resolution decides instead. */
function scheduleRetransmission(
  world: WorldState,
  connection: Connection,
  side: Side,
  atUs: number,
  path: Path,
): void {
  const retransmission = connection.ends[side].retransmission!;
  if (path.neighbour !== null && startCycle(path.neighbour, atUs)) {
    path.neighbour.sustained = true;
    retransmission.probing = true;
    return;
  }
  retransmission.token++;
  const delayUs = retransmissionDelayUs(retransmission.attempts);
  enqueue(world.queue, atUs + delayUs, 1, 'retransmit', connection.id, side, retransmission.token);
}

export function onRetransmit(
  world: WorldState,
  connection: Connection,
  side: Side,
  token: number,
  listener: TransportListener,
): void {
  const end = connection.ends[side];
  const retransmission = end.retransmission;
  if (retransmission === null || retransmission.token !== token) return;
  const path = pathFrom(world, connection, side);
  if (passes(world, connection, side) && !isLost(world.network, path)) {
    if (passes(world, connection, other(side))) {
      releaseSegments(world, connection, side, path);
      return;
    }
    deliverOldest(world, connection, side, path);
  }
  retransmission.attempts++;
  if (retransmission.attempts > MAX_RETRANSMISSIONS) {
    giveUp(world, connection, side, listener);
    return;
  }
  scheduleRetransmission(world, connection, side, world.nowUs, path);
}

function deliverOldest(world: WorldState, connection: Connection, side: Side, path: Path): void {
  const retransmission = connection.ends[side].retransmission!;
  if (retransmission.firstArrived) return;
  retransmission.firstArrived = true;
  const oldest = retransmission.segments.shift();
  if (oldest !== undefined) {
    arrive(world, connection, side, oldest, world.nowUs + travelUs(world.network, path));
  }
}

/** The oldest segment gets through, the others follow its acknowledgement. */
function releaseSegments(world: WorldState, connection: Connection, side: Side, path: Path): void {
  const end = connection.ends[side];
  const segments = end.retransmission!.segments;
  end.retransmission = null;
  const firstUs = Math.max(world.nowUs, path.resolvedAtUs) + path.latencyUs;
  const roundTripUs = path.latencyUs + pathFrom(world, connection, other(side)).latencyUs;
  segments.forEach((segment, index) => {
    arrive(world, connection, side, segment, index === 0 ? firstUs : firstUs + roundTripUs);
  });
}

function giveUp(world: WorldState, connection: Connection, side: Side, listener: TransportListener): void {
  const end = connection.ends[side];
  end.retransmission = null;
  const wasOpen = end.open;
  end.open = false;
  forgetIfOver(world, connection);
  if (wasOpen) listener.onClosed(end.process, connection.id, 'timed-out');
}

/** After a rejoin: what waited for address resolution goes on at the next probe. */
export function resumeProbing(world: WorldState): void {
  for (const connection of world.connections.values()) {
    for (const side of [0, 1] as const) resumeDirection(world, connection, side);
    resumeConnecting(world, connection);
  }
}

function resumeDirection(world: WorldState, connection: Connection, side: Side): void {
  const retransmission = connection.ends[side].retransmission;
  if (retransmission === null || !retransmission.probing || connection.ends[1].machine < 0) return;
  const path = pathFrom(world, connection, side);
  if (path.neighbour !== null) return;
  retransmission.probing = false;
  retransmission.token++;
  const atUs = Math.max(world.nowUs, path.resolvedAtUs);
  enqueue(world.queue, atUs, 1, 'retransmit', connection.id, side, retransmission.token);
}

function resumeConnecting(world: WorldState, connection: Connection): void {
  if (connection.state !== 'connecting' || connection.ends[1].machine < 0) return;
  const path = pathFrom(world, connection, 0);
  if (path.neighbour !== null || path.resolvedAtUs <= world.nowUs) return;
  connection.synToken++;
  enqueue(world.queue, path.resolvedAtUs, 1, 'syn-retry', connection.id, connection.synToken, null);
}

// --- Receiving and closing ----------------------------------------------------------------------------------------

export function onDeliver(
  world: WorldState,
  connection: Connection,
  side: Side,
  segment: Segment,
  listener: TransportListener,
): void {
  const receiver = connection.ends[other(side)];
  if (receiver.vanished) {
    reset(world, connection, side, listener);
    return;
  }
  if (!receiver.open) return;
  if (segment.messages.length > 0) listener.onMessages(receiver.process, connection.id, segment.messages);
  if (segment.fin && receiver.open) {
    receiver.open = false;
    forgetIfOver(world, connection);
    listener.onClosed(receiver.process, connection.id, 'closed');
  }
}

/** The other machine does not know the connection any more. */
function reset(world: WorldState, connection: Connection, side: Side, listener: TransportListener): void {
  const sender = connection.ends[side];
  const wasOpen = sender.open;
  sender.open = false;
  sender.retransmission = null;
  world.connections.delete(connection.id);
  if (wasOpen) listener.onClosed(sender.process, connection.id, 'reset');
}

/** The process at this end closes, behind what it has sent. */
export function closeEnd(world: WorldState, connection: Connection, side: Side, atUs: number): void {
  const end = connection.ends[side];
  end.open = false;
  if (connection.state === 'connecting' && connection.ends[1].process < 0) {
    world.connections.delete(connection.id);
    return;
  }
  if (connection.ends[other(side)].open) transmit(world, connection, side, FIN, atUs);
  forgetIfOver(world, connection);
}

/** The machine at this end loses power: nothing is sent. */
export function vanishEnd(world: WorldState, connection: Connection, side: Side): void {
  const end = connection.ends[side];
  end.open = false;
  end.vanished = true;
  end.retransmission = null;
  forgetIfOver(world, connection);
}

function forgetIfOver(world: WorldState, connection: Connection): void {
  if (!connection.ends[0].open && !connection.ends[1].open) world.connections.delete(connection.id);
}
