/** What a recording asks of the network between its machines. */
export interface Network {
  /** One network namespace for each machine; otherwise one loopback address for each. */
  readonly hasNamespaces: boolean;
  addressOf(machine: string): string;
  /** The command that runs a program on the machine. */
  command(machine: string, file: string, words: readonly string[]): [string, string[]];
  /** The machines' links go down, silently. */
  isolate(machines: readonly string[]): Promise<void>;
  rejoin(machines: readonly string[]): Promise<void>;
  /** Packets of these directions vanish, or arrive again. */
  block(paths: readonly Path[], blocked: boolean): Promise<void>;
  close(): Promise<void>;
}

/** One direction between two machines. */
export interface Path {
  readonly from: string;
  readonly to: string;
}

/** Directions that were open and are blocked now, and the other way round. */
export interface CutChange {
  readonly blocked: readonly Path[];
  readonly opened: readonly Path[];
}

/** Counts the cuts of each direction: a direction is open again when each of its cuts was healed. */
export class Cuts {
  readonly #counts = new Map<string, { readonly path: Path; readonly count: number }>();

  /** One more cut, or one less. */
  change(from: readonly string[], to: readonly string[], by: 1 | -1, bothWays: boolean): CutChange {
    return this.#set(pathsOf(from, to, bothWays), (count) => Math.max(0, count + by));
  }

  /** Heals all cuts between two groups. */
  clear(left: readonly string[], right: readonly string[]): CutChange {
    return this.#set(pathsOf(left, right, true), () => 0);
  }

  clearAll(): CutChange {
    const paths = [...this.#counts.values()].map(({ path }) => path);
    return this.#set(paths, () => 0);
  }

  #set(paths: readonly Path[], next: (count: number) => number): CutChange {
    const blocked: Path[] = [];
    const opened: Path[] = [];
    for (const path of paths) {
      const key = `${path.from} ${path.to}`;
      const before = this.#counts.get(key)?.count ?? 0;
      const after = next(before);
      this.#counts.set(key, { path, count: after });
      if (before === 0 && after > 0) blocked.push(path);
      if (before > 0 && after === 0) opened.push(path);
    }
    return { blocked, opened };
  }
}

function pathsOf(from: readonly string[], to: readonly string[], bothWays: boolean): Path[] {
  const paths = from.flatMap((a) => to.flatMap((b) => (a === b ? [] : [{ from: a, to: b }])));
  return bothWays ? [...paths, ...paths.map((path) => ({ from: path.to, to: path.from }))] : paths;
}
