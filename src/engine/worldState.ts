/** A world at one instant, as plain data: a deep copy of it is a snapshot. */

import type { Network } from '../../models/network/conditions.ts';
import type { Connection, End } from '../../models/network/connection.ts';
import type { CloseReason, ConnectFailure, ConnectionId, Signal } from '../../models/process.ts';
import type { RandomStream } from '../../models/random.ts';
import type { EventQueue } from './eventQueue.ts';

/** `booting`: started, not yet listening. `stopped`: by SIGSTOP; its kernel still takes bytes and connections. */
export type ProcessStatus = 'down' | 'booting' | 'running' | 'stopped';

export interface Process {
  readonly name: string;
  readonly machine: number;
  /** 0: does not listen. */
  readonly port: number;
  status: ProcessStatus;
  /** Counts starts; a pending event of an older incarnation is stale. */
  incarnation: number;
  /** The model's state; null while it does not run. */
  state: unknown;
  /** The model's files. */
  disk: unknown;
  /** Its ends of connections by their number, from 1 on; null once both ends have done with the connection. */
  readonly ends: (End | null)[];
  /** Stimuli that wait while the process is stopped or busy. */
  readonly inbox: Stimulus[];
  /** The end of a stall. */
  busyUntilUs: number;
  /** When it last ran, while it is stopped or down. */
  stoppedAtUs: number;
  /** Stopped while it was still booting. */
  stopAtBoot: boolean;
  wakeAtUs: number;
  /** The earliest wake in the queue. */
  wakeQueuedUs: number;
}

export type Stimulus =
  | { readonly kind: 'accepted'; readonly connection: ConnectionId }
  | { readonly kind: 'connected'; readonly connection: ConnectionId }
  | { readonly kind: 'failed'; readonly connection: ConnectionId; readonly reason: ConnectFailure }
  | { readonly kind: 'closed'; readonly connection: ConnectionId; readonly reason: CloseReason }
  | { readonly kind: 'messages'; readonly connection: ConnectionId; readonly messages: readonly unknown[] }
  | { readonly kind: 'signal'; readonly signal: Signal };

export interface MachineState {
  readonly name: string;
  readonly address: string;
  /** Wall clock minus monotonic clock, in microseconds. */
  clockOffsetUs: number;
  diskWritable: boolean;
}

export interface WorldState {
  nowUs: number;
  readonly seed: number;
  readonly queue: EventQueue;
  readonly machines: MachineState[];
  readonly processes: Process[];
  /** By id; null once both ends have done with it. */
  readonly connections: (Connection | null)[];
  readonly network: Network;
  /** Host name → address, for names that resolve. */
  readonly names: Map<string, string>;
  /** Draws boot and teardown times. */
  readonly random: RandomStream;
}
