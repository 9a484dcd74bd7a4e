/** Laws that people expect and that a real Sentinel breaks: their smallest known counterexamples, and how others shrink. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runOf } from '../../properties/arbitraries/clusters.ts';
import { phasedRunOf } from '../../properties/arbitraries/phases.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { violationOf } from '../../properties/propertiesOf.ts';
import { reportText } from '../../src/report/account.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import type { TimelineEntry } from '../../src/scenario/scenario.ts';
import { expectGolden } from '../report/golden.ts';

const FOLDER = 'test/properties/counterexamples';
const GOLDEN = new URL('./golden/', import.meta.url);
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

  test('its run with seed 1 is told as it was (UPDATE_GOLDEN=1 accepts another telling)', () => {
    const { document, steps } = simulate(prepared, 1);
    const context = { deployment: prepared.scenario.deployment, steps, replay: '', speed: '' };
    const text = reportText(document, context, { colour: false });
    expectGolden(property.name, text, GOLDEN);
  });

  test('is kept by the same cluster without the faults', () => {
    const quiet = { ...prepared, scenario: { ...prepared.scenario, timeline: [] } };
    expect(violationOf(property, { prepared: quiet, seed: 1 })).toBeNull();
  });
});

const SAMPLES = 3;
const MOST_FAULTS = 3;

/** What was done wrong, without what ends or mends it. */
function faultsIn(timeline: readonly TimelineEntry[]): number {
  const MENDING = ['start', 'resume', 'rejoin', 'heal'];
  return timeline.filter(({ verb }) => !MENDING.includes(verb.do)).length;
}

const faulty = runOf(deployment, { durationMs: 34_000 });
/** Where operators force failovers and make Sentinels forget, with time to converge. */
const operated = phasedRunOf(prepare(`${FOLDER}/convergence-always.yaml`).scenario.deployment, {
  kinds: ['failover', 'reset', 'pause'],
  chaosMs: 3000,
  quietMs: 85_000,
});

test.each(expected)(
  '1 master, 2 replicas: random counterexamples of $name shrink to a median of at most 3 faults at whole seconds',
  (property) => {
    const runs = property.name === 'convergence-always' ? operated : faulty;
    const timelines = Array.from({ length: SAMPLES }, (_, sample) => {
      const details = fc.check(
        fc.property(runs, (run) => violationOf(property, run) === null),
        { numRuns: 3000, seed: sample + 1 },
      );
      expect(details.counterexample).not.toBeNull();
      return details.counterexample![0].prepared.scenario.timeline;
    });
    const sizes = timelines.map(faultsIn).sort((a, b) => a - b);
    expect(sizes[Math.floor(SAMPLES / 2)]).toBeLessThanOrEqual(MOST_FAULTS);
    const times = timelines.flatMap((timeline) => timeline.map(({ atUs }) => atUs));
    const round = times.filter((atUs) => atUs % 1_000_000 === 0);
    expect(round.length).toBeGreaterThanOrEqual(times.length / 2);
  },
);
