/** The simulation against recordings of real clusters (Redis 7.0.15): see docs/fidelity.md. */
import { describe, expect, test } from 'vitest';
import { LEAST_SHARE, shareThatAgrees } from '../../src/compare/comparison.ts';
import { fisherExact } from '../../src/compare/exactTests.ts';
import { brokenOrder, type SentinelRole, sharedOrder } from './orders.ts';
import { compareScenario, recordedSequences, SCENARIOS, type ScenarioComparison, seedWith } from './suite.ts';

/** `npm run conformance` takes 200. */
const SEEDS = 100;
/** A sequence may be rare in a scenario and still be among the eight that were recorded. */
const SEEDS_FOR_A_RARE_SEQUENCE = 3000;
/** Long enough for any machine. */
const PATIENCE_MS = 600_000;

const cache = new Map<string, ScenarioComparison>();

function comparisonOf(name: string): ScenarioComparison {
  const known = cache.get(name) ?? compareScenario(name, SEEDS);
  cache.set(name, known);
  return known;
}

describe.each(SCENARIOS)('recorded and simulated: %s', (name) => {
  test(
    'at least 97 % of what is measured agrees',
    () => {
      const { measures } = comparisonOf(name);
      const differing = measures
        .filter(({ agreement }) => !agreement.agrees)
        .map(({ subject, part }) => `${subject} ${part}`);
      expect(measures.length).toBeGreaterThan(15);
      expect(shareThatAgrees(measures), differing.join(', ')).toBeGreaterThanOrEqual(LEAST_SHARE);
    },
    PATIENCE_MS,
  );
});

test('recorded and simulated: of all measures at least 98 % agree', () => {
  const measures = SCENARIOS.flatMap((name) => comparisonOf(name).measures);
  const agreeing = measures.filter(({ agreement }) => agreement.agrees);
  expect(agreeing.length / measures.length).toBeGreaterThanOrEqual(0.98);
});

test('a kill of the master cuts off a write as often as in all the recordings of one', () => {
  const cut = SCENARIOS.flatMap((name) =>
    comparisonOf(name).measures.filter(
      ({ subject, part }) =>
        subject === 'client client0 CLOSED' && part === 'count' && name !== 'master-term',
    ),
  );
  const sum = (side: 'recorded' | 'simulated') => ({
    hits: cut.reduce((total, each) => total + each[side].values.length, 0),
    runs: cut.reduce((total, each) => total + each[side].runs, 0),
  });
  const recorded = sum('recorded');
  const simulated = sum('simulated');
  expect(recorded.hits).toBeGreaterThan(10);
  expect(fisherExact(recorded.hits, recorded.runs, simulated.hits, simulated.runs)).toBeGreaterThan(0.01);
});

describe.each<SentinelRole>(['leader', 'voter'])('recorded and simulated order of a failover: %s', (role) => {
  const shared = sharedOrder(recordedSequences(role));

  test('all recordings share an order', () => {
    expect(shared.size).toBeGreaterThan(15);
  });

  test.each(SCENARIOS)('%s: every recorded sequence is simulated, and no shared order is broken', (name) => {
    const { recordedSequences: recorded, simulatedSequences: simulated } = comparisonOf(name);
    const ours = simulated.flatMap((run) => run[role]);
    const known = new Set(ours.map((sequence) => sequence.join(' ')));
    const rare = recorded.flatMap((run) => run[role]).filter((sequence) => !known.has(sequence.join(' ')));
    const further = { from: SEEDS + 1, until: SEEDS_FOR_A_RARE_SEQUENCE };
    expect(rare.filter((sequence) => seedWith(name, role, sequence, further) === null)).toEqual([]);
    expect([...new Set(ours.flatMap((sequence) => brokenOrder(sequence, shared)))]).toEqual([]);
  });
});
