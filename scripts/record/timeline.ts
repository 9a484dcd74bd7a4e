/** Carries out a scenario's timeline on real processes, and notes what was done when. */
import type { RespJson, RunAction } from '../../src/run/document.ts';
import type { TimelineEntry, Verb } from '../../src/scenario/scenario.ts';
import { toMs } from '../../src/trace/recorder.ts';
import { nowUs, waitUntil } from './clock.ts';
import { ask } from './control.ts';
import { type CutChange, Cuts, type Network } from './network.ts';
import type { Roles } from './roles.ts';
import type { Servers } from './servers.ts';

/** The cluster that a timeline acts on. */
export interface Stage {
  readonly servers: Servers;
  readonly network: Network;
  readonly roles: Roles;
  /** Host name → address. */
  readonly addresses: Readonly<Record<string, string>>;
}

interface Step {
  readonly atUs: number;
  readonly verb: Verb;
  /** The step whose effect this one takes back. */
  readonly undoes: Step | null;
}

interface Done extends Omit<RunAction, 'reply'> {
  readonly reply?: Promise<RespJson>;
}

type Groups = readonly (readonly string[])[];

export class Timeline {
  readonly #stage: Stage;
  readonly #cuts = new Cuts();
  readonly #zeroUs: number;
  readonly #done: Done[] = [];
  readonly #targets = new Map<Step, Groups>();
  /** How late the latest step was, in microseconds: a busy machine's recording is worth less. */
  latenessUs = 0;

  constructor(stage: Stage, zeroUs: number) {
    this.#stage = stage;
    this.#zeroUs = zeroUs;
  }

  async play(entries: readonly TimelineEntry[], interrupted: AbortSignal): Promise<void> {
    for (const step of stepsOf(entries)) {
      await waitUntil(this.#zeroUs + step.atUs, interrupted);
      this.latenessUs = Math.max(this.latenessUs, nowUs() - this.#zeroUs - step.atUs);
      await this.#carryOut(step);
    }
  }

  /** What was done, with the replies to commands. */
  async actions(): Promise<RunAction[]> {
    return Promise.all(
      this.#done.map(async ({ reply, ...action }) =>
        reply === undefined ? action : { ...action, reply: await reply },
      ),
    );
  }

  async #carryOut(step: Step): Promise<void> {
    const { verb, undoes } = step;
    const groups = undoes === null ? await this.#resolve(verb) : this.#targets.get(undoes)!;
    this.#targets.set(step, groups);
    if (undoes === null) await this.#apply(verb, groups);
    else await this.#undo(verb, groups);
  }

  #resolve(verb: Verb): Promise<Groups> {
    const targets = 'groups' in verb ? (verb.groups ?? []) : 'target' in verb ? [verb.target] : [];
    return Promise.all(targets.map((target) => this.#stage.roles.resolve(target)));
  }

  #note(action: Verb['do'], args: RunAction['args'], atUs = nowUs()): void {
    this.#done.push({ t: toMs(atUs - this.#zeroUs), do: action, args });
  }

  async #apply(verb: Verb, groups: Groups): Promise<void> {
    const { servers, network } = this.#stage;
    const [names = []] = groups;
    const machines = this.#stage.roles.machinesOf(names);
    switch (verb.do) {
      case 'kill':
        return this.#each(verb.do, names, (name) => servers.signal(name, 'SIGKILL'));
      case 'stop':
        return this.#each(verb.do, names, (name) => servers.stop(name));
      case 'start':
        return this.#each(verb.do, names, (name) => servers.start(name));
      case 'pause':
        return this.#each(verb.do, names, (name) => servers.signal(name, 'SIGSTOP'));
      case 'resume':
        return this.#each(verb.do, names, (name) => servers.signal(name, 'SIGCONT'));
      case 'isolate':
        await network.isolate(machines);
        return this.#note(verb.do, names);
      case 'rejoin':
        await network.rejoin(machines);
        return this.#note(verb.do, names);
      case 'cut':
      case 'cut-one-way':
        await this.#cut(groups, 1, verb.do === 'cut');
        return this.#note(verb.do, groups);
      case 'heal':
        await this.#heal(groups);
        return this.#note(verb.do, groups);
      case 'command':
        return this.#command(names, verb.words);
      default:
        throw new Error(`${verb.do} cannot be recorded`);
    }
  }

  async #undo(verb: Verb, groups: Groups): Promise<void> {
    switch (verb.do) {
      case 'pause':
        return this.#apply({ do: 'resume', target: [] }, groups);
      case 'isolate':
        return this.#apply({ do: 'rejoin', target: [] }, groups);
      case 'cut':
      case 'cut-one-way':
        await this.#cut(groups, -1, verb.do === 'cut');
        return this.#note('heal', groups);
      default:
        throw new Error(`${verb.do} cannot be undone`);
    }
  }

  /** A signal or a start takes effect while it is sent: it is noted with the time before. */
  #each(action: Verb['do'], names: readonly string[], act: (name: string) => void): void {
    const atUs = nowUs();
    for (const name of names) act(name);
    this.#note(action, names, atUs);
  }

  async #cut(groups: Groups, by: 1 | -1, bothWays: boolean): Promise<void> {
    const [from, to] = groups.map((names) => this.#stage.roles.machinesOf(names));
    await this.#changePaths(this.#cuts.change(from!, to!, by, bothWays));
  }

  async #heal(groups: Groups): Promise<void> {
    const [left, right] = groups.map((names) => this.#stage.roles.machinesOf(names));
    await this.#changePaths(left === undefined ? this.#cuts.clearAll() : this.#cuts.clear(left, right!));
  }

  async #changePaths({ blocked, opened }: CutChange): Promise<void> {
    const { network } = this.#stage;
    if (blocked.length > 0) await network.block(blocked, true);
    if (opened.length > 0) await network.block(opened, false);
  }

  /** The timeline does not wait for the reply. */
  #command(names: readonly string[], words: readonly string[]): void {
    const { servers, addresses } = this.#stage;
    for (const name of names) {
      const atUs = nowUs();
      const reply = ask(servers.controlOf(name), withAddresses(words, addresses));
      this.#done.push({ t: toMs(atUs - this.#zeroUs), do: 'command', args: [name, ...words], reply });
    }
  }
}

/** Entries and what takes them back, in order of time; those of one time in the order of their making. */
function stepsOf(entries: readonly TimelineEntry[]): Step[] {
  const steps = entries.flatMap(({ atUs, verb }): Step[] => {
    const step: Step = { atUs, verb, undoes: null };
    const forUs = 'forUs' in verb ? verb.forUs : null;
    return forUs === null ? [step] : [step, { atUs: atUs + forUs, verb, undoes: step }];
  });
  return steps.sort((a, b) => a.atUs - b.atUs);
}

const NAMING_COMMANDS = new Set(['REPLICAOF', 'SLAVEOF', 'FAILOVER', 'SENTINEL']);

/** Real nodes do not know each other by name: the commands that take an address get one. */
function withAddresses(words: readonly string[], addresses: Readonly<Record<string, string>>): string[] {
  if (!NAMING_COMMANDS.has(words[0]!.toUpperCase())) return [...words];
  return words.map((word, index) => (index === 0 ? word : (addresses[word] ?? word)));
}
