/**
 * The directives of redis.conf and CONFIG SET: their types, ranges and Redis's own error texts (R-CONF-3 to R-CONF-8).
 * Files and CONFIG SET share this table; what is special about a file (`include`, `save` lines that add up) is its
 * reader's business.
 */
import { matchesGlob } from '../glob.ts';
import type { RedisConfig } from './config.ts';
import { setSpecial, specialText } from './directiveSpecials.ts';
import { type Directive, MODELLED } from './directiveTable.ts';
import { UNMODELLED } from './directiveTableUnmodelled.ts';
import {
  type Parsed,
  parseBoolean,
  parseEnum,
  parseInteger,
  parseMemory,
  parseMemoryOrPercent,
  parseOctal,
} from './directiveValues.ts';

export const BAD_DIRECTIVE = 'Bad directive or wrong number of arguments';
const WRONG_COUNT = 'wrong number of arguments';

/** Directives of a file alone: several lines add up, and CONFIG knows nothing of them. */
const FILE_ONLY = ['rename-command', 'user', 'loadmodule', 'include'];

/** Of older versions: a file may still set them, to no effect; CONFIG knows nothing of them either. */
const DEPRECATED = ['list-max-ziplist-entries', 'list-max-ziplist-value', 'lua-replicate-commands'];

const BY_NAME: ReadonlyMap<string, Directive> = new Map(
  [...MODELLED, ...UNMODELLED].flatMap((directive) =>
    [directive.name, ...directive.aliases].map((name) => [name, directive] as const),
  ),
);

/** Every name and alias that a file may use, for suggestions. */
export function directiveNames(): readonly string[] {
  return [...BY_NAME.keys(), ...FILE_ONLY, ...DEPRECATED];
}

/** The directive's main name for a name or alias in any case, or null. */
export function canonicalDirective(name: string): string | null {
  const word = name.toLowerCase();
  return BY_NAME.get(word)?.name ?? ([...FILE_ONLY, ...DEPRECATED].includes(word) ? word : null);
}

/** Why CONFIG SET refuses the directive whatever its value, in Redis's words; null: it does not. */
export function changeRefusal(config: RedisConfig, name: string): string | null {
  const directive = BY_NAME.get(name.toLowerCase());
  if (directive === undefined) return BAD_DIRECTIVE;
  if (directive.change === 'free') return null;
  const open = directive.change === 'protected' && config.unmodelled['enable-protected-configs'] === 'yes';
  return open ? null : `can't set ${directive.change} config`;
}

/** What stands for the directive in the file: its type and range in words, for a diagnostic. */
export function describeDirective(name: string): string {
  const value = BY_NAME.get(name.toLowerCase())?.value;
  switch (value?.type) {
    case 'boolean':
      return 'yes or no';
    case 'integer':
      return `an integer without a unit, at least ${value.min}`;
    case 'memory':
      return 'bytes, or a number with k, kb, m, mb, g or gb';
    case 'enum':
    case 'flags':
      return `one of ${value.words.join(', ')}`;
    case 'string':
    case 'file name':
      return 'one word';
    default:
      return '';
  }
}

/** R-CONF-3: a directive of several values that is given one non-empty text splits it at blanks. */
function splitSingle(args: readonly string[]): readonly string[] {
  return args.length === 1 && args[0]!.trim() !== '' ? args[0]!.trim().split(/\s+/) : args;
}

function parseFlags(args: readonly string[], words: readonly string[]): Parsed<readonly string[]> {
  const flags: string[] = [];
  for (const arg of args) {
    const flag = parseEnum(arg, words);
    if ('error' in flag) return flag;
    flags.push(flag.value);
  }
  return { value: flags };
}

function parseFileName(directive: Directive, text: string, noun: string): Parsed<string> {
  if (!text.includes('/')) return { value: text };
  return { error: `${directive.name} can't be a path, just a ${noun}` };
}

function parseNumbers(
  directive: Directive,
  args: readonly string[],
  min: number,
  max: number,
): Parsed<string> {
  const numbers = args.filter((arg) => arg !== '');
  if (!numbers.every((arg) => /^-?[0-9]+(\.[0-9]+)?$/.test(arg))) {
    return { error: `Invalid ${directive.name} parameters` };
  }
  if (numbers.some((arg) => Number(arg) < min || Number(arg) > max)) {
    return { error: `${directive.name} parameters should sit between [${min.toFixed(1)},${max.toFixed(1)}]` };
  }
  return { value: numbers.map((arg) => String(Number(arg))).join(' ') };
}

