/** What a user of fast-check sees when a property of a run fails. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterOf, propertiesOf, runOf } from '../../properties/index.ts';
import { InputError } from '../../src/config/diagnostic.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const SOURCES = [
  ['1 master, 2 replicas, 3 sentinels by their path', runOf('examples/redis-ha')],
  ['a cluster that was drawn', clusterOf({ masters: { min: 1, max: 2 } })],
] as const;

test.each(SOURCES)('%s: a run that fails is printed as a scenario that plays it', (_topology, runs) => {
  const shown = fc.check(
    fc.property(runs, ({ prepared }) => prepared.scenario.timeline.length < 2),
    { seed: 3, numRuns: 100 },
  );
  const [run] = shown.counterexample!;
  const text = fc.stringify(run);
  expect(text).toContain(`sentinelsim run counterexample.yaml --seed ${run.seed}`);
  const scenario = parseScenario(text, 'counterexample.yaml');
  const { events } = simulate({ scenario, isDeployment: false, path: '' }, run.seed).document;
  expect(events.length).toBeGreaterThan(0);
  expect(events).toEqual(simulate(run.prepared, run.seed).document.events);
});

test('a deployment that was handed over without its files: the print says whose path is missing', () => {
  const { deployment } = prepare('examples/redis-ha').scenario;
  const [run] = fc.sample(runOf(deployment), { numRuns: 1, seed: 1 });
  expect(fc.stringify(run)).toContain('with the path of the deployment');
});

test('a path that leads nowhere is bad input, before any run', () => {
  expect(() => propertiesOf('examples/no-such-folder')).toThrow(InputError);
});
