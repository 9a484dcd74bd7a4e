/** Puts a fault into the text of its file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A mutant that no longer fits the model, most likely because the code has moved. */
export class NoLongerApplies extends Error {}

/** The text with the fault; throws {@link NoLongerApplies} unless what is to be replaced stands in it exactly once. */
export function mutated({ id, file, find, replace }: Mutant, text: string): string {
  const places = text.split(find).length - 1;
  if (places === 1) return text.replace(find, () => replace);
  throw new NoLongerApplies(
    `mutant ${id}: in ${file} this stands ${places} times, expected once; change its \`find\` in scripts/mutants/list/:\n${find}`,
  );
}

/** The file of a mutant with its fault. */
export function mutatedFile(mutant: Mutant): string {
  return mutated(mutant, readFileSync(`${ROOT}${mutant.file}`, 'utf8'));
}
