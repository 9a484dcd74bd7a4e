/** The argument specification of `sentinelsim test`. */
import { type Command, InvalidArgumentError } from 'commander';
import { explainDuration, parseDuration } from '../scenario/durations.ts';
import { readFirstSeed, readRuns, wholeNumber } from './numbers.ts';

export interface TestRequest {
  readonly command: 'test';
  readonly target: string;
  /** Names of properties; empty: all that a real Sentinel holds. */
  readonly properties: readonly string[];
  readonly requirements: readonly string[];
  /** As typed, or null: all kinds. */
  readonly faults: string | null;
  /** At most so many begin in a run. */
  readonly maxFaults: number;
  /** Null: not given. */
  readonly runs: number | null;
  /** No new run begins after this; null: no limit. */
  readonly timeMs: number | null;
  readonly seed: number;
  /** Threads; null: one a core. */
  readonly workers: number | null;
  readonly json: boolean;
  readonly junit: string | null;
  /** The folder for counterexamples. */
  readonly out: string;
  readonly quiet: boolean;
  /** False when `--no-color` was given. */
  readonly colour: boolean;
}

interface TestOptions {
  readonly property?: readonly string[];
  readonly require?: readonly string[];
  readonly faults?: string;
  readonly maxFaults: number;
  readonly runs?: number;
  readonly time?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly json?: true;
  readonly junit?: string;
  readonly out: string;
  readonly quiet?: true;
  readonly color: boolean;
}

const MOST_WORKERS = 256;
const MOST_FAULTS = 50;
export const USUAL_FAULTS = 5;

const EXAMPLES = `
Requirements:
  failover within 10s           in every run in which a failover is due: an ODOWN, or an attempt
  no failover                   in no run
  downtime within 15s of app    the longest time without an acknowledged write of that client
  lostWrites atMost 0           acknowledged, and not on the one master at the end
  failovers atMost 2
  p99 downtime within 15s       99 % of the runs; also of failover, lostWrites, failovers
  '{ event: { name: +tilt, happens: false } }'    or any other entry of a scenario's expect

Faults come on top of a scenario's own timeline, and in place of the failover test of a deployment.
Every eighth run ends its faults early and waits until the cluster must have converged. --faults takes
crash (kill-master, kill, power-off), partition (isolate, cut, cut-one-way), operator (what operators
type: FAILOVER, SHUTDOWN, SENTINEL RESET ...), and each kind by its name; a wrong name lists them.
The default is all of them, and with --require all but those of operators.

Examples:
  sentinelsim test examples/redis-ha              the laws of Sentinel under random faults
  sentinelsim test . --property no-lost-write     the smallest way to lose a write
  sentinelsim test . --max-faults 1 --require "failover within 10s" --runs 2000
  sentinelsim test scenario.yaml --faults none --runs 1    judges the scenario as it is

Exit status: 0 everything held, 1 something is falsified, 2 bad input, 70 an error of sentinelsim
itself, 130 interrupted.`;

/** A duration above zero, in milliseconds. */
export function readTime(text: string): number {
  const us = parseDuration(text);
  if (us === null || us <= 0) {
    throw new InvalidArgumentError(us === null ? `${explainDuration(text)}.` : 'Expected more than zero.');
  }
  return us / 1000;
}

const collect = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];

export function registerTest(program: Command, accept: (request: TestRequest) => void): void {
  program
    .command('test')
    .description('look for random faults that break a law of Sentinel, or a requirement of yours')
    .argument('<target>', 'a deployment or a scenario file')
    .option('--property <name>', 'only this law, even one that Sentinel does not hold (repeatable)', collect)
    .option('--require <text>', 'a requirement of yours, such as "failover within 10s" (repeatable)', collect)
    .option('--faults <kinds>', 'crash, pause, partition, ... joined by commas, or none')
    .option('--max-faults <n>', 'at most so many faults in a run', wholeNumber(1, MOST_FAULTS), USUAL_FAULTS)
    .option(
      '--runs <n>',
      'number of runs, with consecutive seeds (default: 200, or what --time allows)',
      readRuns,
    )
    .option('--time <duration>', 'begin no new run after this, such as 60s', readTime)
    .option('--seed <n>', 'seed of the first run', readFirstSeed, 1)
    .option(
      '--workers <n>',
      'threads (default: one a core); they change nothing in the result',
      wholeNumber(1, MOST_WORKERS),
    )
    .option('--json', 'print one JSON document and nothing else')
    .option('--junit <file>', 'also write a JUnit report')
    .option('--out <folder>', 'folder for counterexamples', '.')
    .option('--quiet', 'print only what is falsified')
    .option('--no-color', 'plain text (as NO_COLOR does)')
    .addHelpText('after', EXAMPLES)
    .action((target: string, options: TestOptions) => accept(testRequest(target, options)));
}

function testRequest(target: string, options: TestOptions): TestRequest {
  return {
    command: 'test',
    target,
    properties: options.property ?? [],
    requirements: options.require ?? [],
    faults: options.faults ?? null,
    maxFaults: options.maxFaults,
    runs: options.runs ?? null,
    timeMs: options.time ?? null,
    seed: options.seed,
    workers: options.workers ?? null,
    json: options.json ?? false,
    junit: options.junit ?? null,
    out: options.out,
    quiet: options.quiet ?? false,
    colour: options.color,
  };
}
