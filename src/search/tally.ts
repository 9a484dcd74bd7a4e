/** Adds up what runs say about laws. The sums do not depend on the order in which the runs come in. */

/** One law in one run. */
export interface LawVerdict {
  /** What breaks it, in words; null when it holds or was not put to the test. */
  readonly violation: string | null;
  readonly witnessed: boolean;
  /** A time limit and the nearest that the run came to it, in milliseconds. */
  readonly observed?: {
    readonly bound: number;
    readonly tightest: number;
    /** Known to be an upper limit: the furthest beyond it is the nearest. */
    readonly isUpper?: boolean;
  };
  /** What a percentile is taken of. */
  readonly value?: number;
}

export interface RunOutcome {
  /** The number of the run, from 0. */
  readonly index: number;
  /** Entries of its timeline. */
  readonly faults: number;
  /** One a law, in the order of the laws. */
  readonly verdicts: readonly LawVerdict[];
  readonly simulatedMs: number;
}

interface Broken {
  readonly index: number;
  readonly faults: number;
  readonly violation: string;
}

interface Tightest {
  readonly index: number;
  readonly boundMs: number;
  readonly observedMs: number;
  /** What is left up to the limit, in milliseconds; laws have lower limits too. */
  readonly roomMs: number;
}

interface Value {
  readonly value: number;
  readonly index: number;
  readonly faults: number;
}

export interface LawTally {
  /** Runs that put it to the test. */
  readonly witnesses: number;
  /** Runs that broke it. */
  readonly violations: number;
  /** Of the runs that broke it, the one with the lowest number. */
  readonly first: Broken | null;
  /** Of the runs that broke it, the one with the fewest faults: shrinking has the least to do. */
  readonly smallest: Broken | null;
  /** The time nearest to its limit. */
  readonly tightest: Tightest | null;
}

export interface Ranked {
  readonly value: number;
  /** The run that has it. */
  readonly index: number;
  readonly of: number;
}

const NOTHING: LawTally = { witnesses: 0, violations: 0, first: null, smallest: null, tightest: null };

/** What a search has seen so far. */
export class Tallies {
  readonly #laws: LawTally[];
  readonly #values: Value[][];
  readonly #seen = new Set<number>();
  #firstUnseen = 0;
  #runs = 0;
  #simulatedMs = 0;

  constructor(laws: number) {
    this.#laws = Array.from({ length: laws }, () => NOTHING);
    this.#values = Array.from({ length: laws }, () => []);
  }

  get runs(): number {
    return this.#runs;
  }

  get simulatedMs(): number {
    return this.#simulatedMs;
  }

  /** The lowest number of a run that has not come in. */
  get firstUnseen(): number {
    return this.#firstUnseen;
  }

  add(outcome: RunOutcome): void {
    this.#runs++;
    this.#simulatedMs += outcome.simulatedMs;
    this.#seen.add(outcome.index);
    while (this.#seen.delete(this.#firstUnseen)) this.#firstUnseen++;
    outcome.verdicts.forEach((verdict, law) => {
      this.#laws[law] = added(this.#laws[law]!, outcome, verdict);
      const { value } = verdict;
      const { index, faults } = outcome;
      if (value !== undefined) this.#values[law]!.push({ value, index, faults });
    });
  }

  of(law: number): LawTally {
    return this.#laws[law]!;
  }

  /** How many laws have been broken. */
  get broken(): number {
    return this.#laws.filter(({ violations }) => violations > 0).length;
  }

  /** The value of the nearest rank: the least that `percent` of the judged runs do not exceed; null without any. */
  percentile(law: number, percent: number): Ranked | null {
    const values = [...this.#values[law]!].sort((a, b) =>
      a.value === b.value ? a.index - b.index : a.value < b.value ? -1 : 1,
    );
    if (values.length === 0) return null;
    const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
    const { value, index } = values[rank - 1]!;
    return { value, index, of: values.length };
  }

  /** Of the runs whose value exceeds the limit, the one with the fewest faults. */
  smallestBeyond(law: number, limit: number): number | null {
    let best: Value | null = null;
    for (const each of this.#values[law]!) {
      if (each.value > limit && (best === null || isSmaller(each, best))) best = each;
    }
    return best?.index ?? null;
  }
}

function added(tally: LawTally, { index, faults }: RunOutcome, verdict: LawVerdict): LawTally {
  const { violation, witnessed, observed } = verdict;
  const broken = violation === null ? null : { index, faults, violation };
  return {
    witnesses: tally.witnesses + (witnessed ? 1 : 0),
    violations: tally.violations + (broken === null ? 0 : 1),
    first: better(tally.first, broken, (a, b) => a.index < b.index),
    smallest: better(tally.smallest, broken, isSmaller),
    tightest: better(tally.tightest, observed === undefined ? null : tightestOf(index, observed), isTighter),
  };
}

function tightestOf(
  index: number,
  { bound, tightest, isUpper = false }: NonNullable<LawVerdict['observed']>,
): Tightest {
  const roomMs = isUpper ? bound - tightest : Math.abs(bound - tightest);
  return { index, boundMs: bound, observedMs: tightest, roomMs };
}

function better<T>(known: T | null, found: T | null, isBetter: (a: T, b: T) => boolean): T | null {
  if (known === null || found === null) return known ?? found;
  return isBetter(found, known) ? found : known;
}

interface Sized {
  readonly index: number;
  readonly faults: number;
}

function isSmaller(a: Sized, b: Sized): boolean {
  return a.faults === b.faults ? a.index < b.index : a.faults < b.faults;
}

function isTighter(a: Tightest, b: Tightest): boolean {
  return a.roomMs === b.roomMs ? a.index < b.index : a.roomMs < b.roomMs;
}
