/** What became of a mutant. */
import type { Mutant } from './mutant.ts';

/** In place of a property: the model threw an error of its own. */
export const THROWS = '(throws)';
/** In place of a property or test: the simulation did not come to an end. */
export const NEVER_ENDS = '(never-ends)';

export interface Outcome {
  readonly mutant: Mutant;
  /** Properties that caught it; empty: none did. */
  readonly properties: readonly string[];
  /** The first test that caught it, as `file › title`; null: none did, undefined: they were not asked. */
  readonly test?: string | null;
}

export function isCaught({ properties, test }: Outcome): boolean {
  return properties.length > 0 || (test !== null && test !== undefined);
}

/** Share of caught mutants that must be reached. */
export const LEAST_SHARE = 0.95;

export function shareCaught(outcomes: readonly Outcome[]): number {
  return outcomes.filter(isCaught).length / outcomes.length;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

/** `N mutants: ...` in one line. */
export function summary(outcomes: readonly Outcome[]): string {
  const byProperties = outcomes.filter(({ properties }) => properties.length > 0).length;
  const caught = outcomes.filter(isCaught).length;
  const whole = outcomes.length;
  return (
    `${whole} mutants: ${byProperties} caught by properties (${percent(byProperties, whole)}), ` +
    `${caught - byProperties} by tests only, ${whole - caught} survived; ${percent(caught, whole)} caught`
  );
}
