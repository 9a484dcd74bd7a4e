/** Prints recorded against simulated measures: `tsx scripts/conformance.ts [seeds] [scenario...]`. */
import { readdirSync } from 'node:fs';
import { simulate } from '../src/run/simulate.ts';
import { isWithinTolerance } from '../test/conformance/compare.ts';
import { measuresOf, median, observedRecording, observedRun } from '../test/conformance/measures.ts';
import { readRecordings, scenarioOf } from '../test/conformance/recordings.ts';

const [seedsText = '50', ...wanted] = process.argv.slice(2);
const fixtures = new URL('../test/conformance/fixtures/', import.meta.url);
const scenarios =
  wanted.length > 0 ? wanted : readdirSync(fixtures).map((file) => file.replace('.json', ''));

function collect(all: readonly Map<string, number>[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const measures of all) {
    for (const [name, value] of measures) values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

const range = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (value: number) => String(Math.round(value)).padStart(7);
  return `${show(sorted[0]!)}${show(median(sorted))}${show(sorted.at(-1)!)}`;
};

let misses = 0;
for (const name of scenarios) {
  const recordings = readRecordings(name);
  const prepared = { scenario: scenarioOf(recordings[0]!), isDeployment: false, path: name };
  const recorded = collect(recordings.map((recording) => measuresOf(observedRecording(recording))));
  const runs = Array.from({ length: Number(seedsText) }, (_, seed) => simulate(prepared, seed + 1).document);
  const simulated = collect(runs.map((run) => measuresOf(observedRun(run))));
  process.stdout.write(`\n${name}: ${recordings.length} recordings, ${runs.length} runs\n`);
  for (const measure of [...new Set([...recorded.keys(), ...simulated.keys()])]) {
    const real = recorded.get(measure) ?? [];
    const ours = simulated.get(measure) ?? [];
    const often = `${real.length}/${recordings.length}`.padStart(7) + `${ours.length}/${runs.length}`.padStart(9);
    const within =
      real.length > 0 && ours.length > 0 ? isWithinTolerance(measure, median(ours), real) : real.length === ours.length;
    const rare = ours.length / runs.length < 0.1 && real.length / recordings.length < 0.2;
    if (!within && !rare) misses++;
    const mark = within ? ' ' : rare ? '~' : '✗';
    process.stdout.write(
      `${mark} ${measure.padEnd(44)}${often}   ${real.length > 0 ? range(real) : ''.padEnd(21)}  |${ours.length > 0 ? range(ours) : ''}\n`,
    );
  }
}
process.stdout.write(`\n${misses} misses\n`);
