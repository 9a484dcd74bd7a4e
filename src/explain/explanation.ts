/** An account of causes, as data: what `sentinelsim explain` prints, and its `--json`. Times in ms after time zero. */

/** One link of a chain of causes. */
export interface Step {
  /** Null: holds for the whole span. */
  readonly at: number | null;
  /** Who did or saw it; null: nobody in particular. */
  readonly node: string | null;
  readonly what: string;
  /** Empty: needs no reason. */
  readonly because: string;
  /** Id in the protocol references; null: no single rule. */
  readonly rule: string | null;
  /** What the sentence counts, by name, unit last. */
  readonly numbers: Readonly<Record<string, number>>;
}

export type FindingKind =
  /** A replica became the master. */
  | 'failover'
  /** An attempt that came to nothing while another one succeeded, or none was called for. */
  | 'failed-attempt'
  /** The master was away, or held for down, and nothing took its place. */
  | 'no-failover'
  | 'refused-writes'
  | 'lost-writes';

export interface Finding {
  readonly kind: FindingKind;
  /** The master's name, or the client's. */
  readonly subject: string;
  readonly title: string;
  readonly at: number;
  /** Null: lasts to the end of the run, or beyond. */
  readonly until: number | null;
  readonly steps: readonly Step[];
  /** When a failover can start at the earliest if nothing else changes; null: not known, or never. */
  readonly nextAttemptAt: number | null;
  readonly toChange: readonly string[];
  /** What cannot be told from what there is. */
  readonly unknown: readonly string[];
}

export interface Explanation {
  readonly schema: 'sentinelsim/explanation/1';
  readonly scenario: string;
  readonly about: string;
  readonly seed: number | null;
  readonly source: string;
  readonly durationMs: number;
  /** `simulation`: every number is read from the simulated cluster; `document`: only from what a run document says. */
  readonly basis: 'simulation' | 'document';
  readonly findings: readonly Finding[];
}

/** A step with what most of them leave out. */
export function step(
  at: number | null,
  node: string | null,
  what: string,
  rest: Partial<Pick<Step, 'because' | 'rule' | 'numbers'>> = {},
): Step {
  return {
    at,
    node,
    what,
    because: rest.because ?? '',
    rule: rest.rule ?? null,
    numbers: rest.numbers ?? {},
  };
}
