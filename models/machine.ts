/**
 * What a machine costs: durations that Redis's source does not fix but that every real run contains.
 * Defaults are those of the recordings' machine (two busy cores, one disk); a scenario may override them.
 */
import type { Range } from './random.ts';

export interface Machine {
  /** One fsync of a small file, in microseconds. */
  readonly fsyncUs: Range;
  /** What INFO costs a server, in microseconds: answers asked for in the same instant overtake it. */
  readonly infoUs: number;
  /** From the start of a server process to its listening socket, in microseconds. */
  readonly bootUs: Range;
  /** From a SIGKILL to the reset of the process's connections, in microseconds. */
  readonly killTeardownUs: Range;
  /** fork() of the server, in microseconds per GiB of memory, with a floor. */
  readonly forkUsPerGiB: number;
  readonly forkMinUs: number;
  /** Writing an RDB, bytes a second of RDB payload. */
  readonly rdbBytesPerSecond: number;
  /** Loading an RDB or AOF, bytes a second of payload; the first bytes go faster, as long as the data set fits the processor's caches. */
  readonly loadBytesPerSecond: number;
  readonly cachedLoadBytes: number;
  readonly cachedLoadBytesPerSecond: number;
  /** What a sleep lasts longer than asked for: the timer slack of Linux, 50 us, and the wake-up (key-load-delay sleeps for each key). */
  readonly sleepOvershootUs: number;
  /** Bandwidth of a replica link for bulk transfer, bytes a second. */
  readonly linkBytesPerSecond: number;
}

/** R-FULL-7's calibration sample, and boot and fsync times as recorded. */
export const DEFAULT_MACHINE: Machine = {
  fsyncUs: { min: 1_500, max: 4_500 },
  infoUs: 100,
  bootUs: { min: 8_000, max: 20_000 },
  killTeardownUs: { min: 1_000, max: 6_000 },
  forkUsPerGiB: 12_000,
  forkMinUs: 400,
  rdbBytesPerSecond: 36_000_000,
  loadBytesPerSecond: 36_000_000,
  cachedLoadBytes: 3_500_000,
  cachedLoadBytesPerSecond: 60_000_000,
  sleepOvershootUs: 100,
  linkBytesPerSecond: 125_000_000,
};
