/**
 * A group of Redis servers without sentinels, from redis.conf lines: advance time, break things, send commands from a
 * machine that no fault touches, look at states and at what was announced.
 */
import type { Message, NodeInfo, Reply, Request } from '../../models/commands.ts';
import { DEFAULT_MACHINE, type Machine } from '../../models/machine.ts';
import { parseRequest } from '../../models/parseRequest.ts';
import type { Host, Signal } from '../../models/process.ts';
import { defaultRedisConfig, type RedisConfig } from '../../models/redis/config.ts';
import { setDirective } from '../../models/redis/directives.ts';
import {
  type RedisDisk,
  type RedisSpec,
  type RedisState,
  type RedisView,
  redisBehaviour,
  redisView,
  renderInfo,
} from '../../models/redis/index.ts';
import type { Program } from '../../src/engine/program.ts';
import { type Announcement, World } from '../../src/engine/world.ts';
import { type Answers, type PeerState, type Plain, peerBehaviour, plain } from './redisPeer.ts';

export interface LabOptions {
  readonly seed?: number;
  readonly latencyUs?: number;
  readonly dataset?: RedisSpec['dataset'];
  readonly machine?: Partial<Machine>;
  readonly configFile?: RedisSpec['configFile'];
  readonly literalCron?: boolean;
  /** Runs until every configured replica is linked; default true. */
  readonly settle?: boolean;
  /** Not started. */
  readonly down?: readonly string[];
}

const MS_US = 1000;
const SECOND_US = 1_000_000;
const PEER = 'peer';
const PORT = 6379;
/** Each server takes a little longer, so that no two tick in the same microsecond for ever. */
const bootUs = (machine: number) => ({ min: 10_000 + 137 * machine, max: 10_000 + 137 * machine });
/** Open by default, as the official container image is. */
const OPEN = 'protected-mode no';

function configOf(lines: readonly string[]): RedisConfig {
  const config = defaultRedisConfig();
  for (const line of [OPEN, ...lines]) {
    const [name, ...args] = line.split(' ').map((word) => (word === '""' ? '' : word));
    const problem = setDirective(config, name!, args);
    if (problem !== null) throw new Error(`${line}: ${problem}`);
  }
  return config;
}

export class RedisLab {
  readonly world: World;
  readonly heard: Announcement[] = [];
  private readonly names: readonly string[];

  constructor(nodes: Readonly<Record<string, readonly string[]>>, options: LabOptions = {}) {
    this.names = [...Object.keys(nodes), PEER];
    const programs = Object.entries(nodes).map(([name, lines], machine): Program => {
      const spec: RedisSpec = {
        config: configOf(lines),
        configFile: options.configFile ?? 'writable',
        machine: { ...DEFAULT_MACHINE, ...options.machine },
        dataset: options.dataset ?? { keys: 0, valueBytes: 0 },
        literalCron: options.literalCron ?? false,
      };
      const { killTeardownUs } = spec.machine;
      return {
        name,
        machine,
        port: spec.config.port,
        behaviour: redisBehaviour,
        spec,
        bootUs: bootUs(machine),
        killTeardownUs,
      };
    });
    const machine = programs.length;
    const none = { min: 0, max: 0 };
    programs.push({
      name: PEER,
      machine,
      port: PORT,
      behaviour: peerBehaviour,
      spec: null,
      bootUs: none,
      killTeardownUs: none,
    });
    this.world = new World({
      seed: options.seed ?? 1,
      machines: this.names.map((name, index) => ({ name, address: `10.0.0.${index + 1}` })),
      aliases: {},
      programs,
      network: { latencyUs: options.latencyUs ?? 100, jitterUs: 0, lossPerMillion: 0 },
    });
    this.world.bus.on('announce', (announcement) => this.heard.push(announcement));
    for (const name of this.names) if (!options.down?.includes(name)) this.start(name);
    this.world.runUntil(0);
    if (options.settle ?? true) this.settle();
  }

  // --- Time --------------------------------------------------------------------------------------------------------

  /** Seconds since the beginning. */
  get now(): number {
    return this.world.nowUs / SECOND_US;
  }

