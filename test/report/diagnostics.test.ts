import { expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { glossaryText, meaningOf } from '../../src/report/glossary.ts';
import { between, count, list, moment, setting, span, thousands } from '../../src/report/numbers.ts';
import { expectGolden } from './golden.ts';

const at = { file: 'sentinel.conf', line: 3, column: 10 };

it('prints diagnostics with position, what was found and expected, and a way out', () => {
  const texts = [
    formatDiagnostic({
      severity: 'error',
      at,
      message: 'Unrecognized sentinel configuration statement.',
      found: 'down-after-miliseconds',
      expected: 'a sentinel directive',
      hint: 'down-after-milliseconds',
    }),
    formatDiagnostic({
      severity: 'note',
      at,
      message: 'This directive has no effect here.',
      found: '',
      expected: '',
      hint: '',
    }),
  ];
  expectGolden('diagnostics', texts.join('\n'));
});

it('explains every event in words that fit the page', () => {
  expectGolden('glossary', glossaryText(100));
  expect(meaningOf('no-such-event')).toBe('');
});

it.each([
  [span(0.4), '0.4 ms'],
  [span(42), '42 ms'],
  [span(850), '0.85 s'],
  [span(40_149), '40.1 s'],
  [span(200_000), '3 min 20 s'],
  [setting(500), '500 ms'],
  [setting(2500), '2.5 s'],
  [setting(180_000), '3 min'],
  [moment(5056.21), '5.056 s'],
  [moment(-2000), '-2.000 s'],
  [moment(1_234_567), '1,234.567 s'],
  [between(-9, 6187), '0.0 to 6.2 s'],
  [thousands(1_234_567), '1,234,567'],
  [count(1, 'write'), '1 write'],
  [count(2418, 'write'), '2,418 writes'],
  [list(['a', 'b', 'c']), 'a, b and c'],
])('writes numbers for people: %s', (written, expected) => {
  expect(written).toBe(expected);
});
