/** Prints what the runs of every scenario in examples/surprises measure: `npx tsx scripts/surprises.ts [seeds] [name]`. */
import { readdirSync } from 'node:fs';
import { prepare } from '../src/run/prepare.ts';
import { simulate } from '../src/run/simulate.ts';

const FOLDER = 'examples/surprises';
const [seeds = '200', only = ''] = process.argv.slice(2);

for (const file of readdirSync(FOLDER).filter((name) => name.includes(only))) {
  const prepared = prepare(`${FOLDER}/${file}`);
  const observed = new Map<string, string[]>();
  let broken = 0;
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const { expectations, clients } = simulate(prepared, seed).document;
    for (const { expect, held, observed: value } of expectations) {
      note(observed, expect, value);
      if (!held) broken++;
    }
    for (const { name, gaps, lost } of clients) {
      const longestMs = Math.max(0, ...gaps.map(([from, to]) => to - from));
      note(observed, `${name}: longest gap`, `${(longestMs / 1000).toFixed(2)} s`);
      note(observed, `${name}: lost writes`, lost === null ? 'unknown' : String(lost.count));
    }
  }
  process.stdout.write(`${file}   ${seeds} seeds, ${broken} broken expectations\n`);
  for (const [what, values] of observed) process.stdout.write(`  ${what.padEnd(60)} ${summary(values)}\n`);
}

function note(all: Map<string, string[]>, what: string, value: string): void {
  const known = all.get(what);
  if (known === undefined) all.set(what, [value]);
  else known.push(value);
}

/** Median and range of the numbers; other answers with their counts. */
function summary(values: readonly string[]): string {
  const numbers = values
    .map((value) => Number.parseFloat(value.replace(/^at /, '')))
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const words = values.filter((value) => !/^(at )?-?\d/.test(value));
  const counts = [...new Set(words)].map(
    (word) => `${word} (${words.filter((each) => each === word).length})`,
  );
  if (numbers.length === 0) return counts.join(', ');
  const median = numbers[Math.floor(numbers.length / 2)];
  return [`${median} (${numbers[0]} to ${numbers.at(-1)})`, ...counts].join(', ');
}
