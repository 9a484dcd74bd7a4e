/** When something outside kept a process from its time: SIGSTOP and SIGCONT, a clock that was set, a start. */
import type { World } from '../src/engine/world.ts';

export class Interference {
  readonly #world: World;
  /** By process: when it was last stopped, resumed, started or ended, or its clock set. */
  readonly #lastUs: number[];
  readonly #seen: string[];

  constructor(world: World) {
    this.#world = world;
    this.#lastUs = world.state.processes.map(() => Number.NEGATIVE_INFINITY);
    this.#seen = world.state.processes.map((_, process) => this.#lookAt(process));
  }

  /** To be called after each action of the timeline. */
  look(): void {
    const { processes, nowUs } = this.#world.state;
    for (let process = 0; process < processes.length; process++) {
      const seen = this.#lookAt(process);
      if (seen === this.#seen[process]) continue;
      this.#seen[process] = seen;
      this.#lastUs[process] = nowUs;
    }
  }

  /** True when nothing has touched the process since then. */
  isFreeSince(process: number, sinceUs: number): boolean {
    return this.#lastUs[process]! < sinceUs;
  }

  #lookAt(process: number): string {
    const { processes, machines } = this.#world.state;
    const { status, machine } = processes[process]!;
    return `${status} ${machines[machine]!.clockOffsetUs}`;
  }
}
