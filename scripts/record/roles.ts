/** Who is what at an instant, found by asking the nodes. */
import type { RespJson } from '../../src/run/document.ts';
import type { Target } from '../../src/scenario/scenario.ts';
import { ask } from './control.ts';
import { readLog } from './logEvents.ts';
import type { Plan } from './plan.ts';
import type { Servers } from './servers.ts';

/** A process that is busy must not hold up the timeline. */
const ROLE_WITHIN_MS = 100;

export class Roles {
  readonly #plan: Plan;
  readonly #servers: Servers;
  /** Real address → name. */
  readonly #nameOf: ReadonlyMap<string, string>;

  constructor(plan: Plan, servers: Servers, nameOf: ReadonlyMap<string, string>) {
    this.#plan = plan;
    this.#servers = servers;
    this.#nameOf = nameOf;
  }

  /** Names of nodes and clients, each once. */
  async resolve(target: Target): Promise<string[]> {
    const names = await Promise.all(target.map((word) => this.#resolveWord(word)));
    return [...new Set(names.flat())];
  }

  /** Machines of nodes and clients. */
  machinesOf(names: readonly string[]): string[] {
    const machines = names.map(
      (name) => this.#plan.clients.find((each) => each.name === name)?.machine ?? name,
    );
    return [...new Set(machines)];
  }

  async #resolveWord(word: string): Promise<readonly string[]> {
    const { redis, sentinels, boxes } = this.#plan.scenario.deployment;
    switch (word) {
      case '@master':
        return [(await this.#currentMaster()) ?? redis[0]!.name];
      case '@replicas':
        return this.#redisWithRole('slave');
      case '@sentinels':
        return sentinels.map(({ name }) => name);
      case '@leader':
        return [this.#lastLeader() ?? sentinels[0]!.name];
      default:
        return boxes[word] ?? [word];
    }
  }

  /** The node that most sentinels name as (the first) master; otherwise the first node that is one. */
  async #currentMaster(): Promise<string | null> {
    const counts = new Map<string, number>();
    const named = await Promise.all(
      this.#plan.scenario.deployment.sentinels.map(({ name, config }) =>
        this.#ask(name, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', config.masters[0]?.name ?? '']),
      ),
    );
    for (const reply of named) {
      const name = Array.isArray(reply) ? this.#nameOf.get(String(reply[0])) : undefined;
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    return most?.[0] ?? (await this.#redisWithRole('master'))[0] ?? null;
  }

  async #redisWithRole(role: 'master' | 'slave'): Promise<string[]> {
    const { redis } = this.#plan.scenario.deployment;
    const replies = await Promise.all(redis.map(({ name }) => this.#ask(name, ['ROLE'])));
    return redis.flatMap(({ name }, index) => {
      const reply = replies[index];
      return Array.isArray(reply) && reply[0] === role ? [name] : [];
    });
  }

  async #ask(name: string, words: readonly string[]): Promise<RespJson> {
    return this.#servers.isAwake(name) ? ask(this.#servers.controlOf(name), words, ROLE_WITHIN_MS) : null;
  }

  #lastLeader(): string | undefined {
    return this.#plan.scenario.deployment.sentinels
      .flatMap(({ name }) => readLog(this.#servers.log(name), name))
      .filter(({ event }) => event === '+elected-leader')
      .sort((a, b) => a.atUs - b.atUs)
      .at(-1)?.node;
  }
}
