/** Adds up what runs say about laws. The sums do not depend on the order in which the runs come in. */

/** One law in one run. */
export interface LawVerdict {
  /** What breaks it, in words; null when it holds or was not put to the test. */
  readonly violation: string | null;
  readonly witnessed: boolean;
  /** A time limit and the nearest that the run came to it, in milliseconds. */
  readonly observed?: { readonly bound: number; readonly tightest: number };
  /** What a percentile is taken of. */
  readonly value?: number;
}

export interface RunOutcome {
  /** The number of the run, from 0. */
  readonly index: number;
  /** One a law, in the order of the laws. */
  readonly verdicts: readonly LawVerdict[];
  readonly simulatedMs: number;
}

export interface LawTally {
  /** Runs that put it to the test. */
  readonly witnesses: number;
  /** Runs that broke it. */
  readonly violations: number;
  readonly first: { readonly index: number; readonly violation: string } | null;
  /** The time nearest to its limit, in milliseconds. */
  readonly tightest: { readonly index: number; readonly boundMs: number; readonly observedMs: number } | null;
}

/** The tally of law number `law`. */
export function tallyOf(outcomes: readonly RunOutcome[], law: number): LawTally {
  let witnesses = 0;
  let violations = 0;
  let first: LawTally['first'] = null;
  let tightest: LawTally['tightest'] = null;
  for (const { index, verdicts } of inOrder(outcomes)) {
    const { violation, witnessed, observed } = verdicts[law]!;
    if (witnessed) witnesses++;
    if (violation !== null) {
      violations++;
      first ??= { index, violation };
    }
    if (observed === undefined) continue;
    const slack = observed.bound - observed.tightest;
    if (tightest === null || slack < tightest.boundMs - tightest.observedMs) {
      tightest = { index, boundMs: observed.bound, observedMs: observed.tightest };
    }
  }
  return { witnesses, violations, first, tightest };
}

export function inOrder(outcomes: readonly RunOutcome[]): RunOutcome[] {
  return [...outcomes].sort((a, b) => a.index - b.index);
}

export interface Ranked {
  readonly value: number;
  /** The run that has it. */
  readonly index: number;
  readonly of: number;
}

/** The value of the nearest rank: the least that `percent` of the judged runs do not exceed; null without any. */
export function percentileOf(outcomes: readonly RunOutcome[], law: number, percent: number): Ranked | null {
  const values = inOrder(outcomes)
    .flatMap(({ index, verdicts }) => {
      const { value } = verdicts[law]!;
      return value === undefined ? [] : [{ index, value }];
    })
    .sort((a, b) => (a.value === b.value ? a.index - b.index : a.value < b.value ? -1 : 1));
  if (values.length === 0) return null;
  const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
  return { ...values[rank - 1]!, of: values.length };
}
