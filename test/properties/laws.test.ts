import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laws } from '../../properties/laws.ts';
import { timelineOf } from '../../properties/timelines.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const RUNS = 150;
const example = prepare('examples/redis-ha');
const { deployment } = example.scenario;
const faulty = fc.record({ timeline: timelineOf(deployment), seed: fc.nat(1_000_000) });

const withTimeline = (timeline: typeof example.scenario.timeline) => ({
  ...example,
  isDeployment: false,
  scenario: { ...example.scenario, timeline },
});

test('1 master, 2 replicas, 3 sentinels: the laws hold under random faults, and are put to the test', () => {
  const witnessed = new Map(laws.map(({ name }) => [name, 0]));
  fc.assert(
    fc.property(faulty, ({ timeline, seed }) => {
      const { document } = simulate(withTimeline(timeline), seed);
      for (const law of laws) {
        expect(law.counterexample(document), law.name).toBeNull();
        if (law.witness(document)) witnessed.set(law.name, witnessed.get(law.name)! + 1);
      }
    }),
    { numRuns: RUNS },
  );
  for (const [name, count] of witnessed) expect(count, `witnesses of "${name}"`).toBeGreaterThan(RUNS / 10);
});

test('1 master, 2 replicas, 3 sentinels: folded and literal ticks give the same run under random faults', () => {
  fc.assert(
    fc.property(faulty, ({ timeline, seed }) => {
      const prepared = withTimeline(timeline);
      const folded = simulate(prepared, seed, { literalTicks: false });
      const literal = simulate(prepared, seed, { literalTicks: true });
      expect(folded.document).toEqual(literal.document);
      expect(folded.handledEvents).toBeLessThan(literal.handledEvents);
    }),
    { numRuns: RUNS },
  );
});

test('1 master, 2 replicas, 3 sentinels: the same seed gives the same run under random faults', () => {
  fc.assert(
    fc.property(faulty, ({ timeline, seed }) => {
      const prepared = withTimeline(timeline);
      expect(simulate(prepared, seed).document).toEqual(simulate(prepared, seed).document);
    }),
    { numRuns: RUNS / 3 },
  );
});
