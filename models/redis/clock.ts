/** Redis's clocks: integer seconds of wall clock for nearly everything (R-CLK-1). */
import type { Host } from '../process.ts';
import { drawFrom } from '../random.ts';
import type { RedisState } from './state.ts';

export const SECOND_US = 1_000_000;

/** `server.unixtime`. */
export function unixSeconds(host: Host): number {
  return Math.floor(host.wallUs / SECOND_US);
}

/** Microseconds that `bytes` take at a rate. */
export function durationUs(bytes: number, bytesPerSecond: number): number {
  return Math.ceil((bytes * SECOND_US) / bytesPerSecond);
}

/**
 * The server is busy: nothing else runs. A tick that comes due meanwhile runs late, and the ticks after it count
 * from there (R-CLK-2, R-CLK-6).
 */
export function stall(state: RedisState, host: Host, durationUs: number): void {
  if (durationUs <= 0) return;
  passTicks(state, host.nowUs);
  host.stall(durationUs);
  delayTick(state, host.nowUs);
}

/** Counts the ticks that have run before `untilUs`; those that were not asked for had nothing to do. */
export function passTicks(state: RedisState, untilUs: number): void {
  const cron = state.cron;
  if (cron.nextUs >= untilUs || state.load !== null) return;
  const passed = Math.min(
    Math.ceil((untilUs - cron.nextUs) / cron.periodUs),
    Math.max(cron.dueLoops - cron.loops, 0),
  );
  cron.loops += passed;
  cron.nextUs += passed * cron.periodUs;
}

/** The next tick cannot run before `untilUs`. */
export function delayTick(state: RedisState, untilUs: number): void {
  if (state.cron.nextUs < untilUs) {
    state.cron.nextUs = untilUs;
    state.rescheduleNeeded = true;
  }
}

/** Waits for one fsync. */
export function fsync(state: RedisState, host: Host): void {
  stall(state, host, drawFrom(state.diskRandom, state.machine.fsyncUs));
}
