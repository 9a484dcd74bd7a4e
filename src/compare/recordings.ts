/** Reads recorded runs from files, and checks that they are of the scenario. */
import { suggestion } from '../config/nearest.ts';
import { addError, addWarning, type Problems, throwErrors } from '../config/problems.ts';
import { type Parsed, parsePieces } from '../documents/faults.ts';
import { readPieces } from '../documents/pieces.ts';
import { setting } from '../report/numbers.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type ComparedDocument, comparedDocument } from './document.ts';

const DURATION_TOLERANCE_MS = 1000;
const SCENARIO_HINT = 'a scenario is named last, after all recordings';

/**
 * All the recorded runs of the files, in their order, and warnings about them.
 * @throws InputError with what is wrong in all of them.
 */
export function readRecordings(
  files: readonly string[],
  scenario: Scenario,
): { documents: ComparedDocument[]; warnings: Problems } {
  const problems: Problems = [];
  const recordings = files.flatMap((file) =>
    parsePieces(readPieces(file, problems), comparedDocument, SCENARIO_HINT, problems),
  );
  const { redis, sentinels } = scenario.deployment;
  const nodes = [...redis, ...sentinels].map(({ name }) => name);
  for (const recording of recordings) {
    checkNodes(recording, nodes, problems);
    checkDuration(recording, scenario, problems);
  }
  throwErrors(problems);
  return { documents: recordings.map(({ document }) => document), warnings: problems };
}

/** A recording of other nodes cannot be compared with the scenario's. */
function checkNodes(
  { document, piece }: Parsed<ComparedDocument>,
  nodes: readonly string[],
  problems: Problems,
): void {
  const strange = document.events.findIndex(({ node }) => !nodes.includes(node));
  if (strange < 0) return;
  const { node } = document.events[strange]!;
  addError(problems, piece.at(['events', strange, 'node']), 'the scenario has no such node', {
    found: node,
    expected: `one of ${nodes.join(', ')}`,
    hint: suggestion(node, nodes) || 'name the nodes alike, in the recording or in the scenario',
  });
}

/** Final views and last occurrences depend on when a run ends. */
function checkDuration(
  { document, piece }: Parsed<ComparedDocument>,
  scenario: Scenario,
  problems: Problems,
): void {
  const { durationMs } = document;
  const ours = scenario.durationUs / 1000;
  if (Math.abs(durationMs - ours) <= DURATION_TOLERANCE_MS) return;
  addWarning(problems, piece.at(['durationMs']), 'the recording and the scenario end at different times', {
    found: setting(Math.round(durationMs)),
    expected: `about ${setting(ours)}`,
    hint: `duration: ${Math.round(durationMs)}ms in the scenario`,
  });
}
