/** Subcommands that act on masters: FAILOVER, RESET, MONITOR, REMOVE, SIMULATE-FAILURE, FLUSHCONFIG. */
import { errorReply, OK, type Reply } from '../../commands.ts';
import { matchesGlob } from '../../glob.ts';
import type { Host } from '../../process.ts';
import { isValidPort, resolveText } from '../address.ts';
import { announce, logLine } from '../announcing.ts';
import {
  CRASH_AFTER_ELECTION,
  CRASH_AFTER_PROMOTION,
  FAILOVER_IN_PROGRESS,
  FORCE_FAILOVER,
  MASTER,
} from '../flags.ts';
import { createInstance, removeInstance } from '../instances.ts';
import { flushConfig } from '../persistence.ts';
import { selectSlave } from '../selection.ts';
import { startFailover } from '../starting.ts';
import { masterByName, type SentinelState } from '../state.ts';
import { resetMaster } from '../switching.ts';
import { flatMap, integer, NO_SUCH_MASTER, NOT_SAVED, parseInteger } from './replies.ts';

const SIMULATED_FAILURES: Readonly<Record<string, number>> = {
  'crash-after-election': CRASH_AFTER_ELECTION,
  'crash-after-promotion': CRASH_AFTER_PROMOTION,
};

/** S-PERSIST-2: the effect remains in both cases. */
export function flushAndReply(state: SentinelState, host: Host): Reply {
  return flushConfig(state, host) ? OK : NOT_SAVED;
}

/** S-FORCE-1. */
export function failover(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const name = words[0]!;
  const master = masterByName(state, name);
  if (master === null) return NO_SUCH_MASTER;
  if ((master.flags & FAILOVER_IN_PROGRESS) !== 0) return errorReply('INPROG Failover already in progress');
  if (selectSlave(state, host, master) === null) {
    return errorReply('NOGOODSLAVE No suitable replica to promote');
  }
  logLine(state, host, 'user-failover', `Executing user requested FAILOVER of '${name}'`);
  startFailover(state, host, master);
  master.flags |= FORCE_FAILOVER;
  return OK;
}

/** No flush (S-SWITCH-6). */
export function reset(state: SentinelState, host: Host, words: readonly string[]): Reply {
  let count = 0;
  for (const id of state.masterIds) {
    const master = state.instances[id]!;
    if (!matchesGlob(words[0]!, master.name)) continue;
    resetMaster(state, host, master, { keepSentinels: false, announce: true });
    count++;
  }
  return integer(count);
}

/** S-CMD-5. */
export function monitor(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const [name, hostname, portText, quorumText] = words as readonly [string, string, string, string];
  const quorum = parseInteger(quorumText);
  const port = parseInteger(portText);
  if (quorum === null) return errorReply('ERR Invalid quorum');
  if (port === null) return errorReply('ERR Invalid port');
  if (quorum <= 0) return errorReply('ERR Quorum must be 1 or greater.');
  if (resolveText(state, host, hostname) === null) {
    return errorReply('ERR Invalid IP address or hostname specified');
  }
  if (!isValidPort(port)) return errorReply('ERR Invalid port number.');
  const master = createInstance(state, host, { type: MASTER, name, hostname, port, quorum, master: null });
  if (master === null) return errorReply('ERR Duplicate master name.');
  const reply = flushAndReply(state, host);
  announce(state, host, '+monitor', master, `quorum ${quorum}`);
  return reply;
}

/** Whatever was under way for this master ends with its record (S-SWITCH-7). */
export function remove(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const master = masterByName(state, words[0]!);
  if (master === null) return NO_SUCH_MASTER;
  announce(state, host, '-monitor', master);
  removeInstance(state, host, master);
  return flushAndReply(state, host);
}

/** S-SIM-1: what was armed before is cleared first. */
export function simulateFailure(state: SentinelState, _host: Host, words: readonly string[]): Reply {
  state.simFailureFlags = 0;
  for (const word of words) {
    const name = word.toLowerCase();
    if (name === 'help') return flatMap(Object.keys(SIMULATED_FAILURES));
    const failure = SIMULATED_FAILURES[name];
    if (failure === undefined) return errorReply('ERR Unknown failure simulation specified');
    state.simFailureFlags |= failure;
  }
  return OK;
}
