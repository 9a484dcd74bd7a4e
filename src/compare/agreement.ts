/** When what a simulation shows agrees with what was recorded. */
import { fisherExact, ksExact, ksStatistic } from './exactTests.ts';

/** Tests reject at this level. */
const LEVEL = 0.01;
/** What no recording shows may occur in this share of simulated runs. */
const UNRECORDED_SHARE = 0.1;
const SHARE_TOLERANCE = 0.05;

/** What a measure counts in. `ms`: a time or a length; `count`: how often; `lost`: writes. */
export type Unit = 'ms' | 'count' | 'lost';

/** The common shift that is allowed at least; a unit without one is compared as it is. */
const LEAST_SHIFT: Record<Unit, number> = { ms: 100, lost: 3, count: 0 };

/** The values of a measure in those runs in which it occurs. */
export interface Sample {
  readonly values: readonly number[];
  readonly runs: number;
}

export interface Agreement {
  readonly agrees: boolean;
  /** What decided: how often it occurs, that it is new, or its values. */
  readonly by: 'occurrence' | 'unrecorded' | 'values';
  readonly fisherP: number;
  /** Null where there are no values to compare. */
  readonly ksP: number | null;
  /** What was added to the simulated values, in their unit. */
  readonly shift: number;
}

export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Judges one measure by how often it occurs and by its values. */
export function judge(unit: Unit, recorded: Sample, simulated: Sample): Agreement {
  const theirs = recorded.values.length;
  const ours = simulated.values.length;
  const fisherP = fisherExact(theirs, recorded.runs, ours, simulated.runs);
  const verdict = (agrees: boolean, by: Agreement['by']): Agreement => {
    return { agrees, by, fisherP, ksP: null, shift: 0 };
  };
  if (fisherP <= LEVEL) return verdict(false, 'occurrence');
  if (theirs === 0 && ours > UNRECORDED_SHARE * simulated.runs) return verdict(false, 'unrecorded');
  if (theirs === 0 || ours === 0) return verdict(true, 'occurrence');
  const { p, shift } = compareValues(ascending(recorded.values), ascending(simulated.values), unit);
  return { agrees: p > LEVEL, by: 'values', fisherP, ksP: p, shift };
}

interface Fit {
  readonly p: number;
  readonly shift: number;
}

/** Values as they are where that is enough, otherwise after the best common shift. */
function compareValues(recorded: readonly number[], simulated: readonly number[], unit: Unit): Fit {
  const plain = ksExact(recorded, simulated);
  const least = LEAST_SHIFT[unit];
  if (plain > LEVEL || least === 0) return { p: plain, shift: 0 };
  const most = Math.max(least, Math.abs(median(recorded)) * SHARE_TOLERANCE);
  const shift = bestShift(recorded, simulated, most);
  return { p: ksExact(recorded, shifted(simulated, shift)), shift };
}

function shifted(values: readonly number[], shift: number): number[] {
  return values.map((value) => value + shift);
}

/** The shift of at most `most` that brings the distributions closest: one that makes a value of each coincide, or none. */
function bestShift(recorded: readonly number[], simulated: readonly number[], most: number): number {
  let best = { shift: 0, distance: ksStatistic(recorded, simulated) };
  const shifts = new Set(
    recorded.flatMap((theirs) => simulated.map((ours) => theirs - ours)).concat(most, -most),
  );
  for (const shift of [...shifts].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    if (Math.abs(shift) > most) break;
    const distance = ksStatistic(recorded, shifted(simulated, shift));
    if (distance < best.distance) best = { shift, distance };
  }
  return best.shift;
}
