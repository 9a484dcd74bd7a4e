/** The argument specification of `sentinelsim compare`. */
import type { Command } from 'commander';
import { LEAST_SHARE } from '../compare/comparison.ts';
import { readFirstSeed, readRuns, wholeNumber } from './numbers.ts';
import { UsageError } from './usageError.ts';

export interface CompareRequest {
  readonly command: 'compare';
  /** Files with recorded runs. */
  readonly recordings: readonly string[];
  readonly scenario: string;
  readonly seed: number;
  readonly runs: number;
  readonly json: boolean;
  /** List what agrees, too. */
  readonly all: boolean;
  /** Per cent of the measures that have to agree. */
  readonly least: number;
  /** False when `--no-color` was given. */
  readonly colour: boolean;
}

interface CompareOptions {
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly all?: true;
  readonly least: number;
  readonly color: boolean;
}

const DEFAULT_RUNS = 200;
const readPercent = wholeNumber(0, 100);

const EXAMPLES = `
Examples:
  sentinelsim compare real-*.json scenario.yaml          your recordings against 200 seeds of the scenario
  sentinelsim compare real.json scenario.yaml --all      the figures of what agrees, too
  sentinelsim compare real.json scenario.yaml --json     the same as one JSON document

A recording is a run document, a list of them, or one a line. Five recordings or more tell most differences.

Of a hundred measures that are true about one is said to differ by chance, and the fewer recordings, the more rare things are
missing in them: so 97 % are asked for unless --least says otherwise.

Exit status: 0 enough measures agree, 1 too many differ, 2 bad input, 70 an error of sentinelsim itself.`;

export function registerCompare(program: Command, accept: (request: CompareRequest) => void): void {
  program
    .command('compare')
    .description('compare recordings of a real cluster with simulated runs of the same scenario')
    .usage('[options] <real.json...> <scenario.yaml>')
    .argument('<files...>', 'recorded runs, and the scenario that they played as the last one')
    .option('--seed <n>', 'seed of the first simulated run', readFirstSeed, 1)
    .option('--runs <n>', 'number of simulated runs, with consecutive seeds', readRuns, DEFAULT_RUNS)
    .option('--least <percent>', 'measures that have to agree', readPercent, LEAST_SHARE * 100)
    .option('--all', 'list what agrees, too')
    .option('--json', 'print one JSON document and nothing else')
    .option('--no-color', 'plain text (as NO_COLOR does)')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: CompareOptions) => {
      accept(compareRequest(files, options));
    });
}

function compareRequest(files: readonly string[], options: CompareOptions): CompareRequest {
  const scenario = files.at(-1)!;
  if (files.length < 2) {
    throw new UsageError(
      `error: nothing to compare ${scenario} with: name recorded runs, then the scenario\nSee sentinelsim compare --help.`,
    );
  }
  return {
    command: 'compare',
    recordings: files.slice(0, -1),
    scenario,
    seed: options.seed,
    runs: options.runs,
    json: options.json ?? false,
    all: options.all ?? false,
    least: options.least,
    colour: options.color,
  };
}
