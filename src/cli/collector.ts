/** How V8 is set for many runs in one process. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from placing the objects of a run among the long-lived ones: a run lasts two milliseconds, but V8 takes what
 * happens to be alive at a collection for durable, and each such object keeps its whole world until the next full one.
 * What is left to collect is too little to be shared among threads. More is inlined than by default: an event goes
 * through a dozen small functions.
 */
export function tuneCollector(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=2000');
}
