/** Prints recorded against simulated measures: `tsx scripts/conformance.ts [seeds] [scenario...]`. */
import { readdirSync } from 'node:fs';
import { simulate } from '../src/run/simulate.ts';
import { collectMeasures, compareMeasure } from '../test/conformance/compare.ts';
import { measuresOf, median, observedRecording, observedRun } from '../test/conformance/measures.ts';
import { readRecordings, scenarioOf } from '../test/conformance/recordings.ts';

const [seedsText = '50', ...wanted] = process.argv.slice(2);
const fixtures = new URL('../test/conformance/fixtures/', import.meta.url);
const scenarios = wanted.length > 0 ? wanted : readdirSync(fixtures).map((file) => file.replace('.json', ''));

const range = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value: number) => String(Math.round(value)).padStart(7);
  return `${show(sorted[0]!)}${show(median(sorted))}${show(sorted.at(-1)!)}`;
};

/** A rare event need not show up among few recordings, nor among the simulated runs. */
const onlyOneSide = (real: readonly number[], ours: readonly number[]) =>
  real.length <= 1 && ours.length <= 0.2 * Number(seedsText) ? 'agrees' : 'differs';

let misses = 0;
for (const name of scenarios) {
  const recordings = readRecordings(name);
  const prepared = { scenario: scenarioOf(recordings[0]!), isDeployment: false, path: name };
  const recorded = collectMeasures(recordings.map((recording) => measuresOf(observedRecording(recording))));
  const runs = Array.from({ length: Number(seedsText) }, (_, seed) => simulate(prepared, seed + 1).document);
  const simulated = collectMeasures(runs.map((run) => measuresOf(observedRun(run))));
  process.stdout.write(`\n${name}: ${recordings.length} recordings, ${runs.length} runs\n`);
  for (const measure of [...new Set([...recorded.keys(), ...simulated.keys()])]) {
    const real = recorded.get(measure) ?? [];
    const ours = simulated.get(measure) ?? [];
    const often =
      `${real.length}/${recordings.length}`.padStart(7) + `${ours.length}/${runs.length}`.padStart(9);
    const agreement =
      real.length > 0 && ours.length > 0 ? compareMeasure(measure, real, ours) : onlyOneSide(real, ours);
    if (agreement === 'differs') misses++;
    const mark = { agrees: ' ', 'within sampling error': '~', differs: '✗' }[agreement];
    process.stdout.write(
      `${mark} ${measure.padEnd(44)}${often}   ${real.length > 0 ? range(real) : ''.padEnd(21)}  |${ours.length > 0 ? range(ours) : ''}\n`,
    );
  }
}
process.stdout.write(`\n${misses} misses\n`);
