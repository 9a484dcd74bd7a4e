/** Conducts a search: as many threads as are worth it, a bar on a terminal, an end in time. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { count, thousands } from '../report/numbers.ts';
import { localPool, type Pool, threadPool } from '../search/pool.ts';
import { estimate, type Output, startBar } from './printing.ts';
import type { SearchPlan } from './testPlan.ts';
import { performer, type SearchResult, type SearchTask } from './testRuns.ts';
import { type Search, search } from './testSearch.ts';

const DEFAULT_RUNS = 200;
const MOST_RUNS = 1_000_000;
/** A thread costs a tenth of a second to start. */
const LEAST_RUNS_A_THREAD = 8;

export interface Scope {
  /** Null: not given. */
  readonly runs: number | null;
  /** No new run begins after this; null: no limit. */
  readonly timeMs: number | null;
  /** Threads; null: one a core. */
  readonly workers: number | null;
  readonly quiet: boolean;
}

export interface Machinery {
  /** The module of a thread; without such a file this thread does everything. */
  readonly worker: URL;
  /** Wall-clock milliseconds. */
  now(): number;
}

export interface Conducted {
  readonly found: Search;
  readonly threads: number;
}

function runsOf({ runs, timeMs }: Scope): number {
  return runs ?? (timeMs === null ? DEFAULT_RUNS : MOST_RUNS);
}

function threadsFor(scope: Scope, worker: URL): number {
  if (!existsSync(worker)) return 1;
  const most = Math.ceil(runsOf(scope) / LEAST_RUNS_A_THREAD);
  return Math.max(1, Math.min(scope.workers ?? availableParallelism(), most));
}

/** Searches until all runs are made, time is up or `interrupted`; `heard` gets the number of runs and of broken laws. */
export async function conduct(
  plan: SearchPlan,
  scope: Scope,
  { worker, now }: Machinery,
  output: Output,
  interrupted: AbortSignal,
  heard: (runs: number, broken: number) => void = () => {},
): Promise<Conducted> {
  const threads = threadsFor(scope, worker);
  const pool: Pool<SearchTask, SearchResult> =
    threads === 1 ? localPool(performer(plan)) : threadPool(worker, threads, plan);
  const startedAt = now();
  const endsAt = startedAt + (scope.timeMs ?? Number.POSITIVE_INFINITY);
  const bar = progressOf(scope, output, now);
  const extent = {
    runs: runsOf(scope),
    goesOn: () => now() < endsAt,
    progress(runs: number, broken: number, toShrink: number) {
      bar.update(runs, broken, toShrink);
      heard(runs, broken);
    },
    now,
  };
  try {
    return { found: await search(plan, pool, extent, interrupted), threads };
  } finally {
    bar.clear();
    await pool.close();
  }
}

interface SearchBar {
  update(runs: number, broken: number, toShrink: number): void;
  clear(): void;
}

function progressOf(scope: Scope, output: Output, now: () => number): SearchBar {
  if (scope.quiet) return { update: () => {}, clear: () => {} };
  const bar = startBar(output, now);
  const startedAt = now();
  const total = runsOf(scope);
  const endsAt = startedAt + (scope.timeMs ?? Number.POSITIVE_INFINITY);
  const shareAt = (runs: number, at: number) =>
    Math.max(runs / total, (at - startedAt) / (endsAt - startedAt));
  const leftText = (runs: number, broken: number) => {
    const share = shareAt(runs, now());
    const left =
      share === 0 ? '' : `, ${estimate(((now() - startedAt) / share) * Math.max(0, 1 - share))} left`;
    const of = scope.runs === null && scope.timeMs !== null ? 'runs' : `of ${thousands(total)} runs`;
    return `${thousands(runs)} ${of}${left}${broken === 0 ? '' : `, ${broken} falsified`}`;
  };
  return {
    update(runs, broken, toShrink) {
      const share = toShrink > 0 ? 1 : shareAt(runs, now());
      const shrinking = `${count(runs, 'run')}, shrinking ${count(toShrink, 'counterexample')}`;
      bar.draw(share, () => (toShrink > 0 ? shrinking : leftText(runs, broken)));
    },
    clear: bar.clear,
  };
}
