/** Which test catches a mutant that no property catches: the likely ones first, the dear ones last. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ruleCoverage } from '../rules/coverage.ts';
import { ROOT } from './apply.ts';
import type { Mutant } from './mutant.ts';
import { NEVER_ENDS } from './outcome.ts';

const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;
const CONFIG = 'scripts/mutants/vitest.config.ts';
/** For one stage, whose tests take a minute at most on any machine that is not busy with something else. */
const PATIENCE_MS = 900_000;

const testsByRule = new Map(ruleCoverage(ROOT).rows.map(({ id, tests }) => [id, tests]));

/** Tests of the whole, after those of the room; none that starts another copy of the models, which has no fault. */
const OF_THE_WHOLE = [
  'test/redis-suite',
  'test/engine',
  ...['examples', 'expectations', 'fork', 'lateness', 'losses', 'timeline'].map((name) => `test/run/${name}`),
  'test/surprises',
  'test/properties/ticks',
];
const DEAR = ['test/report', 'test/explain', 'test/conformance'];

/** Files and folders for the stages: what carries the rule or mirrors the file, the room's folder, the whole, the dear ones. */
function stagesFor({ file, rule }: Mutant): string[][] {
  const folder = `test/${file.split('/')[1]}`;
  const mirrored = `${folder}/${basename(file, '.ts')}.test.ts`;
  const near = [mirrored, ...(testsByRule.get(rule) ?? [])].filter(
    (path) => path.startsWith(`${folder}/`) && existsSync(`${ROOT}${path}`),
  );
  return [[...new Set(near)], [folder], OF_THE_WHOLE, DEAR].filter(({ length }) => length > 0);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The first failure in vitest's report as `file › title`, or null. */
function firstFailure({ testResults }: Report): string | null {
  for (const { name, message, assertionResults } of testResults) {
    const file = name.replace(ROOT, '');
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return `${file} › ${failed.fullName}`;
    if (assertionResults.length === 0 && message !== '') return `${file} › (does not load)`;
  }
  return null;
}

/** What fails first in these files with the mutant, or null. */
async function failureIn(files: readonly string[], mutant: Mutant): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const outputFile = join(folder, 'report.json');
  const words = ['run', '--config', CONFIG, '--bail', '1', '--reporter', 'json', '--outputFile', outputFile];
  const child = spawn(process.execPath, [VITEST, ...words, ...files], {
    cwd: ROOT,
    env: { ...process.env, MUTANT: mutant.id },
    stdio: 'ignore',
  });
  let ended = true;
  const timer = setTimeout(() => {
    ended = false;
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  const report = existsSync(outputFile) ? (JSON.parse(readFileSync(outputFile, 'utf8')) as Report) : null;
  rmSync(folder, { recursive: true });
  if (!ended) return NEVER_ENDS;
  if (status === 0) return null;
  if (report === null)
    throw new Error(`vitest failed without a report with ${mutant.id} in ${files.join(', ')}`);
  return firstFailure(report) ?? '(vitest)';
}

/** The test that catches the mutant, or null. */
export async function caughtByTests(
  mutant: Mutant,
  stages = Number.POSITIVE_INFINITY,
): Promise<string | null> {
  for (const files of stagesFor(mutant).slice(0, stages)) {
    const failure = await failureIn(files, mutant);
    if (failure !== null) return failure;
  }
  return null;
}
