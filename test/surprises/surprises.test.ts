/** The surprises of examples/surprises: each expectation holds whatever the seed, and can fail. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { WITNESSES } from './witnesses.ts';

const FOLDER = 'examples/surprises';
const SEEDS = 25;
const WITNESS_SEEDS = 5;

const surprises = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));
const textOf = (name: string) => readFileSync(`${FOLDER}/${name}.yaml`, 'utf8');

function play(name: string, text: string, seeds: number): RunDocument[] {
  const scenario = parseScenario(text, `${FOLDER}/${name}.yaml`);
  return Array.from(
    { length: seeds },
    (_, index) => simulate({ scenario, isDeployment: false, path: '' }, index + 1).document,
  );
}

test('every surprise has a witness and a section in docs/surprises.md, and the other way round', () => {
  expect(Object.keys(WITNESSES).sort()).toEqual([...surprises].sort());
  const page = readFileSync('docs/surprises.md', 'utf8');
  const told = [...page.matchAll(/^sentinelsim run examples\/surprises\/(\S+)\.yaml$/gm)].map(
    ([, name]) => name,
  );
  expect(told.sort()).toEqual([...surprises].sort());
});

describe.each(surprises)('%s', (name) => {
  test(`is told in two sentences, and holds for ${SEEDS} seeds`, () => {
    for (const run of play(name, textOf(name), SEEDS)) {
      expect(run.scenario).toBe(name);
      expect(run.about.match(/[.](?= |$)/g)).toHaveLength(2);
      expect(run.expectations.length).toBeGreaterThan(0);
      for (const { expect: text, held, observed } of run.expectations) {
        expect(held, `seed ${run.seed}: ${text}: ${observed}`).toBe(true);
      }
    }
  });

  const { change, from, to, breaks } = WITNESSES[name]!;
  test(`does not happen with ${change}`, () => {
    const text = textOf(name);
    expect(text.split(from).length, `${from} occurs once`).toBe(2);
    for (const run of play(
      name,
      text.replace(from, () => to),
      WITNESS_SEEDS,
    )) {
      const failed = run.expectations.filter(({ held }) => !held).map(({ expect: each }) => each);
      expect(failed, `seed ${run.seed}`).toEqual(expect.arrayContaining([...breaks]));
    }
  });
});
