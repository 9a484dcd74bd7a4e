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

interface Subcommand {
  /** Number of words after the subcommand; negative: at least. */
  readonly words: number;
  /** A pure query: it cannot change what is due. */
  readonly query?: true;
  readonly run: (state: SentinelState, host: Host, words: readonly string[]) => Reply;
}

const HELP = [
  'SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'HELP',
  '    Prints this help.',
];

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  ckquorum: { query: true, words: 1, run: ckquorum },
  config: { words: -1, run: config },
  debug: { words: 0, run: debug },
  failover: { words: 1, run: failover },
  flushconfig: { words: 0, run: flushAndReply },
  'get-master-addr-by-name': { query: true, words: 1, run: getMasterAddrByName },
  help: { query: true, words: 0, run: () => array(HELP.map((text) => ({ kind: 'status', text }))) },
  'info-cache': { query: true, words: -1, run: infoCache },
  'is-master-down-by-addr': { words: 4, run: answerMasterDownWords },
  master: { query: true, words: 1, run: master },
  masters: { query: true, words: 0, run: masters },
  monitor: { words: 4, run: monitor },
  myid: { query: true, words: 0, run: (state) => bulk(state.myId) },
  'pending-scripts': { query: true, words: 0, run: () => array([]) },
  remove: { words: 1, run: remove },
  replicas: { query: true, words: 1, run: replicas },
  reset: { words: 1, run: reset },
  sentinels: { query: true, words: 1, run: sentinels },
  set: { words: -3, run: set },
  'simulate-failure': { words: -1, run: simulateFailure },
  slaves: { query: true, words: 1, run: replicas },
};

function arityFits(name: string, arity: number, words: number): boolean {
  if (name === 'debug') return true;
  return arity < 0 ? words >= -arity : words === arity;
}

/** `words` follow SENTINEL. What a subcommand changes may change what is due. */
export function sentinelCommand(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const [given, ...rest] = words;
  if (given === undefined) return wrongArity('sentinel');
  const name = given.toLowerCase();
  const subcommand = SUBCOMMANDS[name];
  if (subcommand === undefined) return errorReply(`ERR unknown subcommand '${given}'. Try SENTINEL HELP.`);
  if (!arityFits(name, subcommand.words, rest.length)) return wrongArity(`sentinel|${name}`);
  if (subcommand.query === undefined) state.dueStale = true;
  return subcommand.run(state, host, rest);
}
