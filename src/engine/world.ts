/**
 * The world: turns due events into stimuli and the effects of the processes into events.
 * A run is a pure function of the programs, the seed and the calls made on the world.
 */
import mitt, { type Emitter } from 'mitt';
import type { Message } from '../../models/commands.ts';
import type { EventName } from '../../models/events.ts';
import {
  changeCut,
  createNetwork,
  isolate,
  type Network,
  pathOf,
  rejoin,
  setPower,
} from '../../models/network/conditions.ts';
import type { End, Segment } from '../../models/network/connection.ts';
import type { Behaviour, ConnectFailure, ConnectionId, Host, Signal } from '../../models/process.ts';
import { createStream, drawBelow, drawFrom, type Range } from '../../models/random.ts';
import { createQueue, dequeue, enqueue, type QueuedEvent } from './eventQueue.ts';
import {
  closeEnd,
  onConnected,
  onConnectFailed,
  onDeliver,
  onRetransmit,
  onSynArrives,
  onSynRetry,
  resumeProbing,
  type TransportListener,
  vanishEnd,
} from './transport.ts';
import { WorldHost } from './worldHost.ts';
import type { Process, Stimulus, WorldState } from './worldState.ts';

/** What an observer hears; with nobody listening an event costs next to nothing. */
export type WorldEvents = {
  announce: Announcement;
};

export interface Announcement {
  readonly atUs: number;
  readonly process: number;
  readonly node: string;
  readonly event: EventName;
  readonly message: string;
}

/** A process of a world: what it is, where it runs and how it starts. */
export interface Program {
  readonly name: string;
  readonly machine: number;
  readonly port: number;
  // biome-ignore lint/suspicious/noExplicitAny: a world holds behaviours of every kind side by side
  readonly behaviour: Behaviour<any, any, any>;
  readonly spec: unknown;
  readonly bootUs: Range;
  readonly killTeardownUs: Range;
}

export interface WorldPlan {
  readonly seed: number;
  readonly machines: readonly { readonly name: string; readonly address: string }[];
  /** Further host names → address. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly programs: readonly Program[];
  readonly network: {
    readonly latencyUs: number;
    readonly jitterUs: number;
    readonly lossPerMillion: number;
  };
}

/** The wall clock starts here, plus a fraction of a second drawn from the seed: seconds count from an arbitrary phase. */
const WALL_CLOCK_START_US = 1_000_000_000;

function createState(plan: WorldPlan): WorldState {
  const random = createStream(plan.seed, 'world');
  const clockOffsetUs = WALL_CLOCK_START_US + drawBelow(random, 1_000_000);
  const names = new Map<string, string>(Object.entries(plan.aliases));
  for (const { name, address } of plan.machines) {
    names.set(name, address);
    names.set(address, address);
  }
  return {
    nowUs: 0,
    seed: plan.seed,
    queue: createQueue(),
    machines: plan.machines.map(({ name, address }) => ({
      name,
      address,
      clockOffsetUs,
      diskWritable: true,
    })),
    processes: plan.programs.map((program) => ({
      name: program.name,
      machine: program.machine,
      port: program.port,
      status: 'down',
      incarnation: 0,
      state: null,
      disk: program.behaviour.format(program.spec),
      inbox: [],
      busyUntilUs: 0,
      stoppedAtUs: 0,
      stopAtBoot: false,
      wakeAtUs: Number.POSITIVE_INFINITY,
      wakeQueuedUs: Number.POSITIVE_INFINITY,
    })),
    connections: new Map(),
    nextConnection: 1,
    network: createNetwork(plan.machines.length, plan.network, createStream(plan.seed, 'network')),
    names,
    random,
  };
}

export class World {
  readonly plan: WorldPlan;
  readonly bus: Emitter<WorldEvents> = mitt<WorldEvents>();
  state: WorldState;
  /** Events handled so far. */
  handled = 0;
  /** Carries out what the timeline asks for; set by the run. */
  onAction: (action: number) => void = () => {};
  readonly #host: WorldHost;
  readonly #listener: TransportListener;
  readonly #machineByAddress: ReadonlyMap<string, number>;

  constructor(plan: WorldPlan, state: WorldState = createState(plan)) {
    this.plan = plan;
    this.state = state;
    this.#machineByAddress = new Map(plan.machines.map(({ address }, index) => [address, index]));
    this.#host = new WorldHost(this);
    this.#listener = {
      listenerOn: (machine, port) => this.#listenerOn(machine, port),
      onAccepted: (process, connection) => this.#stimulate(process, { kind: 'accepted', connection }),
      onConnected: (process, connection) => this.#stimulate(process, { kind: 'connected', connection }),
      onFailed: (process, connection, reason) =>
        this.#stimulate(process, { kind: 'failed', connection, reason }),
      onClosed: (process, connection, reason) =>
        this.#stimulate(process, { kind: 'closed', connection, reason }),
      onMessages: (process, connection, messages) => this.#deliver(process, connection, messages),
    };
  }

