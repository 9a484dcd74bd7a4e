import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { TestRequest } from '../../src/cli/testArguments.ts';
import { testCommand } from '../../src/cli/testCommand.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const out = join(folder, 'out');
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
beforeEach(() => rmSync(out, { recursive: true, force: true }));

interface Setting {
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
  /** Called with everything written to stderr. */
  readonly onError?: (text: string) => void;
}

/** Space-separated words, or words. */
async function outcomeOf(line: string | readonly string[], setting: Setting = {}) {
  const { environment = {}, signal = new AbortController().signal, isTTY = false, onError } = setting;
  const words = typeof line === 'string' ? line.split(' ') : line;
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      said[key] += text;
      if (key === 'err') onError?.(text);
      return true;
    },
    once: () => {},
  });
  const asked = words.includes('--out') ? words : [...words, '--out', out];
  const request = readArguments(['test', ...asked]) as TestRequest;
  const surroundings = { prepare, worker: pathToFileURL(worker), environment, now: () => performance.now() };
  const output = { out: sink('out'), err: sink('err'), colour: false };
  const status = await testCommand(request, surroundings, output, signal);
  return { ...said, status };
}

/** As a shell reads it: lines that go on are one. */
const unfolded = (text: string) => text.replace(/ \\\n +/g, ' ');

it('1 master, 2 replicas, 3 sentinels: one thread and three print and save the same bytes', async () => {
  const line = `${DEPLOYMENT} --runs 27 --property odown-needs-quorum --property one-writable-master --json`;
  const one = await outcomeOf(`${line} --workers 1`);
  const [file] = readdirSync(out);
  const saved = readFileSync(join(out, file!), 'utf8');
  const three = await outcomeOf(`${line} --workers 3`);
  expect(three.out).toBe(one.out);
  expect(readFileSync(join(out, file!), 'utf8')).toBe(saved);
  expect(JSON.parse(one.out)).toMatchObject({ schema: 'sentinelsim/test/1', seed: 1, runs: 27 });
});

it('1 master, 2 replicas, 3 sentinels: a counterexample is saved, and its last line breaks the requirement again', async () => {
  const junit = join(folder, 'report.xml');
  const words = [DEPLOYMENT, '--runs', '16', '--faults', 'crash', '--require', 'failover within 1s'];
  const {
    out: text,
    err,
    status,
  } = await outcomeOf([...words, '--junit', junit], {
    environment: { GITHUB_ACTIONS: 'true' },
  });
  expect(status).toBe(1);
  expect(err).toMatch(
    /^::error file=\S+\.yaml,line=1,title=sentinelsim test%3A failover within 1s::observed /m,
  );
  expect(readFileSync(junit, 'utf8')).toContain('<failure message="observed ');
  const [, file, seed] = /sentinelsim run (\S+) --seed (\d+)\n$/.exec(unfolded(text))!;
  const [expectation] = simulate(prepare(file!), Number(seed)).document.expectations;
  expect(expectation).toMatchObject({ expect: 'failover within 1s', held: false });
  expect(text).toContain(`found       observed ${expectation!.observed}`);
  // One crash is enough, and it is at a whole second.
  expect(prepare(file!).scenario.timeline.map(({ atUs }) => atUs % 1_000_000)).toEqual([0]);
});

it('a scenario file: its counterexample keeps the scenario, and test judges it again without faults', async () => {
  const scenario = join(folder, 'mine.yaml');
  const from = relative(folder, DEPLOYMENT);
  writeFileSync(
    scenario,
    `# kept\nname: mine\ndeployment: ${from}\nduration: 60s\nclients:\n  - { name: web, write: 100ms, password: redis_ha_pass }\n`,
  );
  const words = [scenario, '--runs', '16', '--faults', 'isolate', '--property', 'one-writable-master'];
  const { out: text, status } = await outcomeOf(words);
  expect(status).toBe(1);
  const file = join(out, 'counterexample-one-writable-master.yaml');
  expect(readFileSync(file, 'utf8')).toContain('# kept');
  expect(readFileSync(file, 'utf8')).toContain('name: web');
  const [, seed] = /--faults none --runs 1 --seed (\d+)\n$/.exec(unfolded(text))!;
  const again = await outcomeOf(
    `${file} --property one-writable-master --faults none --runs 1 --seed ${seed}`,
  );
  expect(again.status).toBe(1);
  expect(again.out).toContain('both take writes');
});

