/** The stage of `sentinelsim compare`: recorded runs against simulated ones of the same scenario. */
import { compareRuns, shareThatAgrees } from '../compare/comparison.ts';
import { comparedDocument, Observer } from '../compare/document.ts';
import { comparisonJson } from '../compare/json.ts';
import { coverageOf, type Observed, restrict } from '../compare/observed.ts';
import { readRecordings } from '../compare/recordings.ts';
import { comparisonText } from '../compare/table.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { CompareRequest } from './compareArguments.ts';
import { type Output, printComplaint, printDiagnostics, printText, startProgress } from './printing.ts';
import { EXIT_FAILED, EXIT_HELD, EXIT_INTERRUPTED, type Laboratory } from './runCommand.ts';

/** Carries the request out and gives the exit status. `interrupted` ends the work early. */
export async function compareCommand(
  request: CompareRequest,
  laboratory: Laboratory,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  const prepared = laboratory.prepare(request.scenario);
  const { scenario } = prepared;
  const { documents, warnings } = readRecordings(request.recordings, scenario);
  const observer = new Observer(scenario);
  const servers = new Set(scenario.deployment.redis.map(({ name }) => name));
  const recorded = documents.map((document) => observer.observe(document));
  const coverage = coverageOf(recorded, servers);
  const simulated = await simulateAll(request, laboratory, prepared, observer, output, interrupted);
  if (interrupted.aborted) {
    printComplaint(output, `interrupted after ${simulated.length} of ${request.runs} runs`);
    return EXIT_INTERRUPTED;
  }
  const measures = compareRuns(
    recorded,
    simulated.map((run) => restrict(run, coverage, servers)),
  );
  const { runs, seed, all, least } = request;
  const head = { scenario: scenario.name, recordings: recorded.length, runs, seed, coverage, least };
  if (request.json) printText(output, comparisonJson(measures, head));
  else printText(output, comparisonText(measures, { ...head, all, colour: output.colour }));
  printDiagnostics(output, warnings);
  return shareThatAgrees(measures) * 100 >= least ? EXIT_HELD : EXIT_FAILED;
}

const BREATH_MS = 50;

async function simulateAll(
  { runs, seed }: CompareRequest,
  laboratory: Laboratory,
  prepared: PreparedRun,
  observer: Observer,
  output: Output,
  interrupted: AbortSignal,
): Promise<Observed[]> {
  const observed: Observed[] = [];
  const progress = startProgress(output, runs, () => performance.now());
  let breathedAt = performance.now();
  while (observed.length < runs && !interrupted.aborted) {
    const { document } = laboratory.simulate(prepared, seed + observed.length);
    observed.push(observer.observe(comparedDocument.parse(document)));
    const now = performance.now();
    if (now - breathedAt > BREATH_MS) {
      // A signal can only arrive while this loop lets go.
      await new Promise((resolve) => setImmediate(resolve));
      progress.update(observed.length);
      breathedAt = now;
    }
  }
  progress.clear();
  return observed;
}
