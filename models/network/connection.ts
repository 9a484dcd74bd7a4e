/** One TCP connection as both kernels hold it. */
import type { ConnectionId } from '../process.ts';
import type { Path } from './conditions.ts';

/** A machine's own address for itself. */
export const LOOPBACK = '127.0.0.1';

/** What leaves in one go: messages, or the end of a direction, or the answer to bytes for a socket that is gone. */
export type Segment = readonly unknown[] | 'fin' | 'reset';

/** A direction whose oldest segment was not acknowledged. */
export interface Retransmission {
  /** Waiting segments, oldest first. */
  readonly segments: Segment[];
  /** Retransmissions so far. */
  attempts: number;
  /** Time from the transmission to the first retransmission. */
  readonly firstTimeoutUs: number;
  /** Tells the pending timer from older ones. */
  token: number;
  /** The oldest segment has arrived; only its acknowledgement is missing. */
  firstArrived: boolean;
  /** Waits for address resolution instead of TCP's own timer. */
  probing: boolean;
}

export interface End {
  readonly connection: Connection;
  /** Its number within its process; 0: none yet. */
  id: ConnectionId;
  /** The other end; set once, when both are made. */
  peer: End;
  /** The way from this end to the other; null towards an address without a route. */
  readonly path: Path | null;
  /** The process that uses it; -1: none yet. */
  process: number;
  /** -1: an address without a route. */
  readonly machine: number;
  /** The process still uses it. */
  open: boolean;
  /** The machine lost power: its kernel no longer knows the connection. */
  vanished: boolean;
  /** When the last segment sent by this end arrives at the other. */
  lastArrivalUs: number;
  /** Set while this end's segments are not acknowledged. */
  retransmission: Retransmission | null;
  /** What was sent before the connection stood for this end; null once it stands. */
  held: Segment[] | null;
  /** Collected during one stimulus, sent together at its end. */
  outgoing: unknown[] | null;
  /** This end closes at the end of the stimulus. */
  closing: boolean;
}

export interface Connection {
  /** Its number within the world. */
  readonly id: number;
  state: 'connecting' | 'open' | 'over';
  /** The one that connected, and the one that accepted. */
  readonly ends: readonly [End, End];
  readonly port: number;
  /** Each end sees the other at {@link LOOPBACK}. */
  readonly isLoopback: boolean;
  synAttempts: number;
  /** When address resolution fails the attempt ("no route to host"); -1: it does not wait for that. */
  unreachableAtUs: number;
  /** Tells the pending SYN timer from older ones. */
  synToken: number;
}

function createEnd(connection: Connection, machine: number, path: Path | null): End {
  return {
    connection,
    id: 0,
    peer: undefined as unknown as End,
    path,
    process: -1,
    machine,
    open: true,
    vanished: false,
    lastArrivalUs: 0,
    retransmission: null,
    held: null,
    outgoing: null,
    closing: false,
  };
}

/** A connection attempt from one machine to a port of another; the paths are null without a route. */
export function createConnection(
  id: number,
  machines: readonly [number, number],
  paths: readonly [Path | null, Path | null],
  port: number,
  isLoopback: boolean,
): Connection {
  const ends: End[] = [];
  const connection: Connection = {
    id,
    state: 'connecting',
    ends: ends as unknown as [End, End],
    port,
    isLoopback,
    synAttempts: 0,
    unreachableAtUs: -1,
    synToken: 0,
  };
  const origin = createEnd(connection, machines[0], paths[0]);
  origin.held = [];
  const target = createEnd(connection, machines[1], paths[1]);
  origin.peer = target;
  target.peer = origin;
  ends.push(origin, target);
  return connection;
}
