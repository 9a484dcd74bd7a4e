/** The wall clock as Sentinel's rules use it. */
import type { Host } from '../process.ts';

/**
 * Added to the host's wall clock, so that 0 is long ago: the rules use 0 for "never" and subtract it like any other
 * time (`failover_start_time`, `last_reconn_time`).
 */
const EPOCH_US = 1_600_000_000_000_000;

/** Wall clock in microseconds: what `mstime()` reads, finer. */
export function wallNow(host: Host): number {
  return host.wallUs + EPOCH_US;
}

/** Whole milliseconds of a duration in microseconds, for replies. */
export function wholeMs(durationUs: number): number {
  return Math.floor(durationUs / 1000);
}
