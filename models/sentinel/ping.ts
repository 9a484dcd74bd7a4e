/** PING and its replies (S-PING-1 to S-PING-6). */
import { PING, type Reply } from '../commands.ts';
import type { Host } from '../process.ts';
import { wallNow } from './clock.ts';
import { MASTER_REBOOT, S_DOWN, SCRIPT_KILL_SENT } from './flags.ts';
import { ASKED_NOTHING, ASKED_PING, sendCounted } from './outbox.ts';
import type { Instance, Link, SentinelState } from './state.ts';

/** The clock of the oldest unanswered PING runs from here unless it runs already (S-PING-1). */
export function sendPing(state: SentinelState, host: Host, instance: Instance, link: Link): void {
  sendCounted(state, host, instance, link, link.cc, PING, ASKED_PING);
  const nowUs = wallNow(host);
  link.lastPingUs = nowUs;
  if (link.actPingUs === 0) link.actPingUs = nowUs;
}

/** One SCRIPT KILL an SDOWN episode (S-PING-5). */
function killScript(state: SentinelState, host: Host, instance: Instance, link: Link): void {
  if ((instance.flags & S_DOWN) === 0 || (instance.flags & SCRIPT_KILL_SENT) !== 0) return;
  sendCounted(state, host, instance, link, link.cc, { kind: 'SCRIPT KILL' }, ASKED_NOTHING);
  instance.flags |= SCRIPT_KILL_SENT;
}

/**
 * Only PONG, LOADING and MASTERDOWN prove that the instance is available (S-PING-3); other errors (S-PING-4) and other
 * kinds of reply (S-PING-6) only count as replies (S-PING-2).
 */
export function receivePong(
  state: SentinelState,
  host: Host,
  instance: Instance,
  link: Link,
  reply: Reply,
): void {
  const nowUs = wallNow(host);
  if (reply.kind === 'status' || reply.kind === 'error') {
    const text = reply.text;
    const isPong = text === 'PONG' || text.startsWith('PONG');
    if (isPong || text.startsWith('LOADING') || text.startsWith('MASTERDOWN')) {
      link.lastAvailUs = nowUs;
      link.actPingUs = 0;
      if (isPong) instance.flags &= ~MASTER_REBOOT;
    } else if (text.startsWith('BUSY')) {
      killScript(state, host, instance, link);
    }
  }
  link.lastPongUs = nowUs;
}
