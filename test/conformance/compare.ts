/** When simulated measures agree with recorded ones. */
import { createStream, drawBelow } from '../../models/random.ts';
import { median } from './measures.ts';

/** Times agree when their medians differ by at most this, or by 5 %. */
const TIME_TOLERANCE_MS = 100;
const TIME_TOLERANCE_SHARE = 0.05;
/** How often the median of as many simulated runs as there are recordings is drawn, and how many may lie beyond it. */
const RESAMPLES = 2000;
const TAIL_SHARE = 0.005;

const isCount = (measure: string) => / count$| gaps$|^client\d+ [A-Z]+$/.test(measure);
const isSpread = (measure: string) =>
  isCount(measure) || measure.endsWith(' lost') || measure.endsWith(' gap');

export type Agreement =
  /** Medians within the tolerance; counts, gaps and lost writes within the recordings' spread. */
  | 'agrees'
  /**
   * The median of so few recordings is not known well enough (a time that is one of two, or anywhere in ten seconds):
   * as many simulated runs have such a median in more than 1 % of all draws.
   */
  | 'within sampling error'
  | 'differs';

export function compareMeasure(
  measure: string,
  recorded: readonly number[],
  simulated: readonly number[],
): Agreement {
  const ours = median(simulated);
  if (isSpread(measure)) {
    return ours >= Math.min(...recorded) && ours <= Math.max(...recorded) ? 'agrees' : 'differs';
  }
  const theirs = median(recorded);
  const tolerance = Math.max(TIME_TOLERANCE_MS, Math.abs(theirs) * TIME_TOLERANCE_SHARE);
  if (Math.abs(ours - theirs) <= tolerance) return 'agrees';
  const [low, high] = medianRange(simulated, recorded.length);
  return theirs >= low - tolerance && theirs <= high + tolerance ? 'within sampling error' : 'differs';
}

/** Where 99 % of the medians of `size` values drawn from `values` lie. */
function medianRange(values: readonly number[], size: number): [number, number] {
  const stream = createStream(1, 'resampling');
  const medians: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    medians.push(median(Array.from({ length: size }, () => values[drawBelow(stream, values.length)]!)));
  }
  medians.sort((a, b) => a - b);
  const cut = Math.floor(RESAMPLES * TAIL_SHARE);
  return [medians[cut]!, medians[RESAMPLES - 1 - cut]!];
}

/** Values of each measure over several runs. */
export function collectMeasures(runs: readonly ReadonlyMap<string, number>[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const measures of runs) {
    for (const [name, value] of measures) {
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
  }
  return values;
}

/** Pairs of events of which the first always comes first, in every sequence that has both. */
export function sharedOrder(sequences: readonly (readonly string[])[]): Set<string> {
  const before = new Set<string>();
  const broken = new Set<string>();
  for (const sequence of sequences) {
    for (const [a, b] of orderedPairs(sequence)) {
      before.add(`${a} < ${b}`);
      broken.add(`${b} < ${a}`);
    }
  }
  return new Set([...before].filter((pair) => !broken.has(pair)));
}

/** The pairs of a sequence, by first occurrence. */
function orderedPairs(sequence: readonly string[]): [string, string][] {
  const events = [...new Set(sequence)];
  return events.flatMap((a, index) => events.slice(index + 1).map((b): [string, string] => [a, b]));
}

/** The shared pairs that a sequence breaks. */
export function brokenOrder(sequence: readonly string[], shared: ReadonlySet<string>): string[] {
  return orderedPairs(sequence)
    .map(([a, b]) => `${b} < ${a}`)
    .filter((reversed) => shared.has(reversed));
}

/** Probability, by Fisher's exact test, that two shares differ at least as much when both arms are the same. */
export function fisherExact(hitsA: number, ofA: number, hitsB: number, ofB: number): number {
  const hits = hitsA + hitsB;
  const probability = (inA: number) =>
    Math.exp(logChoose(ofA, inA) + logChoose(ofB, hits - inA) - logChoose(ofA + ofB, hits));
  const observed = probability(hitsA);
  let sum = 0;
  for (let inA = Math.max(0, hits - ofB); inA <= Math.min(ofA, hits); inA++) {
    const each = probability(inA);
    if (each <= observed * (1 + 1e-9)) sum += each;
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
