/** A thread of `sentinelsim test`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer } from '../search/pool.ts';
import type { SearchPlan } from './testPlan.ts';
import { performer, type SearchResult, type SearchTask } from './testRuns.ts';

const perform = performer(workerData as SearchPlan);

function answer(task: SearchTask): Answer<SearchResult> {
  try {
    return { result: perform(task) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

parentPort!.on('message', (task: SearchTask) => parentPort!.postMessage(answer(task)));
