/** The host of a client model in real time: its connections are TCP sockets, its clock is the machine's. */
import { createConnection, type Socket } from 'node:net';
import type { Message, Request } from '../../models/commands.ts';
import type { EventName } from '../../models/events.ts';
import type { Behaviour, ConnectFailure, ConnectionId, Host } from '../../models/process.ts';
import { createStream, type RandomStream } from '../../models/random.ts';
import { pushOf, wordsOf } from './clientWire.ts';
import { nowUs } from './clock.ts';
import { encodeRequest, ReplyReader } from './resp.ts';

/** What a process is started with; plain data. */
export interface SocketProcess<Spec> {
  readonly spec: Spec;
  readonly name: string;
  readonly address: string;
  /** Bind outgoing connections to `address`: where several nodes share one network. */
  readonly bindsAddress: boolean;
  /** Host name → address. */
  readonly names: Readonly<Record<string, string>>;
  readonly seed: number;
}

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  readonly reader: ReplyReader;
  established: boolean;
  subscribed: boolean;
}

const FAILURES: Readonly<Record<string, ConnectFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timed-out',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};
const TIMER_LATENESS_MS = 1;
const NUMERIC = /^\d+(\.\d+){3}$/;

export class SocketHost<Spec, State> implements Host {
  readonly #process: SocketProcess<Spec>;
  readonly #behaviour: Behaviour<Spec, State, null>;
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #streams = new Map<string, RandomStream>();
  #lastConnection = 0;
  #wakeAtUs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => {};
  #stopped = false;
  #state: State | null = null;

  constructor(process: SocketProcess<Spec>, behaviour: Behaviour<Spec, State, null>) {
    this.#process = process;
    this.#behaviour = behaviour;
  }

  boot(): void {
    this.#state = this.#behaviour.boot(this.#process.spec, null, this);
  }

  /** Of a booted process. */
  get state(): State {
    return this.#state!;
  }

  /** Ends all connections and timers; gives the state as it is now. */
  stop(): State {
    this.#stopped = true;
    this.#cancelWake();
    for (const { socket } of this.#connections.values()) socket.destroy();
    return this.state;
  }

  // --- Host ------------------------------------------------------------------------------------------------------

  get nowUs(): number {
    return nowUs();
  }

  get wallUs(): number {
    return nowUs();
  }

  get name(): string {
    return this.#process.name;
  }

  get address(): string {
    return this.#process.address;
  }

  resolve(hostName: string): string | null {
    return NUMERIC.test(hostName) ? hostName : (this.#process.names[hostName] ?? null);
  }

  connect(address: string, port: number): ConnectionId {
    const { bindsAddress, address: localAddress } = this.#process;
    const socket = createConnection({
      host: address,
      port,
      noDelay: true,
      ...(bindsAddress ? { localAddress } : {}),
    });
    const id = ++this.#lastConnection;
    const connection: Connection = {
      socket,
      address,
      reader: new ReplyReader(),
      established: false,
      subscribed: false,
    };
    this.#connections.set(id, connection);
    socket.on('connect', () => this.#onConnect(id, connection));
    socket.on('data', (chunk: Buffer) => this.#onData(id, connection, chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onEnd(id, connection, error.code ?? ''));
    socket.on('close', () => this.#onEnd(id, connection, ''));
    return id;
  }

  send(id: ConnectionId, message: Message): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    const words = wordsOf(message as Request);
    if (words[0] === 'SUBSCRIBE') connection.subscribed = true;
    connection.socket.write(encodeRequest(words));
  }

  close(id: ConnectionId): void {
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    connection?.socket.destroySoon();
  }

  abandon(id: ConnectionId): void {
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    connection?.socket.destroy();
  }

  peerAddress(id: ConnectionId): string {
    return this.#connections.get(id)?.address ?? '';
  }

  announce(_event: EventName, _message: string): void {
    // A client announces nothing that a run document holds.
  }

  stall(_durationUs: number): void {
    throw new Error('a client in real time is never stalled by its model');
  }

  wakeAt(timeUs: number): void {
    if (timeUs === this.#wakeAtUs) return;
    this.#wakeAtUs = timeUs;
    this.#arm();
  }

  diskWritable(): boolean {
    return true;
  }

  stream(concern: string): RandomStream {
    const known = this.#streams.get(concern);
    if (known !== undefined) return known;
    const stream = createStream(this.#process.seed, `${this.#process.name}/${concern}`);
    this.#streams.set(concern, stream);
    return stream;
  }

  exit(_status: number): void {
    this.stop();
  }

  // --- Stimuli ---------------------------------------------------------------------------------------------------

  #arm(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
    if (this.#stopped || this.#wakeAtUs === Number.POSITIVE_INFINITY) return;
    // Node's timers fire a millisecond or so late, the model's write slots 0.55 ms: the rest is waited for turn by turn.
    const leftMs = Math.floor((this.#wakeAtUs - nowUs()) / 1000) - TIMER_LATENESS_MS;
    if (leftMs >= 1) {
      const timer = setTimeout(() => this.#onTimer(), leftMs);
      this.#cancelWake = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(() => this.#onTimer());
      this.#cancelWake = () => clearImmediate(turn);
    }
  }

  #onTimer(): void {
    if (this.#stopped) return;
    if (nowUs() < this.#wakeAtUs) {
      this.#arm();
      return;
    }
    this.#wakeAtUs = Number.POSITIVE_INFINITY;
    this.#behaviour.wake(this.state, this);
  }

  #isCurrent(id: ConnectionId, connection: Connection): boolean {
    return !this.#stopped && this.#connections.get(id) === connection;
  }

  #onConnect(id: ConnectionId, connection: Connection): void {
    if (!this.#isCurrent(id, connection)) return;
    connection.established = true;
    this.#behaviour.connected(this.state, this, id);
  }

  #onData(id: ConnectionId, connection: Connection, chunk: Buffer): void {
    for (const reply of connection.reader.read(chunk)) {
      if (!this.#isCurrent(id, connection)) return;
      const message = connection.subscribed ? pushOf(reply) : reply;
      this.#behaviour.receive(this.state, this, id, message);
    }
  }

  #onEnd(id: ConnectionId, connection: Connection, code: string): void {
    if (!this.#isCurrent(id, connection)) return;
    this.#connections.delete(id);
    connection.socket.destroy();
    if (connection.established) {
      const reason = code === 'ETIMEDOUT' ? 'timed-out' : code === '' ? 'closed' : 'reset';
      this.#behaviour.closed(this.state, this, id, reason);
    } else {
      this.#behaviour.failed(this.state, this, id, FAILURES[code] ?? 'unreachable');
    }
  }
}
