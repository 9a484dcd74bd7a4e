/** docs/properties.md says what the catalogue says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../../properties/catalogue.ts';
import type { Property } from '../../properties/property.ts';

const PAGE = 'docs/properties.md';
const BEGIN = '<!-- catalogue -->\n';
const END = '<!-- end -->';
const page = readFileSync(PAGE, 'utf8');

const list = (items: readonly string[], none = '–') => (items.length === 0 ? none : items.join(', '));

function section(property: Property): string {
  const { name, statement, assumptions, parameters, formula, witness, rules, counterexample } = property;
  const holds =
    counterexample === undefined
      ? 'holds'
      : `does not hold: \`test/properties/counterexamples/${counterexample}.yaml\``;
  return [
    `### ${name}`,
    '',
    statement,
    '',
    '| | |',
    '|---|---|',
    `| verdict | ${holds} |`,
    `| limit | ${formula ?? '–'} |`,
    `| depends on | ${list(parameters)} |`,
    `| put to the test when | ${witness} |`,
    `| takes for granted | ${assumptions.length === 0 ? '–' : assumptions.join('; ')} |`,
    `| rules | ${list(rules)} |`,
  ].join('\n');
}

test('docs/properties.md has every property of the catalogue, word for word and in order (UPDATE_GOLDEN=1 writes them)', () => {
  const [introduction, rest] = page.split(BEGIN);
  const after = rest!.slice(rest!.indexOf(END));
  const whole = `${introduction}${BEGIN}${catalogue.map(section).join('\n\n')}\n${after}`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, whole);
  expect(readFileSync(PAGE, 'utf8')).toBe(whole);
});

test('every rule that a property cites is in docs/rules.md', () => {
  const rules = readFileSync('docs/rules.md', 'utf8');
  for (const { name, rules: cited } of catalogue) {
    for (const rule of cited) expect(rules, `${name} cites ${rule}`).toContain(`**${rule}**`);
  }
});

test('names are unique, and only laws that do not hold have a counterexample', () => {
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  for (const { holds, counterexample } of catalogue) expect(counterexample === undefined).toBe(holds);
});
