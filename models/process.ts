/**
 * What a process is: a pure state machine that is handed stimuli and asks its host for effects.
 *
 * State is plain data (objects, arrays, Maps, numbers, strings): a world can be copied
 * at any instant. A model changes only its own state and never keeps the host. Whether the host carries the
 * messages in virtual time or as RESP over sockets is none of the model's business.
 */
import type { Message } from './commands.ts';
import type { EventName } from './events.ts';
import type { RandomStream } from './random.ts';

/** Names one end of a TCP connection within its process, counted from 1. Never reused within a run. */
export type ConnectionId = number;

/** Why a connection attempt failed. */
export type ConnectFailure = 'refused' | 'timed-out' | 'unreachable' | 'unresolvable';

/** How an established connection ended: the peer closed it, or the transport gave up. */
export type CloseReason = 'closed' | 'reset' | 'timed-out';

/** Signals that a process can handle itself. SIGKILL, SIGSTOP and SIGCONT are the host's. */
export type Signal = 'TERM' | 'INT';

/** The effects a process may ask for, and the clocks it may read. Valid only during the call it is passed to. */
export interface Host {
  /** Monotonic time in microseconds. Grows within a stimulus only by {@link stall}. */
  readonly nowUs: number;
  /** Wall clock in microseconds: `nowUs` plus an offset that a clock jump changes. */
  readonly wallUs: number;
  /** Host name of this process's machine. */
  readonly name: string;
  /** Numeric address of this process's machine. */
  readonly address: string;

  /** The numeric address for a host name (numeric text resolves to itself), or null. */
  resolve(hostName: string): string | null;
  /**
   * Starts to connect to a numeric address; the outcome arrives as `connected` or `failed`.
   * Messages sent before that are kept and leave when the connection stands.
   */
  connect(address: string, port: number): ConnectionId;
  /** Sends at the end of this stimulus. Ignored on a connection that has ended. */
  send(connection: ConnectionId, message: Message): void;
  /** Closes after what was already sent; this process hears no more of the connection. */
  close(connection: ConnectionId): void;
  /** Closes without what this stimulus has sent, and hears no more of the connection. */
  abandon(connection: ConnectionId): void;
  /** Numeric address of the other end. */
  peerAddress(connection: ConnectionId): string;
  /** Tells observers what happened, at the present instant. */
  announce(event: EventName, message: string): void;
  /** The process is busy for this long: its clock moves on, its output waits, its input queues. */
  stall(durationUs: number): void;
  /** Asks for `wake` at this monotonic time; replaces the previous request. `Infinity` withdraws it. */
  wakeAt(timeUs: number): void;
  /** False while the disk of this machine is full or its files cannot be replaced. */
  diskWritable(): boolean;
  /** A stream of random numbers for one concern of this process incarnation. */
  stream(concern: string): RandomStream;
  /** Ends the process: its connections are closed, its port refuses. */
  exit(status: number): void;
}

/**
 * The behaviour of one kind of process. Every stimulus enters by one of these functions.
 * `Disk` is what survives the process; the model changes it when it writes a file.
 */
export interface Behaviour<Spec, State, Disk> {
  /** The files of a machine on which this process has never run. */
  format(spec: Spec): Disk;
  /** The process starts. It is listening as soon as this returns. */
  boot(spec: Spec, disk: Disk, host: Host): State;
  /** A peer has connected to this process's port. */
  accepted(state: State, host: Host, connection: ConnectionId): void;
  /** A connection that this process asked for stands. */
  connected(state: State, host: Host, connection: ConnectionId): void;
  /** A connection that this process asked for could not be made. */
  failed(state: State, host: Host, connection: ConnectionId, reason: ConnectFailure): void;
  /** An established connection was ended by the peer or the network. */
  closed(state: State, host: Host, connection: ConnectionId, reason: CloseReason): void;
  /** A message has arrived. */
  receive(state: State, host: Host, connection: ConnectionId, message: Message): void;
  /** The time asked for by `wakeAt` has come. Ordered after all deliveries of the same microsecond. */
  wake(state: State, host: Host): void;
  /**
   * The process goes on after it was stopped (SIGSTOP) at `stoppedAtUs`. Called before its queued input.
   * Timers that came due meanwhile run once, late, after that input (S-TIMER-6).
   */
  resumed(state: State, host: Host, stoppedAtUs: number): void;
  /** The machine's wall clock was set. Only a process that computes ahead when its timers act needs to know. */
  clockChanged?(state: State, host: Host): void;
  /** A signal arrived. */
  signal(state: State, host: Host, signal: Signal): void;
  /** The machine loses power: drops from the disk what was never synced. */
  powerLoss(spec: Spec, disk: Disk, nowUs: number, ranUntilUs: number): void;
}
