/** Arbitrary fault timelines for a given deployment: only the faults vary. */
import fc from 'fast-check';
import type { Deployment } from '../src/config/deployment.ts';
import { firstMaster } from '../src/run/failoverTest.ts';
import type { TimelineEntry, Verb } from '../src/scenario/scenario.ts';

const MS_US = 1000;

export interface TimelineConstraints {
  /** Faults begin in `0 .. untilMs`; default 30,000. */
  readonly untilMs?: number;
  readonly maxFaults?: number;
}

/** Faults with their undoing: crash and restart, pause, isolation, cuts, clock jumps, a planned failover. Shrinks to fewer. */
export function timelineOf(
  deployment: Deployment,
  { untilMs = 30_000, maxFaults = 5 }: TimelineConstraints = {},
): fc.Arbitrary<TimelineEntry[]> {
  const redis = deployment.redis.map(({ name }) => name);
  const sentinels = deployment.sentinels.map(({ name }) => name);
  const node = fc.constantFrom(...redis, ...sentinels);
  const at = fc.integer({ min: 0, max: untilMs });
  const span = fc.integer({ min: 50, max: 25_000 });
  const monitored = fc.constant(firstMaster(deployment));
  const fault = fc.oneof(
    // Long enough to be seen with the usual down-after, so that elections are not rare.
    fc
      .tuple(at, fc.integer({ min: 8000, max: 25_000 }), monitored)
      .map(([atMs, forMs, name]) => crash(name, atMs, forMs)),
    fc.tuple(at, span, node).map(([atMs, forMs, name]) => crash(name, atMs, forMs)),
    fc
      .tuple(at, span, node)
      .map(([atMs, forMs, name]) => [entry(atMs, { do: 'pause', target: [name], forUs: forMs * MS_US })]),
    fc
      .tuple(at, span, node)
      .map(([atMs, forMs, name]) => [entry(atMs, { do: 'isolate', target: [name], forUs: forMs * MS_US })]),
    fc
      .tuple(at, span, node, node)
      .map(([atMs, forMs, left, right]) => [
        entry(atMs, { do: 'cut', groups: [[left], [right]], forUs: forMs * MS_US }),
      ]),
    fc
      .tuple(at, fc.constantFrom(...sentinels), fc.integer({ min: -3000, max: 3000 }))
      .map(([atMs, name, byMs]) => [entry(atMs, { do: 'clock', target: [name], byUs: byMs * MS_US })]),
    fc.tuple(at, fc.constantFrom(...sentinels)).map(([atMs, name]) => [
      entry(atMs, {
        do: 'command',
        target: [name],
        words: ['SENTINEL', 'FAILOVER', masterName(deployment)],
      }),
    ]),
  );
  return fc.array(fault, { maxLength: maxFaults }).map((faults) => faults.flat());
}

function masterName({ sentinels }: Deployment): string {
  return sentinels[0]?.config.masters[0]?.name ?? 'mymaster';
}

function crash(name: string, atMs: number, forMs: number): TimelineEntry[] {
  return [entry(atMs, { do: 'kill', target: [name] }), entry(atMs + forMs, { do: 'start', target: [name] })];
}

function entry(atMs: number, verb: Verb): TimelineEntry {
  return { atUs: atMs * MS_US, verb };
}
