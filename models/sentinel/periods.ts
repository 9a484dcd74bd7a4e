/** Sentinel's tunable constants, in milliseconds (section 22); SENTINEL DEBUG changes them. */
import { DEFAULT_DOWN_AFTER_MS, DEFAULT_FAILOVER_TIMEOUT_MS } from './config.ts';

export interface Periods {
  infoMs: number;
  pingMs: number;
  askMs: number;
  publishMs: number;
  defaultDownAfterMs: number;
  defaultFailoverTimeoutMs: number;
  tiltTriggerMs: number;
  tiltPeriodMs: number;
  slaveReconfTimeoutMs: number;
  minLinkReconnectMs: number;
  electionTimeoutMs: number;
  scriptMaxRuntimeMs: number;
  scriptRetryDelayMs: number;
}

export function defaultPeriods(): Periods {
  return {
    infoMs: 10_000,
    pingMs: 1000,
    askMs: 1000,
    publishMs: 2000,
    defaultDownAfterMs: DEFAULT_DOWN_AFTER_MS,
    defaultFailoverTimeoutMs: DEFAULT_FAILOVER_TIMEOUT_MS,
    tiltTriggerMs: 2000,
    tiltPeriodMs: 30_000,
    slaveReconfTimeoutMs: 10_000,
    minLinkReconnectMs: 15_000,
    electionTimeoutMs: 10_000,
    scriptMaxRuntimeMs: 60_000,
    scriptRetryDelayMs: 30_000,
  };
}

/** INFO period of replicas that matter right now; not tunable (S-PERIOD-3). */
export const FAST_INFO_MS = 1000;
/** Commands that may be unanswered on a link, per owner (S-LINK-10). */
export const MAX_PENDING_COMMANDS = 100;
/** `rand()` bound of the desynchronisation, ms (S-START-3, S-VOTE-1). */
export const MAX_DESYNC_MS = 1000;
