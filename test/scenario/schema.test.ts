import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explainDuration, parseDuration, parseDurationRange } from '../../src/scenario/durations.ts';
import { scenarioJsonSchema } from '../../src/scenario/jsonSchema.ts';

test('scenario.schema.json is up to date (npx tsx scripts/schema.ts writes it)', () => {
  expect(readFileSync('scenario.schema.json', 'utf8')).toBe(scenarioJsonSchema());
});

test.each([
  ['500us', 500],
  ['20ms', 20_000],
  ['1.5s', 1_500_000],
  ['3m', 180_000_000],
  ['1h', 3_600_000_000],
  ['-2s', -2_000_000],
  ['5', null],
  ['5 s', null],
  ['1e3s', null],
  ['9999999h', null],
])('the duration %s is %s us', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  ['15s..25s', { min: 15_000_000, max: 25_000_000 }],
  ['3s', { min: 3_000_000, max: 3_000_000 }],
  ['3s..1s', null],
  ['1s..2s..3s', null],
  ['..', null],
])('the range %s', (text, expected) => {
  expect(parseDurationRange(text)).toEqual(expected);
});

test.each([
  [5_000, '5000 has no unit: write 5000ms or 5s'],
  ['20', '20 has no unit: write 20ms or 20s'],
  ['5sec', '5sec is no duration: the units are us, ms, s, m and h, right after the number'],
  [null, 'nothing is no duration'],
])('%s is explained', (input, text) => {
  expect(explainDuration(input)).toBe(text);
});
