/** S_DOWN: what this Sentinel believes on its own (section 6). */
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MASTER, MASTER_REBOOT, S_DOWN, SCRIPT_KILL_SENT, SLAVE } from './flags.ts';
import { closeCommandConnection, closePubsubConnection } from './links.ts';
import { type Instance, type Link, linkOf, NO_CONNECTION, type SentinelState } from './state.ts';

/** How long the instance has been silent, in microseconds (S-SDOWN-1). */
function silence(link: Link, nowUs: number): number {
  if (link.actPingUs !== 0) return nowUs - link.actPingUs;
  return link.disconnected ? nowUs - link.lastAvailUs : 0;
}

/** Conditions 2 and 3 of S-SDOWN-5, masters only. */
function masterIsDown(state: SentinelState, instance: Instance, nowUs: number): boolean {
  if (instance.roleReported === SLAVE) {
    const waitUs = (instance.downAfterMs + 2 * state.periods.infoMs) * 1000;
    if (nowUs - instance.roleReportedUs > waitUs) return true;
  }
  if ((instance.flags & MASTER_REBOOT) === 0) return false;
  return nowUs - instance.masterRebootSinceUs > instance.masterRebootDownAfterMs * 1000;
}

/** Replicas and Sentinels by silence alone (S-SDOWN-9). */
function isDown(state: SentinelState, instance: Instance, silenceUs: number, nowUs: number): boolean {
  if (silenceUs > instance.downAfterMs * 1000) return true;
  return (instance.flags & MASTER) !== 0 && masterIsDown(state, instance, nowUs);
}

/** S-SDOWN-5, at this wall time. */
export function isSubjectivelyDown(
  state: SentinelState,
  instance: Instance,
  link: Link,
  nowUs: number,
): boolean {
  return isDown(state, instance, silence(link, nowUs), nowUs);
}

/** S-SDOWN-3. */
function commandIsHalfOpen(state: SentinelState, instance: Instance, link: Link, nowUs: number): boolean {
  if (link.cc === NO_CONNECTION || link.actPingUs === 0) return false;
  if (nowUs - link.ccConnUs <= state.periods.minLinkReconnectMs * 1000) return false;
  const halfUs = Math.floor(instance.downAfterMs / 2) * 1000;
  return nowUs - link.actPingUs > halfUs && nowUs - link.lastPongUs > halfUs;
}

/** S-SDOWN-4. */
function pubsubIsHalfOpen(state: SentinelState, link: Link, nowUs: number): boolean {
  if (link.pc === NO_CONNECTION) return false;
  if (nowUs - link.pcConnUs <= state.periods.minLinkReconnectMs * 1000) return false;
  return nowUs - link.pcLastActivityUs > 3 * state.periods.publishMs * 1000;
}

/** S-SDOWN-6. */
function becomeSubjectivelyDown(state: SentinelState, host: Host, instance: Instance): void {
  announce(state, host, '+sdown', instance);
  instance.sDownSinceUs = wallNow(host);
  instance.flags |= S_DOWN;
}

/** The time of the episode is kept (S-SDOWN-7). */
function becomeSubjectivelyUp(state: SentinelState, host: Host, instance: Instance): void {
  announce(state, host, '-sdown', instance);
  instance.flags &= ~(S_DOWN | SCRIPT_KILL_SENT);
}

/** One evaluation of section 6; the silence is measured before any closing (S-SDOWN-1). */
export function checkSubjectivelyDown(state: SentinelState, host: Host, instance: Instance): void {
  const link = linkOf(state, instance);
  const nowUs = wallNow(host);
  const silenceUs = silence(link, nowUs);
  if (commandIsHalfOpen(state, instance, link, nowUs)) closeCommandConnection(state, host, link);
  if (pubsubIsHalfOpen(state, link, nowUs)) closePubsubConnection(state, host, link);
  const down = isDown(state, instance, silenceUs, nowUs);
  if (down === ((instance.flags & S_DOWN) !== 0)) return;
  if (down) becomeSubjectivelyDown(state, host, instance);
  else becomeSubjectivelyUp(state, host, instance);
}
