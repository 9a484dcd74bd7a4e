/** Makes a timeline plainer than shrinking left it: fewer entries, whole seconds. */
import type { TimelineEntry, Verb } from '../scenario/scenario.ts';

const SECOND_US = 1_000_000;

/** Whole seconds near a time: the lower one first, unless that would leave a fault no time at all. */
function rounded(us: number, upFirst = false): number[] {
  if (us % SECOND_US === 0) return [];
  const below = Math.floor(us / SECOND_US) * SECOND_US;
  return upFirst ? [below + SECOND_US, below] : [below, below + SECOND_US];
}

const REPAIRS: ReadonlySet<Verb['do']> = new Set(['start', 'resume', 'rejoin', 'heal']);

/** The same entry with its span in whole seconds. */
function withRoundSpan(verb: Verb): Verb[] {
  if (!('forUs' in verb) || verb.forUs === null) return [];
  return rounded(verb.forUs)
    .filter((forUs) => forUs > 0)
    .map((forUs) => ({ ...verb, forUs }));
}

function* plainer(timeline: readonly TimelineEntry[]): Generator<readonly TimelineEntry[]> {
  for (const [place, { atUs, verb }] of timeline.entries()) {
    yield timeline.toSpliced(place, 1);
    for (const rounder of rounded(atUs, REPAIRS.has(verb.do)))
      yield timeline.with(place, { atUs: rounder, verb });
    for (const rounder of withRoundSpan(verb)) yield timeline.with(place, { atUs, verb: rounder });
  }
}

function inTime(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return [...timeline].sort((a, b) => a.atUs - b.atUs);
}

/** The plainest timeline, found step by step, that still `breaks`. At most `mostTries` are tried. */
export function simplify(
  timeline: readonly TimelineEntry[],
  breaks: (timeline: readonly TimelineEntry[]) => boolean,
  mostTries: number,
): readonly TimelineEntry[] {
  let best = timeline;
  let tries = 0;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of plainer(best)) {
      if (++tries > mostTries) return best;
      const sorted = inTime(candidate);
      if (!breaks(sorted)) continue;
      best = sorted;
      found = true;
      break;
    }
  }
  return best;
}
