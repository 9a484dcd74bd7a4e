/** The wall clock as Sentinel's rules use it. */
import type { Host } from '../process.ts';

/** Wall clock in microseconds: what `mstime()` reads, finer. The rules use 0 for "never". */
export function wallNow(host: Host): number {
  return host.wallUs;
}

/** Whole milliseconds of a duration in microseconds, for replies. */
export function wholeMs(durationUs: number): number {
  return Math.floor(durationUs / 1000);
}
