/** The current master address (S-SWITCH-1). */
import type { Address } from './address.ts';
import { FAILOVER_IN_PROGRESS, RECONF_SLAVES } from './flags.ts';
import { type Instance, NO_INSTANCE, type SentinelState } from './state.ts';

/** The promoted replica while it already counts as the master, else null. */
export function promotedMaster(state: SentinelState, master: Instance): Instance | null {
  if ((master.flags & FAILOVER_IN_PROGRESS) === 0 || master.promotedSlaveId === NO_INSTANCE) return null;
  return master.failoverState >= RECONF_SLAVES ? state.instances[master.promotedSlaveId]! : null;
}

/** S-SWITCH-1: used by hello, `get-master-addr-by-name` and the configuration file. */
export function currentMasterAddress(state: SentinelState, master: Instance): Address {
  return (promotedMaster(state, master) ?? master).address;
}
