/** The host that a process sees during one stimulus: clocks, connections and effects of the in-memory world. */
import type { Message } from '../../models/commands.ts';
import type { EventName } from '../../models/events.ts';
import { type End, LOOPBACK } from '../../models/network/connection.ts';
import type { ConnectionId, Host } from '../../models/process.ts';
import { createStream, type RandomStream } from '../../models/random.ts';
import { closeEnd, openConnection, transmit } from './transport.ts';
import type { World } from './world.ts';
import type { MachineState, Process } from './worldState.ts';

const NUMERIC_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$|^[0-9a-f:]*:[0-9a-f:.]*$/i;

export class WorldHost implements Host {
  nowUs = 0;
  exitStatus: number | null = null;
  private readonly world: World;
  private current = -1;
  private target: Process | null = null;
  private site: MachineState | null = null;
  /** Connection ends with output or a close to carry out, in the order in which they were first used. */
  private readonly dirty: End[] = [];
  private dirtyCount = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Begins a stimulus of a process. */
  enter(process: number, target: Process, machine: MachineState, nowUs: number): void {
    this.current = process;
    this.target = target;
    this.site = machine;
    this.nowUs = nowUs;
    this.exitStatus = null;
  }

  get wallUs(): number {
    return this.nowUs + this.site!.clockOffsetUs;
  }

  get name(): string {
    return this.site!.name;
  }

  get address(): string {
    return this.site!.address;
  }

  /** Ends it: what was sent leaves now, at the end of any stall (S-TIMER-11). */
  flush(): void {
    const count = this.dirtyCount;
    if (count === 0) return;
    const state = this.world.state;
    for (let i = 0; i < count; i++) {
      const end = this.dirty[i]!;
      const messages = end.outgoing;
      end.outgoing = null;
      if (messages !== null) transmit(state, end, messages, this.nowUs);
      if (end.closing) closeEnd(state, end, this.nowUs);
    }
    this.dirtyCount = 0;
  }

  /** This process's end of a connection that it still uses, or null. */
  private endOf(id: ConnectionId): End | null {
    const end = this.target!.ends[id];
    return end?.open && !end.closing ? end : null;
  }

  resolve(hostName: string): string | null {
    const known = this.world.state.names.get(hostName);
    if (known !== undefined) return known;
    return NUMERIC_ADDRESS.test(hostName) ? hostName : null;
  }

  connect(address: string, port: number): ConnectionId {
    const { state } = this.world;
    const isLoopback = address === LOOPBACK;
    const machine = isLoopback ? this.target!.machine : this.world.machineAt(address);
    return openConnection(state, this.current, machine, port, isLoopback, this.nowUs);
  }

  send(id: ConnectionId, message: Message): void {
    const end = this.endOf(id);
    if (end === null) return;
    if (end.outgoing !== null) {
      end.outgoing.push(message);
      return;
    }
    end.outgoing = [message];
    this.dirty[this.dirtyCount++] = end;
  }

  close(id: ConnectionId): void {
    const end = this.endOf(id);
    if (end === null) return;
    end.closing = true;
    if (end.outgoing === null) this.dirty[this.dirtyCount++] = end;
  }

  abandon(id: ConnectionId): void {
    const end = this.endOf(id);
    if (end === null) return;
    end.closing = true;
    if (end.outgoing === null) this.dirty[this.dirtyCount++] = end;
    else end.outgoing = null;
  }

  peerAddress(id: ConnectionId): string {
    const end = this.endOf(id);
    if (end === null) return '';
    return end.connection.isLoopback
      ? LOOPBACK
      : (this.world.state.machines[end.peer.machine]?.address ?? '');
  }

  announce(event: EventName, message: string): void {
    this.world.announce(this.current, this.nowUs, event, message);
  }

  stall(durationUs: number): void {
    this.nowUs += durationUs;
  }

  wakeAt(timeUs: number): void {
    this.target!.wakeAtUs = timeUs;
  }

  diskWritable(): boolean {
    return this.site!.diskWritable;
  }

  stream(concern: string): RandomStream {
    const { name, incarnation } = this.target!;
    return createStream(this.world.state.seed, `${name}/${incarnation}/${concern}`);
  }

  exit(status: number): void {
    this.exitStatus = status;
  }
}
