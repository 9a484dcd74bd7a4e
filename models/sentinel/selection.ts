/** Which replica becomes the master (section 12). */
import type { Host } from '../process.ts';
import { wallNow } from './clock.ts';
import { O_DOWN, S_DOWN } from './flags.ts';
import { type Instance, linkOf, type SentinelState } from './state.ts';

/** What the order of candidates looks at. */
export type Candidate = Pick<Instance, 'slavePriority' | 'slaveReplOffset' | 'runId'>;

function compareRunIds(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right) return 0;
  if (left === '') return 1;
  if (right === '') return -1;
  return left < right ? -1 : 1;
}

/** Negative when `a` is the better one: priority, then offset, then run id, unknown last (S-SELECT-3). */
export function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.slavePriority !== b.slavePriority) return a.slavePriority - b.slavePriority;
  if (a.slaveReplOffset !== b.slaveReplOffset) return a.slaveReplOffset > b.slaveReplOffset ? -1 : 1;
  return compareRunIds(a.runId, b.runId);
}

/** The filters of S-SELECT-2, in order; there are no others (S-SELECT-4). */
function isEligible(
  state: SentinelState,
  replica: Instance,
  nowUs: number,
  infoValidityMs: number,
  maxDownUs: number,
): boolean {
  const link = linkOf(state, replica);
  if ((replica.flags & (S_DOWN | O_DOWN)) !== 0 || link.disconnected) return false;
  if (nowUs - link.lastAvailUs > 5 * state.periods.pingMs * 1000) return false;
  if (replica.slavePriority === 0) return false;
  if (nowUs - replica.infoRefreshUs > infoValidityMs * 1000) return false;
  return replica.masterLinkDownMs * 1000 <= maxDownUs;
}

/**
 * The best eligible replica, or null; the first in table order among equals. S-SELECT-1 bounds the time down of its
 * link.
 */
export function selectSlave(state: SentinelState, host: Host, master: Instance): Instance | null {
  const nowUs = wallNow(host);
  const masterDown = (master.flags & S_DOWN) !== 0;
  const downUs = masterDown ? nowUs - master.sDownSinceUs : 0;
  const maxDownUs = downUs + 10 * master.downAfterMs * 1000;
  const validityMs = masterDown ? 5 * state.periods.pingMs : 3 * state.periods.infoMs;
  let best: Instance | null = null;
  for (const id of master.replicaIds) {
    const replica = state.instances[id]!;
    if (!isEligible(state, replica, nowUs, validityMs, maxDownUs)) continue;
    if (best === null || compareCandidates(replica, best) < 0) best = replica;
  }
  return best;
}
