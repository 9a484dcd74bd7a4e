/** The search itself: hands out runs, adds up what they say, shrinks what is falsified. */
import type { Pool } from '../search/pool.ts';
import { limitOf } from '../search/requirements.ts';
import { type LawTally, type Ranked, Tallies } from '../search/tally.ts';
import { type Law, lawsOf, type SearchPlan } from './testPlan.ts';
import { type Counterexample, type SearchResult, type SearchTask, unshrunk } from './testRuns.ts';

export interface Finding {
  readonly law: Law;
  readonly verdict: 'held' | 'falsified' | 'not tested';
  readonly tally: LawTally;
  /** Of a requirement on a percentile. */
  readonly ranked: Ranked | null;
  /** Null when it holds; not shrunk after an interruption. */
  readonly counterexample: Counterexample | null;
}

export interface Search {
  readonly runs: number;
  /** The lowest number of a run that was not made. */
  readonly next: number;
  readonly simulatedMs: number;
  /** Wall-clock time of the runs, and of the shrinking after them. */
  readonly runsMs: number;
  readonly shrinkingMs: number;
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

export interface Extent {
  /** At most so many runs. */
  readonly runs: number;
  /** False when time is up: then no further run begins. */
  readonly goesOn: () => boolean;
  /** Called after every task: runs done, laws broken, and counterexamples left to shrink once runs are over. */
  readonly progress: (done: number, broken: number, toShrink: number) => void;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
}

type SearchPool = Pool<SearchTask, SearchResult>;

/** Small, so that threads end together and a time limit is met; a task costs microseconds, a run milliseconds. */
const RUNS_A_TASK = 4;

/** Runs 0 to n - 1, whoever carries them out. */
async function playAll(
  pool: SearchPool,
  tallies: Tallies,
  extent: Extent,
  interrupted: AbortSignal,
): Promise<void> {
  let from = 0;
  const next = (): SearchTask | null => {
    if (from >= extent.runs || (from > 0 && !extent.goesOn())) return null;
    const count = Math.min(RUNS_A_TASK, extent.runs - from);
    from += count;
    return { do: 'runs', from: from - count, count };
  };
  const done = (result: SearchResult) => {
    if (result.do === 'runs') for (const outcome of result.outcomes) tallies.add(outcome);
    extent.progress(tallies.runs, tallies.broken, 0);
  };
  await pool.run(next, done, interrupted);
}

/** A run that breaks the law, the one with the fewest faults; null when none does. */
function brokenRun({ law, verdict, tally }: Verdict, place: number, tallies: Tallies): number | null {
  if (verdict !== 'falsified') return null;
  const { requirement } = law;
  if (requirement === null || requirement.percentile === null) return tally.smallest?.index ?? null;
  return tallies.smallestBeyond(place, limitOf(requirement.expectation)!);
}

async function shrinkAll(
  plan: SearchPlan,
  pool: SearchPool,
  tasks: readonly (SearchTask & { do: 'shrink' })[],
  progress: (toShrink: number) => void,
  interrupted: AbortSignal,
): Promise<Map<number, Counterexample>> {
  const found = new Map<number, Counterexample>();
  const waiting = [...tasks];
  const done = (result: SearchResult) => {
    if (result.do === 'shrink') found.set(result.found.law, result.found);
    progress(tasks.length - found.size);
  };
  if (tasks.length > 0) progress(tasks.length);
  await pool.run(() => waiting.shift() ?? null, done, interrupted);
  for (const { law, index } of tasks) if (!found.has(law)) found.set(law, unshrunk(plan, index, law));
  return found;
}

type Verdict = Omit<Finding, 'counterexample'>;

function verdictOf(law: Law, tallies: Tallies, place: number): Verdict {
  const tally = tallies.of(place);
  const percentile = law.requirement?.percentile ?? null;
  const ranked = percentile === null ? null : tallies.percentile(place, percentile);
  const limit = law.requirement === null ? null : limitOf(law.requirement.expectation);
  const exceeds = ranked !== null && limit !== null && ranked.value > limit;
  if (tally.violations > 0 || exceeds) return { law, tally, ranked, verdict: 'falsified' };
  return { law, tally, ranked, verdict: tally.witnesses === 0 ? 'not tested' : 'held' };
}

/** Searches, and closes nothing. The findings depend on the plan and the number of runs alone. */
export async function search(
  plan: SearchPlan,
  pool: SearchPool,
  extent: Extent,
  interrupted: AbortSignal,
): Promise<Search> {
  const laws = lawsOf(plan);
  const tallies = new Tallies(laws.length);
  const startedAt = extent.now();
  await playAll(pool, tallies, extent, interrupted);
  const playedAt = extent.now();
  const verdicts = laws.map((law, place) => verdictOf(law, tallies, place));
  const tasks = verdicts.flatMap((verdict, law) => {
    const index = brokenRun(verdict, law, tallies);
    return index === null ? [] : [{ do: 'shrink' as const, index, law }];
  });
  const progress = (toShrink: number) => extent.progress(tallies.runs, tallies.broken, toShrink);
  const found = await shrinkAll(plan, pool, tasks, progress, interrupted);
  return {
    runs: tallies.runs,
    next: tallies.firstUnseen,
    simulatedMs: tallies.simulatedMs,
    runsMs: playedAt - startedAt,
    shrinkingMs: extent.now() - playedAt,
    findings: verdicts.map((verdict, law) => ({ ...verdict, counterexample: found.get(law) ?? null })),
    interrupted: interrupted.aborted,
  };
}
