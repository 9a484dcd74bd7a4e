/** A laboratory for the Sentinel model: real Sentinels with real or scripted neighbours, on the real engine. */
import type { Hello, Message, Reply, Request } from '../../models/commands.ts';
import { HELLO_CHANNEL } from '../../models/commands.ts';
import { setConditions } from '../../models/network/conditions.ts';
import { parseRequest } from '../../models/parseRequest.ts';
import { type RedisState, type RedisView, redisView } from '../../models/redis/index.ts';
import type { SentinelDisk } from '../../models/sentinel/index.ts';
import type { Instance, Link, SentinelState } from '../../models/sentinel/state.ts';
import { type SentinelView, sentinelViews } from '../../models/sentinel/views.ts';
import { World } from '../../src/engine/world.ts';
import { type ActorState, type Answers, type Heard, pushHello } from './actor.ts';
import { CLIENT, createWorld, type LabPlan } from './sentinelWorld.ts';
import { addressOf, fieldsOf, plain, portOf } from './wire.ts';

export interface Said {
  readonly atUs: number;
  readonly node: string;
  readonly event: string;
  readonly message: string;
}

export class Lab {
  readonly world: World;
  /** Everything announced, in order. */
  readonly said: Said[] = [];
  private readonly indexByName: ReadonlyMap<string, number>;

  constructor(plan: LabPlan | World) {
    this.world = plan instanceof World ? plan : createWorld(plan);
    this.world.bus.on('announce', ({ atUs, node, event, message }) => {
      this.said.push({ atUs, node, event, message });
    });
    this.indexByName = new Map(this.world.plan.programs.map(({ name }, index) => [name, index]));
  }

  /** A second lab at this instant, with a future of its own and nothing said yet. */
  fork(): Lab {
    return new Lab(this.world.fork());
  }

  // --- Time ------------------------------------------------------------------------------------------------------

  get nowUs(): number {
    return this.world.nowUs;
  }

  run(ms: number): this {
    this.world.runUntil(this.nowUs + Math.round(ms * 1000));
    return this;
  }

  /** Goes on event by event until the condition holds. */
  until(condition: () => boolean, limitMs = 120_000): this {
    const limitUs = this.nowUs + limitMs * 1000;
    while (!condition()) {
      if (this.nowUs > limitUs || !this.world.step()) throw new Error('the condition never held');
    }
    return this;
  }

  /** Goes on until the node announces the event, from this instant on, in a line that contains `text`. */
  untilSaid(node: string, event: string, text = '', limitMs = 120_000): Said {
    const fromUs = this.nowUs;
    const found = () => this.lines(node, event, text).find(({ atUs }) => atUs >= fromUs);
    this.until(() => found() !== undefined, limitMs);
    return found()!;
  }

  /** Goes on to the end of the next tick of a Sentinel that does something. */
  untilTick(name: string): this {
    const lastUs = this.sentinel(name).ticks.lastEndUs;
    return this.until(() => this.sentinel(name).ticks.lastEndUs !== lastUs);
  }

  // --- Faults ----------------------------------------------------------------------------------------------------

  process(name: string): number {
    return this.indexByName.get(name)!;
  }

  start(...names: string[]): this {
    for (const name of names) this.world.start(this.process(name));
    return this;
  }

  kill(...names: string[]): this {
    for (const name of names) this.world.kill(this.process(name));
    return this;
  }

  pause(...names: string[]): this {
    for (const name of names) this.world.pause(this.process(name));
    return this;
  }

  resume(...names: string[]): this {
    for (const name of names) this.world.resume(this.process(name));
    return this;
  }

  /** Nothing passes between the two any more, in silence. */
  cut(left: string, right: string): this {
    this.world.changeCut(this.process(left), this.process(right), 1);
    this.world.changeCut(this.process(right), this.process(left), 1);
    return this;
  }

  heal(left: string, right: string): this {
    this.world.clearCuts(this.process(left), this.process(right));
    this.world.clearCuts(this.process(right), this.process(left));
    return this;
  }

  /** One-way latency between two, both directions. */
  slow(left: string, right: string, ms: number): this {
    const [a, b] = [this.process(left), this.process(right)];
    setConditions(this.world.network, a, b, { latencyUs: ms * 1000 });
    setConditions(this.world.network, b, a, { latencyUs: ms * 1000 });
    return this;
  }

  /** Moves the wall clock of a node's machine. */
  jumpClock(name: string, ms: number): this {
    this.world.changeClock(this.process(name), ms * 1000);
    return this;
  }

  setDisk(name: string, writable: boolean): this {
    this.world.state.machines[this.process(name)]!.diskWritable = writable;
    return this;
  }

  /** Makes a host name known, or unknown (null). */
  setName(hostName: string, address: string | null): this {
    if (address === null) this.world.state.names.delete(hostName);
    else this.world.state.names.set(hostName, address);
    return this;
  }

  // --- Commands --------------------------------------------------------------------------------------------------

  /** Opens a connection from the client's machine and sends; it stays open. */
  open(to: string, ...requests: readonly Request[]): number {
    let connection = 0;
    this.world.interact<ActorState>(this.process(CLIENT), (_state, host) => {
      connection = host.connect(addressOf(to), portOf(to));
      for (const request of requests) host.send(connection, request);
    });
    return connection;
  }

  send(connection: number, request: Request): this {
    this.world.interact<ActorState>(this.process(CLIENT), (_state, host) => host.send(connection, request));
    return this;
  }

