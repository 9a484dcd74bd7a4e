/** Counting votes (section 9.2). */
import type { Host } from '../process.ts';
import { isElected } from './quorum.ts';
import type { Instance, SentinelState } from './state.ts';
import { vote } from './voting.ts';

/** Candidates in the order in which they first appear; one entry each. */
interface Tally {
  readonly candidates: string[];
  readonly votes: number[];
}

function addVote(tally: Tally, candidate: string): number {
  const known = tally.candidates.indexOf(candidate);
  if (known >= 0) return ++tally.votes[known]!;
  tally.candidates.push(candidate);
  tally.votes.push(1);
  return 1;
}

/** Votes of others are matched against the current epoch, which may have moved on (S-ELECT-3, S-ELECT-7). */
function countReported(state: SentinelState, master: Instance): Tally {
  const tally: Tally = { candidates: [], votes: [] };
  for (const id of master.sentinelIds) {
    const entry = state.instances[id]!;
    if (entry.leader !== '' && entry.leaderEpoch === state.currentEpoch) addVote(tally, entry.leader);
  }
  return tally;
}

/** Index of the candidate with most votes, the first of equals; -1: none. */
function leading(tally: Tally): number {
  let best = -1;
  for (let i = 0; i < tally.votes.length; i++) {
    if (best < 0 || tally.votes[i]! > tally.votes[best]!) best = i;
  }
  return best;
}

/** The elected leader of this epoch, or empty; casts the own vote if it is still free (S-ELECT-1, S-ELECT-4). */
export function leaderOf(state: SentinelState, host: Host, master: Instance, epoch: number): string {
  const voters = master.sentinelIds.length + 1;
  const tally = countReported(state, master);
  const best = leading(tally);
  let winner = best < 0 ? '' : tally.candidates[best]!;
  let most = best < 0 ? 0 : tally.votes[best]!;
  vote(state, host, master, epoch, winner === '' ? state.myId : winner);
  if (master.leader !== '' && master.leaderEpoch === epoch) {
    const votes = addVote(tally, master.leader);
    if (votes > most) {
      most = votes;
      winner = master.leader;
    }
  }
  return winner !== '' && isElected(most, voters, master.quorum) ? winner : '';
}
