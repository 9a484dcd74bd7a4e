/** Periods of the commands that are sent to an instance (section 3). */
import { FAILOVER_IN_PROGRESS, O_DOWN, SLAVE } from './flags.ts';
import { FAST_INFO_MS } from './periods.ts';
import { type Instance, masterOf, type SentinelState } from './state.ts';

/** Replicas are asked every second while it matters; a master never is (S-PERIOD-3). */
export function infoPeriodMs(state: SentinelState, instance: Instance): number {
  if ((instance.flags & SLAVE) === 0) return state.periods.infoMs;
  const urgent = (masterOf(state, instance).flags & (O_DOWN | FAILOVER_IN_PROGRESS)) !== 0;
  return urgent || instance.masterLinkDownMs !== 0 ? FAST_INFO_MS : state.periods.infoMs;
}

/** S-PERIOD-5. */
export function pingPeriodMs(state: SentinelState, instance: Instance): number {
  return Math.min(instance.downAfterMs, state.periods.pingMs);
}
