/** The comparison as one JSON document. */
import { median, type Sample } from './agreement.ts';
import type { ComparedMeasure } from './comparison.ts';
import type { Coverage } from './observed.ts';

/** What is said of the comparison as a whole. */
export interface ComparisonHead {
  readonly scenario: string;
  readonly recordings: number;
  readonly runs: number;
  readonly seed: number;
  readonly coverage: Coverage;
  /** Per cent of the measures that have to agree. */
  readonly least: number;
}

/** Schema `sentinelsim/comparison/1`; times in milliseconds. */
export function comparisonJson(measures: readonly ComparedMeasure[], head: ComparisonHead): string {
  const agreeing = measures.filter(({ agreement }) => agreement.agrees).length;
  return JSON.stringify({
    schema: 'sentinelsim/comparison/1',
    ...head,
    agree: agreeing,
    differ: measures.length - agreeing,
    measures: measures.map(({ subject, part, unit, recorded, simulated, agreement }) => ({
      measure: `${subject} ${part}`,
      unit,
      ...agreement,
      recorded: summary(recorded),
      simulated: summary(simulated),
    })),
  });
}

function summary({ values, runs }: Sample): object {
  const occurs = { runs, occurs: values.length };
  if (values.length === 0) return { ...occurs, median: null, least: null, most: null };
  return { ...occurs, median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
