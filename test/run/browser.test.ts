import { readdirSync, readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const PURE_ROOMS = ['models', 'src/engine'];

function sourcesOf(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(`${folder}/${file}`, 'utf8') }));
}

test('models/ and src/engine import nothing of node, no clock, no randomness, no environment', () => {
  const sources = PURE_ROOMS.flatMap(sourcesOf);
  expect(sources.length).toBeGreaterThan(60);
  const forbidden =
    /from 'node:|\bDate\b[.(]|Math\.random|Math\.(log|exp|pow|sin)\(|\bsetTimeout|\bsetInterval|\bperformance\.|\bprocess\.(env|argv|hrtime|nextTick)|\bconsole\./;
  const offending = sources.filter(({ text }) => forbidden.test(text)).map(({ file }) => file);
  expect(offending).toEqual([]);
});

test('models/ imports nothing from the other rooms; of src/ only the command line imports properties/', () => {
  const upward = [
    ...sourcesOf('models').filter(({ text }) => /from '[./]*\/src\//.test(text)),
    ...sourcesOf('models').filter(({ text }) => /from '[^.]/.test(text)),
    ...sourcesOf('src').filter(
      ({ file, text }) => !file.startsWith('src/cli/') && /from '[./]*\/properties\//.test(text),
    ),
  ].map(({ file }) => file);
  expect(upward).toEqual([]);
});

test('a whole run works in a context that has the language and nothing else, with the same result', async () => {
  const bundle = await build({
    entryPoints: ['src/run/simulate.ts'],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'sentinelsim',
    write: false,
  });
  const prepared = prepare('examples/redis-ha');
  const context = createContext({ preparedText: JSON.stringify(prepared) });
  runInContext(bundle.outputFiles[0]!.text, context);
  const there = runInContext(
    'JSON.stringify(sentinelsim.simulate(JSON.parse(preparedText), 3).document)',
    context,
  ) as string;
  expect(there).toBe(JSON.stringify(simulate(prepared, 3).document));
});