it('a percentile that is too high has a counterexample beyond its limit', async () => {
  const words = [DEPLOYMENT, '--runs', '24', '--faults', 'crash', '--require', 'p90 downtime within 2s'];
  const { out: text, status } = await outcomeOf(words);
  expect(status).toBe(1);
  expect(text).toMatch(/p90 \S+ s, limit 2 s \(seed \d+\)/);
  const [, file, seed] = /sentinelsim run (\S+) --seed (\d+)\n$/.exec(unfolded(text))!;
  expect(simulate(prepare(file!), Number(seed)).document.expectations[0]!.held).toBe(false);
});

it('a search that is interrupted keeps its finished runs and what they broke, and exits 130', async () => {
  const controller = new AbortController();
  const {
    out: text,
    err,
    status,
  } = await outcomeOf(`${DEPLOYMENT} --runs 4000 --property one-writable-master --workers 2`, {
    signal: controller.signal,
    isTTY: true,
    onError: (said) => {
      if (said.includes('1 falsified')) controller.abort();
    },
  });
  expect(status).toBe(130);
  expect(err).toMatch(/interrupted after \d+ runs/);
  expect(text).toContain('not shrunk');
  expect(unfolded(text)).toMatch(/sentinelsim test \S+ --property one-writable-master .* --seed \d+\n$/);
  expect(readdirSync(out)).toEqual(['counterexample-one-writable-master.yaml']);
});

it('a search that is interrupted before it begins says that no run was made', async () => {
  const {
    out: text,
    err,
    status,
  } = await outcomeOf(`${DEPLOYMENT} --runs 5`, {
    signal: AbortSignal.abort(),
  });
  expect(status).toBe(130);
  expect(err).toContain('interrupted after 0 runs');
  expect(text).toContain('no run was made');
});

it('the bar is drawn on a terminal only, and never with --quiet', async () => {
  const line = `${DEPLOYMENT} --runs 40 --property epochs-grow --workers 1`;
  expect((await outcomeOf(line, { isTTY: true })).err).toMatch(/█.* of 40 runs, \d+ s left/);
  expect((await outcomeOf(line)).err).not.toContain('runs');
  const quiet = await outcomeOf(`${line} --quiet`, { isTTY: true });
  expect(quiet).toEqual({ out: '', err: '', status: 0 });
});

it('a deployment whose last line is the replay has its warnings before, not after', async () => {
  const { err } = await outcomeOf(`${DEPLOYMENT} --runs 1 --property epochs-grow`);
  expect(err).toContain('warning: min-replicas-to-write is missing');
});

describe('bad options are refused before anything is run or written', () => {
  it.each([
    ['--property no-lost-writ', /no property no-lost-writ\n[\s\S]*try {7}did you mean no-lost-write\?/],
    ['--faults crsh', /there is no fault crsh\n[\s\S]*try {7}did you mean crash\?/],
    ['--faults crash,,pause', /there is no fault \(empty\)/],
    ['--faults none,pause', /none stands alone/],
    ['--time 5', /5 has no unit/],
    ['--time 0s', /more than zero/],
    ['--runs 0', /whole number from 1/],
    ['--workers 0', /whole number from 1/],
    ['--seed -1', /whole number from 0/],
    ['--junit /nowhere/x.xml', /cannot write --junit \/nowhere\/x\.xml/],
    ['--out /nowhere/x/y', /cannot write --out \/nowhere\/x\/y/],
    ['--out package.json', /cannot write --out package\.json: it is a file/],
  ])('%s', async (options, message) => {
    const junit = join(folder, 'never.xml');
    const more = options.startsWith('--junit') ? '' : ` --junit ${junit}`;
    const refused = outcomeOf(`${DEPLOYMENT} ${options}${more}`);
    await expect(refused).rejects.toThrow(message);
    expect(existsSync(junit)).toBe(false);
    expect(existsSync(out)).toBe(false);
  });

  it('a requirement, with the place in it', async () => {
    await expect(outcomeOf([DEPLOYMENT, '--require', 'failover within 4'])).rejects.toMatchObject({
      diagnostics: [{ at: { file: '--require "failover within 4"', line: 1, column: 17 } }],
    });
  });

  it('a deployment that Redis would refuse', async () => {
    await expect(outcomeOf('examples/redis-ha-as-written')).rejects.toThrow(/./);
    expect(existsSync(out)).toBe(false);
  });
});
