/** When something outside kept a process from its time: SIGSTOP and SIGCONT, a clock that was set, a start. */
import type { World } from '../src/engine/world.ts';
import type { ProcessStatus } from '../src/engine/worldState.ts';

export class Interference {
  readonly #world: World;
  /** By process: when it was last stopped, resumed, started or ended, or its clock set. */
  readonly #lastUs: number[];
  readonly #statuses: ProcessStatus[] = [];
  readonly #clockOffsetsUs: number[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#lastUs = world.state.processes.map(() => Number.NEGATIVE_INFINITY);
    this.#note(Number.NEGATIVE_INFINITY);
  }

  /** To be called after each action of the timeline. */
  look(): void {
    this.#note(this.#world.state.nowUs);
  }

  /** True when nothing has touched the process since then, not even an action that is being carried out. */
  isFreeSince(process: number, sinceUs: number): boolean {
    return this.#lastUs[process]! < sinceUs && this.#isAsSeen(process);
  }

  #isAsSeen(process: number): boolean {
    const { status, machine } = this.#world.state.processes[process]!;
    const { clockOffsetUs } = this.#world.state.machines[machine]!;
    return this.#statuses[process] === status && this.#clockOffsetsUs[process] === clockOffsetUs;
  }

  #note(atUs: number): void {
    const { processes, machines } = this.#world.state;
    for (let process = 0; process < processes.length; process++) {
      if (this.#isAsSeen(process)) continue;
      const { status, machine } = processes[process]!;
      this.#statuses[process] = status;
      this.#clockOffsetsUs[process] = machines[machine]!.clockOffsetUs;
      this.#lastUs[process] = atUs;
    }
  }
}
