/** Real logs of Sentinels and servers as a run document. */
import { EVENTS, type EventName } from '../../models/events.ts';
import { type Diagnostic, InputError } from '../config/diagnostic.ts';
import { startOf } from '../config/problems.ts';
import { failoversOf } from '../measure/failovers.ts';
import type { RunDocument, RunEvent, RunFailover } from '../run/document.ts';
import { VERSION } from '../version.ts';
import { formatStamp, parseCtime } from './calendar.ts';
import { clockWarnings } from './clocks.ts';
import { type Identities, identify } from './identify.ts';
import { type Members, membersOf } from './members.ts';
import { type GivenNames, type Names, namesOf } from './names.ts';
import { refuseStrangers, sourceWarnings } from './refusals.ts';
import { renameMessage } from './rename.ts';
import {
  type LogFile,
  readSources,
  type Source,
  type Sources,
  type StrangeLine,
  sourceKeys,
} from './sources.ts';
import { type ClockOptions, type Entry, type Timeline, timelineOf } from './timeline.ts';
import { eventsIn, type Window, type WindowWishes, windowOf } from './window.ts';

export interface ImportOptions {
  readonly given: GivenNames;
  /** Minutes east of Greenwich of logs that do not tell; null when not given. */
  readonly zoneMin: number | null;
  /** Log, container or node → milliseconds to add to its times. */
  readonly offsetsMs: ReadonlyMap<string, number>;
  /** Made when the zone of the logs is known, as a time without a zone is a local one. */
  readonly window: (zoneMin: number) => WindowWishes;
}

/** A log, and who it was found to be. */
export interface ImportedNode {
  readonly name: string;
  readonly kind: Source['kind'];
  readonly file: string;
  /** Ids of a Sentinel, addresses of a server; empty when neither could be found. */
  readonly known: readonly string[];
  readonly events: number;
}

export interface Imported {
  readonly document: RunDocument;
  readonly nodes: readonly ImportedNode[];
  /** Nodes that the logs speak of, but that have no log here. */
  readonly absent: readonly string[];
  /** All attempts of the logs, with times in milliseconds after time zero. */
  readonly failovers: readonly RunFailover[];
  readonly zero: { readonly stamp: string; readonly reason: string; readonly zone: string };
  readonly firstStamp: string;
  readonly lastStamp: string;
  readonly warnings: readonly Diagnostic[];
  readonly strange: readonly StrangeLine[];
  readonly unstamped: readonly StrangeLine[];
  readonly quiet: number;
  /** Events that a log at Redis's default level does not have. */
  readonly belowLevel: number;
  readonly outside: number;
  readonly names: Names;
  /** The keys of offsets that no log answers to. */
  readonly unusedOffsets: readonly string[];
}

/** Throws an InputError for a file that is no log, or when none is a Sentinel's. */
export function importLogs(files: readonly LogFile[], options: ImportOptions): Imported {
  const read = readSources(files);
  refuseStrangers(files, read);
  const members = membersOf(read.sources);
  const identities = identify(read.sources, members, options.given);
  const names = namesOf(read.sources, members, identities, options.given);
  const { clock, unusedOffsets } = clockOf(read.sources, names, options);
  const timeline = timelineOf(read.sources, clock);
  const events = timeline.entries.map((entry) => runEvent(entry, names));
  const shown = events.filter(({ level }) => level === 'notice' || level === 'warning');
  const sentinels = sentinelNames(read.sources, names);
  const attempts = failoversOf(shown, sentinels);
  const window = windowOf(shown, attempts, checkedWishes(options, timeline, attempts.length, files));
  const told = shifted(eventsIn(shown, window), window.zeroMs);
  const stamp = (ms: number) => formatStamp(ms + timeline.zoneMin * 60_000);
  return {
    document: documentOf(told, read, sentinels, window, stamp),
    nodes: read.sources.map((source) => nodeOf(source, names, identities)),
    absent: absentNodes(members, names, read.sources),
    failovers: failoversOf(shifted(shown, window.zeroMs), sentinels),
    zero: { stamp: stamp(window.zeroMs), reason: window.zeroReason, zone: zoneText(timeline, read) },
    firstStamp: stamp(events[0]?.t ?? 0),
    lastStamp: stamp(events.at(-1)?.t ?? 0),
    warnings: [...sourceWarnings(read.sources, names, identities), ...clockWarnings(timeline.entries, names)],
    strange: read.strange,
    unstamped: read.unstamped,
    quiet: read.quiet,
    belowLevel: events.length - shown.length,
    outside: shown.length - told.length,
    names,
    unusedOffsets,
  };
}

