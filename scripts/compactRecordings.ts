/** Packs recordings (`<folder>/<scenario>/NN.json`) into one fixture a scenario: `tsx scripts/compactRecordings.ts <folder> <scenario>...` */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...scenarios] = process.argv.slice(2);
if (folder === undefined || scenarios.length === 0) {
  process.stderr.write('usage: tsx scripts/compactRecordings.ts <folder> <scenario>...\n');
  process.exit(2);
}
for (const scenario of scenarios) {
  const files = readdirSync(join(folder, scenario)).sort();
  const runs = files.map((file) => JSON.parse(readFileSync(join(folder, scenario, file), 'utf8')) as object);
  const target = new URL(`../test/conformance/fixtures/${scenario}.json`, import.meta.url);
  writeFileSync(target, `[\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]\n`);
}
