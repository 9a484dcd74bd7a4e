/** A thread of `sentinelsim test`. */
import { Tinypool } from 'tinypool';
import type { SearchPlan } from './testPlan.ts';
import { performer } from './testRuns.ts';

/** Carries out one task. */
export default performer(Tinypool.workerData as SearchPlan);
