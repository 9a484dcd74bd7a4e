/** Answering other Sentinels: is this master down, and may I lead? (S-ASK-6) */
import type { Reply } from '../../commands.ts';
import type { Host } from '../../process.ts';
import { MASTER, S_DOWN } from '../flags.ts';
import { findByAddress } from '../instances.ts';
import type { Instance, SentinelState } from '../state.ts';
import { vote } from '../voting.ts';
import { array, bulk, integer, NOT_AN_INTEGER, parseInteger } from './replies.ts';

/** By address, whatever the name (S-ASK-7, S-HOST-5). */
function findMaster(state: SentinelState, host: Host, ip: string, port: number): Instance | null {
  return findByAddress(state, host, state.masterIds, ip, port, null);
}

export function answerMasterDown(
  state: SentinelState,
  host: Host,
  ip: string,
  port: number,
  epoch: number,
  runId: string,
): Reply {
  const master = findMaster(state, host, ip, port);
  const seenDown = master !== null && !state.tilt && (master.flags & (S_DOWN | MASTER)) === (S_DOWN | MASTER);
  const down = integer(seenDown ? 1 : 0);
  if (master === null || runId === '*') return array([down, bulk('*'), integer(0)]);
  vote(state, host, master, epoch, runId);
  return array([down, bulk(master.leader === '' ? '*' : master.leader), integer(master.leaderEpoch)]);
}

/** The same question as plain words: ip, port, epoch, run id. */
export function answerMasterDownWords(state: SentinelState, host: Host, words: readonly string[]): Reply {
  const port = parseInteger(words[1]!);
  const epoch = parseInteger(words[2]!);
  if (port === null || epoch === null) return NOT_AN_INTEGER;
  return answerMasterDown(state, host, words[0]!, port, epoch, words[3]!);
}