  get nowUs(): number {
    return this.state.nowUs;
  }

  /** A copy of the state at this instant; `fork` and `restore` take it. */
  snapshot(): WorldState {
    return structuredClone(this.state);
  }

  /** Goes back (or on) to a snapshot of a world with the same plan. */
  restore(snapshot: WorldState): void {
    this.state = structuredClone(snapshot);
  }

  /** A second world at this instant, with its own future. Observers are not taken along. */
  fork(): World {
    return new World(this.plan, this.snapshot());
  }

  /** The number of the process with this name, or -1. */
  processNamed(name: string): number {
    return this.state.processes.findIndex((process) => process.name === name);
  }

  /** The machine with this address, or -1. */
  machineAt(address: string): number {
    return this.#machineByAddress.get(address) ?? -1;
  }

  /** Lets `onAction(action)` be called at this time, before everything else of that microsecond. */
  scheduleAction(atUs: number, action: number): void {
    enqueue(this.state.queue, atUs, 0, 'action', action, 0, null, null);
  }

  /** Handles everything that is due up to and including `untilUs`. */
  runUntil(untilUs: number): void {
    const { queue } = this.state;
    while (queue.heap.length > 0 && queue.heap[0]!.atUs <= untilUs) this.#handle(dequeue(queue));
    this.state.nowUs = untilUs;
  }

  /** Handles the next event, and returns false when there is none. */
  step(): boolean {
    if (this.state.queue.heap.length === 0) return false;
    this.#handle(dequeue(this.state.queue));
    return true;
  }

  // --- What a timeline can do -----------------------------------------------------------------------------------

  /** Starts a process that is down; a machine without power gets it back first. */
  start(process: number): void {
    const target = this.#process(process);
    if (target.status !== 'down') return;
    const { machine } = target;
    if (this.state.network.off[machine] === true) setPower(this.state.network, machine, true);
    target.status = 'booting';
    target.incarnation++;
    const bootUs = drawFrom(this.state.random, this.plan.programs[process]!.bootUs);
    enqueue(this.state.queue, this.nowUs + bootUs, 1, 'boot', process, target.incarnation, null, null);
  }

  /** SIGKILL: the process is gone, its connections are reset a moment later. */
  kill(process: number): void {
    const target = this.#process(process);
    if (target.status === 'down') return;
    this.#endProcess(target);
    const teardownUs = drawFrom(this.state.random, this.plan.programs[process]!.killTeardownUs);
    enqueue(
      this.state.queue,
      this.nowUs + teardownUs,
      1,
      'teardown',
      process,
      target.incarnation,
      null,
      null,
    );
  }

  /** SIGKILL at this time, unless the process has ended by then. */
  killLater(process: number, incarnation: number, atUs: number): void {
    enqueue(this.state.queue, atUs, 1, 'late-kill', process, incarnation, null, null);
  }

