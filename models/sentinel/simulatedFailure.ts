/** Crashes that SENTINEL SIMULATE-FAILURE armed (S-SIM-2). */
import type { Host } from '../process.ts';
import { logLine } from './announcing.ts';
import type { SentinelState } from './state.ts';

const CRASH_STATUS = 99;

/** Ends the process when this failure is armed; the caller must then do nothing more. */
export function crashIfArmed(state: SentinelState, host: Host, failure: number): boolean {
  if ((state.simFailureFlags & failure) === 0) return false;
  logLine(state, host, 'simulated-crash', 'Sentinel CRASH because of SENTINEL simulate-failure');
  state.exited = true;
  host.exit(CRASH_STATUS);
  return true;
}
