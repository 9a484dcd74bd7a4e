/** The search itself: hands out runs, adds up what they say, shrinks what is falsified. */
import type { Pool } from '../search/pool.ts';
import { limitOf } from '../search/requirements.ts';
import {
  inOrder,
  type LawTally,
  percentileOf,
  type Ranked,
  type RunOutcome,
  tallyOf,
} from '../search/tally.ts';
import { type Law, lawsOf, type SearchPlan } from './testPlan.ts';
import type { Counterexample, SearchResult, SearchTask } from './testRuns.ts';

export interface Finding {
  readonly law: Law;
  readonly verdict: 'held' | 'falsified' | 'not tested';
  readonly tally: LawTally;
  /** Of a requirement on a percentile. */
  readonly ranked: Ranked | null;
  /** Shrunk; null when it holds, for a percentile, and after an interruption. */
  readonly counterexample: Counterexample | null;
}

export interface Search {
  readonly runs: number;
  readonly simulatedMs: number;
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

export interface Extent {
  /** At most so many runs. */
  readonly runs: number;
  /** False when time is up: then no further run begins. */
  readonly goesOn: () => boolean;
  readonly progress: (done: number) => void;
}

type SearchPool = Pool<SearchTask, SearchResult>;

/** Small, so that threads end together and a time limit is met. */
const RUNS_A_TASK = 4;

/** Runs 0 to n - 1, whoever carries them out. */
async function outcomesOf(pool: SearchPool, extent: Extent, interrupted: AbortSignal): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  let from = 0;
  const next = (): SearchTask | null => {
    if (from >= extent.runs || (from > 0 && !extent.goesOn())) return null;
    const count = Math.min(RUNS_A_TASK, extent.runs - from);
    from += count;
    return { do: 'runs', from: from - count, count };
  };
  const done = (result: SearchResult) => {
    if (result.do === 'runs') outcomes.push(...result.outcomes);
    extent.progress(outcomes.length);
  };
  await pool.run(next, done, interrupted);
  return inOrder(outcomes);
}

async function shrunk(
  pool: SearchPool,
  tallies: readonly LawTally[],
  interrupted: AbortSignal,
): Promise<Map<number, Counterexample>> {
  const tasks = tallies.flatMap(({ first }, law): SearchTask[] =>
    first === null ? [] : [{ do: 'shrink', index: first.index, law }],
  );
  const found = new Map<number, Counterexample>();
  const done = (result: SearchResult) => {
    if (result.do === 'shrink') found.set(result.found.law, result.found);
  };
  await pool.run(() => tasks.shift() ?? null, done, interrupted);
  return found;
}

function rankedOf({ requirement }: Law, outcomes: readonly RunOutcome[], place: number): Ranked | null {
  const percentile = requirement?.percentile ?? null;
  return percentile === null ? null : percentileOf(outcomes, place, percentile);
}

function verdictOf({ requirement }: Law, tally: LawTally, ranked: Ranked | null): Finding['verdict'] {
  const exceeds =
    ranked !== null && ranked.value > (limitOf(requirement!.expectation) ?? Number.POSITIVE_INFINITY);
  if (tally.violations > 0 || exceeds) return 'falsified';
  return tally.witnesses === 0 ? 'not tested' : 'held';
}

/** Searches, and closes nothing. The findings depend on the plan and the number of runs alone. */
export async function search(
  plan: SearchPlan,
  pool: SearchPool,
  extent: Extent,
  interrupted: AbortSignal,
): Promise<Search> {
  const outcomes = await outcomesOf(pool, extent, interrupted);
  const laws = lawsOf(plan);
  const tallies = laws.map((_, place) => tallyOf(outcomes, place));
  const found = interrupted.aborted
    ? new Map<number, Counterexample>()
    : await shrunk(pool, tallies, interrupted);
  const findings = laws.map((law, place): Finding => {
    const tally = tallies[place]!;
    const ranked = rankedOf(law, outcomes, place);
    const counterexample = found.get(place) ?? null;
    return { law, tally, ranked, verdict: verdictOf(law, tally, ranked), counterexample };
  });
  const simulatedMs = outcomes.reduce((sum, outcome) => sum + outcome.simulatedMs, 0);
  return { runs: outcomes.length, simulatedMs, findings, interrupted: interrupted.aborted };
}
