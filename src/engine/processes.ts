/** The processes of a world: their lives, and the stimuli that reach them one at a time. */
import type { Message } from '../../models/commands.ts';
import type { End } from '../../models/network/connection.ts';
import type {
  Behaviour,
  CloseReason,
  ConnectFailure,
  ConnectionId,
  Host,
  Signal,
} from '../../models/process.ts';
import { drawFrom } from '../../models/random.ts';
import { enqueue } from './eventQueue.ts';
import type { Program } from './program.ts';
import { closeEnd, type TransportListener } from './transport.ts';
import type { World } from './world.ts';
import { WorldHost } from './worldHost.ts';
import type { Process, Stimulus } from './worldState.ts';

const NEVER = Number.POSITIVE_INFINITY;
const PORTS = 65_536;

// biome-ignore lint/suspicious/noExplicitAny: a world holds behaviours of every kind side by side
type AnyBehaviour = Behaviour<any, any, any>;

export class Processes implements TransportListener {
  private readonly world: World;
  private readonly host: WorldHost;
  private readonly programs: readonly Program[];
  private readonly behaviours: readonly AnyBehaviour[];
  /** Machine and port → the process that listens there when it is up. */
  private readonly listeners = new Map<number, number>();

  constructor(world: World, programs: readonly Program[]) {
    this.world = world;
    this.host = new WorldHost(world);
    this.programs = programs;
    this.behaviours = programs.map(({ behaviour }) => behaviour);
    programs.forEach(({ machine, port }, process) => {
      if (port > 0) this.listeners.set(machine * PORTS + port, process);
    });
  }

  // --- Lives -----------------------------------------------------------------------------------------------------

  /** Starts a process that is down; it listens after its boot time. */
  start(process: number): void {
    const { state } = this.world;
    const target = this.at(process);
    if (target.status !== 'down') return;
    // A start within the teardown of a kill: the kernel closes the old connections all the same.
    this.closeAll(process, state.nowUs);
    target.status = 'booting';
    target.incarnation++;
    const bootUs = drawFrom(state.random, this.programs[process]!.bootUs);
    enqueue(state.queue, state.nowUs + bootUs, 1, 'boot', process, target.incarnation, null, null);
  }

  onBoot(process: number, incarnation: number): void {
    const target = this.at(process);
    if (target.status !== 'booting' || target.incarnation !== incarnation) return;
    const program = this.programs[process]!;
    target.status = 'running';
    this.begin(process, target);
    target.state = program.behaviour.boot(program.spec, target.disk, this.host);
    this.end(process, target);
    if (target.stopAtBoot) {
      target.stopAtBoot = false;
      this.pause(process);
    }
  }

  /** SIGKILL: the process is gone, its connections are reset a moment later. */
  kill(process: number): void {
    const { state } = this.world;
    const target = this.at(process);
    if (target.status === 'down') return;
    endProcess(target, state.nowUs);
    const teardownUs = drawFrom(state.random, this.programs[process]!.killTeardownUs);
    enqueue(state.queue, state.nowUs + teardownUs, 1, 'teardown', process, target.incarnation, null, null);
  }

  onTeardown(process: number, incarnation: number): void {
    if (this.at(process).incarnation === incarnation) this.closeAll(process, this.world.state.nowUs);
  }

  /** The machine has lost power: what was not synced is gone, and nobody is told. */
  losePower(process: number): void {
    const target = this.at(process);
    const program = this.programs[process]!;
    const { nowUs } = this.world.state;
    if (target.status !== 'down') endProcess(target, nowUs);
    program.behaviour.powerLoss(program.spec, target.disk, nowUs, target.stoppedAtUs);
  }

  /** SIGSTOP: its kernel goes on taking what comes (R-NET-1). */
  pause(process: number): void {
    const target = this.at(process);
    if (target.status === 'booting') target.stopAtBoot = true;
    if (target.status !== 'running') return;
    target.status = 'stopped';
    target.stoppedAtUs = this.world.state.nowUs;
  }

