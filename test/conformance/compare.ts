/** When a simulated measure agrees with the recorded ones. */
import { median } from './measures.ts';

/** Times agree when their medians differ by at most this, or by 5 %. */
const TIME_TOLERANCE_MS = 100;
const TIME_TOLERANCE_SHARE = 0.05;

const isCount = (measure: string) => / count$| gaps$|^client\d+ [A-Z]+$/.test(measure);
const isSpread = (measure: string) => isCount(measure) || measure.endsWith(' lost') || measure.endsWith(' gap');

/**
 * Times: the medians agree. Counts, client gaps and lost writes: the simulated median lies within the spread of the
 * recordings.
 */
export function isWithinTolerance(measure: string, simulatedMedian: number, recorded: readonly number[]): boolean {
  if (isSpread(measure)) {
    return simulatedMedian >= Math.min(...recorded) && simulatedMedian <= Math.max(...recorded);
  }
  const recordedMedian = median(recorded);
  const tolerance = Math.max(TIME_TOLERANCE_MS, Math.abs(recordedMedian) * TIME_TOLERANCE_SHARE);
  return Math.abs(simulatedMedian - recordedMedian) <= tolerance;
}
