/**
 * Runs the properties against the models that it is bundled with; a process of its own, since a mutant may never end. Writes a line for
 * each run, with the names of the properties that this run is the first to break.
 */

import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';
import type { ArbitraryRun } from '../../properties/index.ts';
import { THROWS } from './outcome.ts';
import { plannedRuns } from './plan.ts';

/** They judge the machine around the models, by simulating again. */
const OF_THE_MACHINE = ['same-seed-same-run', 'forks-start-the-same'];
/** How many runs follow the first that breaks a property, to see which others do. */
const RUNS_AFTER_THE_FIRST = 25;
/** Ten times what all planned runs take with the models as they are. */
const MOST_EVENTS = 80_000_000;

let followed = catalogue.filter(({ name, holds }) => holds && !OF_THE_MACHINE.includes(name));
let events = 0;

/** The names of what this run breaks. */
function broken({ prepared, seed }: ArbitraryRun): string[] {
  try {
    const { judgements, handledEvents } = checkRun(prepared, seed, followed);
    events += handledEvents;
    return judgements
      .filter(({ verdict }) => verdict.violation !== null)
      .map(({ property }) => property.name);
  } catch {
    return [THROWS];
  }
}

const all = new Set<string>();
let left = Number.POSITIVE_INFINITY;
for (const run of plannedRuns()) {
  const fresh = broken(run).filter((name) => !all.has(name));
  for (const name of fresh) all.add(name);
  followed = followed.filter(({ name }) => !all.has(name));
  process.stdout.write(`${fresh.join(' ')}\n`);
  left = Math.min(left - 1, all.size > 0 ? RUNS_AFTER_THE_FIRST : Number.POSITIVE_INFINITY);
  if (left <= 0 || events > MOST_EVENTS) break;
}
