/** Recorded runs against simulated ones, measure by measure. */
import { type Agreement, judge, type Sample, type Unit } from './agreement.ts';
import { measuresOf, recordedVocabulary } from './measures.ts';
import type { Observed } from './observed.ts';

export interface ComparedMeasure {
  readonly subject: string;
  readonly part: string;
  readonly unit: Unit;
  readonly recorded: Sample;
  readonly simulated: Sample;
  readonly agreement: Agreement;
}

/** One test in a hundred rejects by chance alone, so this share is asked for unless something else is said. */
export const LEAST_SHARE = 0.97;

/** The share of the measures that agree. */
export function shareThatAgrees(measures: readonly ComparedMeasure[]): number {
  const agreeing = measures.filter(({ agreement }) => agreement.agrees).length;
  return measures.length === 0 ? 1 : agreeing / measures.length;
}

/** Times of something; where no recording has it, that it occurs at all is the one thing to compare. */
const TIMES: ReadonlySet<string> = new Set(['first', 'last']);

/** Compares every measure that occurs in a run of either side, in the order of the recordings. */
export function compareRuns(
  recordings: readonly Observed[],
  simulations: readonly Observed[],
): ComparedMeasure[] {
  const told = recordedVocabulary(recordings);
  const recorded = collect(recordings, told);
  const simulated = collect(simulations, told);
  return [...new Map([...recorded, ...simulated])].flatMap(([key, { subject, part, unit }]) => {
    if (TIMES.has(part) && !recorded.has(key)) return [];
    const theirs = { values: recorded.get(key)?.values ?? [], runs: recordings.length };
    const ours = { values: simulated.get(key)?.values ?? [], runs: simulations.length };
    const agreement = judge(unit, theirs, ours);
    return [{ subject, part, unit, recorded: theirs, simulated: ours, agreement }];
  });
}

interface Collected {
  readonly subject: string;
  readonly part: string;
  readonly unit: Unit;
  readonly values: number[];
}

function collect(runs: readonly Observed[], told: (event: string) => boolean): Map<string, Collected> {
  const collected = new Map<string, Collected>();
  for (const run of runs) {
    const heard = { ...run, events: run.events.filter(({ event }) => told(event)) };
    for (const { subject, part, unit, value } of measuresOf(heard)) {
      const key = `${subject} ${part}`;
      const known = collected.get(key);
      if (known === undefined) collected.set(key, { subject, part, unit, values: [value] });
      else known.values.push(value);
    }
  }
  return collected;
}
