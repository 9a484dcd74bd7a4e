/** The vote (section 9.1). */
import type { Host } from '../process.ts';
import { drawBelow } from '../random.ts';
import { announceAs } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MAX_DESYNC_MS } from './periods.ts';
import { flushConfig } from './persistence.ts';
import type { Instance, SentinelState } from './state.ts';

/** 0 to 999 ms, in microseconds (S-VOTE-1, S-START-3). */
export function drawDesyncUs(state: SentinelState): number {
  return drawBelow(state.desync, MAX_DESYNC_MS) * 1000;
}

function isOwnId(state: SentinelState, runId: string): boolean {
  return runId === state.myId || runId.toLowerCase() === state.myId.toLowerCase();
}

/** Voting for another moves the own deadlines (S-VOTE-4). */
function giveVote(state: SentinelState, host: Host, master: Instance, runId: string): void {
  master.leader = runId;
  master.leaderEpoch = state.currentEpoch;
  flushConfig(state, host);
  announceAs(state, host, '+vote-for-leader', master, `${master.leader} ${master.leaderEpoch}`);
  if (!isOwnId(state, runId)) master.failoverStartUs = wallNow(host) + drawDesyncUs(state);
}

/**
 * The request of `runId` to lead in `epoch` (S-VOTE-1): one vote per master and epoch, first come first served (S-VOTE-2),
 * with no condition on the own view (S-VOTE-3), whether or not it could be saved (S-VOTE-5). The result stands in
 * `master.leader` (empty: none) and `master.leaderEpoch`.
 */
export function vote(state: SentinelState, host: Host, master: Instance, epoch: number, runId: string): void {
  if (epoch > state.currentEpoch) {
    state.currentEpoch = epoch;
    flushConfig(state, host);
    announceAs(state, host, '+new-epoch', master, String(epoch));
  }
  if (master.leaderEpoch < epoch && state.currentEpoch <= epoch) giveVote(state, host, master, runId);
}
