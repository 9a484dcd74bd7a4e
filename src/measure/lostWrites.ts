/** Follows each acknowledged write to the end of the run (R-ACKW-2), and says why a lost one was lost. */
import { type ClientState, writeKey } from '../../models/client/state.ts';
import type { LostWrites, RunAction, RunEvent } from '../run/document.ts';
import { toMs } from '../trace/recorder.ts';
import { parseInstance } from './payload.ts';

/** Why acknowledged writes are not on the master at the end. */
export type LossReason =
  /** R-LOSS-3: acknowledged by a master that was cut off from the server whose data survived. */
  | 'isolated-master'
  /** R-LOSS-5, R-LOSS-15: acknowledged by the old master after another node had been promoted. */
  | 'old-master-still-writable'
  /** R-LOSS-1, R-LOSS-2: the promoted replica had not received them. */
  | 'not-replicated'
  /** R-LOSS-6, R-LOSS-7, R-LOSS-8: the master came back from older data, and its replicas followed it. */
  | 'restarted-with-older-data'
  /** R-LOSS-21: acknowledged by one that was made a replica of another master, though nobody was promoted since. */
  | 'demoted'
  | 'unexplained';

/** What the reasons are judged by. */
export interface History {
  readonly events: readonly RunEvent[];
  readonly actions: readonly RunAction[];
  readonly zeroUs: number;
  readonly nameByAddress: ReadonlyMap<string, string>;
  readonly servers: readonly string[];
  /** The master at the end, whose data the writes are looked for in. */
  readonly master: string;
}

/** One lost write: when it was acknowledged, in ms after time zero, and by which node. */
export interface LostWrite {
  readonly t: number;
  readonly by: string;
  readonly reason: LossReason;
}

/** The acknowledged writes of a client that the master does not have, each; `isKept` says which keys it has. */
export function eachLostWrite(
  client: ClientState,
  isKept: (key: string) => boolean,
  history: History,
): LostWrite[] {
  const lost: LostWrite[] = [];
  const { name, ackedSequences, ackedAtUs, ackedBy } = client;
  for (let i = 0; i < ackedSequences.length; i++) {
    if (isKept(writeKey(name, ackedSequences[i]!))) continue;
    const t = toMs(ackedAtUs[i]! - history.zeroUs);
    const by = history.nameByAddress.get(ackedBy[i]!) ?? '';
    lost.push({ t, by, reason: lossReason(t, by, history) });
  }
  return lost;
}

/** The same, counted by reason. */
export function lostWrites(
  client: ClientState,
  isKept: (key: string) => boolean,
  history: History,
): LostWrites {
  const lost = eachLostWrite(client, isKept, history);
  const reasons: Record<string, number> = {};
  for (const { reason } of lost) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return { count: lost.length, first: lost[0]?.t ?? null, last: lost.at(-1)?.t ?? null, reasons };
}

function lossReason(t: number, by: string, history: History): LossReason {
  const { events, master } = history;
  if (by === master && hasStartedAlone(by, t, events)) return 'restarted-with-older-data';
  if (isCutOff(by, t, history)) return 'isolated-master';
  const successor = lastPromoted(t, events);
  if (successor !== null && successor !== by) return 'old-master-still-writable';
  const next = events.find(
    (event) => event.t >= t && ((event.event === 'ready' && event.node === by) || promotedBy(event) !== null),
  );
  if (next === undefined) return isDemoted(by, t, events) ? 'demoted' : 'unexplained';
  return next.event === 'ready' ? 'restarted-with-older-data' : 'not-replicated';
}

function isDemoted(by: string, t: number, events: readonly RunEvent[]): boolean {
  return events.some(
    ({ t: at, node, event, message }) =>
      node === by && at > t && event === 'role-changed' && message !== 'master',
  );
}

const SYNCED = new Set(['full-resync-done', 'partial-resync']);

/** Started again after `t`, and with nobody's data but its own ever since. */
function hasStartedAlone(node: string, t: number, events: readonly RunEvent[]): boolean {
  const later = events.filter((event) => event.node === node && event.t >= t);
  return later.some(({ event }) => event === 'ready') && !later.some(({ event }) => SYNCED.has(event));
}

/** Whom this makes a master, be it a master already. */
function promotedBy({ node, event, message }: RunEvent): string | null {
  if (event === '+promoted-slave') return parseInstance(message).host;
  return event === 'role-changed' && message === 'master' ? node : null;
}

/** The last of those that had been made masters until then and had stayed it. */
function lastPromoted(t: number, events: readonly RunEvent[]): string | null {
  const promoted = new Set<string>();
  for (const event of events) {
    // A process that waits for its disk stamps what it says ahead of others.
    if (event.t > t) continue;
    if (event.event === 'role-changed') promoted.delete(event.node);
    const made = promotedBy(event);
    if (made === null) continue;
    promoted.delete(made);
    promoted.add(made);
  }
  return [...promoted].at(-1) ?? null;
}

/** From the server whose data survived; who has its own survive later was cut off from everybody. */
function isCutOff(node: string, t: number, { actions, servers, master }: History): boolean {
  const heirs = servers.filter((name) => name !== node && (master === node || name === master));
  if (heirs.length === 0) return false;
  const cut = new Set<string>();
  const isolation = new Map<string, number>();
  for (const [index, { t: at, do: verb, args }] of actions.entries()) {
    if (at > t) break;
    if (verb === 'isolate') for (const name of args) isolation.set(String(name), index);
    else if (verb === 'rejoin') for (const name of args) isolation.delete(String(name));
    else if (verb === 'cut' || verb === 'cut-one-way') for (const name of across(args, node)) cut.add(name);
    else if (verb === 'heal' && args.length === 0) cut.clear();
    else if (verb === 'heal') for (const name of across(args, node)) cut.delete(name);
  }
  return heirs.every((name) => cut.has(name) || isolation.get(name) !== isolation.get(node));
}

/** Of two groups, the one that this node is not in; nobody if it is in neither. */
function across([left, right]: RunAction['args'], node: string): readonly string[] {
  if (!Array.isArray(left) || !Array.isArray(right)) return [];
  if (left.includes(node)) return right;
  return right.includes(node) ? left : [];
}
