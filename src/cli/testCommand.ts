/** The stage of `sentinelsim test`: search, save what was found, hand it to the printers. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { catalogue } from '../../properties/catalogue.ts';
import { count } from '../report/numbers.ts';
import { createPaint } from '../report/paint.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { counterexampleLines } from './counterexampleBlock.ts';
import { checkFolder, type SavedCounterexample, saveCounterexamples } from './counterexamples.ts';
import { type Output, printComplaint, printDiagnostics, printText } from './printing.ts';
import { EXIT_FAILED, EXIT_HELD, EXIT_INTERRUPTED } from './runCommand.ts';
import { type TestRequest, USUAL_FAULTS } from './testArguments.ts';
import { type Conducted, conduct, type Machinery } from './testConduct.ts';
import { annotations, searchJson, searchJunit } from './testOutputs.ts';
import { planOf, type SearchPlan } from './testPlan.ts';
import { paceText, searchText } from './testReport.ts';
import type { Search } from './testSearch.ts';
import { UsageError } from './usageError.ts';

/** What the command needs of its surroundings. */
export interface TestSurroundings extends Machinery {
  prepare(path: string): PreparedRun;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Carries the request out and gives the exit status. `interrupted` ends the search early. */
export async function testCommand(
  request: TestRequest,
  surroundings: TestSurroundings,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  const base = surroundings.prepare(request.target);
  const plan = planOf(request, base);
  checkFolder('--out', request.out);
  const junit = request.junit === null ? null : openJunit(request.junit);
  // First, so that the last line is the command that replays a failure.
  if (!request.quiet) printDiagnostics(output, base.scenario.deployment.notes);
  try {
    const conducted = await conduct(plan, request, surroundings, output, interrupted);
    const { found } = conducted;
    const saved = saveCounterexamples(found.findings, plan, request.out);
    if (junit !== null) writeSync(junit, searchJunit(found, saved, request.target));
    if (surroundings.environment.GITHUB_ACTIONS === 'true') {
      for (const line of annotations(found, saved)) printComplaint(output, line);
    }
    if (found.interrupted) printComplaint(output, `interrupted after ${count(found.runs, 'run')}`);
    print(request, plan, conducted, saved, output);
    return statusOf(found);
  } finally {
    if (junit !== null) closeSync(junit);
  }
}

function openJunit(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`error: cannot write --junit ${path}: ${(error as Error).message}`);
  }
}

function print(
  request: TestRequest,
  plan: SearchPlan,
  { found, threads }: Conducted,
  saved: readonly SavedCounterexample[],
  output: Output,
): void {
  const { target, seed } = request;
  const paint = createPaint(output.colour);
  if (request.json) {
    printText(output, searchJson(found, saved, target, seed));
    printComplaint(output, paceText(found, threads));
  } else if (request.quiet) {
    for (const each of saved) printText(output, counterexampleLines(each, seed, paint).join('\n'));
  } else {
    const about = aboutText(request, plan, found);
    const context = {
      target,
      about,
      seed,
      threads,
      next: nextWords(request, found),
      unasked: unaskedIn(request, plan),
    };
    printText(output, searchText(found, saved, context, paint));
  }
}

function aboutText({ seed }: TestRequest, { space }: SearchPlan, { runs }: Search): string {
  const faults = space.kind === 'around' && space.kinds.length === 0 ? 'without' : 'with';
  const seeds = runs === 0 ? '' : runs === 1 ? `, seed ${seed}` : `, seeds ${seed} to ${seed + runs - 1}`;
  return `${count(runs, 'run')} ${faults} random faults${seeds}`;
}

/** Only who asked for no law in particular is told what else there is. */
function unaskedIn(request: TestRequest, { properties }: SearchPlan): string[] {
  if (request.properties.length > 0 || properties.length === 0) return [];
  return catalogue.filter(({ holds }) => !holds).map(({ name }) => name);
}

/** The same search on the seeds that come next, for a minute. */
function nextWords(request: TestRequest, found: Search): string[] {
  return [
    'sentinelsim',
    'test',
    request.target,
    ...request.properties.flatMap((name) => ['--property', name]),
    ...request.requirements.flatMap((text) => ['--require', text]),
    ...(request.faults === null ? [] : ['--faults', request.faults]),
    ...(request.maxFaults === USUAL_FAULTS ? [] : ['--max-faults', String(request.maxFaults)]),
    '--seed',
    String(request.seed + found.next),
    '--time',
    '60s',
  ];
}

function statusOf(found: Search): number {
  if (found.interrupted) return EXIT_INTERRUPTED;
  return found.findings.some(({ verdict }) => verdict === 'falsified') ? EXIT_FAILED : EXIT_HELD;
}
