/** Durations as a person writes them (`500us`, `20ms`, `5s`, `3m`, `1h`) in integer microseconds. */
import type { Range } from '../../models/random.ts';

const UNIT_US: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/** A year: longer is a mistake. */
const LONGEST_US = 365 * 24 * 3_600_000_000;

export const DURATION = /^\d+(\.\d+)?(us|ms|s|m|h)$/;
export const SIGNED_DURATION = /^-?\d+(\.\d+)?(us|ms|s|m|h)$/;
export const DURATION_RANGE = /^\d+(\.\d+)?(us|ms|s|m|h)\.\.\d+(\.\d+)?(us|ms|s|m|h)$/;

/** Microseconds, or null when the text is no duration. A fraction of a microsecond is none. */
export function parseDuration(text: string): number | null {
  const match = /^(-?\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text);
  if (match === null) return null;
  const microseconds = Math.round(Number(match[1]) * UNIT_US[match[2]!]!);
  return Math.abs(microseconds) <= LONGEST_US ? microseconds : null;
}

/** `15s..25s`, or one duration as a range of one value; null when it is neither or runs backwards. */
export function parseDurationRange(text: string): Range | null {
  const [first, second = first, ...rest] = text.split('..');
  const min = parseDuration(first ?? '');
  const max = parseDuration(second ?? '');
  return min === null || max === null || min > max || rest.length > 0 ? null : { min, max };
}

/** What is wrong with a value that stands where a duration belongs. */
export function explainDuration(input: unknown, signed = false): string {
  const text = typeof input === 'string' ? input.trim() : String(input);
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    const asMs = `${number}ms`;
    const asSeconds = number >= 1_000 && number % 1_000 === 0 ? `${number / 1_000}s` : `${number}s`;
    return `${text} has no unit: write ${asMs} or ${asSeconds}`;
  }
  if (/^-/.test(text) && parseDuration(text) !== null && !signed) return `${text} is negative`;
  if (parseDuration(text) === null && SIGNED_DURATION.test(text)) return `${text} is longer than a year`;
  if (/^-?\d+(\.\d+)?\s*[a-zµ]+$/i.test(text)) {
    return `${text} is no duration: the units are us, ms, s, m and h, right after the number`;
  }
  return `${text === '' || input === null ? 'nothing' : text} is no duration`;
}
