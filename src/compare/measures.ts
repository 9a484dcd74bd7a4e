/** What is compared: named numbers of one run. */
import type { Unit } from './agreement.ts';
import type { Observed, ObservedClient, ObservedEvent } from './observed.ts';

export interface Measure {
  /** An event, a client's view of something, or what nodes say at the end. */
  readonly subject: string;
  /** What is measured of it: `count`, `first`, `longest gap`. */
  readonly part: string;
  readonly unit: Unit;
  readonly value: number;
}

type Note = (subject: string, part: string, unit: Unit, value: number) => void;

/** Published at a level that default logs do not show (S-EVENT-1). */
const UNLOGGED = new Set(['+role-change', '-role-change']);

/** The log lines that recordings have beside Sentinel's events. */
const LOG_LINES: ReadonlySet<string> = new Set([
  'next-failover-delay',
  'vote-received',
  'ready',
  'role-changed',
  'replica-connecting',
  'replica-link-lost',
  'partial-resync',
  'partial-resync-refused',
  'bgsave-for-sync',
  'full-resync-started',
  'full-resync-done',
  'master-lost-replica',
  'master-timeout',
  'replica-timeout',
  'shutdown-requested',
]);

export function isSentinelEvent(event: string): boolean {
  return /^[+-]/.test(event) && !UNLOGGED.has(event);
}

/** `+sdown` of a master, a replica and a sentinel are different things, and so are the two roles. */
export function labelOf({ event, message }: Pick<ObservedEvent, 'event' | 'message'>): string {
  return event.endsWith('sdown') || event === 'role-changed' ? `${event} ${message.split(' ')[0]}` : event;
}

/** Per event its count, first and last time; per client gaps, refusals and lost writes; how many nodes end how. */
export function measuresOf({ events, clients, finalFacts }: Observed): Measure[] {
  const measures: Measure[] = [];
  const note: Note = (subject, part, unit, value) => measures.push({ subject, part, unit, value });
  for (const [label, times] of timesByLabel(events)) {
    note(label, 'count', 'count', times.length);
    note(label, 'first', 'ms', Math.min(...times));
    note(label, 'last', 'ms', Math.max(...times));
  }
  for (const client of clients) measureClient(client, note);
  for (const fact of new Set(finalFacts)) {
    note(`at the end ${fact}`, 'nodes', 'count', finalFacts.filter((other) => other === fact).length);
  }
  return measures;
}

function measureClient({ name, gaps, refusals, lost }: ObservedClient, note: Note): void {
  const lengths = gaps.map(([from, to]) => to - from);
  note(`client ${name}`, 'gaps', 'count', lengths.length);
  if (lengths.length > 0) note(`client ${name}`, 'longest gap', 'ms', Math.max(...lengths));
  if (lost !== null) note(`client ${name}`, 'lost', 'lost', lost);
  for (const [kind, { count, first, last }] of refusals) {
    const subject = `client ${name} ${kind}`;
    note(subject, 'count', 'count', count);
    note(subject, 'first', 'ms', first);
    note(subject, 'last', 'ms', last);
  }
}

function timesByLabel(events: readonly ObservedEvent[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const event of events) {
    const label = labelOf(event);
    const known = times.get(label);
    if (known === undefined) times.set(label, [event.t]);
    else known.push(event.t);
  }
  return times;
}

/** Which events a set of recordings can show: Sentinel's, the usual log lines, and whatever else is in them. */
export function recordedVocabulary(recordings: readonly Observed[]): (event: string) => boolean {
  const seen = new Set(recordings.flatMap(({ events }) => events.map(({ event }) => event)));
  return (event) => isSentinelEvent(event) || LOG_LINES.has(event) || seen.has(event);
}
