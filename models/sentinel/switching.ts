/** Resets, and switching a record to another address (section 14). */
import type { Host } from '../process.ts';
import { type Address, announced, createAddress, sameAddress } from './address.ts';
import { announce, announceAs } from './announcing.ts';
import { wallNow } from './clock.ts';
import { MASTER, NONE, SLAVE } from './flags.ts';
import { createInstance, releaseTable } from './instances.ts';
import { closeBothConnections } from './links.ts';
import { flushConfig } from './persistence.ts';
import { type Instance, linkOf, NO_INSTANCE, type SentinelState } from './state.ts';

/** The link starts anew, except its last reconnection time (S-SWITCH-3, S-LINK-3). */
function resetLink(state: SentinelState, host: Host, master: Instance): void {
  const link = linkOf(state, master);
  const nowUs = wallNow(host);
  closeBothConnections(state, host, link);
  link.actPingUs = nowUs;
  link.lastPingUs = 0;
  link.lastAvailUs = nowUs;
  link.lastPongUs = nowUs;
}

/** S-SWITCH-3; what is not named here is kept, the time of the last INFO too (S-PERIOD-4). */
export function resetMaster(
  state: SentinelState,
  host: Host,
  master: Instance,
  options: { readonly keepSentinels: boolean; readonly announce: boolean },
): void {
  releaseTable(state, host, master.replicaIds);
  if (!options.keepSentinels) releaseTable(state, host, master.sentinelIds);
  resetLink(state, host, master);
  master.flags = MASTER;
  master.leader = '';
  master.failoverState = NONE;
  master.failoverStateChangeUs = 0;
  master.failoverStartUs = 0;
  master.promotedSlaveId = NO_INSTANCE;
  master.runId = '';
  master.slaveMasterHost = '';
  master.roleReported = MASTER;
  master.roleReportedUs = wallNow(host);
  state.dueStale = true;
  if (options.announce) announce(state, host, '+reset-master', master);
}

/** Step 2 of S-SWITCH-4: the replicas of the new master. */
function futureReplicas(state: SentinelState, master: Instance, address: Address): Address[] {
  const addresses: Address[] = [];
  for (const id of master.replicaIds) {
    const replica = state.instances[id]!;
    if (!sameAddress(replica.address, address)) addresses.push(replica.address);
  }
  if (!sameAddress(address, master.address)) addresses.push(master.address);
  return addresses;
}

/** S-SWITCH-4; the replicas start blank (S-SWITCH-5); false and no change when the new address does not resolve. */
export function resetAndChangeAddress(
  state: SentinelState,
  host: Host,
  master: Instance,
  hostname: string,
  port: number,
): boolean {
  const address = createAddress(state, host, hostname, port, false);
  if (address === null) return false;
  const replicas = futureReplicas(state, master, address);
  resetMaster(state, host, master, { keepSentinels: true, announce: false });
  master.address = address;
  master.oDownSinceUs = 0;
  master.sDownSinceUs = 0;
  for (const old of replicas) {
    const { hostname: name, port: oldPort } = old;
    const given = {
      type: SLAVE,
      name: '',
      hostname: name,
      port: oldPort,
      quorum: master.quorum,
      master,
    } as const;
    const replica = createInstance(state, host, given);
    if (replica !== null) announce(state, host, '+slave', replica);
  }
  flushConfig(state, host);
  return true;
}

/** The leader's own switch at the end of a tick (S-SWITCH-2). */
export function switchToPromotedSlave(state: SentinelState, host: Host, master: Instance): void {
  const promoted = master.promotedSlaveId === NO_INSTANCE ? null : state.instances[master.promotedSlaveId]!;
  const from = master.address;
  const to = (promoted ?? master).address;
  const change = `${announced(state, from)} ${from.port} ${announced(state, to)} ${to.port}`;
  announceAs(state, host, '+switch-master', master, `${master.name} ${change}`);
  resetAndChangeAddress(state, host, master, to.hostname, to.port);
}
