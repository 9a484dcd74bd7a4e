/**
 * The world: turns due events into stimuli and the effects of the processes into events.
 * A run is a pure function of the plan and the calls made on the world.
 */
import mitt, { type Emitter } from 'mitt';
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
import type { Segment } from '../../models/network/connection.ts';
import type { ConnectFailure, Host, Signal } from '../../models/process.ts';
import { createStream, drawBelow } from '../../models/random.ts';
import { copyState } from './copyState.ts';
import { createQueue, dequeue, enqueue, peek, type QueuedEvent } from './eventQueue.ts';
import { Processes } from './processes.ts';
import type { WorldPlan } from './program.ts';
import {
  onConnected,
  onConnectFailed,
  onDeliver,
  onRetransmit,
  onSynArrives,
  onSynRetry,
  resumeProbing,
  vanishEnd,
} from './transport.ts';
import type { WorldState } from './worldState.ts';

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
      ends: [null],
      inbox: [],
      busyUntilUs: 0,
      stoppedAtUs: 0,
      stopAtBoot: false,
      wakeAtUs: Number.POSITIVE_INFINITY,
      wakeQueuedUs: Number.POSITIVE_INFINITY,
    })),
    connections: [],
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
  /**
   * Carries out what the timeline asks for; set by the run, to a function that has a name already: V8 places one that is
   * written where it is assigned to a property among the long-lived objects, where it would hold on to its whole world.
   */
  onAction: (action: number) => void = () => {};
  private readonly processes: Processes;
  private readonly machineByAddress: ReadonlyMap<string, number>;

  constructor(plan: WorldPlan, state: WorldState = createState(plan)) {
    this.plan = plan;
    this.state = state;
    this.processes = new Processes(this, plan.programs);
    this.machineByAddress = new Map(plan.machines.map(({ address }, index) => [address, index]));
  }

  get nowUs(): number {
    return this.state.nowUs;
  }

  get network(): Network {
    return this.state.network;
  }

  /** A copy of the state at this instant; `fork` and `restore` take it. */
  snapshot(): WorldState {
    return copyState(this.state);
  }

  /** Goes back (or on) to a snapshot of a world with the same plan. */
  restore(snapshot: WorldState): void {
    this.state = copyState(snapshot);
  }

  /** A second world at this instant, with its own future. Observers are not taken along. */
  fork(): World {
    return new World(this.plan, this.snapshot());
  }

  /** The number of the machine with this address, or -1. */
  machineAt(address: string): number {
    return this.machineByAddress.get(address) ?? -1;
  }

  /** Lets `onAction(action)` be called at this time, before everything else of that microsecond. */
  scheduleAction(atUs: number, action: number): void {
    enqueue(this.state.queue, atUs, 0, 'action', action, 0, null, null);
  }

  /** Handles everything that is due up to and including `untilUs`. */
  runUntil(untilUs: number): void {
    const { queue } = this.state;
    while (queue.size > 0 && peek(queue).atUs <= untilUs) this.handle(dequeue(queue));
    this.state.nowUs = untilUs;
  }

  /** Handles the next event, and returns false when there is none. */
  step(): boolean {
    if (this.state.queue.size === 0) return false;
    this.handle(dequeue(this.state.queue));
    return true;
  }

  /** Tells observers; called by the host. */
  announce(process: number, atUs: number, event: EventName, message: string): void {
    if (this.bus.all.size === 0) return;
    this.bus.emit('announce', { atUs, process, node: this.state.processes[process]!.name, event, message });
  }

  // --- What a timeline can do -----------------------------------------------------------------------------------

  /** Starts a process that is down; a machine without power gets it back first. */
  start(process: number): void {
    const { machine } = this.state.processes[process]!;
    if (this.state.network.off[machine] === true) setPower(this.state.network, machine, true);
    this.processes.start(process);
  }

  /** SIGKILL. */
  kill(process: number): void {
    this.processes.kill(process);
  }

  /** SIGKILL at this time, unless the process has ended by then. */
  killLater(process: number, incarnation: number, atUs: number): void {
    enqueue(this.state.queue, atUs, 1, 'late-kill', process, incarnation, null, null);
  }

  /** SIGSTOP. */
  pause(process: number): void {
    this.processes.pause(process);
  }

  /** SIGCONT. */
  resume(process: number): void {
    this.processes.resume(process);
  }

  signal(process: number, signal: Signal): void {
    this.processes.signal(process, signal);
  }

  /** Lets a person (or a test) act through a process, as one stimulus of it; nothing happens while it is down. */
  interact<State>(process: number, act: (state: State, host: Host) => void): void {
    this.processes.interact(process, act);
  }

  /** Power loss of a machine: every process on it is gone, and so is what was not synced. */
  powerOff(machine: number): void {
    setPower(this.state.network, machine, false);
    this.state.processes.forEach((process, index) => {
      if (process.machine === machine) this.processes.losePower(index);
    });
    for (const connection of this.state.connections) {
      if (connection === null) continue;
      for (const end of connection.ends) if (end.machine === machine) vanishEnd(this.state, end);
    }
  }

  /** Sets the wall clock of a machine forward, or back. */
  changeClock(machine: number, byUs: number): void {
    this.state.machines[machine]!.clockOffsetUs += byUs;
    this.state.processes.forEach((process, index) => {
      if (process.machine === machine) this.processes.clockChanged(index);
    });
  }

  /** Takes machines off the network together. */
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

  // --- Events ----------------------------------------------------------------------------------------------------

  private handle(event: QueuedEvent): void {
    const { state, processes } = this;
    const { atUs, kind, subject, token, end, payload } = event;
    // A spent event waits to be used again, and should hold on to nothing.
    event.end = null;
    event.payload = null;
    state.nowUs = atUs;
    this.handled++;
    switch (kind) {
      case 'deliver':
        onDeliver(state, end!, payload as Segment, processes);
        return;
      case 'wake':
        processes.onWake(subject, atUs);
        return;
      case 'action':
        this.onAction(subject);
        return;
      case 'boot':
        processes.onBoot(subject, token);
        return;
      case 'teardown':
        processes.onTeardown(subject, token);
        return;
      case 'late-kill':
        if (state.processes[subject]!.incarnation === token) this.kill(subject);
        return;
      case 'unblock':
        processes.onUnblock(subject);
        return;
      case 'syn-arrives':
        onSynArrives(state, end!, processes);
        return;
      case 'syn-retry':
        onSynRetry(state, end!, token);
        return;
      case 'connected':
        onConnected(state, end!, processes);
        return;
      case 'connect-failed':
        onConnectFailed(state, end!, token, payload as ConnectFailure, processes);
        return;
      case 'retransmit':
        onRetransmit(state, end!, token, processes);
        return;
    }
  }
}
