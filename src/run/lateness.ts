/** When the entries of a timeline take effect. */
import { createStream, drawFrom, type Range } from '../../models/random.ts';
import type { TimelineEntry } from '../scenario/scenario.ts';

/** A command line starts, connects and authenticates first; recorded commands arrive 0.3 to 3 ms after they are given. */
const COMMAND_LATENESS_US: Range = { min: 300, max: 2_700 };

/**
 * How much later than its `at` each entry takes effect: a command by its lateness, counted from the command before it when that
 * is still under way; other entries only when they would overtake a command.
 */
export function latenessOf(
  timeline: readonly TimelineEntry[],
  seed: number,
): ReadonlyMap<TimelineEntry, number> {
  const stream = createStream(seed, 'commands');
  const lateness = new Map<TimelineEntry, number>();
  let lastCommandUs = Number.NEGATIVE_INFINITY;
  for (const entry of [...timeline].sort((a, b) => a.atUs - b.atUs)) {
    const ownUs = entry.verb.do === 'command' ? drawFrom(stream, COMMAND_LATENESS_US) : 0;
    const effectUs = Math.max(entry.atUs, lastCommandUs) + ownUs;
    if (entry.verb.do === 'command') lastCommandUs = effectUs;
    lateness.set(entry, effectUs - entry.atUs);
  }
  return lateness;
}
