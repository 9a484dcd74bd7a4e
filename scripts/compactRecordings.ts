/**
 * Packs recordings into one fixture a scenario: `tsx scripts/compactRecordings.ts <scenario.yaml> <recordings.jsonl>...` takes what
 * `npm run record` wrote, `tsx scripts/compactRecordings.ts <folder> <scenario>...` what older recorders did (`<folder>/<scenario>/NN.json`).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

const [from, ...others] = process.argv.slice(2);
if (from === undefined || others.length === 0) {
  process.stderr.write('usage: tsx scripts/compactRecordings.ts <scenario.yaml> <recordings.jsonl>...\n');
  process.exit(2);
}
if (from.endsWith('.yaml')) packRecorded(from, others);
else for (const scenario of others) packFolder(from, scenario);

function targetOf(scenario: string): URL {
  return new URL(`../test/conformance/fixtures/${scenario}.json`, import.meta.url);
}

function listed(runs: readonly object[]): string {
  return `[\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]`;
}

function packFolder(folder: string, scenario: string): void {
  const files = readdirSync(join(folder, scenario)).sort();
  const runs = files.map((file) => JSON.parse(readFileSync(join(folder, scenario, file), 'utf8')) as object);
  writeFileSync(targetOf(scenario), `${listed(runs)}\n`);
}

function packRecorded(scenarioFile: string, recordingFiles: readonly string[]): void {
  const scenario = parse(readFileSync(scenarioFile, 'utf8')) as object;
  const lines = recordingFiles.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  const runs = lines.map((line) => JSON.parse(line) as object);
  const text = `{"scenario": ${JSON.stringify(scenario)},\n"recordings": ${listed(runs)}}\n`;
  writeFileSync(targetOf(basename(scenarioFile, '.yaml')), text);
}
