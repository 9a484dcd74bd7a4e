/**
 * Recordings of real clusters against the simulation: `tsx scripts/conformance.ts [seeds] [scenario...]`. Prints every difference,
 * `--all` also what agrees; `--summary` prints the table at the head of docs/fidelity.md, `--write` puts it there. Exit 1 when a
 * scenario agrees on less than 97 % of its measures or all together on less than 98 %.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { LEAST_SHARE, shareThatAgrees } from '../src/compare/comparison.ts';
import { comparisonText, shareText } from '../src/compare/table.ts';
import { compareScenario, SCENARIOS } from '../test/conformance/suite.ts';
import { summaryTable } from './conformance/summaryTable.ts';

const LEAST_SHARE_OF_ALL = 0.98;
const DOCUMENT = new URL('../docs/fidelity.md', import.meta.url);
const TABLE = /(<!-- conformance -->\n)[\s\S]*?(<!-- end -->)/;

const flags = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const seeds = Number(words[0] ?? 200);
const names = words.length > 1 ? words.slice(1) : SCENARIOS;
const wantsTable = flags.has('--summary') || flags.has('--write');

const comparisons = names.map((name) => {
  const comparison = compareScenario(name, seeds);
  if (!wantsTable) {
    const { recordings, measures } = comparison;
    const coverage = { clients: true, finalViews: true, redisEvents: true };
    const options = {
      scenario: name,
      recordings,
      runs: seeds,
      coverage,
      all: flags.has('--all'),
      colour: false,
    };
    process.stdout.write(`${comparisonText(measures, { ...options, brief: true })}\n\n`);
  }
  return comparison;
});

const all = comparisons.flatMap(({ measures }) => measures);
const agreeing = all.filter(({ agreement }) => agreement.agrees);
if (wantsTable) {
  const table = summaryTable(comparisons, seeds);
  if (flags.has('--summary')) process.stdout.write(table);
  if (flags.has('--write')) {
    const text = readFileSync(DOCUMENT, 'utf8');
    writeFileSync(
      DOCUMENT,
      text.replace(TABLE, (_, start: string, end: string) => `${start}${table}${end}`),
    );
  }
} else {
  process.stdout.write(
    `${agreeing.length} of ${all.length} measures of ${names.length} scenarios agree (${shareText(agreeing.length, all.length)}).\n`,
  );
}
const failing = comparisons.filter(({ measures }) => shareThatAgrees(measures) < LEAST_SHARE);
for (const { name } of failing) process.stderr.write(`${name} agrees on less than 97 %\n`);
if (failing.length > 0 || agreeing.length < all.length * LEAST_SHARE_OF_ALL) process.exitCode = 1;
