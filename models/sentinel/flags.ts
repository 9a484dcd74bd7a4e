/** Bits of an instance's `flags` (section 0.5) and the states of a failover (S-FSM-1). */

export const MASTER = 1;
export const SLAVE = 2;
export const SENTINEL = 4;
export const S_DOWN = 8;
/** Masters only. */
export const O_DOWN = 16;
/** On a sentinel entry: that Sentinel said our master is down. */
export const MASTER_DOWN = 32;
export const FAILOVER_IN_PROGRESS = 64;
export const PROMOTED = 128;
export const RECONF_SENT = 256;
export const RECONF_INPROG = 512;
export const RECONF_DONE = 1024;
export const FORCE_FAILOVER = 2048;
export const SCRIPT_KILL_SENT = 4096;
export const MASTER_REBOOT = 8192;

export const NONE = 0;
export const WAIT_START = 1;
export const SELECT_SLAVE = 2;
export const SEND_SLAVEOF_NOONE = 3;
export const WAIT_PROMOTION = 4;
export const RECONF_SLAVES = 5;
export const UPDATE_CONFIG = 6;

/** The text of `failover-state`, by state. */
export const FAILOVER_STATE_TEXT = [
  'none',
  'wait_start',
  'select_slave',
  'send_slaveof_noone',
  'wait_promotion',
  'reconf_slaves',
  'update_config',
] as const;

/** Armed by SENTINEL SIMULATE-FAILURE (S-SIM-1). */
export const CRASH_AFTER_ELECTION = 1;
export const CRASH_AFTER_PROMOTION = 2;
