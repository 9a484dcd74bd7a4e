/**
 * The speed of a run, as a ratio measured in one go: a minute of the example deployment with one failover against a bare
 * event queue that handles as many events, and the whole failover test beside it. Writes JSON to stdout, or to the file
 * named as the first argument.
 */
import { writeFileSync } from 'node:fs';
import { tuneCollector } from '../src/cli/collector.ts';
import { createQueue, dequeue, enqueue } from '../src/engine/eventQueue.ts';
import { prepare } from '../src/run/prepare.ts';
import { simulate } from '../src/run/simulate.ts';

tuneCollector();

const REPEATS = 200;
const WARM_UP = 1500;
const MEMORY_RUNS = 10_000;
const PENDING = 10;

interface Timing {
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
}

function time(run: (repeat: number) => void): Timing {
  for (let i = 0; i < WARM_UP; i++) run(i);
  const durations: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    run(i);
    durations.push(performance.now() - start);
  }
  durations.sort((a, b) => a - b);
  const at = (share: number) => Number(durations[Math.floor(share * (REPEATS - 1))]!.toFixed(3));
  return { medianMs: at(0.5), p10Ms: at(0.1), p90Ms: at(0.9) };
}

/** Queue and dispatch alone: each event queues its successor. */
function bareQueue(events: number): number {
  const queue = createQueue();
  for (let i = 0; i < PENDING; i++) enqueue(queue, i * 37, 1, 'deliver', i, 0, null, null);
  let sum = 0;
  for (let i = 0; i < events; i++) {
    const event = dequeue(queue);
    sum += event.subject;
    enqueue(
      queue,
      event.atUs + 1000 + ((event.subject * 7919 + i) % 997),
      1,
      'deliver',
      event.subject,
      0,
      null,
      null,
    );
  }
  return sum;
}

const prepared = prepare('bench/sixty-seconds.yaml');
const sample = simulate(prepared, 1);
const run = time((repeat) => simulate(prepared, 1 + (repeat % 50)));
const queue = time(() => bareQueue(sample.handledEvents));
const failoverTest = prepare('examples/redis-ha');
const testSample = simulate(failoverTest, 1);
const test = time((repeat) => simulate(failoverTest, 1 + (repeat % 50)));

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const memoryRuns = process.argv.includes('--memory') ? MEMORY_RUNS : 0;
const before = heapMb();
for (let i = 0; i < memoryRuns; i++) simulate(prepared, i);
const after = heapMb();

const perEvent = (timing: Timing, events: number) => Math.round((timing.medianMs * 1e6) / events);

const result = {
  benchmark: 'the example deployment: 60 s of cluster time in all, one failover, a write every 100 ms',
  node: process.version,
  repeats: REPEATS,
  simulatedSeconds: sample.simulatedMs / 1000,
  events: sample.handledEvents,
  run,
  timesRealTime: Math.round(sample.simulatedMs / run.medianMs),
  nanosecondsAnEvent: perEvent(run, sample.handledEvents),
  bareQueue: queue,
  ratioToBareQueue: Number((run.medianMs / queue.medianMs).toFixed(2)),
  failoverTest: {
    simulatedSeconds: testSample.simulatedMs / 1000,
    events: testSample.handledEvents,
    run: test,
    timesRealTime: Math.round(testSample.simulatedMs / test.medianMs),
    nanosecondsAnEvent: perEvent(test, testSample.handledEvents),
  },
  ...(memoryRuns > 0
    ? { memory: { runs: memoryRuns, heapBeforeMb: Math.round(before), heapAfterMb: Math.round(after) } }
    : {}),
};
const text = `${JSON.stringify(result, null, 2)}\n`;
const target = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (target === undefined) process.stdout.write(text);
else writeFileSync(target, text);
