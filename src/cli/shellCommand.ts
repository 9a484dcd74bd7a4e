/** Commands for a shell, ready to paste. */
import { PAGE_WIDTH } from '../report/wrap.ts';

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./@:+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words of which an option and its value stay together. */
function units(words: readonly string[]): string[] {
  const result: string[] = [];
  let option: string | null = null;
  for (const word of words) {
    const isOption: boolean = word.startsWith('--');
    if (option !== null) result.push(isOption ? option : `${option} ${quoted(word)}`);
    else if (!isOption) result.push(quoted(word));
    option = isOption ? word : null;
  }
  return option === null ? result : [...result, option];
}

/** The command in lines that fit beside a label, each but the last with the shell's mark that it goes on. */
export function foldCommand(words: readonly string[], labelWidth: number): string[] {
  const room = PAGE_WIDTH - labelWidth - 2;
  const lines: string[] = [];
  let line = '';
  for (const unit of units(words)) {
    if (line === '') line = unit;
    else if (line.length + 1 + unit.length <= room) line += ` ${unit}`;
    else {
      lines.push(`${line} \\`);
      line = `  ${unit}`;
    }
  }
  return [...lines, line];
}
