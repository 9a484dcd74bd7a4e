/** The stage of `sentinelsim run`: simulate, and hand what came out to the printers. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { reportText } from '../report/account.ts';
import { failuresOf, figuresOf, type RunFigures, summaryText } from '../report/runsSummary.ts';
import type { RunDocument } from '../run/document.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { RunResult } from '../run/simulate.ts';
import type { RunRequest } from './arguments.ts';
import {
  type Output,
  printComplaint,
  printDiagnostics,
  printPiece,
  printText,
  speedText,
  startProgress,
} from './printing.ts';
import { quoted } from './shellCommand.ts';
import { UsageError } from './usageError.ts';

/** Where runs come from. */
export interface Laboratory {
  prepare(path: string): PreparedRun;
  simulate(prepared: PreparedRun, seed: number): RunResult;
}

export const EXIT_HELD = 0;
export const EXIT_FAILED = 1;
export const EXIT_INTERRUPTED = 130;

/** Carries the request out and gives the exit status. `interrupted` ends long work early. */
export async function runCommand(
  request: RunRequest,
  laboratory: Laboratory,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  const prepared = laboratory.prepare(request.target);
  const file = request.out === null ? null : openFor(request.out);
  try {
    return request.runs === 1
      ? runOnce(request, laboratory, prepared, output, file)
      : await runMany(request, laboratory, prepared, output, file, interrupted);
  } finally {
    if (file !== null) closeSync(file);
    if (!request.quiet) printDiagnostics(output, prepared.scenario.deployment.notes);
  }
}

function openFor(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`error: cannot write --out ${path}: ${(error as Error).message}`);
  }
}

function save(file: number | null, document: RunDocument): void {
  if (file !== null) writeSync(file, `${JSON.stringify(document)}\n`);
}

/** The command that repeats one run, ready to paste. */
export function replayCommand(target: string, seed: number): string {
  return `sentinelsim run ${quoted(target)} --seed ${seed}`;
}

function runOnce(
  request: RunRequest,
  laboratory: Laboratory,
  prepared: PreparedRun,
  output: Output,
  file: number | null,
): number {
  const result = laboratory.simulate(prepared, request.seed);
  const { document, steps } = result;
  save(file, document);
  const failures = failuresOf(document, steps);
  const replay = replayCommand(request.target, request.seed);
  if (request.json) printText(output, JSON.stringify(document));
  else if (!request.quiet) {
    const speed = measuredSpeed(result, () => laboratory.simulate(prepared, request.seed));
    const context = { deployment: prepared.scenario.deployment, steps, replay, speed };
    printText(output, reportText(document, context, { colour: output.colour }));
  } else if (failures.length > 0) {
    printText(output, [...failures.map((text) => `✗ ${text}`), replay].join('\n'));
  }
  return failures.length > 0 ? EXIT_FAILED : EXIT_HELD;
}

const MOST_REPEATS = 9;
const REPEAT_BUDGET_MS = 120;

/** The speed of a warm run: the first one also paid for compiling the code. */
function measuredSpeed(result: RunResult, again: () => unknown): string {
  const times: number[] = [];
  const startedAt = performance.now();
  while (times.length < MOST_REPEATS) {
    const from = performance.now();
    if (times.length > 0 && from - startedAt > REPEAT_BUDGET_MS) break;
    again();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const note = times.length > 1 ? ` (median of ${times.length})` : '';
  return speedText(result.simulatedMs, times[Math.floor(times.length / 2)]!, note);
}

const BREATH_MS = 50;

async function runMany(
  request: RunRequest,
  laboratory: Laboratory,
  prepared: PreparedRun,
  output: Output,
  file: number | null,
  interrupted: AbortSignal,
): Promise<number> {
  const runs: RunFigures[] = [];
  const progress = startProgress(output, request.runs, () => performance.now());
  let simulatedMs = 0;
  let wallMs = 0;
  let breathedAt = performance.now();
  if (request.json) await printPiece(output, '{"schema":"sentinelsim/runs/1","runs":[');
  while (runs.length < request.runs && !interrupted.aborted) {
    const from = performance.now();
    const result = laboratory.simulate(prepared, request.seed + runs.length);
    wallMs += performance.now() - from;
    simulatedMs += result.simulatedMs;
    save(file, result.document);
    const separator = runs.length === 0 ? '' : ',';
    if (request.json) await printPiece(output, separator + JSON.stringify(result.document));
    runs.push(figuresOf(result.document, result.steps));
    if (from - breathedAt > BREATH_MS) {
      // A signal can only arrive while this loop lets go.
      await new Promise((resolve) => setImmediate(resolve));
      progress.update(runs.length);
      breathedAt = from;
    }
  }
  progress.clear();
  const speed = speedText(simulatedMs, wallMs, '');
  if (request.json) await printPiece(output, ']}\n');
  else printSummary(request, prepared, output, runs, speed);
  if (interrupted.aborted) {
    printComplaint(output, `interrupted after ${runs.length} of ${request.runs} runs`);
    return EXIT_INTERRUPTED;
  }
  return runs.some((run) => run.failed.length > 0) ? EXIT_FAILED : EXIT_HELD;
}

function printSummary(
  request: RunRequest,
  prepared: PreparedRun,
  output: Output,
  runs: readonly RunFigures[],
  speed: string,
): void {
  const shown = request.quiet ? runs.filter((run) => run.failed.length > 0) : runs;
  if (request.quiet) {
    for (const run of shown)
      printText(output, `✗ ${run.failed.join(', ')}   ${replayCommand(request.target, run.seed)}`);
    return;
  }
  const context = {
    scenario: prepared.scenario.name,
    replay: (seed: number) => replayCommand(request.target, seed),
    speed,
  };
  printText(output, summaryText(shown, context, { colour: output.colour }));
}
