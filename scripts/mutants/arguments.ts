/** What can be asked of `npm run mutants`. */
import { Command, InvalidArgumentError } from 'commander';
import { MUTANTS } from './list.ts';
import type { Mutant } from './mutant.ts';

export interface Options {
  readonly only: string;
  readonly every: number;
  readonly list: boolean;
  readonly json: boolean;
  readonly write: boolean;
  readonly tests: boolean;
  readonly check: boolean;
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return Number(text);
}

export function readOptions(words: readonly string[]): Options {
  return new Command('mutants')
    .description(
      'Puts deliberate faults into models/, one at a time, and shows which properties of properties/ and which tests catch them.\n' +
        'Exit 1: fewer than 95 % are caught.',
    )
    .option('--only <part>', 'those with this in their id or path', '')
    .option('--every <n>', 'each n-th of them', positive, 1)
    .option('--list', 'show them and run nothing', false)
    .option('--tests', 'ask the tests about every one, not only about those that the properties miss', false)
    .option(
      '--check',
      'only those that docs/properties.md says properties catch, against the properties',
      false,
    )
    .option('--json', 'print the outcomes as JSON', false)
    .option('--write', 'renew their rows in docs/properties.md', false)
    .allowExcessArguments(false)
    .parse(words, { from: 'user' })
    .opts<Options>();
}

export function chosen({ only, every }: Options): Mutant[] {
  const matching = MUTANTS.filter(({ id, file }) => id.includes(only) || file.includes(only));
  return matching.filter((_, index) => index % every === 0);
}