function clamped(parsed: Parsed<number>, clamp: readonly [number, number] | undefined): Parsed<number> {
  if ('error' in parsed || clamp === undefined) return parsed;
  return { value: Math.min(clamp[1], Math.max(clamp[0], parsed.value)) };
}

function parseSingle(directive: Directive, text: string): Parsed<boolean | number | string> {
  const { value } = directive;
  switch (value.type) {
    case 'boolean':
      return parseBoolean(text);
    case 'integer':
      return clamped(parseInteger(text, value.min, value.max), value.clamp);
    case 'memory':
      return parseMemory(text, value.min, value.max);
    case 'octal':
      return parseOctal(text);
    case 'memory or percent':
      return parseMemoryOrPercent(text);
    case 'enum':
      return parseEnum(text, value.words);
    case 'file name':
      return parseFileName(directive, text, value.noun);
    case 'string':
    case 'numbers':
    case 'flags':
    case 'special':
      return { value: text };
  }
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

function store<T>(config: RedisConfig, directive: Directive, parsed: Parsed<T>): string | null {
  if ('error' in parsed) return parsed.error;
  if (directive.field === null) config.unmodelled[directive.name] = valueText(parsed.value);
  else (config as unknown as Record<string, unknown>)[directive.field] = parsed.value;
  return null;
}

function setFileOnly(config: RedisConfig, name: string, args: readonly string[]): string | null {
  if (name === 'rename-command') {
    if (args.length !== 2) return BAD_DIRECTIVE;
    config.renamedCommands[args[0]!.toUpperCase()] = args[1]!;
    return null;
  }
  if (args.length === 0) return BAD_DIRECTIVE;
  const before = config.unmodelled[name];
  const line = args.join(' ');
  config.unmodelled[name] = before === undefined ? line : `${before}\n${line}`;
  return null;
}

function setUnknown(config: RedisConfig, name: string, args: readonly string[]): string | null {
  if (name === 'sentinel') return 'sentinel directive while not in sentinel mode';
  if (DEPRECATED.includes(name)) return args.length === 1 ? null : BAD_DIRECTIVE;
  return FILE_ONLY.includes(name) ? setFileOnly(config, name, args) : BAD_DIRECTIVE;
}

/**
 * Sets one directive, replacing its value; `args` are the words after the name. Gives Redis's error text, or null when it
 * was accepted.
 */
export function setDirective(config: RedisConfig, name: string, args: readonly string[]): string | null {
  const word = name.toLowerCase();
  const directive = BY_NAME.get(word);
  if (directive === undefined) return setUnknown(config, word, args);
  const { value } = directive;
  if (args.length === 0) return WRONG_COUNT;
  if (value.type === 'special') {
    const single = directive.name === 'notify-keyspace-events';
    return setSpecial(config, directive.name, single ? args : splitSingle(args));
  }
  if (value.type === 'flags') return store(config, directive, parseFlags(splitSingle(args), value.words));
  if (value.type === 'numbers') {
    return store(config, directive, parseNumbers(directive, splitSingle(args), value.min, value.max));
  }
  return args.length === 1 ? store(config, directive, parseSingle(directive, args[0]!)) : WRONG_COUNT;
}

function directiveText(config: RedisConfig, directive: Directive): string {
  if (directive.field === null) return config.unmodelled[directive.name] ?? directive.initial;
  return specialText(config, directive.name) ?? valueText(config[directive.field]);
}

/**
 * The directives whose name or alias matches a CONFIG GET pattern (glob, any case), with their values as texts. Hidden
 * ones appear only under their full name.
 */
export function getDirectives(config: RedisConfig, pattern: string): readonly (readonly [string, string])[] {
  const word = pattern.toLowerCase();
  if (!/[*?[]/.test(word)) {
    const directive = BY_NAME.get(word);
    return directive === undefined ? [] : [[word, directiveText(config, directive)]];
  }
  const found: (readonly [string, string])[] = [];
  for (const [name, directive] of BY_NAME) {
    if (!directive.hidden && matchesGlob(word, name)) found.push([name, directiveText(config, directive)]);
  }
  return found;
}

/** A configuration that can be changed without changing the original. */
export function cloneRedisConfig(config: RedisConfig): RedisConfig {
  return {
    ...config,
    outputBufferLimits: { ...config.outputBufferLimits },
    renamedCommands: { ...config.renamedCommands },
    unmodelled: { ...config.unmodelled },
  };
}
