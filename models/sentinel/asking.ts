/** Asking the other Sentinels whether the master is down, and for their vote (section 8). */
import type { Message, Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { announced } from './address.ts';
import { logLine } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MASTER_DOWN, NONE, S_DOWN } from './flags.ts';
import { ASKED_MASTER_DOWN, sendCounted } from './outbox.ts';
import { type Instance, linkOf, type SentinelState } from './state.ts';

/** An old answer is forgotten, a reported vote with it; the reported epoch stays (S-ASK-2, S-ELECT-5). */
function expireAnswer(state: SentinelState, entry: Instance, sinceReplyUs: number): void {
  if (sinceReplyUs <= 5 * state.periods.askMs * 1000) return;
  entry.flags &= ~MASTER_DOWN;
  entry.leader = '';
}

/** S-ASK-3. */
function question(state: SentinelState, master: Instance): Request {
  return {
    kind: 'IS-MASTER-DOWN-BY-ADDR',
    ip: announced(state, master.address),
    port: master.address.port,
    epoch: state.currentEpoch,
    runId: master.failoverState === NONE ? '*' : state.myId,
  };
}

/** S-ASK-1; `forced` ignores the throttle, which runs from the last reply (S-ASK-4). */
export function askOtherSentinels(state: SentinelState, host: Host, master: Instance, forced: boolean): void {
  for (let i = 0; i < master.sentinelIds.length; i++) {
    const entry = state.instances[master.sentinelIds[i]!]!;
    const sinceReplyUs = wallNow(host) - entry.lastMasterDownReplyUs;
    expireAnswer(state, entry, sinceReplyUs);
    if ((master.flags & S_DOWN) === 0) continue;
    const link = linkOf(state, entry);
    if (link.disconnected) continue;
    if (!forced && sinceReplyUs < state.periods.askMs * 1000) continue;
    sendCounted(state, host, entry, link, link.cc, question(state, master), ASKED_MASTER_DOWN);
  }
}

/** S-ASK-5; anything but (integer, string, integer) is ignored. */
export function receiveMasterDownReply(
  state: SentinelState,
  host: Host,
  entry: Instance,
  reply: Message,
): void {
  if (reply.kind !== 'array' || reply.items === null || reply.items.length !== 3) return;
  const [down, leader, epoch] = reply.items;
  if (down?.kind !== 'integer' || leader?.kind !== 'bulk' || epoch?.kind !== 'integer') return;
  if (leader.text === null) return;
  entry.lastMasterDownReplyUs = wallNow(host);
  state.dueStale = true;
  if (down.value === 1) entry.flags |= MASTER_DOWN;
  else entry.flags &= ~MASTER_DOWN;
  if (leader.text === '*') return;
  if (entry.leaderEpoch !== epoch.value) {
    logLine(state, host, 'vote-received', `${entry.name} voted for ${leader.text} ${epoch.value}`);
  }
  entry.leader = leader.text;
  entry.leaderEpoch = epoch.value;
}
