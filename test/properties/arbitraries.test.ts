/** What is drawn, and that all of it can be written down and played. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { clusterOf, runOf } from '../../properties/arbitraries/clusters.ts';
import { FAULT_KINDS, faultsAround } from '../../properties/arbitraries/faults.ts';
import { phasedRunOf } from '../../properties/arbitraries/phases.ts';
import { prepare } from '../../src/run/prepare.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { verbSchemas } from '../../src/scenario/schema.ts';
import { entryValue } from '../../src/search/verbText.ts';

const { deployment } = prepare('examples/redis-ha').scenario;
const spread = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];

test('1 to 3 masters with 0 to 6 replicas and 1 to 9 sentinels on 1 to 3 boxes are drawn', () => {
  const deployments = fc
    .sample(clusterOf(), { numRuns: 600, seed: 1 })
    .map(({ prepared }) => prepared.scenario.deployment);
  const masters = deployments.map(
    ({ redis }) => redis.filter(({ config }) => config.replicaof === null).length,
  );
  expect(spread(masters)).toEqual([1, 3]);
  expect(spread(deployments.map(({ redis }, index) => redis.length / masters[index]!))).toEqual([1, 7]);
  expect(spread(deployments.map(({ sentinels }) => sentinels.length))).toEqual([1, 9]);
  expect(spread(deployments.map(({ boxes }) => Object.keys(boxes).length))).toEqual([0, 3]);
});

test('every verb of a timeline is drawn, on nodes, boxes and roles', () => {
  const timelines = fc
    .sample(clusterOf(), { numRuns: 1500, seed: 1 })
    .flatMap(({ prepared }) => prepared.scenario.timeline);
  expect(new Set(timelines.map(({ verb }) => verb.do))).toEqual(new Set(Object.keys(verbSchemas)));
  const targets = new Set(
    timelines.flatMap(({ verb }) =>
      'target' in verb ? verb.target : ('groups' in verb && verb.groups?.flat()) || [],
    ),
  );
  for (const name of ['a1', 's1', 'box1', '@master', '@leader', '@replicas', '@sentinels']) {
    expect(targets).toContain(name);
  }
});

test.each(FAULT_KINDS)(
  '1 master, 2 replicas, 3 sentinels: faults of the kind %s are read back as they are written',
  (kind) => {
    fc.assert(
      fc.property(faultsAround(deployment, { kinds: [kind] }), (timeline) => {
        const text = stringify({
          name: 'drawn',
          deployment: 'examples/redis-ha',
          duration: '60s',
          timeline: timeline.map(entryValue),
        });
        expect(parseScenario(text, 'drawn.yaml').timeline).toEqual(timeline);
      }),
      { numRuns: 20 },
    );
  },
);

test('the same plan draws the same run, and phases end with a quiet time', () => {
  const [one, two] = [1, 1].map((seed) =>
    fc.sample(runOf(deployment), { numRuns: 5, seed }).map((run) => ({ ...run.prepared, seed: run.seed })),
  );
  expect(one).toEqual(two);
  for (const { prepared } of fc.sample(phasedRunOf(deployment, { chaosMs: 10_000, quietMs: 60_000 }), 100)) {
    const { timeline, durationUs } = prepared.scenario;
    const last = Math.max(
      0,
      ...timeline.map(({ atUs, verb }) => atUs + (('forUs' in verb && verb.forUs) || 0)),
    );
    expect(durationUs - last).toBeGreaterThanOrEqual(60_000_000);
  }
});
