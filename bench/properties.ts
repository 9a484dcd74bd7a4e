/**
 * The speed of checked runs: the example deployment under random faults, 60 s of cluster time in all, with every property
 * that holds, against the same runs without checkers, batch by batch in turn. Writes JSON to stdout.
 */
import fc from 'fast-check';
import { catalogue, judgeRun, runOf } from '../properties/index.ts';
import { tuneCollector } from '../src/cli/collector.ts';
import { prepare } from '../src/run/prepare.ts';
import { playRun } from '../src/run/simulate.ts';

tuneCollector();

const RUNS = 256;
const BATCHES = 9;
const WARM_UP = 8;
const SETTLED_MS = 34_000;

const { deployment } = prepare('examples/redis-ha').scenario;
const runs = fc.sample(runOf(deployment, { durationMs: SETTLED_MS }), { numRuns: RUNS, seed: 1 });
const laws = catalogue.filter(({ holds }) => holds);

let simulatedMs = 0;
for (const { prepared, seed } of runs) simulatedMs += playRun(prepared, seed).simulatedMs;

/** Processor milliseconds a run. */
function batch(play: (run: (typeof runs)[number]) => void): number {
  const before = process.cpuUsage();
  for (const run of runs) play(run);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / RUNS;
}

const checked: number[] = [];
const bare: number[] = [];
for (let turn = 0; turn < WARM_UP + BATCHES; turn++) {
  const withLaws = batch(({ prepared, seed }) => judgeRun(prepared, seed, laws));
  const without = batch(({ prepared, seed }) => playRun(prepared, seed));
  if (turn < WARM_UP) continue;
  checked.push(withLaws);
  bare.push(without);
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const round = (value: number) => Number(value.toFixed(3));
const result = {
  benchmark:
    'random faults around the example deployment, 60 s of cluster time in all, every property that holds',
  node: process.version,
  runs: RUNS,
  batches: BATCHES,
  simulatedSeconds: Math.round(simulatedMs / RUNS / 1000),
  checked: { medianMs: round(median(checked)), leastMs: round(Math.min(...checked)) },
  unchecked: { medianMs: round(median(bare)), leastMs: round(Math.min(...bare)) },
  runsASecondAndCore: Math.round(1000 / median(checked)),
  ratioToUnchecked: round(median(checked.map((ms, turn) => ms / bare[turn]!))),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
