/** Collecting diagnostics: a reader goes on after an error, so that one look shows them all. */
import { type Diagnostic, InputError, type Position } from './diagnostic.ts';

/** What a reader has found so far, in the order of finding. */
export type Problems = Diagnostic[];

/** The parts of a diagnostic that may be left out. */
export interface Details {
  readonly found?: string;
  readonly expected?: string;
  readonly hint?: string;
}

const SHOWN_MAX = 120;

/** A text short enough to be shown, on one line. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= SHOWN_MAX ? line : `${line.slice(0, SHOWN_MAX - 3)}...`;
}

function add(
  problems: Problems,
  severity: Diagnostic['severity'],
  at: Position,
  message: string,
  details: Details,
): void {
  const { found = '', expected = '', hint = '' } = details;
  problems.push({ severity, at, message, found: shorten(found), expected, hint });
}

export function addError(problems: Problems, at: Position, message: string, details: Details = {}): void {
  add(problems, 'error', at, message, details);
}

export function addWarning(problems: Problems, at: Position, message: string, details: Details = {}): void {
  add(problems, 'warning', at, message, details);
}

export function addNote(problems: Problems, at: Position, message: string, details: Details = {}): void {
  add(problems, 'note', at, message, details);
}

export function hasErrors(problems: Problems): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** Each diagnostic once: a file or an anchor that several nodes share is read for each of them. */
export function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = JSON.stringify(problem);
    return !seen.has(key) && seen.add(key);
  });
}

/** All errors so far, as what is thrown. */
export function inputError(problems: Problems): InputError {
  return new InputError(distinct(problems).filter(({ severity }) => severity === 'error'));
}

/** Throws all the errors at once, if there are any. */
export function throwErrors(problems: Problems): void {
  if (hasErrors(problems)) throw inputError(problems);
}

/** The start of a file, for what concerns the file as a whole. */
export function startOf(file: string): Position {
  return { file, line: 1, column: 1 };
}
