/** Carries out what a scenario's timeline asks for, and notes what was done. */
import { type OperatorState, operate } from '../../models/client/operator.ts';
import type { Request } from '../../models/commands.ts';
import { type Conditions, pathOf, setConditions } from '../../models/network/conditions.ts';
import { parseRequest } from '../../models/parseRequest.ts';
import { type RedisDisk, redisView, restoreBackup } from '../../models/redis/index.ts';
import type { World } from '../engine/world.ts';
import type { Target, TimelineEntry, Verb } from '../scenario/scenario.ts';
import type { Recorder } from '../trace/recorder.ts';
import { toMs } from '../trace/recorder.ts';
import { replyJson } from '../trace/replyJson.ts';
import type { Cluster } from './cluster.ts';
import type { RunAction } from './document.ts';
import { latenessOf } from './lateness.ts';
import { currentMaster, processOf, runningRedis } from './roles.ts';

/** One thing to do, once roles and boxes are resolved. */
interface Step {
  readonly verb: Verb;
  /** Takes back what this earlier step did. */
  readonly undoes: number | null;
  /** How long after its instant it takes effect. */
  readonly lateUs: number;
}

interface Done {
  readonly atUs: number;
  readonly verb: Verb;
  readonly targets: readonly (readonly string[])[];
  /** What the network was like, for `for:`. */
  readonly before: readonly { from: number; to: number; conditions: Conditions }[];
}

export class Timeline {
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #zeroUs: number;
  readonly #steps: Step[] = [];
  readonly #done = new Map<number, Done>();

