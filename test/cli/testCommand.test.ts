import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { TestRequest } from '../../src/cli/testArguments.ts';
import { testCommand } from '../../src/cli/testCommand.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'sentinelsim-'));
const worker = join(folder, 'testWorker.mjs');
const DEPLOYMENT = 'examples/redis-ha';

beforeAll(async () => {
  await build({
    entryPoints: ['src/cli/testWorker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function outcomeOf(words: readonly string[], environment = {}, signal = new AbortController().signal) {
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({
    write: (text: string) => {
      said[key] += text;
      return true;
    },
    once: () => {},
  });
  const request = readArguments(['test', ...words, '--out', folder]) as TestRequest;
  const surroundings = { prepare, worker: pathToFileURL(worker), environment, now: () => performance.now() };
  const output = { out: sink('out'), err: sink('err'), colour: false };
  const status = await testCommand(request, surroundings, output, signal);
  return { ...said, status };
}

it('1 master, 2 replicas, 3 sentinels: one thread and two print the same bytes', async () => {
  const words = [
    DEPLOYMENT,
    '--runs',
    '16',
    '--property',
    'odown-needs-quorum',
    '--property',
    'one-writable-master',
    '--json',
  ];
  const one = await outcomeOf([...words, '--workers', '1']);
  const two = await outcomeOf([...words, '--workers', '2']);
  expect(two.out).toBe(one.out);
  expect(JSON.parse(one.out)).toMatchObject({ schema: 'sentinelsim/test/1', seed: 1, runs: 16 });
});

it('1 master, 2 replicas, 3 sentinels: a counterexample is saved, and breaks the requirement again when it is run', async () => {
  const junit = join(folder, 'report.xml');
  const words = [
    DEPLOYMENT,
    '--runs',
    '16',
    '--faults',
    'crash',
    '--require',
    'failover within 1s',
    '--junit',
    junit,
  ];
  const { out, err, status } = await outcomeOf([...words, '--workers', '1'], { GITHUB_ACTIONS: 'true' });
  expect(status).toBe(1);
  expect(err).toMatch(/^::error title=sentinelsim test::failover within 1s: observed /m);
  expect(readFileSync(junit, 'utf8')).toContain('<failure message="observed ');
  const [name] = readdirSync(folder).filter((file) => file.startsWith('counterexample-'));
  const file = join(folder, name!);
  const seed = Number(/sentinelsim run \S+ --seed (\d+)/.exec(out)![1]);
  const [expectation] = simulate(prepare(file), seed).document.expectations;
  expect(expectation).toMatchObject({ expect: 'failover within 1s', held: false });
  expect(out).toContain(`found        observed ${expectation!.observed}`);
  const again = await outcomeOf([
    file,
    '--require',
    'failover within 1s',
    '--faults',
    'none',
    '--runs',
    '1',
    '--seed',
    String(seed),
  ]);
  expect(again.status).toBe(1);
  expect(again.out).toContain(`observed ${expectation!.observed}`);
  for (const line of out
    .split('\n')
    .filter((text) => !text.includes('sentinelsim ') && !text.includes(folder)))
    expect(line.length).toBeLessThanOrEqual(100);
});

it('a search that is interrupted before it begins exits 130 and says how far it came', async () => {
  const controller = new AbortController();
  controller.abort();
  const { err, status } = await outcomeOf([DEPLOYMENT, '--runs', '5'], {}, controller.signal);
  expect(status).toBe(130);
  expect(err).toContain('interrupted after 0 runs');
});

it.each([
  [['--property', 'no-lost-writ'], /did you mean no-lost-write\?/],
  [['--faults', 'crsh'], /did you mean crash\?/],
  [['--faults', 'none,pause'], /none stands alone/],
  [['--time', '5'], /5 has no unit/],
  [['--runs', '0'], /whole number from 1/],
  [['--junit', '/nowhere/x.xml'], /cannot write --junit/],
])('refuses %j', async (words, message) => {
  await expect(outcomeOf([DEPLOYMENT, ...words])).rejects.toThrow(message);
});
