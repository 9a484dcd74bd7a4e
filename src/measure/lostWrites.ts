/** Follows each acknowledged write to the end of the run (R-ACKW-2), and says why a lost one was lost. */
import { type ClientState, writeKey } from '../../models/client/state.ts';
import type { LostWrites, RunAction, RunEvent } from '../run/document.ts';
import { toMs } from '../trace/recorder.ts';
import { parseInstance } from './payload.ts';

/** Why acknowledged writes are not on the master at the end. */
export type LossReason =
  /** R-LOSS-3: acknowledged by a master that was cut off from its replicas. */
  | 'isolated-master'
  /** R-LOSS-5, R-LOSS-15: acknowledged by the old master after another node had been promoted. */
  | 'old-master-still-writable'
  /** R-LOSS-1, R-LOSS-2: the promoted replica had not received them. */
  | 'not-replicated'
  /** R-LOSS-6, R-LOSS-7, R-LOSS-8: the master came back from older data, and its replicas followed it. */
  | 'restarted-with-older-data'
  | 'unexplained';

/** What the reasons are judged by. */
export interface History {
  readonly events: readonly RunEvent[];
  readonly actions: readonly RunAction[];
  readonly zeroUs: number;
  readonly nameByAddress: ReadonlyMap<string, string>;
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

function lossReason(t: number, by: string, { events, actions, master }: History): LossReason {
  if (by === master && hasStartedAlone(by, t, events)) return 'restarted-with-older-data';
  if (isCutOff(by, t, actions)) return 'isolated-master';
  const successor = lastPromoted(t, events);
  if (successor !== null && successor !== by) return 'old-master-still-writable';
  const next = events.find(
    (event) =>
      event.t >= t &&
      ((event.event === 'role-changed' && event.message === 'master') ||
        (event.event === 'ready' && event.node === by)),
  );
  if (next === undefined) return 'unexplained';
  return next.event === 'ready' ? 'restarted-with-older-data' : 'not-replicated';
}

const SYNCED = new Set(['full-resync-done', 'partial-resync']);

/** Started again after `t`, and with nobody's data but its own ever since. */
function hasStartedAlone(node: string, t: number, events: readonly RunEvent[]): boolean {
  const later = events.filter((event) => event.node === node && event.t >= t);
  return later.some(({ event }) => event === 'ready') && !later.some(({ event }) => SYNCED.has(event));
}

/** The last of those that had become masters until then, or had been made one while they were it, and had stayed it. */
function lastPromoted(t: number, events: readonly RunEvent[]): string | null {
  const promoted = new Set<string>();
  for (const { t: at, node, event, message } of events) {
    // A process that waits for its disk stamps what it says ahead of others.
    if (at > t) continue;
    if (event === 'role-changed') {
      promoted.delete(node);
      if (message === 'master') promoted.add(node);
    } else if (event === '+promoted-slave') {
      const { host } = parseInstance(message);
      promoted.delete(host);
      promoted.add(host);
    }
  }
  return [...promoted].at(-1) ?? null;
}

const CUTTING = new Set(['isolate', 'cut', 'cut-one-way']);
const HEALING = new Set(['rejoin', 'heal']);

function isCutOff(node: string, t: number, actions: readonly RunAction[]): boolean {
  let cut = false;
  for (const action of actions) {
    if (action.t > t) break;
    if (CUTTING.has(action.do) && concerns(action, node)) cut = true;
    if (HEALING.has(action.do) && (action.args.length === 0 || concerns(action, node))) cut = false;
  }
  return cut;
}

function concerns(action: RunAction, node: string): boolean {
  return action.args.some((arg) => arg === node || (Array.isArray(arg) && arg.includes(node)));
}
