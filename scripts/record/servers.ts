/** The Redis and Sentinel processes of a recording: started on their machines, signalled, and ended for good at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisNode, SentinelNode } from '../../src/config/deployment.ts';
import { nowUs } from './clock.ts';
import { type Place, type Resolve, redisConfLines, sentinelConfLines } from './configFiles.ts';
import type { ControlPoint } from './control.ts';
import type { Network } from './network.ts';
import type { Plan } from './plan.ts';
import type { Programs } from './programs.ts';

/** A process that ended although nobody killed it. */
export interface Exit {
  readonly node: string;
  readonly atUs: number;
  readonly status: number;
}

export class Servers {
  readonly exits: Exit[] = [];
  readonly #plan: Plan;
  readonly #network: Network;
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #children = new Map<string, ChildProcess>();
  readonly #paused = new Set<string>();

  constructor(plan: Plan, network: Network, programs: Programs, folder: string) {
    this.#plan = plan;
    this.#network = network;
    this.#programs = programs;
    this.#folder = folder;
    const names = plan.namesToAddresses(network);
    const resolve: Resolve = (host) => names[host] ?? host;
    for (const node of plan.nodes) this.#writeFiles(node, resolve);
  }

  #writeFiles(node: RedisNode | SentinelNode, resolve: Resolve): void {
    mkdirSync(this.#folderOf(node.name));
    const place: Place = {
      folder: this.#folderOf(node.name),
      socketPath: this.#socketOf(node.name),
      bind: this.#network.hasNamespaces ? null : this.#network.addressOf(node.name),
    };
    const lines =
      node.kind === 'redis'
        ? redisConfLines(node.config, place, resolve)
        : sentinelConfLines(node.config, place, resolve);
    writeFileSync(this.#confOf(node.name), `${lines.join('\n')}\n`);
  }

  /** Starts the node's process; one that runs is left alone. */
  start(name: string): void {
    if (this.isRunning(name)) return;
    // Redis itself unlinks its socket only when it ends in peace.
    rmSync(this.#socketOf(name), { force: true });
    const { kind } = this.node(name);
    const program = kind === 'redis' ? this.#programs.server : this.#programs.sentinel;
    const [file, words] = this.#network.command(name, program, [this.#confOf(name)]);
    const log = openSync(this.logOf(name), 'a');
    const child = spawn(file, words, {
      cwd: this.#folderOf(name),
      // Logs are read as UTC.
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#children.set(name, child);
    this.#paused.delete(name);
    child.on('exit', (status, signal) => {
      if (signal !== 'SIGKILL') this.exits.push({ node: name, atUs: nowUs(), status: status ?? 1 });
    });
  }

  signal(name: string, signal: NodeJS.Signals): void {
    if (!this.isRunning(name)) return;
    this.#children.get(name)!.kill(signal);
    if (signal === 'SIGSTOP') this.#paused.add(name);
    else if (signal === 'SIGCONT') this.#paused.delete(name);
  }

  /** SIGTERM, and SIGKILL when the node's grace period is over. */
  stop(name: string): void {
    const child = this.#children.get(name);
    if (child === undefined || !this.isRunning(name)) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.node(name).stopGraceMs);
    child.on('exit', () => clearTimeout(timer));
  }

  isRunning(name: string): boolean {
    const child = this.#children.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Runs and is not stopped by SIGSTOP: it answers. */
  isAwake(name: string): boolean {
    return this.isRunning(name) && !this.#paused.has(name);
  }

  /** Kills whatever runs and waits for its end. */
  async killAll(): Promise<void> {
    const running = [...this.#children].filter(([name]) => this.isRunning(name));
    await Promise.all(
      running.map(
        ([, child]) =>
          new Promise<void>((resolve) => {
            child.on('exit', () => resolve());
            child.kill('SIGKILL');
          }),
      ),
    );
  }

  controlOf(name: string): ControlPoint {
    return { socketPath: this.#socketOf(name), password: this.node(name).config.requirepass };
  }

  logOf(name: string): string {
    return join(this.#folderOf(name), 'log');
  }

  log(name: string): string {
    return existsSync(this.logOf(name)) ? readFileSync(this.logOf(name), 'utf8') : '';
  }

  /** A sentinel's own id, which it writes into its file at its first start. */
  idOf(name: string): string | null {
    return /^sentinel myid "?([0-9a-f]{40})/m.exec(readFileSync(this.#confOf(name), 'utf8'))?.[1] ?? null;
  }

  node(name: string): RedisNode | SentinelNode {
    return this.#plan.nodes.find((node) => node.name === name)!;
  }

  #folderOf(name: string): string {
    return join(this.#folder, name);
  }

  #confOf(name: string): string {
    return join(this.#folderOf(name), 'conf');
  }

  #socketOf(name: string): string {
    return join(this.#folderOf(name), 's');
  }
}
