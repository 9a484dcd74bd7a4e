/** The work of one thread of a search: plays runs, judges them, shrinks what breaks a law. */
import fc from 'fast-check';
import type { ArbitraryRun } from '../../properties/arbitraries/printed.ts';
import { checkRun, judgeRun } from '../../properties/checkRun.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { TimelineEntry } from '../scenario/scenario.ts';
import { judgeRequirement } from '../search/requirements.ts';
import { simplify } from '../search/simplify.ts';
import type { LawVerdict, RunOutcome } from '../search/tally.ts';
import { drawing, drawn, runsOf } from './testDraw.ts';
import { propertyNamed, type SearchPlan } from './testPlan.ts';

/** Runs `from .. from + count - 1`, or the shrinking of run `index` for law number `law`. */
export type SearchTask =
  | { readonly do: 'runs'; readonly from: number; readonly count: number }
  | { readonly do: 'shrink'; readonly index: number; readonly law: number };

export interface Counterexample {
  readonly law: number;
  /** The number of the run it was shrunk from. */
  readonly index: number;
  readonly seed: number;
  readonly violation: string;
  /** How often a smaller one was found; null: it was not looked for. */
  readonly shrinks: number | null;
  readonly prepared: PreparedRun;
}

export type SearchResult =
  | { readonly do: 'runs'; readonly outcomes: readonly RunOutcome[] }
  | { readonly do: 'shrink'; readonly found: Counterexample };

/** Tries of one shrinking: enough for a few faults with their times, and some seconds at most. */
const MOST_TRIES = 500;
const MOST_SIMPLER = 100;

interface Judged {
  readonly verdicts: readonly LawVerdict[];
  readonly simulatedMs: number;
}

function judge(plan: SearchPlan, { prepared, seed }: ArbitraryRun): Judged {
  const properties = plan.properties.map(propertyNamed);
  if (plan.requirements.length === 0) {
    const { judgements, simulatedMs } = judgeRun(prepared, seed, properties);
    return { verdicts: judgements.map(({ verdict }) => verdict), simulatedMs };
  }
  const { judgements, document, simulatedMs } = checkRun(prepared, seed, properties);
  const required = plan.requirements.map((requirement, place) =>
    judgeRequirement(requirement, document, place),
  );
  return { verdicts: [...judgements.map(({ verdict }) => verdict), ...required], simulatedMs };
}

function play(plan: SearchPlan, index: number): RunOutcome {
  try {
    const run = drawn(plan, index);
    const { verdicts, simulatedMs } = judge(plan, run);
    const faults = run.prepared.scenario.timeline.length;
    return { index, faults, verdicts, simulatedMs };
  } catch (error) {
    throw new Error(`in the run with seed ${plan.seed + index}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The plan with one law alone, so that shrinking pays for nothing else; of a percentile, its limit for a single run. */
function alone(plan: SearchPlan, law: number): SearchPlan {
  const property = plan.properties[law];
  if (property !== undefined) return { ...plan, properties: [property], requirements: [] };
  const requirement = plan.requirements[law - plan.properties.length]!;
  return { ...plan, properties: [], requirements: [{ ...requirement, percentile: null }] };
}

function withTimeline(run: ArbitraryRun, timeline: readonly TimelineEntry[]): ArbitraryRun {
  const { prepared, seed } = run;
  return { prepared: { ...prepared, scenario: { ...prepared.scenario, timeline } }, seed };
}

function shrink(whole: SearchPlan, index: number, law: number): Counterexample {
  const plan = alone(whole, law);
  const violationIn = (run: ArbitraryRun) => judge(plan, run).verdicts[0]!.violation;
  let tries = 0;
  const holds = fc.property(runsOf(plan, index), (run) => ++tries > MOST_TRIES || violationIn(run) === null);
  const details = fc.check(holds, drawing(plan, index));
  const shrunk = details.counterexample?.[0];
  if (shrunk === undefined) throw new Error(`the run with seed ${plan.seed + index} does not fail again`);
  const timeline = simplify(
    shrunk.prepared.scenario.timeline,
    (candidate) => violationIn(withTimeline(shrunk, candidate)) !== null,
    MOST_SIMPLER,
  );
  return found(whole, index, law, withTimeline(shrunk, timeline), details.numShrinks);
}

function found(
  whole: SearchPlan,
  index: number,
  law: number,
  run: ArbitraryRun,
  shrinks: number | null,
): Counterexample {
  const { violation } = judge(alone(whole, law), run).verdicts[0]!;
  return { law, index, shrinks, violation: violation!, seed: run.seed, prepared: run.prepared };
}

/** Run `index`, which breaks law number `law`, as it was drawn. */
export function unshrunk(plan: SearchPlan, index: number, law: number): Counterexample {
  return found(plan, index, law, drawn(alone(plan, law), index), null);
}

/** A function that carries out the tasks of a plan. */
export function performer(plan: SearchPlan): (task: SearchTask) => SearchResult {
  return (task) => {
    if (task.do === 'shrink') return { do: 'shrink', found: shrink(plan, task.index, task.law) };
    const outcomes = Array.from({ length: task.count }, (_, place) => play(plan, task.from + place));
    return { do: 'runs', outcomes };
  };
}
