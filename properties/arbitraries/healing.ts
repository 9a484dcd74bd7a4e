/** The phase between chaos and quiet: what faults have left is undone. */
import type { TimelineEntry, Verb } from '../../src/scenario/scenario.ts';
import { entry, MS_US } from './building.ts';

/** A graceful stop that is refused ends with the grace period, later than its own start came. */
const GRACE_MS = 11_000;
/** How long after the last fault the healing may take. */
export const HEALING_MS = 40_000;
/** Of a network that nothing was said about. */
const PLAIN = { latencyUs: 50, jitterUs: 0, lossPerMillion: 0 };

/** Whom this may leave down. */
function downed({ verb }: TimelineEntry): readonly string[] {
  const isCommand = verb.do === 'command';
  const ends = isCommand && (verb.words[0] === 'SHUTDOWN' || verb.words[1] === 'SIMULATE-FAILURE');
  const isDown = verb.do === 'kill' || verb.do === 'stop' || verb.do === 'power-off';
  return isDown || ends ? verb.target : [];
}

function isSlow({ do: does }: Verb): boolean {
  return does === 'stop' || does === 'command';
}

/** Entries that end what the faults of this timeline may leave when all of them are over at `atMs`; as few as can be. */
export function healed(timeline: readonly TimelineEntry[], atMs: number): TimelineEntry[] {
  const started = new Map<string, number>();
  for (const { atUs, verb } of timeline) {
    if (verb.do === 'start') for (const name of verb.target) started.set(name, atUs);
  }
  const slow = timeline.filter((each) => isSlow(each.verb)).flatMap(downed);
  const left = timeline.flatMap((each) =>
    downed(each).filter((name) => (started.get(name) ?? Number.NEGATIVE_INFINITY) < each.atUs),
  );
  const down = [...new Set([...left, ...slow])].filter((name) => !name.startsWith('@'));
  const lastUs = timeline.reduce((latest, { atUs }) => Math.max(latest, atUs), atMs * MS_US);
  const healMs = lastUs / MS_US;
  const changes = timeline.filter(({ verb }) => verb.do === 'network').length;
  return [
    ...(down.length === 0
      ? []
      : [entry(slow.length > 0 ? healMs + GRACE_MS : healMs, { do: 'start', target: down })]),
    // One that began under another ends in the conditions of that other.
    ...(changes < 2 ? [] : [entry(healMs, { do: 'network', conditions: PLAIN, between: null, forUs: null })]),
  ];
}
