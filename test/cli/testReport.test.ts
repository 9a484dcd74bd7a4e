/** What `sentinelsim test` prints and writes, from findings made by hand around a known counterexample. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../properties/catalogue.ts';
import type { SavedCounterexample } from '../../src/cli/counterexamples.ts';
import { annotations, searchJson, searchJunit } from '../../src/cli/testOutputs.ts';
import { searchText } from '../../src/cli/testReport.ts';
import type { Finding, Search } from '../../src/cli/testSearch.ts';
import { createPaint } from '../../src/report/paint.ts';
import { prepare } from '../../src/run/prepare.ts';
import { readRequirements } from '../../src/search/requirements.ts';
import type { LawTally } from '../../src/search/tally.ts';
import { expectGolden } from '../report/golden.ts';

const SEED = 100;
const PATH = 'test/properties/counterexamples/no-lost-write.yaml';
const prepared = prepare(PATH);
const tally: LawTally = { witnesses: 40, violations: 0, first: null, smallest: null, tightest: null };

function law(name: string): Finding['law'] {
  const property = catalogue.find((each) => each.name === name)!;
  return { name, statement: property.statement, property, requirement: null };
}

function requirement(text: string): Finding['law'] {
  const [read] = readRequirements([text], prepared.scenario.deployment, ['pinned']);
  return { name: text, statement: 'required', property: null, requirement: read! };
}

function held(name: string, more: Partial<Finding> = {}): Finding {
  return { law: law(name), verdict: 'held', tally, ranked: null, counterexample: null, ...more };
}

function broken(what: Finding['law'], violation: string, more: Partial<Finding> = {}): Finding {
  const first = { index: 3, faults: 2, violation };
  return {
    law: what,
    verdict: 'falsified',
    tally: { ...tally, violations: 2, first, smallest: first },
    ranked: null,
    counterexample: { law: 0, index: 3, seed: SEED + 3, violation, shrinks: 7, prepared },
    ...more,
  };
}

function searchOf(findings: readonly Finding[]): Search {
  return {
    runs: 64,
    next: 64,
    simulatedMs: 3_840_000,
    runsMs: 2000,
    shrinkingMs: 150,
    interrupted: false,
    findings,
  };
}

function saved(finding: Finding, again: readonly string[], file: string | null): SavedCounterexample {
  const explain = ['sentinelsim', 'explain', file ?? PATH, '--seed', '103'];
  return { finding, found: finding.counterexample!, file, again, explain };
}

const fileOf = (name: string) => `out/counterexample-${name}.yaml`;
const runAgain = (name: string) => ['sentinelsim', 'run', fileOf(name), '--seed', '103'];

const lost = broken(law('no-lost-write'), '12 lost');
const slow = broken(requirement('failover within 2s'), 'observed 3.1 s');
const ranked = { value: 5_250, index: 9, of: 40 };
const percentile = broken(requirement('p99 downtime within 5s'), 'observed 11.3 s', {
  tally,
  ranked,
});
const masters = broken(law('one-writable-master'), 'r1 and r2 both take writes');

const context = {
  target: 'examples/redis-ha',
  about: '64 runs with random faults, seeds 100 to 163',
  seed: SEED,
  threads: 2,
  next: ['sentinelsim', 'test', 'examples/redis-ha', '--seed', '164', '--time', '60s'],
  unasked: ['no-lost-write', 'one-writable-master'],
};

function report(findings: readonly Finding[], files: readonly SavedCounterexample[], asked = context) {
  return searchText(searchOf(findings), files, asked, createPaint(false));
}

describe('the report', () => {
  it('of laws that hold ends with the command that goes on', () => {
    const tightest = { index: 4, boundMs: 8100, observedMs: 5098.2, roomMs: 3001.8 };
    const text = report(
      [
        held('sdown-within', { tally: { ...tally, tightest } }),
        held('odown-needs-quorum'),
        held('retry-delay', { verdict: 'not tested', tally: { ...tally, witnesses: 0 } }),
      ],
      [],
    );
    expectGolden('test-held', text);
    expect(text.split('\n').at(-1)).toBe(
      'next       sentinelsim test examples/redis-ha --seed 164 --time 60s',
    );
  });

  it('of a lost write tells faults, failover, loss, cause and cure, and ends with the replay', () => {
    const files = [saved(lost, runAgain('no-lost-write'), fileOf('no-lost-write'))];
    expectGolden('test-lost-write', report([lost], files, { ...context, unasked: [] }));
  });

  it('of requirements tells the nearest time, the percentile and its seed', () => {
    const again = ['sentinelsim', 'test', PATH, '--property', 'one-writable-master', '--faults', 'none'];
    const files = [
      saved(slow, runAgain('failover-within-2s'), fileOf('failover-within-2s')),
      saved(percentile, runAgain('p99'), fileOf('p99')),
      saved(masters, [...again, '--runs', '1', '--seed', '103'], null),
    ];
    expectGolden(
      'test-requirements',
      report([slow, percentile, masters], files, { ...context, unasked: [] }),
    );
  });

  it('of an interrupted search says that nothing was shrunk', () => {
    const raw = { ...lost, counterexample: { ...lost.counterexample!, shrinks: null } };
    const files = [saved(raw, runAgain('no-lost-write'), fileOf('no-lost-write'))];
    expect(report([raw], files)).toContain('· seed 103, 1 fault, not shrunk');
  });

  it('of a law that a real Sentinel keeps says that this is no fault of the deployment', () => {
    const ours = broken(law('one-vote-an-epoch'), 's1 votes twice in epoch 1');
    const files = [saved(ours, runAgain('one-vote-an-epoch'), fileOf('one-vote-an-epoch'))];
    expect(report([ours], files)).toContain('an error of sentinelsim');
  });

  it('has no line over 100 columns and no blank at an end', () => {
    const long = broken(
      requirement(`{ event: { name: +tilt, message: ${'x'.repeat(50)}, happens: false } }`),
      'x',
    );
    const files = [saved(long, runAgain('long'), fileOf('long'))];
    for (const line of report([long, held('switch-within')], files).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).toBe(line.trimEnd());
    }
  });
});

const search = searchOf([held('switch-within'), lost, percentile]);
const files = [
  saved(lost, runAgain('no-lost-write'), fileOf('no-lost-write')),
  saved(percentile, runAgain('p99'), fileOf('p99')),
];

it('JUnit has a test case a law, with the replay in the failure', () => {
  expectGolden('test-junit', searchJunit(search, files, 'examples/redis-ha').trimEnd());
});

it('GitHub gets one error a falsified law, on the file of its counterexample', () => {
  expectGolden('test-annotations', annotations(search, files).join('\n'));
});

it('JSON has every law with its numbers and counterexample, and nothing of this machine', () => {
  const { laws, ...head } = JSON.parse(searchJson(search, files, 'examples/redis-ha', SEED));
  expect(head).toEqual({ schema: 'sentinelsim/test/1', target: 'examples/redis-ha', seed: SEED, runs: 64 });
  expect(laws[0]).toMatchObject({
    name: 'switch-within',
    verdict: 'held',
    witnesses: 40,
    counterexample: null,
  });
  expect(laws[1].counterexample).toEqual({
    file: fileOf('no-lost-write'),
    seed: 103,
    violation: '12 lost',
    shrinks: 7,
    timeline: [{ at: '0s', isolate: 'r1', for: '10s' }],
    replay: 'sentinelsim run out/counterexample-no-lost-write.yaml --seed 103',
  });
  expect(laws[2]).toMatchObject({ kind: 'requirement', percentile: { percent: 99, value: 5250, of: 40 } });
});
