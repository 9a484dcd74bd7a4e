import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Catalogue, readCatalogue } from '../../scripts/rules/catalogue.ts';
import { type Evidence, judge, readDeclared, ruleCoverage } from '../../scripts/rules/coverage.ts';
import { idsIn } from '../../scripts/rules/ids.ts';
import { testTitles, withoutTexts } from '../../scripts/rules/sources.ts';
import { renderCoverage } from '../../scripts/rules/table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const coverage = ruleCoverage(ROOT);

test('every rule is implemented and tested, or declared unmodelled; every quirk is tested', () => {
  expect(coverage.faults).toEqual([]);
  expect(coverage.rows.length).toBe(390);
  expect(coverage.quirks).toBe(25);
});

test('the table has 100 columns at most, and a line for each rule', () => {
  const lines = renderCoverage(coverage).split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  for (const { id } of coverage.rows) expect(lines.some((line) => line.startsWith(`${id} `))).toBe(true);
});

describe('what counts', () => {
  test('ids: numbered, named, with a letter, ranges written out', () => {
    expect(idsIn('S-VOTE-3, R-OFF-2b; S-CMD-PING and S-CMD-CKQ-1, S-VOTE-3 again')).toEqual([
      'S-VOTE-3',
      'R-OFF-2b',
      'S-CMD-PING',
      'S-CMD-CKQ-1',
    ]);
    expect(idsIn('S-SCRIPT-3..6')).toEqual(['S-SCRIPT-3', 'S-SCRIPT-4', 'S-SCRIPT-5', 'S-SCRIPT-6']);
    expect(idsIn('S-DOWN, SDOWN-3, XS-VOTE-3')).toEqual([]);
  });

  test('a comment cites, a text does not', () => {
    const text =
      '/** S-VOTE-1 */\nconst a = "R-ACK-1"; // S-VOTE-2\nconst b = `$' + '{a} R-ACK-2`; /* S-VOTE-3 */';
    expect(idsIn(withoutTexts({ path: 'a.ts', text }))).toEqual(['S-VOTE-1', 'S-VOTE-2', 'S-VOTE-3']);
  });

  test('titles: tests with the groups around them; not what is skipped, nor empty groups', () => {
    const text = `
      describe('a (S-VOTE-1)', () => {
        test('b', () => {});
        test.skip('c', () => {});
        test.todo('d');
      });
      describe('e', () => {});
      describe.skip('f', () => { it('g', () => {}); });
      it.each([{ name: 'R-CONF-6: h' }])('%s', () => {});
      it.each([1])(\`i \${1}\`, () => {});`;
    expect(testTitles({ path: 'a.test.ts', text })).toEqual([
      'a (S-VOTE-1) › b',
      '%s',
      'R-CONF-6: h',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source text of a template
      'i ${1}',
    ]);
  });

  test('a declaration stands in its list, for single rules and ranges', () => {
    const text = `- S-VOTE-1: elsewhere\n\n## Rules\n\n### Not modelled\n\n- S-VOTE-2..3: because
  it is so.\n- R-ACK-1, R-ACK-2: no\n\n### In part\n\n- S-VOTE-4: half\n\n## After\n\n- S-VOTE-5: no\n`;
    expect([...readDeclared(text, 'In part')]).toEqual([['S-VOTE-4', 'half']]);
    expect([...readDeclared(text, 'Not modelled')]).toEqual([
      ['S-VOTE-2', 'because it is so.'],
      ['S-VOTE-3', 'because it is so.'],
      ['R-ACK-1', 'no'],
      ['R-ACK-2', 'no'],
    ]);
  });
});

describe('what is at fault', () => {
  const catalogue: Catalogue = readCatalogue(
    '- **S-VOTE-1** one\n- **S-VOTE-2** two ← S-VOTE-1\n- **S-VOTE-3** three\n\n1. odd\n',
  );
  const sound: Evidence = {
    files: new Map([['S-VOTE-1', ['models/a.ts']]]),
    tests: new Map([
      ['S-VOTE-1', ['test/a.test.ts']],
      ['S-VOTE-2', ['test/a.test.ts']],
    ]),
    quirks: new Set([1]),
    unmodelled: new Map([['S-VOTE-3', 'because']]),
    inPart: new Map(),
  };
  const faults = (change: Partial<Evidence>) => judge(catalogue, { ...sound, ...change }).faults;

  test('nothing, when all is in order', () => {
    expect(faults({})).toEqual([]);
  });

  test('a rule without a test, or without a place', () => {
    expect(faults({ unmodelled: new Map() })).toEqual([
      'S-VOTE-3 (three): no comment in models/ or src/ cites it; no title of a test carries it',
    ]);
  });

  test('a consequence of a rule that nothing holds', () => {
    expect(faults({ files: new Map() })).toEqual([
      'S-VOTE-1 (one): no comment in models/ or src/ cites it',
      'S-VOTE-2 is said to follow from S-VOTE-1, which no test holds',
    ]);
  });

  test('a declaration that is no longer true', () => {
    const unmodelled = new Map([...sound.unmodelled, ['S-VOTE-1', 'because']]);
    expect(faults({ unmodelled })[0]).toContain('S-VOTE-1 is declared unmodelled, but models/a.ts cites it');
  });

  test('a quirk without a test, and ids that do not exist', () => {
    const tests = new Map([...sound.tests, ['S-VOTE-9', ['test/b.test.ts']]]);
    expect(faults({ quirks: new Set(), tests })).toEqual([
      'quirk 1 (odd): no title of a test names it',
      'test/b.test.ts names S-VOTE-9, which is not in docs/rules.md',
    ]);
  });

  test('a catalogue with an id twice, or with a line that is no rule', () => {
    expect(() => readCatalogue('- **S-VOTE-1** one\n- **S-VOTE-1** again')).toThrow('S-VOTE-1 stands twice');
    expect(() => readCatalogue('- S-VOTE-1 one')).toThrow('docs/rules.md:1');
  });
});