  /** Lets a person (or a test) act through a process, as one stimulus of it; nothing happens while it is down. */
  interact<State>(process: number, act: (state: State, host: Host) => void): void {
    const target = this.#process(process);
    if (target.status !== 'running') return;
    this.#begin(process);
    act(target.state as State, this.#host);
    this.#end(process, target);
  }

  /** SIGSTOP. */
  pause(process: number): void {
    const target = this.#process(process);
    if (target.status === 'booting') target.stopAtBoot = true;
    if (target.status !== 'running') return;
    target.status = 'stopped';
    target.stoppedAtUs = this.nowUs;
  }

  /** SIGCONT. */
  resume(process: number): void {
    const target = this.#process(process);
    target.stopAtBoot = false;
    if (target.status !== 'stopped') return;
    target.status = 'running';
    const { behaviour } = this.plan.programs[process]!;
    this.#begin(process);
    behaviour.resumed(target.state, this.#host, target.stoppedAtUs);
    this.#end(process, target);
    this.#drain(process, target);
  }

  signal(process: number, signal: Signal): void {
    this.#stimulate(process, { kind: 'signal', signal });
  }

  /** Power loss of a machine: every process on it is gone, and so is what was not synced. */
  powerOff(machine: number): void {
    setPower(this.state.network, machine, false);
    this.state.processes.forEach((process, index) => {
      if (process.machine !== machine) return;
      const program = this.plan.programs[index]!;
      if (process.status !== 'down') this.#endProcess(process);
      program.behaviour.powerLoss(program.spec, process.disk, this.nowUs);
    });
    for (const connection of [...this.state.connections.values()]) {
      for (const end of connection.ends) if (end.machine === machine) vanishEnd(this.state, end);
    }
  }

  isolate(machines: readonly number[]): void {
    isolate(this.state.network, machines, this.nowUs);
  }

  rejoin(machines: readonly number[]): void {
    rejoin(this.state.network, machines, this.nowUs);
    resumeProbing(this.state);
  }

  /** Adds or removes a silent cut of one direction. */
  changeCut(from: number, to: number, by: 1 | -1): void {
    changeCut(this.state.network, from, to, by);
  }

  /** Removes every cut of one direction. */
  clearCuts(from: number, to: number): void {
    while (from !== to && pathOf(this.state.network, from, to).cuts > 0) this.changeCut(from, to, -1);
  }

  get network(): Network {
    return this.state.network;
  }

  // --- Effects, asked for by the host ----------------------------------------------------------------------------

  announce(process: number, atUs: number, event: EventName, message: string): void {
    if (this.bus.all.size === 0) return;
    this.bus.emit('announce', { atUs, process, node: this.#process(process).name, event, message });
  }

  // --- Events ----------------------------------------------------------------------------------------------------

  #process(process: number): Process {
    return this.state.processes[process]!;
  }

  #listenerOn(machine: number, port: number): number {
    return this.state.processes.findIndex(
      (process) =>
        process.machine === machine &&
        process.port === port &&
        (process.status === 'running' || process.status === 'stopped'),
    );
  }

  #handle(event: QueuedEvent): void {
    this.state.nowUs = event.atUs;
    this.handled++;
    switch (event.kind) {
      case 'deliver':
        onDeliver(this.state, event.end!, event.payload as Segment, this.#listener);
        return;
      case 'wake':
        this.#onWake(event.subject, event.atUs);
        return;
      case 'action':
        this.onAction(event.subject);
        return;
      case 'boot':
        this.#onBoot(event.subject, event.token);
        return;
      case 'teardown':
        if (this.#process(event.subject).incarnation === event.token) this.#closeAll(event.subject);
        return;
      case 'late-kill':
        if (this.#process(event.subject).incarnation === event.token) this.kill(event.subject);
        return;
      case 'unblock':
        this.#onUnblock(event.subject);
        return;
      case 'syn-arrives':
        onSynArrives(this.state, event.end!, this.#listener);
        return;
      case 'syn-retry':
        onSynRetry(this.state, event.end!, event.token);
        return;
      case 'connected':
        onConnected(this.state, event.end!, this.#listener);
        return;
      case 'connect-failed':
        onConnectFailed(this.state, event.end!, event.token, event.payload as ConnectFailure, this.#listener);
        return;
      case 'retransmit':
        onRetransmit(this.state, event.end!, event.token, this.#listener);
        return;
    }
  }

  #onBoot(process: number, incarnation: number): void {
    const target = this.#process(process);
    if (target.status !== 'booting' || target.incarnation !== incarnation) return;
    const program = this.plan.programs[process]!;
    target.status = 'running';
    this.#begin(process);
    target.state = program.behaviour.boot(program.spec, target.disk, this.#host);
    this.#end(process, target);
    if (target.stopAtBoot) {
      target.stopAtBoot = false;
      this.pause(process);
    }
  }

  #onWake(process: number, queuedUs: number): void {
    const target = this.#process(process);
    if (target.wakeQueuedUs !== queuedUs) return;
    target.wakeQueuedUs = Number.POSITIVE_INFINITY;
    if (target.status !== 'running') return;
    if (target.busyUntilUs > queuedUs) return;
    this.#wakeIfDue(process, target);
  }

  #wakeIfDue(process: number, target: Process): void {
    if (target.wakeAtUs > this.nowUs) {
      this.#queueWake(process, target);
      return;
    }
    target.wakeAtUs = Number.POSITIVE_INFINITY;
    this.#begin(process);
    this.plan.programs[process]!.behaviour.wake(target.state, this.#host);
    this.#end(process, target);
  }

  #queueWake(process: number, target: Process): void {
    const wakeUs = target.wakeAtUs > this.nowUs ? target.wakeAtUs : this.nowUs;
    if (wakeUs >= target.wakeQueuedUs || wakeUs === Number.POSITIVE_INFINITY) return;
    target.wakeQueuedUs = wakeUs;
    enqueue(this.state.queue, wakeUs, 2, 'wake', process, 0, null, null);
  }

  #onUnblock(process: number): void {
    const target = this.#process(process);
    if (target.status !== 'running' || target.busyUntilUs > this.nowUs) return;
    this.#drain(process, target);
  }

  /** What waited while the process was stopped or busy, in order; then the timers that came due meanwhile. */
  #drain(process: number, target: Process): void {
    while (target.inbox.length > 0 && target.status === 'running' && target.busyUntilUs <= this.nowUs) {
      this.#give(process, target, target.inbox.shift()!);
    }
    if (target.status === 'running' && target.busyUntilUs <= this.nowUs) this.#wakeIfDue(process, target);
  }

  // --- Stimuli ---------------------------------------------------------------------------------------------------

  #isReady(target: Process): boolean {
    return target.status === 'running' && target.busyUntilUs <= this.state.nowUs && target.inbox.length === 0;
  }

  #deliver(process: number, connection: ConnectionId, messages: readonly unknown[]): void {
    const target = this.#process(process);
    if (!this.#isReady(target)) {
      this.#queueStimulus(target, { kind: 'messages', connection, messages });
      return;
    }
    this.#receive(process, target, connection, messages);
  }

  #receive(process: number, target: Process, connection: ConnectionId, messages: readonly unknown[]): void {
    const { behaviour } = this.plan.programs[process]!;
    this.#begin(process);
    for (let i = 0; i < messages.length; i++) {
      behaviour.receive(target.state, this.#host, connection, messages[i] as Message);
    }
    this.#end(process, target);
  }

  #stimulate(process: number, stimulus: Stimulus): void {
    const target = this.#process(process);
    if (this.#isReady(target)) this.#give(process, target, stimulus);
    else this.#queueStimulus(target, stimulus);
  }

  #queueStimulus(target: Process, stimulus: Stimulus): void {
    if (target.status === 'running' || target.status === 'stopped') target.inbox.push(stimulus);
  }

  #give(process: number, target: Process, stimulus: Stimulus): void {
    const { behaviour } = this.plan.programs[process]!;
    const host = this.#host;
    if (stimulus.kind === 'messages') {
      if (this.#stillOpen(process, stimulus.connection)) {
        this.#receive(process, target, stimulus.connection, stimulus.messages);
      }
      return;
    }
    this.#begin(process);
    switch (stimulus.kind) {
      case 'accepted':
        behaviour.accepted(target.state, host, stimulus.connection);
        break;
      case 'connected':
        behaviour.connected(target.state, host, stimulus.connection);
        break;
      case 'failed':
        behaviour.failed(target.state, host, stimulus.connection, stimulus.reason);
        break;
      case 'closed':
        behaviour.closed(target.state, host, stimulus.connection, stimulus.reason);
        break;
      case 'signal':
        behaviour.signal(target.state, host, stimulus.signal);
        break;
      default:
        stimulus satisfies never;
    }
    this.#end(process, target);
  }