  run(seconds: number): this {
    this.world.runUntil(this.world.nowUs + Math.round(seconds * SECOND_US));
    return this;
  }

  /** Runs until it holds, looking every millisecond; the seconds it took. */
  until(holds: () => boolean, withinSeconds = 120): number {
    const fromUs = this.world.nowUs;
    while (!holds()) {
      if (this.world.nowUs - fromUs > withinSeconds * SECOND_US) throw new Error('it never came to hold');
      this.world.runUntil(this.world.nowUs + MS_US);
    }
    return (this.world.nowUs - fromUs) / SECOND_US;
  }

  /** Runs until the wall clock of a node is this far into a second. */
  toPhase(node: string, phase: number): this {
    const { clockOffsetUs } = this.world.state.machines[this.index(node)]!;
    const wallUs = this.world.nowUs + clockOffsetUs;
    const waitUs = (Math.round(phase * SECOND_US) - (wallUs % SECOND_US) + SECOND_US) % SECOND_US;
    return this.run(waitUs / SECOND_US);
  }

  /** Runs until all running replicas are linked, and what they hold is durable. */
  settle(): this {
    const calm = (name: string) => {
      const process = this.process(name);
      if (process.status !== 'running' || name === PEER) return process.status !== 'booting';
      const state = process.state as RedisState;
      return redisView(state).link !== 'down' && state.child === null && state.load === null;
    };
    this.until(() => this.names.every(calm));
    return this.run(2);
  }

  // --- Faults ------------------------------------------------------------------------------------------------------

  start(name: string): this {
    this.world.start(this.index(name));
    return this;
  }

  kill(...names: readonly string[]): this {
    for (const name of names) this.world.kill(this.index(name));
    return this;
  }

  /** SIGKILL, and a start once the old connections are gone. */
  restart(...names: readonly string[]): this {
    this.kill(...names).run(0.01);
    for (const name of names) this.start(name);
    return this;
  }

  signal(name: string, signal: Signal = 'TERM'): this {
    this.world.signal(this.index(name), signal);
    return this;
  }

  pause(name: string): this {
    this.world.pause(this.index(name));
    return this;
  }

  resume(name: string): this {
    this.world.resume(this.index(name));
    return this;
  }

  cut(left: string, right: string): this {
    this.world.changeCut(this.index(left), this.index(right), 1);
    this.world.changeCut(this.index(right), this.index(left), 1);
    return this;
  }

  heal(left: string, right: string): this {
    this.world.clearCuts(this.index(left), this.index(right));
    this.world.clearCuts(this.index(right), this.index(left));
    return this;
  }

  powerOff(name: string): this {
    this.world.powerOff(this.index(name));
    return this;
  }

  disk(name: string, writable: boolean): this {
    this.world.state.machines[this.index(name)]!.diskWritable = writable;
    return this;
  }

  /** Whether the host name of this machine resolves. */
  resolvable(name: string, known: boolean): this {
    const { names, machines } = this.world.state;
    if (known) names.set(name, machines[this.index(name)]!.address);
    else names.delete(name);
    return this;
  }

  // --- Commands ----------------------------------------------------------------------------------------------------

  /** A connection of the untouched machine to a node. */
  connect(node: string): Session {
    let connection = 0;
    this.world.interact<PeerState>(this.index(PEER), (state, host) => {
      connection = host.connect(this.address(node), this.world.plan.programs[this.index(node)]!.port);
      state.talks.set(connection, { heard: [], closedUs: null });
    });
    return new Session(this, connection);
  }

  /** The reply to one command over a connection of its own; null when none comes within 50 ms. */
  ask(node: string, line: string): Plain {
    return this.connect(node).ask(line);
  }

  /** INFO, as Redis's fields. */
  info(node: string): NodeInfo {
    const session = this.connect(node).send('INFO');
    for (let i = 0; i < 1000 && session.heard.length === 0; i++) this.run(0.001);
    const [message] = session.heard;
    session.close();
    if (message?.kind !== 'info') throw new Error(`${node} does not answer INFO`);
    return message.info;
  }

  /** The lines of INFO's text. */
  infoLines(node: string, section: string): string[] {
    return renderInfo(this.info(node), [section]).split('\r\n').slice(1, -1);
  }

