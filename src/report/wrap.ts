/** Folding text to a width. All texts are measured before colour is added. */

export const PAGE_WIDTH = 100;

/** Lines of at most `width` characters, broken at spaces; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Pieces joined by ` · `, broken between pieces where possible. */
export function wrapPieces(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line === '') line = piece;
    else if (line.length + 3 + piece.length <= width) line += ` · ${piece}`;
    else {
      lines.push(...wrap(line, width));
      line = piece;
    }
  }
  if (line !== '') lines.push(...wrap(line, width));
  return lines;
}

/** A label in a column of its own, then the lines. */
export function labelled(label: string, lines: readonly string[], labelWidth: number): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}${line}`);
}
