/** TILT: after a clock jump or a freeze this Sentinel only watches (section 1.3). */
import type { Host } from '../process.ts';
import { announceGlobal } from './announcing.ts';
import { wallNow } from './clock.ts';
import type { SentinelState } from './state.ts';

/** At the start of each tick; a new anomaly restarts the period (S-TILT-1, S-TILT-2). */
export function checkTilt(state: SentinelState, host: Host): void {
  const nowUs = wallNow(host);
  const deltaUs = nowUs - state.previousTimeUs;
  state.previousTimeUs = nowUs;
  if (deltaUs >= 0 && deltaUs <= state.periods.tiltTriggerMs * 1000) return;
  state.tilt = true;
  state.tiltStartUs = nowUs;
  announceGlobal(state, host, '+tilt', '#tilt mode entered');
}

/**
 * The gate before the acting half (S-TILT-4): true while TILT lasts; leaves it when the time is over (S-TILT-3), without
 * rebasing anything (S-TILT-6). What is not behind it goes on in TILT (S-TILT-5).
 */
export function tiltHolds(state: SentinelState, host: Host): boolean {
  if (!state.tilt) return false;
  if (wallNow(host) - state.tiltStartUs < state.periods.tiltPeriodMs * 1000) return true;
  state.tilt = false;
  announceGlobal(state, host, '-tilt', '#tilt mode exited');
  return false;
}
