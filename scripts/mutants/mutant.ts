/** A deliberate fault in a model: one place of one file, said in other words. */

export interface Mutant {
  /** What is wrong, in a few words joined by hyphens. */
  readonly id: string;
  /** Under `models/`, from the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The rule of docs/rules.md that it breaks. */
  readonly rule: string;
  /** What is wrong, in one line. */
  readonly wrong: string;
}

/** Faults of one file. */
export function mutantsOf(file: string, mutants: readonly Omit<Mutant, 'file'>[]): Mutant[] {
  return mutants.map((mutant) => ({ ...mutant, file: `models/${file}` }));
}