  constructor(cluster: Cluster, recorder: Recorder, zeroUs: number) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#zeroUs = zeroUs;
    const carryOut = (action: number) => this.#carryOut(action);
    cluster.world.onAction = carryOut;
    const { timeline } = cluster.scenario;
    const lateness = latenessOf(timeline, cluster.world.state.seed);
    for (const entry of timeline) this.#schedule(entry, lateness.get(entry)!);
  }

  #schedule({ atUs, verb }: TimelineEntry, lateUs: number): void {
    const step = this.#add(this.#zeroUs + atUs, { verb, undoes: null, lateUs });
    const forUs = 'forUs' in verb ? verb.forUs : null;
    if (forUs !== null) this.#add(this.#zeroUs + atUs + forUs, { verb, undoes: step, lateUs: 0 });
  }

  #add(atUs: number, step: Step): number {
    this.#steps.push(step);
    this.#cluster.world.scheduleAction(atUs + step.lateUs, this.#steps.length - 1);
    return this.#steps.length - 1;
  }

  #carryOut(action: number): void {
    const { verb, undoes, lateUs } = this.#steps[action]!;
    const { world } = this.#cluster;
    if (undoes !== null) {
      this.#undo(action, this.#done.get(undoes)!);
      return;
    }
    const groups = 'groups' in verb ? (verb.groups ?? []) : 'target' in verb ? [verb.target] : [];
    const targets = groups.map((group) => this.#resolve(group));
    const before = verb.do === 'network' ? this.#conditionsNow(verb) : [];
    this.#done.set(action, { atUs: world.nowUs - lateUs, verb, targets, before });
    this.#apply(action, verb, targets);
  }

  #apply(action: number, verb: Verb, targets: readonly (readonly string[])[]): void {
    const { world } = this.#cluster;
    const first = targets[0] ?? [];
    switch (verb.do) {
      case 'kill':
        for (const process of this.#processes(first)) world.kill(process);
        return;
      case 'stop':
        for (const name of first) this.#stop(name);
        return;
      case 'start':
        for (const process of this.#processes(first)) world.start(process);
        return;
      case 'pause':
        for (const process of this.#processes(first)) world.pause(process);
        return;
      case 'resume':
        for (const process of this.#processes(first)) world.resume(process);
        return;
      case 'isolate':
        world.isolate(this.#machines(first));
        return;
      case 'rejoin':
        world.rejoin(this.#machines(first));
        return;
      case 'cut':
        this.#changeCuts(targets, 1, true);
        return;
      case 'cut-one-way':
        this.#changeCuts(targets, 1, false);
        return;
      case 'heal':
        this.#heal(targets);
        return;
      case 'command':
        this.#command(action, first, verb.words);
        return;
      case 'network':
        for (const { from, to } of this.#done.get(action)!.before) {
          setConditions(world.network, from, to, verb.conditions);
        }
        return;
      case 'clock':
        for (const machine of this.#machines(first)) world.changeClock(machine, verb.byUs);
        return;
      case 'restore':
        for (const name of first)
          restoreBackup(processOf(this.#cluster, name).disk as RedisDisk, verb.backup);
        return;
      case 'power-off':
        for (const machine of this.#machines(first)) world.powerOff(machine);
        return;
      case 'disk':
        this.#setDisk(first, !verb.full);
        return;
      case 'names':
        this.#setNames(first, verb.resolvable);
        return;
    }
  }

  #undo(action: number, done: Done): void {
    const { world } = this.#cluster;
    const first = done.targets[0] ?? [];
    const { verb, targets } = done;
    const taken = (name: Verb['do']) =>
      this.#done.set(action, { ...done, atUs: world.nowUs, verb: { ...verb, do: name } as Verb });
    switch (verb.do) {
      case 'pause':
        taken('resume');
        for (const process of this.#processes(first)) world.resume(process);
        return;
      case 'isolate':
        taken('rejoin');
        world.rejoin(this.#machines(first));
        return;
      case 'cut':
        taken('heal');
        this.#changeCuts(targets, -1, true);
        return;
      case 'cut-one-way':
        taken('heal');
        this.#changeCuts(targets, -1, false);
        return;
      case 'network':
        taken('network');
        for (const { from, to, conditions } of done.before)
          setConditions(world.network, from, to, conditions);
        return;
      case 'disk':
        this.#done.set(action, { ...done, atUs: world.nowUs, verb: { ...verb, full: !verb.full } });
        this.#setDisk(first, verb.full);
        return;
      case 'names':
        this.#done.set(action, {
          ...done,
          atUs: world.nowUs,
          verb: { ...verb, resolvable: !verb.resolvable },
        });
        this.#setNames(first, !verb.resolvable);
        return;
      default:
        throw new Error(`${verb.do} cannot be undone`);
    }
  }

  /** SIGTERM, and SIGKILL when the grace period is over (R-SHUT-5). */
  #stop(name: string): void {
    const { world, scenario, processByName } = this.#cluster;
    const process = processByName.get(name);
    if (process === undefined) return;
    world.signal(process, 'TERM');
    const { redis, sentinels } = scenario.deployment;
    const node = [...redis, ...sentinels].find((candidate) => candidate.name === name);
    const { incarnation } = processOf(this.#cluster, name);
    if (node !== undefined) world.killLater(process, incarnation, world.nowUs + node.stopGraceMs * 1000);
  }

  #changeCuts(targets: readonly (readonly string[])[], by: 1 | -1, bothWays: boolean): void {
    const { world } = this.#cluster;
    for (const from of this.#machines(targets[0] ?? [])) {
      for (const to of this.#machines(targets[1] ?? [])) {
        world.changeCut(from, to, by);
        if (bothWays) world.changeCut(to, from, by);
      }
    }
  }

  #heal(targets: readonly (readonly string[])[]): void {
    const { world } = this.#cluster;
    const all = world.plan.machines.map((_, index) => index);
    const left = targets.length === 0 ? all : this.#machines(targets[0]!);
    const right = targets.length === 0 ? all : this.#machines(targets[1]!);
    for (const from of left) {
      for (const to of right) {
        world.clearCuts(from, to);
        world.clearCuts(to, from);
      }
    }
  }

  #command(action: number, names: readonly string[], words: readonly string[]): void {
    const { world, operators } = this.#cluster;
    const request = withAddress(parseRequest(words), world);
    for (const name of names) {
      const operator = operators.get(name);
      if (operator === undefined) continue;
      world.interact<OperatorState>(operator, (state, host) => operate(state, host, action, [request]));
    }
  }

  #setDisk(names: readonly string[], writable: boolean): void {
    const { world } = this.#cluster;
    for (const machine of this.#machines(names)) world.state.machines[machine]!.diskWritable = writable;
  }

  #setNames(targets: readonly string[], resolvable: boolean): void {
    const { world, scenario } = this.#cluster;
    for (const name of targets) {
      const machine = this.#machines([name])[0];
      if (machine === undefined) continue;
      const aliases = Object.entries(scenario.deployment.aliases).flatMap(([alias, node]) =>
        node === name ? [alias] : [],
      );
      for (const alias of [name, ...aliases]) {
        if (resolvable) world.state.names.set(alias, world.state.machines[machine]!.address);
        else world.state.names.delete(alias);
      }
    }
  }

  #conditionsNow(verb: Verb & { do: 'network' }): Done['before'] {
    const { world } = this.#cluster;
    const all = world.plan.machines.map((_, index) => index);
    const left = verb.between === null ? all : this.#machines(this.#resolve(verb.between[0]));
    const right = verb.between === null ? all : this.#machines(this.#resolve(verb.between[1]));
    const pairs = left.flatMap((from) =>
      right.flatMap((to) =>
        from === to
          ? []
          : [
              [from, to],
              [to, from],
            ],
      ),
    );
    const unique = new Map(pairs.map(([from, to]) => [`${from},${to}`, { from: from!, to: to! }]));
    return [...unique.values()].map(({ from, to }) => {
      const { latencyUs, jitterUs, lossPerMillion } = pathOf(world.network, from, to);
      return { from, to, conditions: { latencyUs, jitterUs, lossPerMillion } };
    });
  }

  // --- Targets ---------------------------------------------------------------------------------------------------

  #resolve(target: Target): string[] {
    const names = target.flatMap((word) => this.#resolveWord(word));
    return [...new Set(names)];
  }

  #resolveWord(word: string): readonly string[] {
    const { redis, sentinels, boxes } = this.#cluster.scenario.deployment;
    switch (word) {
      case '@master':
        return [currentMaster(this.#cluster) ?? redis[0]!.name];
      case '@replicas':
        return runningRedis(this.#cluster)
          .filter(({ state }) => redisView(state).role === 'replica')
          .map(({ name }) => name);
      case '@sentinels':
        return sentinels.map(({ name }) => name);
      case '@leader':
        return [this.#lastLeader() ?? sentinels[0]!.name];
      default:
        return boxes[word] ?? [word];
    }
  }

  #lastLeader(): string | undefined {
    return this.#recorder.announcements.findLast(({ event }) => event === '+elected-leader')?.node;
  }

  #processes(names: readonly string[]): number[] {
    return names.flatMap((name) => {
      const process = this.#cluster.processByName.get(name);
      return process === undefined ? [] : [process];
    });
  }

  #machines(names: readonly string[]): number[] {
    const { programs } = this.#cluster.world.plan;
    return [...new Set(this.#processes(names).map((process) => programs[process]!.machine))];
  }

  // --- What was done ---------------------------------------------------------------------------------------------

  /** The actions so far, for the run document. */
  actions(): RunAction[] {
    return [...this.#done]
      .sort(([a, first], [b, second]) => first.atUs - second.atUs || a - b)
      .flatMap(([action, done]) => this.#describe(action, done));
  }

  #describe(action: number, { atUs, verb, targets }: Done): RunAction[] {
    const t = toMs(atUs - this.#zeroUs);
    if (verb.do === 'command') {
      return targets[0]!.map((name) => ({
        t,
        do: 'command',
        args: [name, ...verb.words],
        reply: this.#replyTo(action, name),
      }));
    }
    return [{ t, do: verb.do, args: argumentsOf(verb, targets) }];
  }

  #replyTo(action: number, name: string): (RunAction['reply'] & {}) | null {
    const operator = this.#cluster.operators.get(name);
    if (operator === undefined) return null;
    const state = this.#cluster.world.state.processes[operator]!.state as OperatorState | null;
    const reply = state?.jobs.find((job) => job.id === action)?.replies[0];
    return reply === undefined ? null : replyJson(reply);
  }
}

function argumentsOf(verb: Verb, targets: readonly (readonly string[])[]): RunAction['args'] {
  switch (verb.do) {
    case 'cut':
    case 'cut-one-way':
    case 'heal':
      return targets;
    case 'clock':
      return [...targets[0]!, verb.byUs / 1000];
    case 'restore':
      return [...targets[0]!, verb.backup];
    case 'disk':
      return [...targets[0]!, verb.full ? 'full' : 'writable'];
    case 'names':
      return [...targets[0]!, verb.resolvable ? 'resolvable' : 'unresolvable'];
    default:
      return targets[0] ?? [];
  }
}

/** Of FAILOVER TO a node, the operator types the address: Redis compares it with those of its replicas and resolves no names (R-FO-1). */
function withAddress(request: Request, { plan }: World): Request {
  if (request.kind !== 'FAILOVER' || request.to === null) return request;
  const { host, port } = request.to;
  const named = plan.machines.find(({ name }) => name === host)?.address ?? plan.aliases[host];
  return named === undefined ? request : { ...request, to: { host: named, port } };
}