  // --- What is seen ------------------------------------------------------------------------------------------------

  view(node: string): RedisView {
    return redisView(this.state(node));
  }

  state(node: string): RedisState {
    return this.process(node).state as RedisState;
  }

  diskOf(node: string): RedisDisk {
    return this.process(node).disk as RedisDisk;
  }

  isRunning(node: string): boolean {
    return this.process(node).status === 'running';
  }

  address(name: string): string {
    return `10.0.0.${this.index(name) + 1}`;
  }

  /** Times in seconds at which this node announced the event, since `from`. */
  times(node: string, event: Announcement['event'], from = 0): number[] {
    return this.heard
      .filter((each) => each.node === node && each.event === event && each.atUs >= from * SECOND_US)
      .map(({ atUs }) => atUs / SECOND_US);
  }

  messages(node: string, event: Announcement['event']): string[] {
    return this.heard
      .filter((each) => each.node === node && each.event === event)
      .map(({ message }) => message);
  }

  // --- The scripted peer, in the place of a master -------------------------------------------------------------------

  get peer(): PeerState {
    return this.process(PEER).state as PeerState;
  }

  /** What the peer answers from now on; kinds that are not named get silence. */
  script(answers: Answers): this {
    Object.assign(this.peer.answers, answers);
    return this;
  }

  /** Sends to everybody who has connected to the peer, or ends those connections. */
  broadcast(message: Message | 'close'): this {
    this.world.interact<PeerState>(this.index(PEER), (state, host) => {
      for (const { connection } of state.accepted) {
        if (message === 'close') host.close(connection);
        else host.send(connection, message);
      }
    });
    return this;
  }

  /** Requests that reached the peer, oldest first. */
  asked(): Request[] {
    return this.peer.asked.map(({ message }) => message as Request);
  }

  index(name: string): number {
    return this.names.indexOf(name);
  }

  private process(name: string) {
    return this.world.state.processes[this.index(name)]!;
  }
}

/** One connection to a node. */
export class Session {
  private readonly lab: RedisLab;
  readonly connection: number;

  constructor(lab: RedisLab, connection: number) {
    this.lab = lab;
    this.connection = connection;
  }

  /** Sends a command line, or any message; the reply is looked at later. */
  send(request: string | Message): this {
    const message = typeof request === 'string' ? parseRequest(request.split(' ')) : request;
    this.act((host) => host.send(this.connection, message));
    return this;
  }

  /** Sends and waits up to 50 ms for one more message. */
  ask(request: string | Message): Plain {
    const before = this.heard.length;
    this.send(request);
    for (let i = 0; i < 500 && this.heard.length === before; i++) this.lab.run(0.0001);
    const message = this.heard[before];
    return message === undefined ? null : plain(message as Reply);
  }

  close(): void {
    this.act((host) => host.close(this.connection));
  }

  get heard(): readonly Message[] {
    return this.talk.heard.map(({ message }) => message);
  }

  /** Everything heard so far, as plain values. */
  get replies(): Plain[] {
    return this.heard.map((message) => plain(message as Reply));
  }

  /** Seconds at which each message came. */
  get times(): number[] {
    return this.talk.heard.map(({ atUs }) => atUs / SECOND_US);
  }

  get closed(): boolean {
    return this.talk.closedUs !== null;
  }

  private get talk() {
    return this.lab.peer.talks.get(this.connection)!;
  }

  private act(act: (host: Host) => void): void {
    this.lab.world.interact(this.lab.index(PEER), (_state, host) => act(host));
  }
}

/** A master r1 and replicas r2, r3, … in step with it. */
export function group(
  replicas: number,
  lines: readonly string[] = [],
  options: LabOptions & { readonly linesOf?: Readonly<Record<string, readonly string[]>> } = {},
): RedisLab {
  const nodes: Record<string, readonly string[]> = {};
  for (let i = 1; i <= replicas + 1; i++) {
    const own = options.linesOf?.[`r${i}`] ?? [];
    nodes[`r${i}`] = [...(i === 1 ? [] : ['replicaof r1 6379']), ...lines, ...own];
  }
  return new RedisLab(nodes, options);
}
