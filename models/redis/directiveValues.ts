/** Reading and writing single configuration values exactly as Redis 7.0.15 does (R-CONF-6 to R-CONF-8). */

/** A value that was read, or Redis's own text why it is none. */
export type Parsed<T> = { readonly value: T } | { readonly error: string };

export const INT_MAX = 2_147_483_647;
export const UINT_MAX = 4_294_967_295;
/** Stands for Redis's 64-bit limits, which a number cannot hold exactly. */
export const LONG_MAX = Number.MAX_SAFE_INTEGER;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_000,
  kb: 1_024,
  m: 1_000_000,
  mb: 1_048_576,
  g: 1_000_000_000,
  gb: 1_073_741_824,
};

/** `yes` or `no` in any case (R-CONF-8). */
export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (word === 'yes') return { value: true };
  if (word === 'no') return { value: false };
  return { error: "argument must be 'yes' or 'no'" };
}

function checkRange(value: number, min: number, max: number): Parsed<number> {
  if (value >= min && value <= max) return { value };
  const highest = max === LONG_MAX ? '9223372036854775807' : String(max);
  return { error: `argument must be between ${min} and ${highest} inclusive` };
}

/** A plain decimal integer: no unit, no plus, no leading zero (R-CONF-7). */
export function parseInteger(text: string, min: number, max: number): Parsed<number> {
  const value = Number(text);
  if (!/^(0|-?[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value)) {
    return { error: "argument couldn't be parsed into an integer" };
  }
  return checkRange(value, min, max);
}

/** Bytes with an optional unit (R-CONF-6). */
export function parseMemory(text: string, min: number, max: number): Parsed<number> {
  const match = /^([0-9]+)([a-z]*)$/i.exec(text);
  const unit = match === null ? undefined : UNIT_BYTES[match[2]!.toLowerCase()];
  const value = match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
  if (!Number.isSafeInteger(value)) return { error: 'argument must be a memory value' };
  return checkRange(value, min, max);
}

/** One word of a set, in any case; gives the word in its own spelling (R-CONF-8). */
export function parseEnum(text: string, words: readonly string[]): Parsed<string> {
  const value = words.find((word) => word === text.toLowerCase());
  if (value !== undefined) return { value };
  return { error: `argument(s) must be one of the following: ${words.join(', ')}` };
}

/** File permissions in octal. */
export function parseOctal(text: string): Parsed<number> {
  if (!/^[0-7]+$/.test(text)) return { error: "argument couldn't be parsed as an octal number" };
  return checkRange(Number.parseInt(text, 8), 0, 0o777);
}

/** A memory value or a percentage such as `10%`; gives its text. */
export function parseMemoryOrPercent(text: string): Parsed<string> {
  if (/^[0-9]+%$/.test(text)) {
    return Number.parseInt(text, 10) <= 100
      ? { value: text }
      : { error: 'percentage argument must be less or equal to 100' };
  }
  const memory = parseMemory(text, 0, LONG_MAX);
  if ('error' in memory) return { error: 'argument must be a memory or percent value' };
  return { value: String(memory.value) };
}

/** What `sscanf`-free number parsing of special directives takes: decimal digits with an optional minus. */
export function parseCount(text: string): number | null {
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
