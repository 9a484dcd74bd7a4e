/** The stage of `sentinelsim test`: search, save what was found, hand it to the printers. */
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { catalogue } from '../../properties/catalogue.ts';
import { createPaint } from '../report/paint.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { localPool, type Pool, threadPool } from '../search/pool.ts';
import { makeFolder, type SavedCounterexample, saveCounterexamples } from './counterexamples.ts';
import { type Output, printComplaint, printDiagnostics, printText, startProgress } from './printing.ts';
import { EXIT_FAILED, EXIT_HELD, EXIT_INTERRUPTED, quoted } from './runCommand.ts';
import type { TestRequest } from './testArguments.ts';
import { annotations, reasonOf, searchJson, searchJunit } from './testOutputs.ts';
import { planOf, type SearchPlan } from './testPlan.ts';
import { counterexampleLines, paceText, searchText } from './testReport.ts';
import { performer, type SearchResult, type SearchTask } from './testRuns.ts';
import { type Search, search } from './testSearch.ts';
import { UsageError } from './usageError.ts';

const DEFAULT_RUNS = 200;
const MOST_RUNS = 1_000_000;

/** What the command needs of its surroundings. */
export interface TestSurroundings {
  prepare(path: string): PreparedRun;
  /** The module of a thread; without such a file this thread does everything. */
  readonly worker: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Wall-clock milliseconds. */
  now(): number;
}

/** Carries the request out and gives the exit status. `interrupted` ends the search early. */
export async function testCommand(
  request: TestRequest,
  surroundings: TestSurroundings,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  const plan = planOf(request, surroundings.prepare(request.target));
  makeFolder('--out', request.out);
  const junit = request.junit === null ? null : openJunit(request.junit);
  const workers = workersFor(request, surroundings.worker);
  const pool = poolOf(plan, workers, surroundings.worker);
  try {
    const startedAt = surroundings.now();
    const found = await searchWith(plan, pool, request, surroundings, output, interrupted);
    const saved = saveCounterexamples(found.findings, plan, request.out);
    if (junit !== null) writeSync(junit, searchJunit(found, saved, request.target));
    print(request, plan, found, saved, { wallMs: surroundings.now() - startedAt, workers }, output);
    if (surroundings.environment.GITHUB_ACTIONS === 'true') {
      for (const line of annotations(found, saved)) printComplaint(output, line);
    }
    return statusOf(found, output);
  } finally {
    await pool.close();
    if (junit !== null) closeSync(junit);
    if (!request.quiet) printDiagnostics(output, plan.base.scenario.deployment.notes);
  }
}

function openJunit(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`error: cannot write --junit ${path}: ${(error as Error).message}`);
  }
}

function runsOf({ runs, timeMs }: TestRequest): number {
  return runs ?? (timeMs === null ? DEFAULT_RUNS : MOST_RUNS);
}

function workersFor(request: TestRequest, worker: URL): number {
  if (!existsSync(worker)) return 1;
  // A thread costs a tenth of a second to start.
  return Math.max(1, Math.min(request.workers ?? availableParallelism(), Math.ceil(runsOf(request) / 8)));
}

function poolOf(plan: SearchPlan, workers: number, worker: URL): Pool<SearchTask, SearchResult> {
  return workers === 1 ? localPool(performer(plan)) : threadPool(worker, workers, plan);
}

async function searchWith(
  plan: SearchPlan,
  pool: Pool<SearchTask, SearchResult>,
  request: TestRequest,
  { now }: TestSurroundings,
  output: Output,
  interrupted: AbortSignal,
): Promise<Search> {
  const runs = runsOf(request);
  const progress = startProgress(output, runs, now);
  const endsAt = now() + (request.timeMs ?? Number.POSITIVE_INFINITY);
  try {
    return await search(
      plan,
      pool,
      { runs, goesOn: () => now() < endsAt, progress: (done) => progress.update(done) },
      interrupted,
    );
  } finally {
    progress.clear();
  }
}

interface Pace {
  readonly wallMs: number;
  readonly workers: number;
}

function print(
  request: TestRequest,
  plan: SearchPlan,
  found: Search,
  saved: readonly SavedCounterexample[],
  pace: Pace,
  output: Output,
): void {
  const paint = createPaint(output.colour);
  if (request.json) {
    printText(output, searchJson(found, saved, request.target, request.seed));
    printComplaint(output, paceText(found, pace.wallMs, pace.workers));
  } else if (request.quiet) {
    printFalsified(found, saved, output);
  } else {
    const asked = new Set(plan.properties);
    const unasked = catalogue.filter(({ holds, name }) => !holds && !asked.has(name)).map(({ name }) => name);
    const seed = request.seed + found.runs;
    const nextCommand = `sentinelsim test ${quoted(request.target)} --seed ${seed} --time 60s`;
    const context = {
      target: request.target,
      seed: request.seed,
      ...pace,
      nextCommand,
      unasked,
      isFaulty: plan.kinds.length > 0,
    };
    printText(output, searchText(found, saved, context, paint));
  }
}

function printFalsified(found: Search, saved: readonly SavedCounterexample[], output: Output): void {
  const paint = createPaint(output.colour);
  for (const finding of found.findings.filter(({ verdict }) => verdict === 'falsified')) {
    const file = saved.find((each) => each.finding === finding);
    const lines =
      file === undefined
        ? [`✗ ${finding.law.name}   ${reasonOf(finding)}`]
        : counterexampleLines(file, paint);
    printText(output, lines.join('\n'));
  }
}

function statusOf(found: Search, output: Output): number {
  if (found.interrupted) {
    printComplaint(output, `interrupted after ${found.runs} runs`);
    return EXIT_INTERRUPTED;
  }
  return found.findings.some(({ verdict }) => verdict === 'falsified') ? EXIT_FAILED : EXIT_HELD;
}