  /** SIGCONT. */
  resume(process: number): void {
    const target = this.at(process);
    target.stopAtBoot = false;
    if (target.status !== 'stopped') return;
    target.status = 'running';
    this.begin(process, target);
    this.behaviours[process]!.resumed(target.state, this.host, target.stoppedAtUs);
    this.end(process, target);
    this.drain(process, target);
  }

  /** The wall clock of its machine was set. */
  clockChanged(process: number): void {
    const target = this.at(process);
    const behaviour = this.behaviours[process]!;
    if (target.status !== 'running' || behaviour.clockChanged === undefined) return;
    this.begin(process, target);
    behaviour.clockChanged(target.state, this.host);
    this.end(process, target);
  }

  signal(process: number, signal: Signal): void {
    this.stimulate(process, { kind: 'signal', signal });
  }

  /** Lets a person (or a test) act through a process, as one stimulus of it; nothing happens while it is down. */
  interact<State>(process: number, act: (state: State, host: Host) => void): void {
    const target = this.at(process);
    if (target.status !== 'running') return;
    this.begin(process, target);
    act(target.state as State, this.host);
    this.end(process, target);
  }

  private closeAll(process: number, atUs: number): void {
    const { state } = this.world;
    for (const connection of state.connections) {
      const end = connection === null ? undefined : openEndOf(connection.ends, process);
      if (end !== undefined) closeEnd(state, end, atUs);
    }
  }

  // --- Stimuli from the network ----------------------------------------------------------------------------------

  listenerOn(machine: number, port: number): number {
    const process = this.listeners.get(machine * PORTS + port);
    if (process === undefined) return -1;
    const { status } = this.at(process);
    return status === 'running' || status === 'stopped' ? process : -1;
  }

  onAccepted(process: number, connection: ConnectionId): void {
    this.stimulate(process, { kind: 'accepted', connection });
  }

  onConnected(process: number, connection: ConnectionId): void {
    this.stimulate(process, { kind: 'connected', connection });
  }

  onFailed(process: number, connection: ConnectionId, reason: ConnectFailure): void {
    this.stimulate(process, { kind: 'failed', connection, reason });
  }

  onClosed(process: number, connection: ConnectionId, reason: CloseReason): void {
    this.stimulate(process, { kind: 'closed', connection, reason });
  }

  onMessages(process: number, connection: ConnectionId, messages: readonly unknown[]): void {
    const target = this.at(process);
    if (this.isReady(target)) this.receive(process, target, connection, messages);
    else queueStimulus(target, { kind: 'messages', connection, messages });
  }

  private receive(
    process: number,
    target: Process,
    connection: ConnectionId,
    messages: readonly unknown[],
  ): void {
    const behaviour = this.behaviours[process]!;
    this.begin(process, target);
    for (let i = 0; i < messages.length; i++) {
      behaviour.receive(target.state, this.host, connection, messages[i] as Message);
    }
    this.end(process, target);
  }

  private isReady(target: Process): boolean {
    return (
      target.status === 'running' && target.busyUntilUs <= this.world.state.nowUs && target.inbox.length === 0
    );
  }

  private stimulate(process: number, stimulus: Stimulus): void {
    const target = this.at(process);
    if (this.isReady(target)) this.give(process, target, stimulus);
    else queueStimulus(target, stimulus);
  }

  private give(process: number, target: Process, stimulus: Stimulus): void {
    const behaviour = this.behaviours[process]!;
    if (stimulus.kind === 'messages') {
      if (this.stillOpen(process, stimulus.connection)) {
        this.receive(process, target, stimulus.connection, stimulus.messages);
      }
      return;
    }
    this.begin(process, target);
    switch (stimulus.kind) {
      case 'accepted':
        behaviour.accepted(target.state, this.host, stimulus.connection);
        break;
      case 'connected':
        behaviour.connected(target.state, this.host, stimulus.connection);
        break;
      case 'failed':
        behaviour.failed(target.state, this.host, stimulus.connection, stimulus.reason);
        break;
      case 'closed':
        behaviour.closed(target.state, this.host, stimulus.connection, stimulus.reason);
        break;
      case 'signal':
        behaviour.signal(target.state, this.host, stimulus.signal);
        break;
      default:
        stimulus satisfies never;
    }
    this.end(process, target);
  }

