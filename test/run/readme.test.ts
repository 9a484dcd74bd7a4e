/** The README shows what the program does now. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shownBlocks } from '../../scripts/readme/console.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const readme = readFileSync('README.md', 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text!,
  );
}

test('the output of each command stands in the README as the program prints it', () => {
  const shown = shownBlocks(readme);
  expect(shown.map(({ command }) => command.split(' ')[2])).toEqual(['run', 'test']);
  for (const { shown: text, printed } of shown) expect(text).toBe(printed);
});

test('the scenario of the README can be run, and its expectation holds', () => {
  const [text] = blocks('yaml');
  const scenario = parseScenario(text!, 'README.md');
  const { document } = simulate({ scenario, isDeployment: false, path: 'README.md' }, 1);
  expect(document.expectations.map(({ held }) => held)).toEqual([true]);
});

test('the library example of the README works', () => {
  const code = blocks('ts').find((text) => text.includes('simulate('));
  const local = code!.replace(
    "'sentinelsim'",
    `'${new URL('../../dist/src/index.js', import.meta.url).href}'`,
  );
  const printed = execFileSync('node', ['--input-type=module', '-e', local], { encoding: 'utf8' });
  expect(printed).toMatch(/^redis-replica-[12] 5\d\d\d/);
});
