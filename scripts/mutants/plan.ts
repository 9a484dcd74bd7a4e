/** The runs against which the properties judge a mutant: the same for each, plain ones first. */
import fc from 'fast-check';
import { type ArbitraryRun, clusterOf, runOf } from '../../properties/arbitraries/clusters.ts';
import { prepare } from '../../src/run/prepare.ts';

const SEED = 20_261_124;

/** What is drawn, and how many runs of it. */
interface Kind {
  readonly runs: fc.Arbitrary<ArbitraryRun>;
  readonly count: number;
}

function kinds(): Kind[] {
  const { deployment } = prepare('examples/redis-ha').scenario;
  const span = (min: number, max: number) => ({ min, max });
  const size = { masters: span(1, 2), replicas: span(0, 3), sentinels: span(1, 5) };
  return [
    // Little else than failovers.
    {
      runs: runOf(deployment, {
        kinds: ['kill-master', 'kill'],
        maxFaults: 2,
        untilMs: 10_000,
        durationMs: 40_000,
      }),
      count: 60,
    },
    { runs: runOf(deployment, { untilMs: 25_000, durationMs: 50_000 }), count: 100 },
    { runs: clusterOf({ ...size, untilMs: 25_000, durationMs: 50_000 }), count: 50 },
    // Chaos, then everything heals: whether a cluster converges.
    {
      runs: clusterOf({
        ...size,
        heals: true,
        untilMs: 15_000,
        durationMs: 140_000,
        downAfterMs: [1000],
        failoverTimeoutMs: [3000],
      }),
      count: 30,
    },
  ];
}

/** All runs, the kinds in turn. */
export function plannedRuns(): ArbitraryRun[] {
  const samples = kinds().map(({ runs, count }) => fc.sample(runs, { numRuns: count, seed: SEED }));
  const total = samples.reduce((sum, { length }) => sum + length, 0);
  const taken = samples.map(() => 0);
  return Array.from({ length: total }, () => {
    const next = leastAdvanced(samples, taken);
    return samples[next]![taken[next]!++]!;
  });
}

function leastAdvanced(samples: readonly ArbitraryRun[][], taken: readonly number[]): number {
  const shares = samples.map(({ length }, index) => taken[index]! / length);
  return shares.indexOf(Math.min(...shares));
}
