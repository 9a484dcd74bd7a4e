/** One step of the built-in failover test, with its verdict: null when there is nothing to judge. */
export interface StepVerdict {
  readonly text: string;
  readonly verdict: boolean | null;
  /** What was observed, in a few words; empty when the verdict says it all. */
  readonly detail: string;
}
