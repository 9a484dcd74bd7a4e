/** The syntax of redis.conf and sentinel.conf: lines, words, quotes and includes, with positions (R-CONF-1, -2, -5). */
import type { Position } from './diagnostic.ts';
import { addError, type Problems } from './problems.ts';
import type { Opened } from './source.ts';

export interface ConfWord {
  readonly text: string;
  readonly column: number;
}

/** One line that is neither empty nor a comment. */
export interface ConfLine {
  readonly at: Position;
  /** Trimmed, as Redis quotes it. */
  readonly text: string;
  /** At least one. */
  readonly words: readonly ConfWord[];
}

/** The files that a process sees. */
export interface FileView {
  /** Opens a file for the process; `file` of the answer is where it lies on this machine. */
  open(path: string): Opened;
  /** The paths that match a pattern with `*`, `?` or `[`, in byte order. */
  expand(pattern: string): readonly string[];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function isBlank(character: string | undefined): boolean {
  return character === undefined || /\s/.test(character);
}

/** The word that starts with a quote at `start`; null when the quotes are not balanced. */
function quotedWord(text: string, start: number): { word: string; end: number } | null {
  const quote = text[start]!;
  let word = '';
  for (let i = start + 1; i < text.length; i++) {
    const character = text[i]!;
    if (character === quote) return isBlank(text[i + 1]) ? { word, end: i + 1 } : null;
    if (quote === '"' && character === '\\' && i + 1 < text.length) {
      const hex = /^x[0-9a-fA-F]{2}/.exec(text.slice(i + 1, i + 4));
      word += hex ? String.fromCharCode(Number.parseInt(hex[0].slice(1), 16)) : escaped(text[i + 1]!);
      i += hex ? 3 : 1;
    } else if (quote === "'" && character === '\\' && text[i + 1] === "'") {
      word += "'";
      i++;
    } else {
      word += character;
    }
  }
  return null;
}

function escaped(character: string): string {
  return ESCAPES[character] ?? character;
}

/** An unquoted word; a quote inside it opens a quoted part that must end the word (R-CONF-2). */
function bareWord(text: string, start: number): { word: string; end: number } | null {
  let word = '';
  for (let i = start; i < text.length && !isBlank(text[i]); i++) {
    if (text[i] === '"' || text[i] === "'") {
      const rest = quotedWord(text, i);
      return rest === null ? null : { word: word + rest.word, end: rest.end };
    }
    word += text[i];
  }
  return { word, end: start + word.length };
}

/** The words of a line with their columns, or null when quotes are not balanced (R-CONF-2). */
export function splitWords(text: string, firstColumn = 1): readonly ConfWord[] | null {
  const words: ConfWord[] = [];
  let i = 0;
  while (true) {
    while (i < text.length && isBlank(text[i])) i++;
    if (i >= text.length) return words;
    const next = text[i] === '"' || text[i] === "'" ? quotedWord(text, i) : bareWord(text, i);
    if (next === null) return null;
    words.push({ text: next.word, column: firstColumn + i });
    i = next.end;
  }
}

/** Reads one line; null for an empty line, a comment, or an error. `at` is where the text begins. */
export function parseLine(text: string, at: Position, problems: Problems): ConfLine | null {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const column = at.column + text.indexOf(trimmed);
  const place: Position = { file: at.file, line: at.line, column };
  const words = splitWords(trimmed, column);
  if (words === null) {
    addError(problems, place, "Redis refuses the line: 'Unbalanced quotes in configuration line'", {
      found: trimmed,
      expected: 'every quote closed, with a blank or the end of the line after it',
    });
    return null;
  }
  return words.length === 0 ? null : { at: place, text: trimmed, words };
}

/** The lines of a file's text, includes not yet expanded (R-CONF-1). */
export function parseLines(text: string, file: string, problems: Problems): readonly ConfLine[] {
  const lines: ConfLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const parsed = parseLine(line, { file, line: index + 1, column: 1 }, problems);
    if (parsed !== null) lines.push(parsed);
  }
  return lines;
}

const INCLUDE_DEPTH_MAX = 32;

function reportCannotOpen(path: string, opened: Opened, at: Position, problems: Problems): void {
  if (!('error' in opened)) return;
  const reason = opened.error.replace('cannot read the file: ', '');
  addError(problems, at, `Redis does not start: 'Fatal error, can't open config file '${path}': ${reason}'`, {
    found: path,
    expected: 'a readable text file of at most 1 MiB',
    hint: opened.hint,
  });
}

/** R-CONF-5: puts the lines of included files in place of the `include` lines. */
export function expandIncludes(
  lines: readonly ConfLine[],
  files: FileView,
  problems: Problems,
  open: readonly string[] = [],
): readonly ConfLine[] {
  const all: ConfLine[] = [];
  for (const line of lines) {
    if (line.words[0]!.text.toLowerCase() !== 'include' || line.words.length !== 2) all.push(line);
    else all.push(...includedLines(line.words[1]!, line.at, files, problems, open));
  }
  return all;
}

function includedLines(
  word: ConfWord,
  line: Position,
  files: FileView,
  problems: Problems,
  open: readonly string[],
): readonly ConfLine[] {
  const at = { ...line, column: word.column };
  const paths = /[*?[]/.test(word.text) ? files.expand(word.text) : [word.text];
  return paths.flatMap((path) => {
    if (open.includes(path) || open.length >= INCLUDE_DEPTH_MAX) {
      addError(problems, at, 'the files include each other in a circle', {
        found: [...open, path].join(' -> '),
        expected: 'an include that leads to an end',
        hint: 'remove one of these include lines',
      });
      return [];
    }
    return readLines(path, at, files, problems, open);
  });
}

/** Opens a configuration file as the process sees it and gives its lines with all includes expanded. */
export function readLines(
  path: string,
  at: Position,
  files: FileView,
  problems: Problems,
  open: readonly string[] = [],
): readonly ConfLine[] {
  const opened = files.open(path);
  if ('error' in opened) {
    reportCannotOpen(path, opened, at, problems);
    return [];
  }
  return expandIncludes(parseLines(opened.text, opened.file, problems), files, problems, [...open, path]);
}
