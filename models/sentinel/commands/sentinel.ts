/** The SENTINEL command: its subcommands with their arity (section 18.2). */
import { errorReply, type Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import type { SentinelState } from '../state.ts';
import { failover, flushAndReply, monitor, remove, reset, simulateFailure } from './actions.ts';
import { config } from './config.ts';
import { debug } from './debug.ts';
import { answerMasterDownWords } from './isMasterDown.ts';
import { ckquorum, getMasterAddrByName, infoCache, master, masters, replicas, sentinels } from './queries.ts';
import { array, bulk, wrongArity } from './replies.ts';
import { set } from './set.ts';

const ANY = Number.POSITIVE_INFINITY;

interface Subcommand {
  /** Bounds of the number of words after the subcommand. */
  readonly least: number;
  readonly most: number;
  /** A pure query: it cannot change what is due. */
  readonly query?: true;
  readonly run: (state: SentinelState, host: Host, words: readonly string[]) => Reply;
}

/** S-CMD-7. */
const HELP = [
  'SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'HELP',
  '    Prints this help.',
];

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  ckquorum: { query: true, least: 1, most: 1, run: ckquorum },
  config: { least: 1, most: ANY, run: config },
  debug: { least: 0, most: ANY, run: debug },
  failover: { least: 1, most: 1, run: failover },
  flushconfig: { least: 0, most: 0, run: flushAndReply },
  'get-master-addr-by-name': { query: true, least: 1, most: 1, run: getMasterAddrByName },
  help: { query: true, least: 0, most: 0, run: () => array(HELP.map((text) => ({ kind: 'status', text }))) },
  'info-cache': { query: true, least: 1, most: ANY, run: infoCache },
  'is-master-down-by-addr': { least: 4, most: 4, run: answerMasterDownWords },
  master: { query: true, least: 1, most: 1, run: master },
  masters: { query: true, least: 0, most: 0, run: masters },
  monitor: { least: 4, most: 4, run: monitor },
  myid: { query: true, least: 0, most: 0, run: (state) => bulk(state.myId) },
  // Scripts are not run, so none is ever pending (S-CMD-6).
  'pending-scripts': { query: true, least: 0, most: 0, run: () => array([]) },
  remove: { least: 1, most: 1, run: remove },
  replicas: { query: true, least: 1, most: 1, run: replicas },
  reset: { least: 1, most: 1, run: reset },
  sentinels: { query: true, least: 1, most: 1, run: sentinels },
  set: { least: 3, most: ANY, run: set },
  'simulate-failure': { least: 1, most: ANY, run: simulateFailure },
  slaves: { query: true, least: 1, most: 1, run: replicas },
};

function arityFits(subcommand: Subcommand, words: number): boolean {
  return words >= subcommand.least && words <= subcommand.most;
}

/** `words` follow SENTINEL. What a subcommand changes may change what is due. */
export function sentinelCommand(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const [given, ...rest] = words;
  if (given === undefined) return wrongArity('sentinel');
  const name = given.toLowerCase();
  const subcommand = SUBCOMMANDS[name];
  if (subcommand === undefined) return errorReply(`ERR unknown subcommand '${given}'. Try SENTINEL HELP.`);
  if (!arityFits(subcommand, rest.length)) return wrongArity(`sentinel|${name}`);
  if (subcommand.query === undefined) state.dueStale = true;
  return subcommand.run(state, host, rest);
}
