/** Starting a failover (section 10). */
import type { Host } from '../process.ts';
import { announce, announceAs, logLine } from './announcing.ts';
import { wallNow } from './clock.ts';
import { FAILOVER_IN_PROGRESS, O_DOWN, WAIT_START } from './flags.ts';
import type { Instance, SentinelState } from './state.ts';
import { drawDesyncUs } from './voting.ts';

/** S-START-3. No flush: the own vote flushes. */
export function startFailover(state: SentinelState, host: Host, master: Instance): void {
  master.failoverState = WAIT_START;
  master.flags |= FAILOVER_IN_PROGRESS;
  state.currentEpoch++;
  master.failoverEpoch = state.currentEpoch;
  announceAs(state, host, '+new-epoch', master, String(state.currentEpoch));
  announce(state, host, '+try-failover', master);
  master.failoverStartUs = wallNow(host) + drawDesyncUs(state);
  master.failoverStateChangeUs = wallNow(host);
}

/** The line is written once for each value of `failover_start_time`; its time is monotonic (S-START-2). */
function logDelay(state: SentinelState, host: Host, master: Instance): void {
  if (master.failoverDelayLoggedUs === master.failoverStartUs) return;
  master.failoverDelayLoggedUs = master.failoverStartUs;
  const untilUs = master.failoverStartUs + 2 * master.failoverTimeoutMs * 1000 - state.clockOffsetUs;
  logLine(state, host, 'next-failover-delay', String(untilUs));
}

/** S-START-1; true when a failover was started. */
export function startFailoverIfNeeded(state: SentinelState, host: Host, master: Instance): boolean {
  if ((master.flags & O_DOWN) === 0 || (master.flags & FAILOVER_IN_PROGRESS) !== 0) return false;
  const { failoverStartUs } = master;
  if (failoverStartUs !== 0 && wallNow(host) - failoverStartUs < 2 * master.failoverTimeoutMs * 1000) {
    logDelay(state, host, master);
    return false;
  }
  startFailover(state, host, master);
  return true;
}
