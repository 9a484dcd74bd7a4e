/** The argument specification of `npm run record`. */
import { wholeNumber } from '../../src/cli/numbers.ts';
import { quietProgram } from '../../src/cli/quietProgram.ts';

export interface RecordRequest {
  readonly path: string;
  /** File for one run document a line; null: standard output. */
  readonly out: string | null;
  readonly runs: number;
  /** Of the first run; it draws the settling time and the phase of the clients. */
  readonly seed: number;
  /** Clusters that run side by side. */
  readonly parallel: number;
  readonly quiet: boolean;
  readonly server: string;
  readonly sentinel: string;
}

const MOST_RUNS = 1000;
/** Each has a second number of 127.x in a network without namespaces. */
const MOST_PARALLEL = 64;
const DEFAULT_PARALLEL = 4;

const NOTES = `
Plays the scenario on a real Redis and Sentinel, in real time, and writes what was seen as run documents.
As root on Linux with iproute2 every node gets a network namespace; otherwise a loopback address, and nothing can be cut.

Examples:
  npm run record -- scenario.yaml --out real.jsonl --runs 5
  npx sentinelsim compare real.jsonl scenario.yaml

Exit status: 0 recorded and all expectations hold, 1 one does not, 2 bad input, 70 an error of the recorder, 130 interrupted.`;

interface Options {
  readonly out?: string;
  readonly runs: number;
  readonly seed: number;
  readonly parallel: number;
  readonly quiet?: true;
  readonly redisServer: string;
  readonly redisSentinel: string;
}

/** Reads the words; a text when they only ask for help. Throws a UsageError for what cannot be understood. */
export function readRecordArguments(words: readonly string[]): RecordRequest | string {
  let request: RecordRequest | null = null;
  const { program, parse } = quietProgram('npm run record --');
  program
    .argument('<scenario>', 'a scenario file')
    .option('--out <file>', 'write one run document a line to this file instead of standard output')
    .option('--runs <n>', 'number of recordings', wholeNumber(1, MOST_RUNS), 1)
    .option(
      '--seed <n>',
      'seed of the first: settling time, phase of the clients',
      wholeNumber(0, 2 ** 31),
      1,
    )
    .option('--parallel <n>', 'clusters side by side', wholeNumber(1, MOST_PARALLEL), DEFAULT_PARALLEL)
    .option('--redis-server <path>', 'the server to record', 'redis-server')
    .option('--redis-sentinel <path>', 'the Sentinel to record', 'redis-sentinel')
    .option('--quiet', 'no progress on standard error')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', NOTES)
    .action((path: string, options: Options) => {
      request = {
        path,
        out: options.out ?? null,
        runs: options.runs,
        seed: options.seed,
        parallel: Math.min(options.parallel, options.runs),
        quiet: options.quiet ?? false,
        server: options.redisServer,
        sentinel: options.redisSentinel,
      };
    });
  const text = parse(words, 'npm run record -- --help');
  return request ?? text;
}
