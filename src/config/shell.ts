/** Just enough of a shell: splitting commands into words, and finding the server that a small script ends up running. */

const SEPARATORS = new Set([';', '&', '|', '\n']);

interface Scan {
  readonly commands: string[][];
  word: string | null;
}

function endWord(scan: Scan): void {
  if (scan.word !== null) scan.commands.at(-1)!.push(scan.word);
  scan.word = null;
}

function endCommand(scan: Scan): void {
  endWord(scan);
  if (scan.commands.at(-1)!.length > 0) scan.commands.push([]);
}

/** The end of a quoted part that begins at `start`; its text is added to the word. */
function scanQuoted(scan: Scan, text: string, start: number): number {
  const quote = text[start];
  scan.word ??= '';
  let i = start + 1;
  for (; i < text.length && text[i] !== quote; i++) {
    if (quote === '"' && text[i] === '\\' && i + 1 < text.length) i++;
    scan.word += text[i];
  }
  return i;
}

function scanShell(text: string, separators: boolean): string[][] {
  const scan: Scan = { commands: [[]], word: null };
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"' || character === "'") i = scanQuoted(scan, text, i);
    else if (character === '\\' && i + 1 < text.length) {
      i++;
      if (text[i] !== '\n') scan.word = (scan.word ?? '') + text[i];
    } else if (separators && SEPARATORS.has(character)) endCommand(scan);
    else if (/\s/.test(character)) endWord(scan);
    else scan.word = (scan.word ?? '') + character;
  }
  endWord(scan);
  return scan.commands.filter((command) => command.length > 0);
}

/** The words of one command, quotes removed. */
export function splitCommand(text: string): readonly string[] {
  return scanShell(text, false)[0] ?? [];
}

/** The commands of a script in their order, however they are joined. */
export function splitScript(text: string): readonly (readonly string[])[] {
  return scanShell(text, true);
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);

/** The script of `sh -c <script>`, or null when the command is no such thing. */
export function scriptOf(words: readonly string[]): string | null {
  const shell = words[0]?.split('/').at(-1) ?? '';
  if (!SHELLS.has(shell)) return null;
  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  return flag === -1 ? null : (words[flag + 1] ?? null);
}
