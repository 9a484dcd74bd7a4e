/** SENTINEL DEBUG: the tunable constants (section 18.7). */
import { errorReply, OK, type Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import type { Periods } from '../periods.ts';
import type { SentinelState } from '../state.ts';
import { flatMap, parseInteger } from './replies.ts';

/** In the order of the reply. */
const PARAMETERS: Readonly<Record<string, keyof Periods>> = {
  'INFO-PERIOD': 'infoMs',
  'PING-PERIOD': 'pingMs',
  'ASK-PERIOD': 'askMs',
  'PUBLISH-PERIOD': 'publishMs',
  'DEFAULT-DOWN-AFTER': 'defaultDownAfterMs',
  'DEFAULT-FAILOVER-TIMEOUT': 'defaultFailoverTimeoutMs',
  'TILT-TRIGGER': 'tiltTriggerMs',
  'TILT-PERIOD': 'tiltPeriodMs',
  'SLAVE-RECONF-TIMEOUT': 'slaveReconfTimeoutMs',
  'MIN-LINK-RECONNECT-PERIOD': 'minLinkReconnectMs',
  'ELECTION-TIMEOUT': 'electionTimeoutMs',
  'SCRIPT-MAX-RUNTIME': 'scriptMaxRuntimeMs',
  'SCRIPT-RETRY-DELAY': 'scriptRetryDelayMs',
};

/** Pairs are applied from left to right and kept if a later one fails (S-CMD-DEBUG-1). */
export function debug(state: SentinelState, _host: Host, words: readonly string[]): Reply {
  if (words.length === 0) {
    return flatMap(Object.entries(PARAMETERS).flatMap(([name, key]) => [name, String(state.periods[key])]));
  }
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]!;
    const value = words[at + 1];
    const key = PARAMETERS[name.toUpperCase()];
    if (key === undefined || value === undefined) {
      return errorReply(`ERR Unknown option or number of arguments for SENTINEL DEBUG '${name}'`);
    }
    const periodMs = parseInteger(value);
    if (periodMs === null || periodMs <= 0) {
      return errorReply(`ERR Invalid argument '${value}' for SENTINEL DEBUG '${name}'`);
    }
    state.periods[key] = periodMs;
    state.dueStale = true;
  }
  return OK;
}
