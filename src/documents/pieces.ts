/** Files of run documents: one document, a list of them, `{ "runs": [...] }`, or one a line. */
import type { Position } from '../config/diagnostic.ts';
import { addError, type Problems, startOf } from '../config/problems.ts';
import { readText } from '../config/source.ts';
import { jsonFault, memberOffsets, offsetOf } from './jsonPlaces.ts';
import type { Path } from './jsonScanner.ts';

const FILE_BYTES_MAX = 268_435_456;
const BROKEN_LINES_MAX = 5;
const FOUND_MAX = 40;

export const EXPECTED = 'a run document ("schema": "sentinelsim/run/1"), a list of them, or one a line';
export const HINT = 'sentinelsim run … --out FILE, sentinelsim import and npm run record write such files';

/** One JSON value of a file. */
export interface Piece {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at a path stands, or the nearest one around it. */
  readonly at: (path: Path) => Position;
}

/** A text that begins on this line of its file. */
interface Part {
  readonly file: string;
  readonly text: string;
  readonly line: number;
}

/** The pieces of a file of at most 256 MiB; none when it cannot be read or is not JSON, which goes to `problems`. */
export function readPieces(file: string, problems: Problems): Piece[] {
  const opened = readText(file, FILE_BYTES_MAX);
  if ('error' in opened) {
    addError(problems, startOf(file), opened.error, { expected: EXPECTED, hint: opened.hint });
    return [];
  }
  const found: Problems = [];
  const pieces = piecesOf({ file, text: opened.text, line: 1 }, found);
  problems.push(...found.slice(0, BROKEN_LINES_MAX));
  if (found.length > 0) return [];
  if (pieces.length === 0) {
    addError(problems, startOf(file), 'there is no run in this file', { expected: EXPECTED, hint: HINT });
  }
  return pieces;
}

function piecesOf(whole: Part, problems: Problems): Piece[] {
  const parsed = parse(whole.text);
  if (parsed !== null) return split(whole, parsed.value);
  const lines = linesOf(whole);
  if (!isOneALine(lines)) {
    addBroken(whole, problems);
    return [];
  }
  return lines.flatMap((line) => {
    const each = parse(line.text);
    if (each === null) addBroken(line, problems);
    return each === null ? [] : split(line, each.value);
  });
}

/** Null when it is not JSON. */
function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Without blank ones. */
function linesOf({ file, text }: Part): Part[] {
  const lines = text.split('\n').map((line, index) => ({ file, text: line, line: index + 1 }));
  return lines.filter((line) => line.text.trim() !== '');
}

/** The first line is a whole document, and others follow. */
function isOneALine(lines: readonly Part[]): boolean {
  const [first] = lines;
  return first !== undefined && lines.length > 1 && /^\s*[{[]/.test(first.text) && parse(first.text) !== null;
}

function addBroken(part: Part, problems: Problems): void {
  const { offset, expected } = jsonFault(part.text)!;
  const [found = ''] = part.text.slice(offset, offset + FOUND_MAX).split('\n');
  addError(problems, positionOf(part, offset), 'the file is not JSON', {
    found: offset === part.text.length ? 'the end of the text' : found,
    expected: part.text.trim() === '' ? EXPECTED : expected,
    hint: HINT,
  });
}

/** The members of a list of runs each know where they begin only once somebody asks. */
function split(part: Part, value: unknown): Piece[] {
  const { file, text } = part;
  const runs = (value as { readonly runs?: unknown } | null)?.runs;
  const [members, path]: [unknown, Path] = Array.isArray(value) ? [value, []] : [runs, ['runs']];
  if (!Array.isArray(members)) {
    return [{ file, value, at: (inner) => positionOf(part, offsetOf(text, 0, inner)) }];
  }
  let starts: readonly number[] | null = null;
  return members.map((member: unknown, index) => ({
    file,
    value: member,
    at: (inner) => {
      starts ??= memberOffsets(text, path);
      return positionOf(part, offsetOf(text, starts[index]!, inner));
    },
  }));
}

function positionOf({ file, text, line }: Part, offset: number): Position {
  let lines = 0;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    lines++;
    start = end + 1;
  }
  return { file, line: line + lines, column: offset - start + 1 };
}
