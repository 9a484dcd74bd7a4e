/** The argument specification: what can be typed, checked and turned into a request. */
import { VERSION } from '../version.ts';
import { type CompareRequest, registerCompare } from './compareArguments.ts';
import { type ExplainRequest, registerExplain } from './explainArguments.ts';
import { type ImportRequest, registerImport } from './importArguments.ts';
import { GREATEST_SEED, readRuns, wholeNumber } from './numbers.ts';
import { quietProgram } from './quietProgram.ts';
import { registerTest, type TestRequest } from './testArguments.ts';
import { UsageError } from './usageError.ts';

export interface RunRequest {
  readonly command: 'run';
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  readonly json: boolean;
  /** File for one run document a line, or null. */
  readonly out: string | null;
  readonly quiet: boolean;
  /** False when `--no-color` was given. */
  readonly colour: boolean;
}

/** Text to print and nothing else to do: help or the version. */
export interface TextRequest {
  readonly command: 'text';
  readonly text: string;
}

export type Request =
  | RunRequest
  | CompareRequest
  | ImportRequest
  | ExplainRequest
  | TestRequest
  | TextRequest;

const EXAMPLES = `
Examples:
  sentinelsim run examples/redis-ha                  the failover test of a docker-compose deployment
  sentinelsim run scenario.yaml --seed 7             one scenario, another seed
  sentinelsim run scenario.yaml --runs 200           200 seeds, with the distribution of the downtime
  sentinelsim run scenario.yaml --json | jq .failovers

Exit status: 0 all expectations hold, 1 one does not, 2 bad input, 70 an error of sentinelsim itself.`;

interface RunOptions {
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
  readonly color: boolean;
}

/** Reads the words after the program's name. Throws a UsageError for what cannot be understood. */
export function readArguments(words: readonly string[]): Request {
  let request: Request | null = null;
  const { program, parse } = quietProgram('sentinelsim');
  program
    .description('Simulates how a Redis Sentinel deployment fails over, from a seed, in milliseconds.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  program
    .command('run')
    .description('simulate one scenario, or the failover test of a deployment, and tell what happened')
    .argument('<target>', 'a scenario file, a docker-compose file, or a folder with one')
    .option('--seed <n>', 'seed of the (first) run', wholeNumber(0, GREATEST_SEED), 1)
    .option('--runs <n>', 'number of runs, with consecutive seeds', readRuns, 1)
    .option('--json', 'print one JSON document and nothing else')
    .option('--out <file>', 'also write one run document per line to this file')
    .option('--quiet', 'print only what does not hold')
    .option('--no-color', 'plain text (as NO_COLOR does)')
    .addHelpText('after', EXAMPLES)
    .action((target: string, options: RunOptions) => {
      request = runRequest(target, options);
    });
  const accept = (asked: Request) => {
    request = asked;
  };
  registerCompare(program, accept);
  registerExplain(program, accept);
  registerImport(program, accept);
  registerTest(program, accept);
  if (words.length === 0) return { command: 'text', text: program.helpInformation() + EXAMPLES.concat('\n') };
  const isCommand = program.commands.some((each) => each.name() === words[0]);
  const text = parse(words, isCommand ? `sentinelsim ${words[0]} --help` : 'sentinelsim --help');
  return request ?? { command: 'text', text };
}

function runRequest(target: string, options: RunOptions): RunRequest {
  if (options.seed > GREATEST_SEED - options.runs + 1) {
    throw new UsageError(
      `error: --seed ${options.seed} leaves no room for ${options.runs} consecutive seeds`,
    );
  }
  return {
    command: 'run',
    target,
    seed: options.seed,
    runs: options.runs,
    json: options.json ?? false,
    out: options.out ?? null,
    quiet: options.quiet ?? false,
    colour: options.color,
  };
}
