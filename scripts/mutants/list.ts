/** The hand-written faults, in the order of docs/rules.md. */
import { aftermath } from './list/aftermath.ts';
import { clocksAndLinks } from './list/clocksAndLinks.ts';
import { elections } from './list/elections.ts';
import { failovers } from './list/failovers.ts';
import { knowledge } from './list/knowledge.ts';
import { replication } from './list/replication.ts';
import { serving } from './list/serving.ts';
import { surroundings } from './list/surroundings.ts';
import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [
  ...clocksAndLinks,
  ...knowledge,
  ...elections,
  ...failovers,
  ...aftermath,
  ...replication,
  ...serving,
  ...surroundings,
];
