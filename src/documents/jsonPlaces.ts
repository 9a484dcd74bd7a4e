/** Where things stand in a JSON text: JSON.parse tells neither where a value is nor, on every platform, where it failed. */
import { JsonScanner, type Path } from './jsonScanner.ts';

/** Where a text stops being JSON. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

/** The first token that cannot stand where it does; null when the text is one JSON value. */
export function jsonFault(text: string): JsonFault | null {
  const scanner = new JsonScanner(text);
  while (!scanner.isDone) {
    const token = scanner.next();
    if (token === null) return { offset: scanner.start, expected: scanner.expected };
    if (token === 'value') scanner.enter();
  }
  return scanner.skipSpace() ? { offset: scanner.start, expected: scanner.expected } : null;
}

/** Where the value at a path begins, or the nearest one around it, in the JSON value that begins at `from`. */
export function offsetOf(text: string, from: number, path: Path): number {
  let offset = from;
  eachValue(text, from, (at, here) => {
    if (here.every((key, depth) => key === path[depth])) offset = at;
  });
  return offset;
}

/** Where the members of the list at a path begin. */
export function memberOffsets(text: string, path: Path): number[] {
  const offsets: number[] = [];
  eachValue(text, 0, (at, here) => {
    const isMember = here.length === path.length + 1 && path.every((key, depth) => key === here[depth]);
    if (isMember) offsets.push(at);
  });
  return offsets;
}

/** `text` is JSON. */
function eachValue(text: string, from: number, visit: (offset: number, path: Path) => void): void {
  const scanner = new JsonScanner(text, from);
  while (!scanner.isDone) {
    if (scanner.next() !== 'value') continue;
    visit(scanner.start, scanner.path);
    scanner.enter();
  }
}
