/** The runs against which the properties judge a mutant: the same for each, plain ones first. */
import fc from 'fast-check';
import { clusterOf, runOf } from '../../properties/arbitraries/clusters.ts';
import { phasedClusterOf } from '../../properties/arbitraries/phases.ts';
import type { ArbitraryRun } from '../../properties/arbitraries/printed.ts';
import { prepare } from '../../src/run/prepare.ts';

const SEED = 20_261_124;

/** What is drawn, and how many runs of it. */
interface Kind {
  readonly runs: fc.Arbitrary<ArbitraryRun>;
  readonly count: number;
}

const COMINGS = ['kill', 'stop', 'power-off', 'shutdown', 'save', 'failover'] as const;

function kinds(): Kind[] {
  const { deployment } = prepare('examples/redis-ha').scenario;
  const span = (min: number, max: number) => ({ min, max });
  const size = { masters: span(1, 2), replicas: span(0, 3), sentinels: span(1, 5) };
  const loss = { kinds: ['kill-master'], maxFaults: 2, untilMs: 8_000, durationMs: 35_000 } as const;
  const trouble = {
    kinds: ['kill-master', 'kill', 'pause', 'isolate', 'cut', 'cut-one-way', 'config-set'],
    maxFaults: 4,
    untilMs: 10_000,
    durationMs: 40_000,
  } as const;
  const restarts = { kinds: ['kill-master', 'kill', 'stop'], untilMs: 25_000, durationMs: 45_000 } as const;
  const few = {
    masters: span(1, 1),
    replicas: span(0, 2),
    sentinels: span(1, 3),
    downAfterMs: [1000],
    failoverTimeoutMs: [3000],
    untilMs: 35_000,
  };
  return [
    // Little else than the loss of a master, in a steady network: what is to happen in time can be told.
    { runs: runOf(deployment, loss).map(steady), count: 40 },
    { runs: clusterOf({ ...size, ...loss }).map(steady), count: 40 },
    { runs: runOf(deployment, { untilMs: 20_000, durationMs: 45_000 }), count: 120 },
    { runs: clusterOf({ ...size, untilMs: 20_000, durationMs: 45_000 }), count: 60 },
    // The choice between replicas of which some are of no use.
    { runs: clusterOf({ ...size, replicas: span(1, 3), ...trouble }), count: 60 },
    // Sentinels that are started again, and may have forgotten.
    { runs: runOf(deployment, restarts), count: 40 },
    // Few servers that go down and come back, after failovers and saves; and full disks.
    { runs: clusterOf({ ...few, kinds: COMINGS, durationMs: 45_000 }), count: 100 },
    { runs: clusterOf({ ...few, kinds: ['disk', 'save'], durationMs: 40_000 }), count: 40 },
    // Chaos, then everything heals: whether a cluster converges.
    { runs: phasedClusterOf({ ...size, chaosMs: 15_000 }), count: 40 },
  ];
}

/** Enough for everybody to know everybody, and half of what arbitrary runs take. */
const SETTLE_US = { min: 8_000_000, max: 12_000_000 };

function soon({ prepared, seed }: ArbitraryRun): ArbitraryRun {
  return { prepared: { ...prepared, scenario: { ...prepared.scenario, settleUs: SETTLE_US } }, seed };
}

function steady({ prepared, seed }: ArbitraryRun): ArbitraryRun {
  const network = { latencyUs: 50, jitterUs: 0, lossPerMillion: 0, overrides: [] };
  return { prepared: { ...prepared, scenario: { ...prepared.scenario, network } }, seed };
}

/** All runs, the kinds in turn. */
export function plannedRuns(): ArbitraryRun[] {
  const samples = kinds().map(({ runs, count }) => fc.sample(runs, { numRuns: count, seed: SEED }));
  const total = samples.reduce((sum, { length }) => sum + length, 0);
  const taken = samples.map(() => 0);
  return Array.from({ length: total }, () => {
    const next = leastAdvanced(samples, taken);
    return soon(samples[next]![taken[next]!++]!);
  });
}

function leastAdvanced(samples: readonly ArbitraryRun[][], taken: readonly number[]): number {
  const shares = samples.map(({ length }, index) => taken[index]! / length);
  return shares.indexOf(Math.min(...shares));
}
