/** From a file to the run document in it. */
import { addError, type Problems, startOf, throwErrors } from '../config/problems.ts';
import { parsePieces } from '../documents/faults.ts';
import { type Piece, readPieces } from '../documents/pieces.ts';
import { type ExplainableRun, explainableRun, runDocumentSchema } from './runDocument.ts';

const SCENARIO_HINT = 'a scenario is a YAML file: give it the ending .yaml';
const SEEDS_SHOWN_MAX = 10;

/**
 * The run document in a file: the only one, the one with this seed, or the first of several.
 * @returns the document and how many the file holds.
 * @throws InputError with what is wrong with the file or the document.
 */
export function readRunDocument(file: string, seed: number | null): { run: ExplainableRun; of: number } {
  const problems: Problems = [];
  const pieces = readPieces(file, problems);
  throwErrors(problems);
  const chosen = seed === null ? pieces[0] : pieces.find(({ value }) => seedOf(value) === seed);
  if (chosen === undefined) addNoSuchSeed(file, seed, pieces, problems);
  const [parsed] = parsePieces(
    chosen === undefined ? [] : [chosen],
    runDocumentSchema,
    SCENARIO_HINT,
    problems,
  );
  throwErrors(problems);
  return { run: explainableRun(parsed!.document), of: pieces.length };
}

function addNoSuchSeed(
  file: string,
  seed: number | null,
  pieces: readonly Piece[],
  problems: Problems,
): void {
  const seeds = pieces.map(({ value }) => seedOf(value)).filter((each) => each !== undefined);
  const more = seeds.length > SEEDS_SHOWN_MAX ? ' …' : '';
  addError(problems, startOf(file), `no run with seed ${seed} in this file`, {
    found: seeds.length === 0 ? 'no seeds' : `seeds ${seeds.slice(0, SEEDS_SHOWN_MAX).join(', ')}${more}`,
    expected: 'one of these, or no --seed',
  });
}

function seedOf(value: unknown): number | undefined {
  const seed = (value as { readonly seed?: unknown } | null)?.seed;
  return typeof seed === 'number' ? seed : undefined;
}
