/** Clocks that disagree: an answer that was logged before its question. */
import type { Diagnostic } from '../config/diagnostic.ts';
import { parsePayload } from './address.ts';
import type { Names } from './names.ts';
import { type Source, sourceKeys } from './sources.ts';
import type { Entry } from './timeline.ts';

/** Lines are written a little after what they tell. */
const TOLERANCE_MS = 10;

/** How far the clock of `of` is ahead of `than`'s: at least `least`, at most `most`. */
interface Bounds {
  readonly of: Source;
  readonly than: Source;
  least: number;
  most: number;
  /** Where the greatest contradiction stands. */
  line: number;
}

/** A warning for each pair of logs whose order contradicts what must have come first. */
export function clockWarnings(entries: readonly Entry[], names: Names): Diagnostic[] {
  const pairs = new Map<string, Bounds>();
  const bySource = groupBySource(entries);
  const byName = new Map([...bySource.keys()].map((source) => [names.sourceName(source), source]));
  noteVotes(entries, bySource, byName, pairs, names);
  notePromotions(entries, bySource, byName, pairs, names);
  return [...pairs.values()].filter(contradicts).map((bounds) => warning(bounds, names));
}

function groupBySource(entries: readonly Entry[]): Map<Source, Entry[]> {
  const groups = new Map<Source, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.source);
    if (group === undefined) groups.set(entry.source, [entry]);
    else group.push(entry);
  }
  return groups;
}

type Sides = readonly [of: Source, than: Source];

/** Narrows what is known: `of` logged `entry` at least `least` and at most `most` after the other's clock. */
function narrow(
  pairs: Map<string, Bounds>,
  [of, than]: Sides,
  entry: Entry,
  least: number,
  most: number,
): void {
  const key = `${of.file}\0${of.origin}\0${of.kind}\0${than.file}\0${than.origin}`;
  const known = pairs.get(key);
  if (known === undefined) {
    pairs.set(key, { of, than, least, most, line: entry.line });
    return;
  }
  if (least > known.least || most < known.most) known.line = entry.line;
  known.least = Math.max(known.least, least);
  known.most = Math.min(known.most, most);
}

/** A vote is given after the request of the candidate, and reaches it after that (S-VOTE-1, S-ASK-1). */
function noteVotes(
  entries: readonly Entry[],
  bySource: ReadonlyMap<Source, readonly Entry[]>,
  byName: ReadonlyMap<string, Source>,
  pairs: Map<string, Bounds>,
  names: Names,
): void {
  for (const vote of entries) {
    if (vote.event !== '+vote-for-leader') continue;
    const [id = '', epoch = ''] = vote.message.split(' ');
    const candidate = byName.get(names.sentinelName(id));
    if (candidate === undefined || candidate === vote.source) continue;
    const log = bySource.get(candidate) ?? [];
    const voter = names.sourceName(vote.source);
    const asked = log.find(({ event, message }) => event === '+new-epoch' && message === epoch);
    const received = log.find(({ event, message }) => {
      const words = message.split(' ');
      return event === 'vote-received' && words.at(-1) === epoch && names.sentinelName(words[0]!) === voter;
    });
    if (asked === undefined || received === undefined) continue;
    narrow(pairs, [vote.source, candidate], vote, vote.atMs - received.atMs, vote.atMs - asked.atMs);
  }
}

/** A replica becomes a master after the leader is about to tell it, and before the leader learns that it has (S-FSM-5). */
function notePromotions(
  entries: readonly Entry[],
  bySource: ReadonlyMap<Source, readonly Entry[]>,
  byName: ReadonlyMap<string, Source>,
  pairs: Map<string, Bounds>,
  names: Names,
): void {
  const told = new Map<string, Entry>();
  for (const entry of entries) {
    const payload = parsePayload(entry.message);
    if (payload === null) continue;
    const node = names.dataName(payload.instance.address);
    const key = `${names.sourceName(entry.source)} ${node}`;
    if (entry.event === '+failover-state-send-slaveof-noone') told.set(key, entry);
    const order = told.get(key);
    const server = byName.get(node);
    if (entry.event !== '+promoted-slave' || order === undefined || server === undefined) continue;
    const obeyed = nearest(bySource.get(server) ?? [], entry.atMs);
    if (obeyed === null) continue;
    const least = obeyed.atMs - entry.atMs;
    narrow(pairs, [server, entry.source], obeyed, least, obeyed.atMs - order.atMs);
  }
}

function nearest(log: readonly Entry[], atMs: number): Entry | null {
  const promotions = log.filter(({ event, message }) => event === 'role-changed' && message === 'master');
  return promotions.reduce<Entry | null>(
    (best, each) => (best === null || Math.abs(each.atMs - atMs) < Math.abs(best.atMs - atMs) ? each : best),
    null,
  );
}

function contradicts({ least, most }: Bounds): boolean {
  return least > TOLERANCE_MS || most < -TOLERANCE_MS;
}

function warning({ of, than, least, most, line }: Bounds, names: Names): Diagnostic {
  const ahead = least > TOLERANCE_MS;
  const [lower, upper] = ahead ? [least, most] : [-most, -least];
  const by = lower <= upper ? `${lower} to ${upper} ms` : `${lower} ms or so`;
  const middle = Math.round(lower <= upper ? (lower + upper) / 2 : lower);
  return {
    severity: 'warning',
    at: { file: of.file, line, column: 1 },
    message: `the clock of ${names.sourceName(of)} is ${by} ${ahead ? 'ahead of' : 'behind'} that of ${names.sourceName(than)}`,
    found: 'an answer that was logged before its question',
    expected: 'clocks that agree',
    hint: `--offset ${sourceKeys(of)[0]}=${ahead ? '-' : '+'}${middle}ms`,
  };
}