function clockOf(
  sources: readonly Source[],
  names: Names,
  { zoneMin, offsetsMs }: ImportOptions,
): { readonly clock: ClockOptions; readonly unusedOffsets: readonly string[] } {
  const keysOf = (source: Source) => [...sourceKeys(source), names.sourceName(source)];
  const keyOf = (source: Source) => keysOf(source).find((key) => offsetsMs.has(key));
  const all = new Set(sources.flatMap(keysOf));
  return {
    clock: { zoneMin, offsetMs: (source) => offsetsMs.get(keyOf(source) ?? '') ?? 0 },
    unusedOffsets: [...offsetsMs.keys()].filter((key) => !all.has(key)),
  };
}

function checkedWishes(
  { window }: ImportOptions,
  { zoneMin }: Timeline,
  attempts: number,
  files: readonly LogFile[],
): WindowWishes {
  const wishes = window(zoneMin);
  if (wishes.failover === null || wishes.failover <= attempts) return wishes;
  throw new InputError([
    {
      severity: 'error',
      at: startOf(files[0]!.path),
      message: `the logs have no failover ${wishes.failover}`,
      found: attempts === 0 ? 'no +try-failover' : `${attempts} of them`,
      expected: attempts === 0 ? 'a log of the Sentinel that led' : `--failover 1 to ${attempts}`,
      hint: 'leave --failover out to see all that the logs tell',
    },
  ]);
}

function sentinelNames(sources: readonly Source[], names: Names): string[] {
  const sentinels = sources.filter(({ kind }) => kind === 'sentinel').map(names.sourceName);
  return [...new Set(sentinels)];
}

function absentNodes(members: Members, names: Names, sources: readonly Source[]): string[] {
  const present = new Set(sources.map(names.sourceName));
  const data = [...members.data.values()].map(names.dataName);
  const sentinels = [...members.sentinels.keys()].map(names.sentinelName);
  return [...new Set([...data, ...sentinels])].filter((name) => !present.has(name));
}

const MARKS: Readonly<Record<string, string>> = {
  '.': 'debug',
  '-': 'verbose',
  '*': 'notice',
  '#': 'warning',
};

function runEvent(entry: Entry, names: Names): RunEvent {
  const { event, mark, source, atMs } = entry;
  const known = Object.hasOwn(EVENTS, event) ? EVENTS[event as EventName].level : MARKS[mark]!;
  const message = event === 'next-failover-delay' ? delayInstant(entry) : renameMessage(entry, names);
  return { t: atMs, node: names.sourceName(source), event, level: known, message };
}

/** The log has local time, to the second. */
function delayInstant({ message, atMs, localMs }: Entry): string {
  const untilMs = parseCtime(message);
  return untilMs === null ? '' : String(untilMs + (atMs - localMs));
}

function shifted(events: readonly RunEvent[], zeroMs: number): RunEvent[] {
  return events.map((event) => {
    const isDelay = event.event === 'next-failover-delay' && event.message !== '';
    const message = isDelay ? String(Number(event.message) - zeroMs) : event.message;
    return { ...event, t: event.t - zeroMs, message };
  });
}

function documentOf(
  events: readonly RunEvent[],
  { sources }: Sources,
  sentinels: readonly string[],
  { zeroReason, zeroMs }: Window,
  stamp: (ms: number) => string,
): RunDocument {
  const versions = [...new Set(sources.map(({ version }) => version).filter((version) => version !== ''))];
  const redis = versions.length === 0 ? 'redis' : `redis ${versions.join(' and ')}`;
  return {
    schema: 'sentinelsim/run/1',
    scenario: 'imported logs',
    about: `time zero is ${stamp(zeroMs)}, ${zeroReason}`,
    seed: 0,
    source: `${redis}, logs imported by sentinelsim ${VERSION}`,
    durationMs: Math.max(0, events.at(-1)?.t ?? 0),
    events,
    actions: [],
    failovers: failoversOf(events, sentinels),
    clients: [],
    final: [],
    expectations: [],
    unmodelled: [],
  };
}

function nodeOf(source: Source, names: Names, identities: Identities): ImportedNode {
  return {
    name: names.sourceName(source),
    kind: source.kind,
    file: source.file,
    known: identities.keys.get(source) ?? [],
    events: source.events.length,
  };
}

function zoneText({ zoneMin, zoneKnown }: Timeline, { yearless }: Sources): string {
  const year = yearless ? ', the logs have no year' : '';
  if (!zoneKnown) return `local time of the logs${year}`;
  const sign = zoneMin < 0 ? '-' : '+';
  const minutes = Math.abs(zoneMin);
  const two = (value: number) => String(value).padStart(2, '0');
  return zoneMin === 0
    ? `UTC${year}`
    : `UTC${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}${year}`;
}
