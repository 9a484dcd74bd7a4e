/** The work of one thread of a search: draws runs, judges them, shrinks what breaks a law. */
import fc from 'fast-check';
import { faultsAround } from '../../properties/arbitraries/faults.ts';
import { checkRun } from '../../properties/checkRun.ts';
import { greatest } from '../../properties/groups.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { RunResult } from '../run/simulate.ts';
import type { TimelineEntry } from '../scenario/scenario.ts';
import { judgeRequirement } from '../search/requirements.ts';
import type { LawVerdict, RunOutcome } from '../search/tally.ts';
import { propertyNamed, type SearchPlan } from './testPlan.ts';

/** Runs `from .. from + count - 1`, or the shrinking of run `index` for law number `law`. */
export type SearchTask =
  | { readonly do: 'runs'; readonly from: number; readonly count: number }
  | { readonly do: 'shrink'; readonly index: number; readonly law: number };

export interface Counterexample {
  readonly law: number;
  /** The run it was shrunk from. */
  readonly index: number;
  readonly seed: number;
  readonly violation: string;
  /** How often a smaller one was found. */
  readonly shrinks: number;
  readonly scenario: PreparedRun['scenario'];
  /** Entries that the search added to the scenario's own timeline. */
  readonly faults: readonly TimelineEntry[];
}

export type SearchResult =
  | { readonly do: 'runs'; readonly outcomes: readonly RunOutcome[] }
  | { readonly do: 'shrink'; readonly found: Counterexample };

const QUIET_EVERY = 8;
const FAULTS_MS = 30_000;
/** A run that waits for convergence is not made longer than this. */
const LONGEST_MS = 600_000;
/** Tries of one shrinking: enough for a few faults with their times, and a few seconds at most. */
const MOST_TRIES = 500;

function isQuiet(index: number): boolean {
  return index % QUIET_EVERY === QUIET_EVERY - 1;
}

/** The limit of the property `convergence`, with a second to spare. */
function quietMs({ base }: SearchPlan): number {
  const { deployment } = base.scenario;
  return 91_000 + 2 * greatest(deployment, 'downAfterMs') + 10 * greatest(deployment, 'failoverTimeoutMs');
}

function untilMs({ base }: SearchPlan): number {
  return Math.max(1000, Math.min(FAULTS_MS, Math.floor(base.scenario.durationUs / 2000)));
}

/** The scenario of run `index` with these faults. */
function scenarioOf(
  plan: SearchPlan,
  index: number,
  faults: readonly TimelineEntry[],
): PreparedRun['scenario'] {
  const { scenario, isDeployment } = plan.base;
  const own = isDeployment && plan.kinds.length > 0 ? [] : scenario.timeline;
  const timeline = [...own, ...faults].sort((a, b) => a.atUs - b.atUs);
  const longMs = Math.min(LONGEST_MS, untilMs(plan) + quietMs(plan));
  const waits = plan.kinds.length > 0 && isQuiet(index);
  return {
    ...scenario,
    timeline,
    durationUs: waits ? Math.max(scenario.durationUs, longMs * 1000) : scenario.durationUs,
    expect: plan.requirements.map(({ expectation }) => expectation),
  };
}

function timelineOf(plan: SearchPlan, index: number): fc.Arbitrary<readonly TimelineEntry[]> {
  const { kinds, base } = plan;
  if (kinds.length === 0) return fc.constant([]);
  return faultsAround(base.scenario.deployment, { kinds, untilMs: untilMs(plan), heals: isQuiet(index) });
}

/** fast-check takes 32 bits; neighbouring seeds should have nothing in common. */
function mixed(seed: number): number {
  let bits = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

interface Judged {
  readonly verdicts: readonly LawVerdict[];
  readonly result: RunResult;
}

function judge(plan: SearchPlan, index: number, faults: readonly TimelineEntry[]): Judged {
  const scenario = scenarioOf(plan, index, faults);
  const prepared = { scenario, isDeployment: false, path: plan.base.path };
  const result = checkRun(prepared, plan.seed + index, plan.properties.map(propertyNamed));
  const required = plan.requirements.map((requirement, place) =>
    judgeRequirement(requirement, result.document, place),
  );
  return { verdicts: [...result.judgements.map(({ verdict }) => verdict), ...required], result };
}

/** The first timeline that fast-check draws for this run; the same one that shrinking starts from. */
function drawn(plan: SearchPlan, index: number): readonly TimelineEntry[] {
  let timeline: readonly TimelineEntry[] = [];
  const keep = fc.property(timelineOf(plan, index), (value) => {
    timeline = value;
  });
  fc.check(keep, { seed: mixed(plan.seed + index), numRuns: 1 });
  return timeline;
}

function play(plan: SearchPlan, index: number): RunOutcome {
  try {
    const { verdicts, result } = judge(plan, index, drawn(plan, index));
    return { index, verdicts, simulatedMs: result.simulatedMs };
  } catch (error) {
    throw new Error(`in the run with seed ${plan.seed + index}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The plan with one law alone, so that shrinking pays for nothing else. */
function alone(plan: SearchPlan, law: number): SearchPlan {
  const property = plan.properties[law];
  return property === undefined
    ? { ...plan, properties: [], requirements: [plan.requirements[law - plan.properties.length]!] }
    : { ...plan, properties: [property], requirements: [] };
}

function shrink(whole: SearchPlan, index: number, law: number): Counterexample {
  const plan = alone(whole, law);
  let tries = 0;
  const holds = fc.property(timelineOf(plan, index), (faults) => {
    if (++tries > MOST_TRIES) return;
    const { violation } = judge(plan, index, faults).verdicts[0]!;
    if (violation !== null) throw new Error(violation);
  });
  const details = fc.check(holds, { seed: mixed(plan.seed + index), numRuns: 1 });
  const faults = details.counterexample?.[0];
  if (faults === undefined) throw new Error(`the run with seed ${plan.seed + index} does not fail again`);
  return {
    law,
    index,
    seed: plan.seed + index,
    violation: judge(plan, index, faults).verdicts[0]!.violation!,
    shrinks: details.numShrinks,
    scenario: scenarioOf(plan, index, faults),
    faults,
  };
}

/** A function that carries out the tasks of a plan. */
export function performer(plan: SearchPlan): (task: SearchTask) => SearchResult {
  return (task) => {
    if (task.do === 'shrink') return { do: 'shrink', found: shrink(plan, task.index, task.law) };
    const outcomes = Array.from({ length: task.count }, (_, place) => play(plan, task.from + place));
    return { do: 'runs', outcomes };
  };
}
