/** INFO, PING and hello at their periods (S-PERIOD-1 to S-PERIOD-6). */
import { INFO } from '../commands.ts';
import type { Host } from '../process.ts';
import { wallNow } from './clock.ts';
import { SENTINEL } from './flags.ts';
import { sendHello } from './hello.ts';
import { ASKED_INFO, sendCounted } from './outbox.ts';
import { infoPeriodMs, pingPeriodMs } from './pacing.ts';
import { MAX_PENDING_COMMANDS } from './periods.ts';
import { sendPing } from './ping.ts';
import { type Instance, linkOf, type SentinelState } from './state.ts';

/** S-PERIOD-2: nothing remembers an INFO in flight. */
function infoIsDue(state: SentinelState, instance: Instance, nowUs: number): boolean {
  if ((instance.flags & SENTINEL) !== 0) return false;
  if (instance.infoRefreshUs === 0) return true;
  return nowUs - instance.infoRefreshUs > infoPeriodMs(state, instance) * 1000;
}

/** S-PERIOD-1: the three, in this order. */
export function sendPeriodicCommands(state: SentinelState, host: Host, instance: Instance): void {
  const link = linkOf(state, instance);
  if (link.disconnected || link.pendingCommands >= MAX_PENDING_COMMANDS * link.refcount) return;
  const nowUs = wallNow(host);
  if (infoIsDue(state, instance, nowUs)) {
    sendCounted(state, host, instance, link, link.cc, INFO, ASKED_INFO);
  }
  const pingMs = pingPeriodMs(state, instance);
  if (nowUs - link.lastPongUs > pingMs * 1000 && nowUs - link.lastPingUs > Math.floor(pingMs / 2) * 1000) {
    sendPing(state, host, instance, link);
  }
  if (nowUs - instance.lastPubUs > state.periods.publishMs * 1000) sendHello(state, host, instance);
}
