/** `npm run mutants`: the mutation proof of properties and tests. What it may be asked stands in mutants/arguments.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { caughtByProperties } from './mutants/againstProperties.ts';
import { caughtByTests } from './mutants/againstTests.ts';
import { mutatedFile, Refusal } from './mutants/apply.ts';
import { chosen, type Options, readOptions } from './mutants/arguments.ts';
import type { Mutant } from './mutants/mutant.ts';
import { isCaught, LEAST_SHARE, type Outcome, shareCaught, summary } from './mutants/outcome.ts';
import { propertiesIn, readVerdicts, withOutcomes } from './mutants/table.ts';

const PAGE = new URL('../docs/properties.md', import.meta.url);
const readPage = () => readFileSync(PAGE, 'utf8');

async function outcomeOf(mutant: Mutant, { tests, check }: Options): Promise<Outcome> {
  const properties = await caughtByProperties(mutant);
  if (check || (properties.length > 0 && !tests)) return { mutant, properties };
  return { mutant, properties, test: await caughtByTests(mutant) };
}

function line(outcome: Outcome): string {
  const { mutant, properties, test } = outcome;
  const by = [...properties, ...(test === null || test === undefined ? [] : [test])];
  return `${isCaught(outcome) ? 'caught  ' : 'SURVIVED'} ${mutant.id.padEnd(44)} ${by.join(', ')}`.trimEnd();
}

function listed({ id, file, rule, wrong }: Mutant): string {
  return `${id.padEnd(44)} ${rule.padEnd(14)} ${file}\n    ${wrong}`;
}

/** Those that the page gives to properties, when only these are to be checked. */
function toRun(options: Options): Mutant[] {
  if (!options.check) return chosen(options);
  const verdicts = readVerdicts(readPage());
  return chosen({ ...options, every: 1 })
    .filter(({ id }) => propertiesIn(verdicts.get(id) ?? '').some((name) => name !== ''))
    .filter((_, index) => index % options.every === 0);
}

async function run(options: Options): Promise<boolean> {
  const mutants = toRun(options);
  if (mutants.length === 0) {
    throw new Refusal(`--only ${options.only}: no mutant has this in its id or path; --list shows them all`);
  }
  for (const mutant of mutants) mutatedFile(mutant);
  if (options.list) {
    process.stdout.write(`${mutants.map(listed).join('\n')}\n${mutants.length} mutants\n`);
    return true;
  }
  const outcomes: Outcome[] = [];
  for (const mutant of mutants) {
    const outcome = await outcomeOf(mutant, options);
    outcomes.push(outcome);
    if (!options.json) process.stdout.write(`${line(outcome)}\n`);
  }
  if (options.write) writeFileSync(PAGE, withOutcomes(readPage(), outcomes));
  if (options.json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  else process.stdout.write(`\n${summary(outcomes)}\n`);
  return options.check ? outcomes.every(isCaught) : shareCaught(outcomes) >= LEAST_SHARE;
}

try {
  if (!(await run(readOptions(process.argv.slice(2))))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
