/** One line of a Redis log, with whatever docker, compose, kubectl or a system logger has put before it. */
import { monthNumber, parseInstant, type Stamp, timeOfDay } from './calendar.ts';

/** X a Sentinel, M a master, S a replica, C a child or a server that starts; `?` up to Redis 2.8, which wrote none. */
export type LogRole = 'X' | 'M' | 'S' | 'C' | '?';

export interface LogLine {
  /** Who wrote it, by the name before the line: a container, pod or host. Empty when there is none. */
  readonly origin: string;
  /** The instant that the runtime wrote before the line, which has a zone; null when there is none. */
  readonly originMs: number | null;
  readonly role: LogRole;
  readonly stamp: Stamp;
  /** `.` debug, `-` verbose, `*` notice, `#` warning. */
  readonly mark: string;
  readonly text: string;
}

const LINE =
  /^(.*?)(?:\d+:([XMSC])|\[\d+\]) (\d{1,2}) ([A-Z][a-z]{2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(?:\.(\d{1,3}))? ([.\-*#]) (.*)$/;
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

/** Null for a line without Redis's stamp. */
export function parseLogLine(raw: string): LogLine | null {
  const match = LINE.exec(unwrap(raw));
  if (match === null) return null;
  const month = monthNumber(match[4]!);
  const dayMs = timeOfDay(match[6]!, match[7] ?? '');
  const day = Number(match[3]);
  if (month < 0 || dayMs === null || day < 1 || day > 31) return null;
  return {
    ...readOrigin(match[1]!),
    role: (match[2] ?? '?') as LogRole,
    stamp: { year: match[5] === undefined ? null : Number(match[5]), month, day, dayMs },
    mark: match[8]!,
    text: match[9]!.trimEnd(),
  };
}

/** Without colours; a line of docker's json-file driver is taken out of its JSON. */
function unwrap(raw: string): string {
  const line = raw.includes('\u001b') ? raw.replace(ESCAPES, '') : raw;
  if (!line.startsWith('{"log":')) return line;
  try {
    const { log, time } = JSON.parse(line) as { readonly log?: unknown; readonly time?: unknown };
    return `${typeof time === 'string' ? time : ''} ${String(log).trimEnd()}`;
  } catch {
    return line;
  }
}

const INSTANT = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)/;

/** compose `name  | `; kubectl `[pod/name/container] `; stern `pod container `; syslog `Jan 12 10:00:00 host prog[1]: `. */
const ORIGINS: readonly RegExp[] = [
  /^\s*(\S+?)\s*\|/,
  /^\s*\[(?:pod\/)?([^/\]\s]+)(?:\/[^\]]*)?\]/,
  /^\s*[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d (\S+) \S+:/,
  /^\s*([a-z0-9][\w.-]*) [a-z0-9][\w.-]*(?: |$)/,
];

function readOrigin(prefix: string): { readonly origin: string; readonly originMs: number | null } {
  if (prefix === '') return { origin: '', originMs: null };
  const instant = parseInstant(INSTANT.exec(prefix)?.[0] ?? '');
  const originMs = instant === null ? null : instant.localMs - (instant.zoneMin ?? 0) * 60_000;
  const rest = prefix.replace(INSTANT, '').replace(/^\s*(stdout|stderr) [FP]\s*/, '');
  for (const pattern of ORIGINS) {
    const name = pattern.exec(rest)?.[1];
    if (name !== undefined) return { origin: name, originMs };
  }
  return { origin: '', originMs };
}
