/** Logs that cannot be imported, and logs that can, but with a doubt. */
import { type Diagnostic, InputError } from '../config/diagnostic.ts';
import { startOf } from '../config/problems.ts';
import type { Identities } from './identify.ts';
import type { Names } from './names.ts';
import type { LogFile, Source, Sources } from './sources.ts';

/** Throws an InputError for a file that is no log, or when no Sentinel's log is there or none tells anything. */
export function refuseStrangers(files: readonly LogFile[], { sources }: Sources): void {
  const known = new Set(sources.filter(({ recognised }) => recognised > 0).map(({ file }) => file));
  const problems = files.filter(({ path }) => !known.has(path)).map(strangeFile);
  const at = startOf(files[0]?.path ?? '');
  if (problems.length === 0 && !sources.some(({ kind }) => kind === 'sentinel')) {
    problems.push({
      severity: 'error',
      at,
      message: 'none of the logs is a Sentinel’s',
      found: 'logs of redis-server only',
      expected: 'the log of at least one Sentinel',
      hint: 'name the logs of the Sentinels too: failovers are told by them',
    });
  }
  if (problems.length === 0 && sources.every(({ events }) => events.length === 0)) {
    problems.push({
      severity: 'error',
      at,
      message: 'nothing happens in the logs',
      found: 'not one event',
      expected: EXAMPLE,
      hint: 'name logs of the time that you want to see',
    });
  }
  if (problems.length > 0) throw new InputError(problems);
}

const EXAMPLE = '1:X 23 Nov 2026 21:10:07.352 # +sdown master mymaster 10.0.0.2 6379';

function strangeFile({ path, text }: LogFile): Diagnostic {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  return {
    severity: 'error',
    at: { file: path, line: Math.max(first, 0) + 1, column: 1 },
    message: 'no line of the file is one that Sentinel or Redis writes',
    found: (lines[first] ?? '').trim().slice(0, 120),
    expected: EXAMPLE,
    hint: 'name logs of redis-sentinel or redis-server; what docker or kubectl puts before a line may stay',
  };
}

/** Logs that could not be placed, and clocks that went back. */
export function sourceWarnings(
  sources: readonly Source[],
  names: Names,
  identities: Identities,
): Diagnostic[] {
  return sources.flatMap((source) => {
    const found: Diagnostic[] = [];
    if (source.events.length > 0 && !identities.keys.has(source))
      found.push(unplaced(source, names.sourceName(source)));
    if (identities.guessed.has(source)) found.push(guess(source, names, identities.keys.get(source)![0]!));
    if (source.clockWentBack !== null) found.push(backwards(source, source.clockWentBack));
    return found;
  });
}

function unplaced(source: Source, name: string): Diagnostic {
  const isSentinel = source.kind === 'sentinel';
  return {
    severity: 'warning',
    at: startOf(source.file),
    message: isSentinel
      ? `the id of ${name} is not known: its votes stand under another name`
      : `the address of ${name} is not known: what Sentinels say of it stands under another name`,
    found: '',
    expected: isSentinel ? 'a line "Sentinel ID is ..."' : '',
    hint: isSentinel ? `--name <its id>=${name}` : `--name <its address>=${name}`,
  };
}

function guess(source: Source, names: Names, key: string): Diagnostic {
  const name = names.sourceName(source);
  return {
    severity: 'note',
    at: startOf(source.file),
    message: `${name} is taken for ${key}, as no other log or address is left`,
    found: '',
    expected: '',
    hint: `--name ${key}=<node> if this is not so`,
  };
}

function backwards(source: Source, { line, byMs }: NonNullable<Source['clockWentBack']>): Diagnostic {
  return {
    severity: 'warning',
    at: { file: source.file, line, column: 1 },
    message: `the clock went back by ${byMs} ms here`,
    found: '',
    expected: 'times that grow',
    hint: 'events are ordered by their times: cut the file here and import one part',
  };
}
