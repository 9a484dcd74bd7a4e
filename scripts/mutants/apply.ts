/** Puts a fault into the text of its file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What cannot be carried out, in words for whoever asked. */
export class Refusal extends Error {}

/** The text with the fault; throws a {@link Refusal} unless what is to be replaced stands in it exactly once. */
export function mutated({ id, file, find, replace }: Mutant, text: string): string {
  const places = text.split(find).length - 1;
  if (places === 1) return text.replace(find, () => replace);
  throw new Refusal(
    `mutant ${id}: in ${file} this stands ${places} times, expected once; change its \`find\` in scripts/mutants/list/:\n${find}`,
  );
}

/** The file of a mutant with its fault. */
export function mutatedFile(mutant: Mutant): string {
  return mutated(mutant, readFileSync(`${ROOT}${mutant.file}`, 'utf8'));
}
