/** The README shows what the program does now. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const readme = readFileSync('README.md', 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text!,
  );
}

test('the account of the example deployment stands in the README as the program prints it', () => {
  const [shown] = blocks('console');
  const [command, ...lines] = shown!.trimEnd().split('\n');
  const words = command!.replace('$ npx sentinelsim ', '').split(' ');
  const printed = execFileSync('node', ['dist/cli.js', ...words, '--no-color'], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  expect(printed.startsWith(`${lines.join('\n')}\n`)).toBe(true);
});

test('the scenario of the README can be run, and its expectation holds', () => {
  const [text] = blocks('yaml');
  const scenario = parseScenario(text!, 'README.md');
  const { document } = simulate({ scenario, isDeployment: false, path: 'README.md' }, 1);
  expect(document.expectations.map(({ held }) => held)).toEqual([true]);
});

test('the library example of the README works', () => {
  const [code] = blocks('ts');
  const local = code!.replace(
    "'sentinelsim'",
    `'${new URL('../../dist/src/index.js', import.meta.url).href}'`,
  );
  const printed = execFileSync('node', ['--input-type=module', '-e', local], { encoding: 'utf8' });
  expect(printed).toMatch(/^redis-replica-[12] 5\d\d\d/);
});