  /** What has arrived on a connection of the client. */
  arrived(connection: number): Message[] {
    const { heard } = this.actor(CLIENT);
    return heard.filter((each) => each.connection === connection).map(({ message }) => message);
  }

  /** Sends one request to a node, waits for the reply and returns it. */
  request(to: string, request: Request): Reply {
    const connection = this.open(to, request);
    this.until(() => this.arrived(connection).length > 0, 20_000);
    this.world.interact<ActorState>(this.process(CLIENT), (_state, host) => host.close(connection));
    return this.arrived(connection)[0] as Reply;
  }

  /** Types words at a node; the reply as plain values (see `plain`). */
  ask(to: string, ...words: string[]): unknown {
    return plain(this.request(to, parseRequest(words)));
  }

  /** A reply that is a map, as an object. */
  askFields(to: string, ...words: string[]): Record<string, string> {
    return fieldsOf(this.ask(to, ...words));
  }

  /** A hello handed to a Sentinel directly (S-HELLO-5). */
  tell(to: string, payload: Hello | string): Reply {
    return this.request(to, { kind: 'PUBLISH', channel: HELLO_CHANNEL, payload });
  }

  // --- Scripted neighbours -----------------------------------------------------------------------------------------

  actor(name: string): ActorState {
    return this.world.state.processes[this.process(name)]!.state as ActorState;
  }

  /** Ends a connection from the side of an actor. */
  hangUp(name: string, connection: number): this {
    this.world.interact<ActorState>(this.process(name), (state, host) => {
      state.ended.push({ atUs: host.nowUs, connection });
      host.close(connection);
    });
    return this;
  }

  /** Lets the other side of a Sentinel's connection end it. */
  hangUpOn(sentinel: string, connection: number): this {
    const { peer } = this.world.state.processes[this.process(sentinel)]!.ends[connection]!;
    return this.hangUp(this.world.state.processes[peer.process]!.name, peer.id);
  }

  /** The connections to an actor that are open, oldest first. */
  openAt(name: string): number[] {
    const { accepted, ended } = this.actor(name);
    const gone = new Set(ended.map(({ connection }) => connection));
    return accepted.map(({ connection }) => connection).filter((connection) => !gone.has(connection));
  }

  /** Changes what an actor answers, also while it is down. */
  script(name: string, answers: Answers): this {
    const disk = this.world.state.processes[this.process(name)]!.disk as { answers: Answers };
    Object.assign(disk.answers, answers);
    return this;
  }

  /** An actor answers nothing any more, as if it hung, but still hears. */
  mute(...actors: string[]): this {
    for (const name of actors) this.script(name, { '*': null });
    return this;
  }

  /** What an actor has heard of one kind. */
  heard(name: string, kind: Message['kind'], fromUs = 0): Heard[] {
    return this.actor(name).heard.filter(({ message, atUs }) => message.kind === kind && atUs >= fromUs);
  }

  /** Lets a scripted data node publish a hello to its subscribers, and waits until it has arrived. */
  publish(name: string, payload: Hello | string): this {
    this.world.interact<ActorState>(this.process(name), (state, host) => pushHello(state, host, payload));
    return this.run(20);
  }

  // --- What Sentinels and nodes believe ------------------------------------------------------------------------------

  sentinel(name: string): SentinelState {
    return this.world.state.processes[this.process(name)]!.state as SentinelState;
  }

  saved(name: string): SentinelDisk['saved'] {
    return (this.world.state.processes[this.process(name)]!.disk as SentinelDisk).saved;
  }

  isRunning(name: string): boolean {
    return this.world.state.processes[this.process(name)]!.status === 'running';
  }

  /** A master record of a Sentinel. */
  master(name: string, masterName = 'mymaster'): Instance {
    const state = this.sentinel(name);
    return state.masterIds.map((id) => state.instances[id]!).find((each) => each.name === masterName)!;
  }

  private child(
    name: string,
    table: 'replicaIds' | 'sentinelIds',
    of: string,
    masterName?: string,
  ): Instance {
    const state = this.sentinel(name);
    const children = this.master(name, masterName)[table].map((id) => state.instances[id]!);
    return children.find(({ address }) => address.ip === addressOf(of))!;
  }

  replica(name: string, of: string, masterName?: string): Instance {
    return this.child(name, 'replicaIds', of, masterName);
  }

  peer(name: string, of: string, masterName?: string): Instance {
    return this.child(name, 'sentinelIds', of, masterName);
  }

  link(name: string, instance: Instance): Link {
    return this.sentinel(name).links[instance.linkId]!;
  }

  view(name: string, masterName = 'mymaster'): SentinelView {
    return sentinelViews(this.sentinel(name)).find((each) => each.name === masterName)!;
  }

  /** Name of the node that a Sentinel names as the master. */
  masterOf(name: string): string {
    const { ip } = this.view(name).address;
    return this.world.plan.machines.find(({ address }) => address === ip)?.name ?? ip;
  }

  redis(name: string): RedisView {
    return redisView(this.world.state.processes[this.process(name)]!.state as RedisState);
  }

  // --- What was said -------------------------------------------------------------------------------------------------

  /** Forgets what was said. */
  hush(): this {
    this.said.length = 0;
    return this;
  }

  /** Names of the events that a node announced; only those given, if any are. */
  events(node: string, ...only: string[]): string[] {
    return this.said
      .filter((line) => line.node === node && (only.length === 0 || only.includes(line.event)))
      .map(({ event }) => event);
  }

  /** Lines of one event. */
  lines(node: string, event: string, text = ''): Said[] {
    return this.said.filter(
      (line) => line.node === node && line.event === event && line.message.includes(text),
    );
  }
}
