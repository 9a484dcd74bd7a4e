/** How much later than due a Sentinel may act: its next tick, and the fsyncs on the way. */
import type { SentinelState } from '../models/sentinel/index.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { CheckContext } from './property.ts';

/** An interval of at most 100 ms (S-TIMER-2), counted from the end of a tick that may have waited for the disk (S-TIMER-3). */
export const TICK_US = 150_000;
export const A_TICK = 'a tick (0.15 s)';
export const ON_TIME =
  'a Sentinel that was stopped, started or had its clock set on the way may be tilt-trigger (2 s) later (S-TILT-1)';

/** For what is due after `sinceUs` of the world and is announced now. */
export function tickUs(
  { interference }: CheckContext,
  { process }: Announcement,
  { periods }: SentinelState,
  sinceUs: number,
): number {
  return interference.isFreeSince(process, sinceUs) ? TICK_US : TICK_US + periods.tiltTriggerMs * 1000;
}