  /** False when the process itself has closed the connection since the stimulus was queued. */
  #stillOpen(process: number, id: ConnectionId): boolean {
    const connection = this.state.connections.get(id);
    if (connection === undefined) return true;
    return connection.ends.some((end) => end.process === process && !end.closing);
  }

  #begin(process: number): void {
    const target = this.#process(process);
    const machine = this.state.machines[target.machine]!;
    this.#host.enter(process, target, machine, this.state.nowUs);
  }

  #end(process: number, target: Process): void {
    const host = this.#host;
    host.flush();
    if (host.nowUs > this.state.nowUs) {
      target.busyUntilUs = host.nowUs;
      enqueue(this.state.queue, host.nowUs, 1, 'unblock', process, 0, null, null);
    }
    if (host.exitStatus !== null) {
      this.announce(process, host.nowUs, 'exited', String(host.exitStatus));
      this.#endProcess(target);
      this.#closeAll(process);
      return;
    }
    if (target.wakeAtUs < target.wakeQueuedUs) this.#queueWake(process, target);
  }

  #endProcess(target: Process): void {
    target.status = 'down';
    target.state = null;
    target.inbox.length = 0;
    target.busyUntilUs = 0;
    target.stopAtBoot = false;
    target.wakeAtUs = Number.POSITIVE_INFINITY;
    target.wakeQueuedUs = Number.POSITIVE_INFINITY;
  }

  #closeAll(process: number): void {
    for (const connection of [...this.state.connections.values()]) {
      const end = openEndOf(connection.ends, process);
      if (end !== undefined) closeEnd(this.state, end, this.nowUs);
    }
  }
}

function openEndOf(ends: readonly [End, End], process: number): End | undefined {
  return ends.find((end) => end.process === process && end.open);
}
