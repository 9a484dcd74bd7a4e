/** The faults of scripts/mutants: each still fits the models, and docs/properties.md tells what became of it. */
import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../properties/catalogue.ts';
import { refusedForAReason } from '../../properties/refusals.ts';
import { sameDataAtTheSameOffset } from '../../properties/sameData.ts';
import { mutated, mutatedFile } from '../../scripts/mutants/apply.ts';
import { MUTANTS } from '../../scripts/mutants/list.ts';
import { LEAST_SHARE } from '../../scripts/mutants/outcome.ts';
import { EXPLANATIONS } from '../../scripts/mutants/survivors.ts';
import { readVerdicts, survives, withOutcomes } from '../../scripts/mutants/table.ts';

const page = readFileSync('docs/properties.md', 'utf8');
const verdicts = readVerdicts(page);

test.each(MUTANTS)('$id: stands in its file exactly once, and the faulty file still parses', (mutant) => {
  const code = mutatedFile(mutant);
  expect(() => transformSync(code, { loader: 'ts' })).not.toThrow();
  expect(code).not.toBe(readFileSync(mutant.file, 'utf8'));
});

test('a fault that no longer fits is named, with its file and what it looks for', () => {
  const fault = { id: 'moved', file: 'models/x.ts', find: 'old', replace: 'new', rule: '', wrong: '' };
  expect(() => mutated(fault, 'now')).toThrow(/^mutant moved: in models\/x\.ts this stands 0 times/);
  expect(() => mutated(fault, 'old old')).toThrow(/stands 2 times, expected once.*\nold$/s);
  expect(mutated(fault, 'an old way')).toBe('an new way');
});

describe('the list', () => {
  test('at least 100 faults with ids of their own, in every room of models/', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(100);
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
    const rooms = new Set(MUTANTS.map(({ file }) => file.split('/')[1]));
    expect([...rooms].sort()).toEqual(['client', 'network', 'redis', 'sentinel']);
  });

  test('every fault breaks a rule of docs/rules.md', () => {
    const rules = readFileSync('docs/rules.md', 'utf8');
    for (const { id, rule } of MUTANTS) expect(rules, id).toContain(`**${rule}**`);
  });
});

describe('the table of docs/properties.md', () => {
  test('has a row for each fault, as the tool writes it', () => {
    expect([...verdicts.keys()]).toEqual(MUTANTS.map(({ id }) => id));
    expect(withOutcomes(page, [])).toBe(page);
  });

  test('at least 95 % are caught, and every survivor is explained', () => {
    const survivors = MUTANTS.filter(({ id }) => survives(verdicts.get(id) ?? '')).map(({ id }) => id);
    expect(survivors.length).toBeLessThanOrEqual(MUTANTS.length * (1 - LEAST_SHARE));
    for (const id of survivors) expect(verdicts.get(id)).toBe(`survives: ${EXPLANATIONS[id]}`);
    for (const id of Object.keys(EXPLANATIONS)) expect(survivors).toContain(id);
  });

  test('names only properties', () => {
    const properties = [...catalogue, sameDataAtTheSameOffset, refusedForAReason];
    const names = new Set(properties.map(({ name }) => name));
    for (const verdict of verdicts.values()) {
      if (survives(verdict) || verdict.startsWith('test ')) continue;
      for (const name of verdict.split(', '))
        expect(names.has(name) || name.startsWith('('), name).toBe(true);
    }
  });
});
