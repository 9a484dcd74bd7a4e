/** What a schema finds wrong with a piece of a file, as diagnostics at their places. */
import type { z } from 'zod';
import { addError, type Problems } from '../config/problems.ts';
import type { Path } from './jsonScanner.ts';
import { EXPECTED, HINT, type Piece } from './pieces.ts';

const ISSUES_MAX = 5;

/** A document, and where it stands. */
export interface Parsed<T> {
  readonly document: T;
  readonly piece: Piece;
}

/**
 * The pieces of one file as documents. What is wrong goes to `problems`, at most five faults of a file.
 * `scenarioHint`: what to do with a scenario that was named in place of a run document.
 */
export function parsePieces<T>(
  pieces: readonly Piece[],
  schema: z.ZodType<T>,
  scenarioHint: string,
  problems: Problems,
): Parsed<T>[] {
  let issuesLeft = ISSUES_MAX;
  return pieces.flatMap((piece) => {
    const result = schema.safeParse(piece.value);
    if (result.success) return [{ document: result.data, piece }];
    const issues = result.error.issues.slice(0, issuesLeft);
    issuesLeft -= issues.length;
    for (const issue of issues) addFault(piece, issue, scenarioHint, problems);
    return [];
  });
}

function addFault(piece: Piece, issue: z.core.$ZodIssue, scenarioHint: string, problems: Problems): void {
  const found = valueAt(piece.value, issue.path);
  const isWhole = issue.path.length === 0;
  const concernsKind = isWhole || issue.path[0] === 'schema';
  const complaint = isWhole
    ? ''
    : `: ${pathText(issue.path)} is ${found === undefined ? 'missing' : 'wrong'}`;
  addError(problems, piece.at(issue.path), `not a run document${complaint}`, {
    found: found === undefined ? '' : JSON.stringify(found),
    expected: concernsKind ? EXPECTED : expectedText(issue),
    hint: isScenario(piece.value) ? scenarioHint : concernsKind ? HINT : '',
  });
}

function isScenario(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'topology' in value && !('events' in value);
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}

/** `events[3].t`. */
function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function expectedText(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? `a value of type ${issue.expected}` : issue.message;
}
