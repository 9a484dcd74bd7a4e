/** Laws that people expect and that a real Sentinel breaks: their smallest known counterexamples, and how others shrink. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runOf } from '../../properties/arbitraries/clusters.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { violationOf } from '../../properties/propertiesOf.ts';
import { prepare } from '../../src/run/prepare.ts';

const FOLDER = 'test/properties/counterexamples';
const SEEDS = 5;
const expected = catalogue.filter(({ holds }) => !holds);
const { deployment } = prepare('examples/redis-ha').scenario;

test('every law that does not hold has a counterexample, and no other has', () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));
  expect(files.sort()).toEqual(expected.map(({ counterexample }) => counterexample).sort());
  for (const { holds, counterexample } of catalogue) if (holds) expect(counterexample).toBeUndefined();
});

describe.each(expected)('$name (R-LOSS-3, S-ROLE-5, S-SWITCH-8)', (property) => {
  const prepared = prepare(`${FOLDER}/${property.counterexample}.yaml`);

  test(`is broken by its counterexample, whatever the seed, and no other property is`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { judgements } = checkRun(prepared, seed, [...catalogue.filter(({ holds }) => holds), property]);
      const broken = judgements.filter(({ verdict }) => verdict.violation !== null);
      expect(broken.map((each) => each.property.name)).toEqual([property.name]);
    }
  });

  test('is kept by the same cluster without the faults', () => {
    const quiet = { ...prepared, scenario: { ...prepared.scenario, timeline: [] } };
    expect(violationOf(property, { prepared: quiet, seed: 1 })).toBeNull();
  });
});

const SAMPLES = 3;
/** Actions of the timeline, those that end a fault left out. */
const faultsIn = (timeline: readonly { verb: { do: string } }[]) =>
  timeline.filter(({ verb }) => verb.do !== 'start').length;

test.each(expected.filter(({ name }) => name !== 'convergence-always'))(
  '1 master, 2 replicas, 3 sentinels: random counterexamples of $name shrink to a median of at most 3 faults',
  (property) => {
    const sizes = Array.from({ length: SAMPLES }, (_, sample) => {
      const details = fc.check(
        fc.property(runOf(deployment, { durationMs: 40_000 }), (run) => violationOf(property, run) === null),
        { numRuns: 300, seed: sample + 1 },
      );
      expect(details.counterexample).not.toBeNull();
      return faultsIn(details.counterexample![0].prepared.scenario.timeline);
    });
    expect(sizes.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)]).toBeLessThanOrEqual(3);
  },
);
