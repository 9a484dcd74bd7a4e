/**
 * The nightly form of the properties: the catalogue over whole random clusters, some of them healed in the end, on all
 * cores. `npm run properties -- --time 30m --seed 1`; exit 1 when something is found, saved as a scenario in `--out`.
 */
import { Command, CommanderError } from 'commander';
import { tuneCollector } from '../src/cli/collector.ts';
import { checkFolder, saveCounterexamples } from '../src/cli/counterexamples.ts';
import { readFirstSeed, readRuns, wholeNumber } from '../src/cli/numbers.ts';
import { printComplaint, printText, wantsColour } from '../src/cli/printing.ts';
import { readTime } from '../src/cli/testArguments.ts';
import { conduct } from '../src/cli/testConduct.ts';
import { lawsThatHold, propertyNamed, type SearchPlan } from '../src/cli/testPlan.ts';
import { searchText } from '../src/cli/testReport.ts';
import { UsageError } from '../src/cli/usageError.ts';
import { count, span } from '../src/report/numbers.ts';
import { createPaint } from '../src/report/paint.ts';

interface Options {
  readonly time?: number;
  readonly runs?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly property: readonly string[];
  readonly out: string;
}

const TELL_EVERY_MS = 60_000;
const DEFAULT_TIME_MS = 60_000;

const program = new Command('npm run properties --')
  .exitOverride()
  .description('looks for arbitrary clusters, with arbitrary faults, that break a law of Sentinel')
  .option('--time <duration>', 'begin no new run after this (default: 60s, unless --runs is given)', readTime)
  .option('--runs <n>', 'number of runs', readRuns)
  .option('--seed <n>', 'the search is a function of it and of the number of runs', readFirstSeed, 1)
  .option('--workers <n>', 'threads (default: one a core)', wholeNumber(1, 256))
  .option(
    '--property <name>',
    'only this law (repeatable)',
    (text, before) => [...before, text],
    [] as string[],
  )
  .option('--out <folder>', 'folder for counterexamples', '.');

async function main({ time, runs, seed, workers, property, out }: Options): Promise<number> {
  const asked = property.map((name) => propertyNamed(name).name);
  const plan: SearchPlan = {
    space: { kind: 'clusters' },
    seed,
    properties: asked.length > 0 ? asked : lawsThatHold(),
    requirements: [],
  };
  checkFolder('--out', out);
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const output = {
    out: process.stdout,
    err: process.stderr,
    colour: wantsColour(process.stdout, true, process.env),
  };
  const scope = {
    runs: runs ?? null,
    timeMs: time ?? (runs === undefined ? DEFAULT_TIME_MS : null),
    workers: workers ?? null,
    quiet: false,
  };
  const machinery = {
    worker: new URL('../dist/testWorker.js', import.meta.url),
    now: () => performance.now(),
  };
  const startedAt = performance.now();
  let toldAt = startedAt;
  // Where there is no terminal, a line a minute.
  const tell = (done: number, broken: number) => {
    const now = performance.now();
    if (process.stderr.isTTY || now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    printComplaint(output, `${span(now - startedAt)}: ${count(done, 'run')}, ${broken} falsified`);
  };
  const { found, threads } = await conduct(plan, scope, machinery, output, controller.signal, tell);
  const saved = saveCounterexamples(found.findings, plan, out);
  const last = seed + found.runs - 1;
  const about = `${count(found.runs, 'run')} with random faults, an eighth of them healed, seeds ${seed} to ${last}`;
  const next = ['npm', 'run', 'properties', '--', '--seed', String(seed + found.next), '--time', '30m'];
  const context = { target: 'random clusters', about, seed, threads, next, unasked: [] };
  printText(output, searchText(found, saved, context, createPaint(output.colour)));
  if (found.interrupted) return 130;
  return saved.length > 0 ? 1 : 0;
}

tuneCollector();
try {
  process.exitCode = await main(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof UsageError) {
    printComplaint({ out: process.stdout, err: process.stderr, colour: false }, error.message);
    process.exitCode = 2;
  } else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else throw error;
}
