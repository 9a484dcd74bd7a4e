/** What follows from the role that INFO reports (section 4.3). */
import type { Host } from '../process.ts';
import { namesAddress } from './address.ts';
import { announce } from './announcing.ts';
import { wallNow } from './clock.ts';
import {
  CRASH_AFTER_PROMOTION,
  FAILOVER_IN_PROGRESS,
  MASTER,
  O_DOWN,
  PROMOTED,
  RECONF_DONE,
  RECONF_INPROG,
  RECONF_SENT,
  RECONF_SLAVES,
  S_DOWN,
  SLAVE,
  WAIT_PROMOTION,
} from './flags.ts';
import { forceHello } from './hello.ts';
import { flushConfig } from './persistence.ts';
import { scheduleReconfigScript } from './scripts.ts';
import { crashIfArmed } from './simulatedFailure.ts';
import { sendSlaveOf } from './slaveof.ts';
import { type Instance, masterOf, NO_INSTANCE, type SentinelState } from './state.ts';

/** S-ROLE-1, in TILT too. */
export function noteRole(state: SentinelState, host: Host, instance: Instance, role: number): void {
  instance.roleReportedUs = wallNow(host);
  instance.roleReported = role;
  if (role === SLAVE) instance.slaveConfChangeUs = wallNow(host);
  const event = (instance.flags & role) !== 0 ? '+role-change' : '-role-change';
  announce(state, host, event, instance, `new reported role is ${role === MASTER ? 'master' : 'slave'}`);
}

/** S-ROLE-8. */
function looksSane(state: SentinelState, host: Host, master: Instance): boolean {
  if (master.roleReported !== MASTER || (master.flags & (S_DOWN | O_DOWN)) !== 0) return false;
  return wallNow(host) - master.infoRefreshUs < 2 * state.periods.infoMs * 1000;
}

/** Counted from the start of the latest down episode (S-ROLE-9). */
function hadNoDownFor(host: Host, instance: Instance, waitMs: number): boolean {
  const sinceUs = Math.max(instance.sDownSinceUs, instance.oDownSinceUs);
  return sinceUs === 0 || wallNow(host) - sinceUs > waitMs * 1000;
}

function isExpectedPromotion(instance: Instance, master: Instance): boolean {
  if ((instance.flags & PROMOTED) === 0 || (master.flags & FAILOVER_IN_PROGRESS) === 0) return false;
  return master.failoverState === WAIT_PROMOTION;
}

/** The chosen replica is a master: from here on the failover always completes (S-ROLE-4). */
function promotionDetected(state: SentinelState, host: Host, replica: Instance, master: Instance): void {
  master.configEpoch = master.failoverEpoch;
  master.failoverState = RECONF_SLAVES;
  master.failoverStateChangeUs = wallNow(host);
  flushConfig(state, host);
  announce(state, host, '+promoted-slave', replica);
  if (crashIfArmed(state, host, CRASH_AFTER_PROMOTION)) return;
  announce(state, host, '+failover-state-reconf-slaves', master);
  scheduleReconfigScript(state, host, master, 'leader', master.address, replica.address);
  forceHello(state, master);
}

/** A node that claims to be a master although another one is fine (S-ROLE-5). */
function convertToSlave(state: SentinelState, host: Host, replica: Instance, master: Instance): void {
  const waitMs = 4 * state.periods.publishMs;
  if ((replica.flags & PROMOTED) !== 0 || !looksSane(state, host, master)) return;
  if (!hadNoDownFor(host, replica, waitMs)) return;
  if (wallNow(host) - replica.roleReportedUs <= waitMs * 1000) return;
  if (sendSlaveOf(state, host, replica, master.address)) announce(state, host, '+convert-to-slave', replica);
}

/** A replica of somebody else; compared with the record's address, also during a failover (S-ROLE-6). */
function fixSlaveConfig(state: SentinelState, host: Host, replica: Instance, master: Instance): void {
  const follows =
    replica.slaveMasterPort === master.address.port &&
    namesAddress(state, host, replica.slaveMasterHost, master.address);
  if (follows || !looksSane(state, host, master)) return;
  if (!hadNoDownFor(host, replica, master.failoverTimeoutMs)) return;
  if (wallNow(host) - replica.slaveConfChangeUs <= master.failoverTimeoutMs * 1000) return;
  if (sendSlaveOf(state, host, replica, master.address)) announce(state, host, '+fix-slave-config', replica);
}

function followsPromoted(state: SentinelState, host: Host, replica: Instance, master: Instance): boolean {
  if (master.promotedSlaveId === NO_INSTANCE || replica.slaveMasterHost === '') return false;
  const { address } = state.instances[master.promotedSlaveId]!;
  return (
    replica.slaveMasterPort === address.port && namesAddress(state, host, replica.slaveMasterHost, address)
  );
}

/** S-ROLE-7: both steps may happen in one INFO. */
function reconfigurationProgress(
  state: SentinelState,
  host: Host,
  replica: Instance,
  master: Instance,
): void {
  if ((replica.flags & RECONF_SENT) !== 0 && followsPromoted(state, host, replica, master)) {
    replica.flags = (replica.flags & ~RECONF_SENT) | RECONF_INPROG;
    announce(state, host, '+slave-reconf-inprog', replica);
  }
  if ((replica.flags & RECONF_INPROG) !== 0 && replica.slaveMasterLinkUp) {
    replica.flags = (replica.flags & ~RECONF_INPROG) | RECONF_DONE;
    announce(state, host, '+slave-reconf-done', replica);
  }
}

/** The acting half of INFO handling, at every INFO; nothing for a master entry (S-ROLE-3). */
export function actOnRole(state: SentinelState, host: Host, instance: Instance, role: number): void {
  if ((instance.flags & SLAVE) === 0) return;
  const master = masterOf(state, instance);
  if (role === MASTER) {
    if (isExpectedPromotion(instance, master)) promotionDetected(state, host, instance, master);
    else convertToSlave(state, host, instance, master);
    return;
  }
  fixSlaveConfig(state, host, instance, master);
  if ((instance.flags & (RECONF_SENT | RECONF_INPROG)) !== 0) {
    reconfigurationProgress(state, host, instance, master);
  }
}
