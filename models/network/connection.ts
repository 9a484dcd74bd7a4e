/** One TCP connection as both kernels hold it. */
import type { ConnectionId } from '../process.ts';

/** What leaves in one go; `fin` is the last of its direction. */
export interface Segment {
  readonly messages: readonly unknown[];
  readonly fin: boolean;
}

/** A direction whose oldest segment was not acknowledged. */
export interface Retransmission {
  /** Waiting segments, oldest first. */
  readonly segments: Segment[];
  /** Retransmissions so far. */
  attempts: number;
  /** Tells the pending timer from older ones. */
  token: number;
  /** The oldest segment has arrived; only its acknowledgement is missing. */
  firstArrived: boolean;
  /** Waits for address resolution instead of TCP's own timer. */
  probing: boolean;
}

export interface End {
  process: number;
  readonly machine: number;
  /** The process still uses it. */
  open: boolean;
  /** The machine lost power: its kernel no longer knows the connection. */
  vanished: boolean;
  /** When the last segment sent by this end arrives at the other. */
  lastArrivalUs: number;
  /** Set while this end's segments are not acknowledged. */
  retransmission: Retransmission | null;
  /** Collected during one stimulus, sent together at its end. */
  outgoing: unknown[] | null;
  /** This end closes at the end of the stimulus. */
  closing: boolean;
}

export interface Connection {
  readonly id: ConnectionId;
  state: 'connecting' | 'open';
  /** 0 connected to 1. */
  readonly ends: readonly [End, End];
  readonly port: number;
  /** Segments sent before the connection stood. */
  readonly held: Segment[];
  synAttempts: number;
  /** Tells the pending SYN timer from older ones. */
  synToken: number;
}

function createEnd(process: number, machine: number): End {
  return {
    process,
    machine,
    open: true,
    vanished: false,
    lastArrivalUs: 0,
    retransmission: null,
    outgoing: null,
    closing: false,
  };
}

/** A connection attempt; the second end's process is known once the SYN has arrived (-1 until then). */
export function createConnection(
  id: ConnectionId,
  process: number,
  machine: number,
  toMachine: number,
  port: number,
): Connection {
  return {
    id,
    state: 'connecting',
    ends: [createEnd(process, machine), createEnd(-1, toMachine)],
    port,
    held: [],
    synAttempts: 0,
    synToken: 0,
  };
}
