/**
 * Recorded against simulated measures: `tsx scripts/conformance.ts [seeds] [scenario...]`; with `--summary` one line of a
 * Markdown table a scenario (docs/fidelity.md).
 */
import { readdirSync } from 'node:fs';
import { simulate } from '../src/run/simulate.ts';
import { type Agreement, collectMeasures, compareMeasure, fisherExact } from '../test/conformance/compare.ts';
import {
  isJudged,
  measuresOf,
  median,
  observedRecording,
  observedRun,
} from '../test/conformance/measures.ts';
import { readRecordings, scenarioOf } from '../test/conformance/recordings.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const wantsSummary = process.argv.includes('--summary');
const seeds = Number(words[0] ?? 100);
const fixtures = new URL('../test/conformance/fixtures/', import.meta.url);
const scenarios =
  words.length > 1 ? words.slice(1) : readdirSync(fixtures).map((file) => file.replace('.json', ''));

interface Row {
  readonly measure: string;
  readonly recorded: readonly number[];
  readonly simulated: readonly number[];
  readonly agreement: Agreement;
}

function compareScenario(name: string): { recordings: number; rows: Row[] } {
  const recordings = readRecordings(name);
  const prepared = { scenario: scenarioOf(recordings[0]!), isDeployment: false, path: name };
  const recorded = collectMeasures(recordings.map((each) => measuresOf(observedRecording(each))));
  const simulated = collectMeasures(
    Array.from({ length: seeds }, (_, index) =>
      measuresOf(observedRun(simulate(prepared, index + 1).document)),
    ),
  );
  const measures = [...new Set([...recorded.keys(), ...simulated.keys()])];
  const rows = measures.map((measure): Row => {
    const theirs = recorded.get(measure) ?? [];
    const ours = simulated.get(measure) ?? [];
    const asOften = fisherExact(theirs.length, recordings.length, ours.length, seeds) > 0.01;
    const both = theirs.length > 0 && ours.length > 0;
    const agreement = !asOften ? 'differs' : both ? compareMeasure(measure, theirs, ours) : 'agrees';
    return { measure, recorded: theirs, simulated: ours, agreement };
  });
  return { recordings: recordings.length, rows };
}

/** Least, median and greatest. */
function spread(values: readonly number[]): string {
  if (values.length === 0) return ''.padEnd(21);
  return [Math.min(...values), median(values), Math.max(...values)]
    .map((value) => String(Math.round(value)).padStart(7))
    .join('');
}

const MARKS: Record<Agreement, string> = { agrees: ' ', 'within sampling error': '~', differs: '✗' };

function printRows(name: string, recordings: number, rows: readonly Row[]): void {
  process.stdout.write(`\n${name}: ${recordings} recordings, ${seeds} runs\n`);
  for (const { measure, recorded, simulated, agreement } of rows) {
    const often = `${recorded.length}/${recordings}`.padStart(7) + `${simulated.length}/${seeds}`.padStart(9);
    process.stdout.write(
      `${MARKS[agreement]} ${measure.padEnd(44)}${often}   ${spread(recorded)}  |${spread(simulated)}\n`,
    );
  }
}

function printSummary(name: string, recordings: number, rows: readonly Row[]): void {
  const judged = rows.filter(({ measure }) => isJudged(measure));
  const count = (agreement: Agreement) => judged.filter((row) => row.agreement === agreement).length;
  const seconds = (measure: string, side: 'recorded' | 'simulated') => {
    const values = rows.find((row) => row.measure === measure)?.[side] ?? [];
    return values.length === 0 ? '–' : `${(median(values) / 1000).toFixed(2)} s`;
  };
  const pair = (measure: string) => `${seconds(measure, 'recorded')} | ${seconds(measure, 'simulated')}`;
  process.stdout.write(
    `| ${name} | ${recordings} | ${pair('+switch-master first')} | ${pair('client0 longest gap')} | ${count('agrees')} | ${count('within sampling error')} | ${count('differs')} |\n`,
  );
}

for (const name of scenarios) {
  const { recordings, rows } = compareScenario(name);
  if (wantsSummary) printSummary(name, recordings, rows);
  else printRows(name, recordings, rows);
}
