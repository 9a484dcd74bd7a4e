/** O_DOWN: a quorum agrees (section 7). */
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MASTER_DOWN, O_DOWN, S_DOWN } from './flags.ts';
import { reachesQuorum } from './quorum.ts';
import type { Instance, SentinelState } from './state.ts';

/** This Sentinel and the entries that said so, whatever their age or state (S-ODOWN-1, S-ODOWN-4). */
function countDown(state: SentinelState, master: Instance): number {
  let count = 1;
  for (const id of master.sentinelIds) {
    if ((state.instances[id]!.flags & MASTER_DOWN) !== 0) count++;
  }
  return count;
}

/** S-ODOWN-1, S-ODOWN-2; a failover that runs goes on (S-ODOWN-3). */
export function checkObjectivelyDown(state: SentinelState, host: Host, master: Instance): void {
  const isDown = (master.flags & O_DOWN) !== 0;
  if ((master.flags & S_DOWN) === 0 && !isDown) return;
  const count = (master.flags & S_DOWN) === 0 ? 0 : countDown(state, master);
  const down = reachesQuorum(count, master.quorum);
  if (down === isDown) return;
  if (down) {
    announce(state, host, '+odown', master, `#quorum ${count}/${master.quorum}`);
    master.flags |= O_DOWN;
    master.oDownSinceUs = wallNow(host);
  } else {
    announce(state, host, '-odown', master);
    master.flags &= ~O_DOWN;
  }
}