  /** False when the process itself has closed the connection since the stimulus was queued. */
  private stillOpen(process: number, id: ConnectionId): boolean {
    return this.at(process).ends[id]?.closing !== true;
  }

  // --- Time ------------------------------------------------------------------------------------------------------

  onWake(process: number, queuedUs: number): void {
    const target = this.at(process);
    if (target.wakeQueuedUs !== queuedUs) return;
    target.wakeQueuedUs = NEVER;
    if (target.status !== 'running' || target.busyUntilUs > queuedUs) return;
    this.wakeIfDue(process, target);
  }

  onUnblock(process: number): void {
    const target = this.at(process);
    if (target.status !== 'running' || target.busyUntilUs > this.world.state.nowUs) return;
    this.drain(process, target);
  }

  private wakeIfDue(process: number, target: Process): void {
    if (target.wakeAtUs > this.world.state.nowUs) {
      this.queueWake(process, target);
      return;
    }
    target.wakeAtUs = NEVER;
    this.begin(process, target);
    this.behaviours[process]!.wake(target.state, this.host);
    this.end(process, target);
  }

  private queueWake(process: number, target: Process): void {
    const { state } = this.world;
    const wakeUs = Math.max(target.wakeAtUs, state.nowUs);
    if (wakeUs >= target.wakeQueuedUs || wakeUs === NEVER) return;
    target.wakeQueuedUs = wakeUs;
    enqueue(state.queue, wakeUs, 2, 'wake', process, 0, null, null);
  }

  /** What waited while the process was stopped or busy, in order; then the timers that came due meanwhile. */
  private drain(process: number, target: Process): void {
    const { state } = this.world;
    const { inbox } = target;
    let next = 0;
    while (next < inbox.length && target.status === 'running' && target.busyUntilUs <= state.nowUs) {
      this.give(process, target, inbox[next++]!);
    }
    inbox.splice(0, next);
    if (target.status === 'running' && target.busyUntilUs <= state.nowUs) this.wakeIfDue(process, target);
  }

  // --- One stimulus ----------------------------------------------------------------------------------------------

  private at(process: number): Process {
    return this.world.state.processes[process]!;
  }

  private begin(process: number, target: Process): void {
    const { state } = this.world;
    this.host.enter(process, target, state.machines[target.machine]!, state.nowUs);
  }

  private end(process: number, target: Process): void {
    const { host } = this;
    const { state } = this.world;
    host.flush();
    if (host.nowUs > state.nowUs) {
      target.busyUntilUs = host.nowUs;
      enqueue(state.queue, host.nowUs, 1, 'unblock', process, 0, null, null);
    }
    if (host.exitStatus !== null) {
      this.world.announce(process, host.nowUs, 'exited', String(host.exitStatus));
      const atUs = host.nowUs;
      endProcess(target, atUs);
      this.closeAll(process, atUs);
      return;
    }
    if (target.wakeAtUs < target.wakeQueuedUs) this.queueWake(process, target);
  }
}

function queueStimulus(target: Process, stimulus: Stimulus): void {
  if (target.status === 'running' || target.status === 'stopped') target.inbox.push(stimulus);
}

function endProcess(target: Process, atUs: number): void {
  if (target.status === 'running') target.stoppedAtUs = atUs;
  target.status = 'down';
  target.state = null;
  target.inbox.splice(0);
  target.busyUntilUs = 0;
  target.stopAtBoot = false;
  target.wakeAtUs = NEVER;
  target.wakeQueuedUs = NEVER;
}

function openEndOf(ends: readonly [End, End], process: number): End | undefined {
  return ends.find((end) => end.process === process && end.open);
}
