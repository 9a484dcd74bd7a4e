/** Log files, sorted by who wrote their lines. */
import { basename } from 'node:path';
import type { Position } from '../config/diagnostic.ts';
import { stampMs } from './calendar.ts';
import { type LogLine, parseLogLine } from './logLine.ts';
import { type LoggedEvent, ownSentinelId, readSentinelLine } from './sentinelLines.ts';
import { ownAddress, readServerLine } from './serverLines.ts';

export interface LogFile {
  readonly path: string;
  readonly text: string;
}

/** An event of a source; `localMs` is the time as logged. */
export interface SourceEvent extends LoggedEvent {
  readonly localMs: number;
  readonly mark: string;
  readonly line: number;
}

/** A line that stands for nothing known. */
export interface StrangeLine {
  readonly at: Position;
  readonly text: string;
}

/** One process's log: a file, or the lines of one container in it. */
export interface Source {
  readonly file: string;
  /** The container, pod or host before the lines; empty when there is none. */
  readonly origin: string;
  readonly kind: 'sentinel' | 'server';
  readonly events: SourceEvent[];
  /** Lines whose meaning is known. */
  recognised: number;
  /** A Sentinel's ids from `Sentinel ID is`, a server's addresses from `laddr`, each once. */
  readonly ownIds: string[];
  readonly ownAddresses: string[];
  /** When it logged as a master (M) and as a replica (S), in runs. */
  readonly roles: { readonly role: 'M' | 'S'; readonly fromMs: number }[];
  /** Local time less the runtime's instants, to the quarter of an hour; null without such instants. */
  zoneMin: number | null;
  /** The version that it said it is; empty when it did not. */
  version: string;
  /** The first line on which the clock went back, or null. */
  clockWentBack: { readonly line: number; readonly byMs: number } | null;
}

export interface Sources {
  readonly sources: readonly Source[];
  readonly strange: readonly StrangeLine[];
  /** Lines without Redis's stamp, but for blank ones. */
  readonly unstamped: readonly StrangeLine[];
  /** Known lines that stand for no event. */
  readonly quiet: number;
  /** True when the logs have no year. */
  readonly yearless: boolean;
}

interface Placed {
  readonly file: string;
  readonly number: number;
  readonly line: LogLine;
}

/** What a log without years is dated in: a leap year, so that each day exists. */
const NO_YEAR = 2000;

export function readSources(files: readonly LogFile[]): Sources {
  const placed: Placed[] = [];
  const unstamped: StrangeLine[] = [];
  let signals = 0;
  for (const { path, text } of files) {
    text.split(/\r?\n/).forEach((raw, index) => {
      const line = parseLogLine(raw);
      if (line !== null) placed.push({ file: path, number: index + 1, line });
      else if (/^.*\d+:signal-handler \(\d+\) /.test(raw)) signals++;
      else if (raw.trim() !== '') unstamped.push(strangeLine(path, index + 1, raw.trim()));
    });
  }
  const year = placed.find(({ line }) => line.stamp.year !== null)?.line.stamp.year ?? null;
  const reading: Reading = { sources: new Map(), strange: [], quiet: signals, year: year ?? NO_YEAR };
  const old = oldSentinels(placed);
  for (const each of placed) readLine(reading, each, old);
  return {
    sources: [...reading.sources.values()].map(({ source }) => source),
    strange: reading.strange,
    unstamped,
    quiet: reading.quiet,
    yearless: placed.length > 0 && year === null,
  };
}

function strangeLine(file: string, line: number, text: string): StrangeLine {
  return { at: { file, line, column: 1 }, text };
}

interface Draft {
  readonly source: Source;
  year: number;
  month: number;
  lastMs: number;
}

interface Reading {
  readonly sources: Map<string, Draft>;
  readonly strange: StrangeLine[];
  quiet: number;
  readonly year: number;
}

/** Logs of up to 2.8 do not say who writes: an event tells a Sentinel. */
function oldSentinels(placed: readonly Placed[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { file, line } of placed) {
    if (line.role !== '?') continue;
    if (/^([+-](monitor|sdown|odown|slave|sentinel)|Sentinel runid is) /.test(line.text))
      found.add(file + line.origin);
  }
  return found;
}

function readLine(reading: Reading, { file, number, line }: Placed, old: ReadonlySet<string>): void {
  const isSentinel = line.role === 'X' || (line.role === '?' && old.has(file + line.origin));
  const draft = draftOf(reading, file, line.origin, isSentinel ? 'sentinel' : 'server');
  const { source } = draft;
  const localMs = dated(draft, line);
  noteClock(draft, localMs, number);
  if (line.originMs !== null) {
    source.zoneMin ??= Math.round((localMs - line.originMs) / 900_000) * 15;
  }
  noteIdentity(source, line, localMs);
  const event = isSentinel ? readSentinelLine(line.text) : readServerLine(line);
  if (event === null) {
    reading.strange.push(strangeLine(file, number, line.text));
    return;
  }
  source.recognised++;
  if (event === 'quiet') reading.quiet++;
  else source.events.push({ ...event, localMs, mark: line.mark, line: number });
}

function draftOf(reading: Reading, file: string, origin: string, kind: Source['kind']): Draft {
  const key = `${file}\0${origin}\0${kind}`;
  const known = reading.sources.get(key);
  if (known !== undefined) return known;
  const source: Source = {
    file,
    origin,
    kind,
    events: [],
    recognised: 0,
    ownIds: [],
    ownAddresses: [],
    roles: [],
    zoneMin: null,
    version: '',
    clockWentBack: null,
  };
  const draft: Draft = { source, year: reading.year, month: -1, lastMs: Number.NEGATIVE_INFINITY };
  reading.sources.set(key, draft);
  return draft;
}

/** Without a year, December is followed by January of the next. */
function dated(draft: Draft, { stamp }: LogLine): number {
  if (stamp.year !== null) return stampMs(stamp, stamp.year);
  if (draft.month === 11 && stamp.month === 0) draft.year++;
  draft.month = stamp.month;
  return stampMs(stamp, draft.year);
}

const BACKWARDS_MS = 100;

function noteClock(draft: Draft, localMs: number, line: number): void {
  const byMs = draft.lastMs - localMs;
  if (byMs > BACKWARDS_MS) draft.source.clockWentBack ??= { line, byMs };
  draft.lastMs = localMs;
}

function noteIdentity(source: Source, { role, text }: LogLine, localMs: number): void {
  if ((role === 'M' || role === 'S') && source.roles.at(-1)?.role !== role) {
    source.roles.push({ role, fromMs: localMs });
  }
  const version = /^(?:Redis|Valkey) version=([\w.-]+)/.exec(text)?.[1];
  if (version !== undefined) source.version = version;
  const id = source.kind === 'sentinel' ? ownSentinelId(text) : null;
  if (id !== null && !source.ownIds.includes(id)) source.ownIds.push(id);
  const address = source.kind === 'server' ? ownAddress(text) : null;
  if (address !== null && !source.ownAddresses.includes(address)) source.ownAddresses.push(address);
}

/** The name before the lines, else the file's without its ending. */
export function sourceLabel(source: Source): string {
  return source.origin === '' ? basename(source.file).replace(/\.(log|txt|out)$/i, '') : source.origin;
}

/** Every key by which a person may mean this source. */
export function sourceKeys(source: Source): string[] {
  if (source.origin !== '') return [source.origin];
  return [source.file, basename(source.file), sourceLabel(source)];
}
