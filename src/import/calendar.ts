/** Calendar time as logs and people write it. Milliseconds of the Unix epoch; a local time is read as if it were UTC. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time of which the year may be missing, as up to Redis 4. */
export interface Stamp {
  readonly year: number | null;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  /** Milliseconds since midnight. */
  readonly dayMs: number;
}

/** The number of an English month name, from 0; -1 for anything else. */
export function monthNumber(name: string): number {
  return MONTHS.indexOf(name);
}

export function stampMs(stamp: Stamp, year: number): number {
  return Date.UTC(year, stamp.month, stamp.day) + stamp.dayMs;
}

/** `10:00:00` and `123` in milliseconds since midnight; null when it is no time of day. */
export function timeOfDay(clock: string, fraction: string): number | null {
  const [hours, minutes, seconds] = clock.split(':').map(Number);
  if (hours === undefined || minutes === undefined || seconds === undefined) return null;
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** `Z`, `+02:00`, `-0330`: minutes east of Greenwich; null for anything else. */
export function parseZone(text: string): number | null {
  if (/^(z|utc|gmt)$/i.test(text)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (match === null || Number(match[2]) > 14 || Number(match[3]) > 59) return null;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** What `ctime` prints: `Mon Nov 23 21:10:28 2026`. */
export function parseCtime(text: string): number | null {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text.trim());
  if (match === null) return null;
  return fromParts(Number(match[4]), monthNumber(match[1]!), Number(match[2]), match[3]!, '');
}

/** An instant: the local time, and the zone in minutes when one is written. */
export interface Instant {
  readonly localMs: number;
  readonly zoneMin: number | null;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;
const REDIS =
  /^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** `2026-11-23T21:10:07.352Z`, or a stamp pasted from a Redis log; a zone may follow. */
export function parseInstant(text: string): Instant | null {
  const iso = ISO.exec(text.trim());
  const redis = iso === null ? REDIS.exec(text.trim()) : null;
  const localMs =
    iso !== null
      ? fromParts(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), iso[4]!, iso[5] ?? '')
      : redis !== null
        ? fromParts(Number(redis[3]), monthNumber(redis[2]!), Number(redis[1]), redis[4]!, redis[5] ?? '')
        : null;
  if (localMs === null) return null;
  const zone = (iso ?? redis)?.[6];
  return { localMs, zoneMin: zone === undefined ? null : parseZone(zone) };
}

function fromParts(year: number, month: number, day: number, clock: string, fraction: string): number | null {
  const dayMs = timeOfDay(clock, fraction);
  if (dayMs === null || month < 0 || month > 11 || day < 1 || day > 31) return null;
  return Date.UTC(year, month, day) + dayMs;
}

/** As a Redis log writes it: `23 Nov 2026 21:10:07.352`. */
export function formatStamp(localMs: number): string {
  const iso = new Date(localMs).toISOString();
  return `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`;
}
