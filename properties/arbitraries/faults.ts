/** Arbitrary faults around a given deployment: only the timeline varies. */
import fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import { firstMaster } from '../../src/run/failoverTest.ts';
import type { Target, TimelineEntry, Verb } from '../../src/scenario/scenario.ts';
import { momentMs } from './moments.ts';

/** From the plainest to the oddest: shrinking goes towards the first. */
export const FAULT_KINDS = [
  'kill-master',
  'kill',
  'pause',
  'isolate',
  'cut',
  'cut-one-way',
  'stop',
  'power-off',
  'network',
  'clock',
  'disk',
  'names',
  'sleep',
  'failover',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultConstraints {
  /** Only these kinds; all by default. */
  readonly kinds?: readonly FaultKind[];
  /** Faults begin in `0 .. untilMs`; default 30,000. */
  readonly untilMs?: number;
  /** Default 5. */
  readonly maxFaults?: number;
  /** All faults are over at `untilMs`, and a quiet time begins; default: what is killed may stay down. */
  readonly heals?: boolean;
}

/** Numbers that become one fault; all of them shrink towards 0. */
interface Draft {
  readonly pick: number;
  readonly atMs: number;
  readonly forMs: number;
  readonly node: number;
  readonly other: number;
  readonly extra: number;
  readonly stays: boolean;
}

const MS_US = 1000;
const LONGEST_MS = 25_000;
const SHORTEST_MS = 50;

function draftOf(untilMs: number): fc.Arbitrary<Draft> {
  return fc.record({
    pick: fc.nat(9999),
    atMs: momentMs(untilMs),
    forMs: momentMs(LONGEST_MS),
    node: fc.nat(999),
    other: fc.nat(999),
    extra: fc.nat(999),
    stays: fc.boolean(),
  });
}

/** Swarm: each run weighs the kinds in its own way, and leaves some out. */
function kindOf(pick: number, weights: readonly number[], kinds: readonly FaultKind[]): FaultKind {
  const own = kinds.map((_, index) => weights[index % weights.length]!);
  const sum = own.reduce((all, weight) => all + weight, 0);
  if (sum === 0) return kinds[pick % kinds.length]!;
  let rest = pick % sum;
  const index = own.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  return kinds[index]!;
}

/**
 * Timelines of overlapping faults with their undoing: by node, box, link and direction. They shrink to fewer faults of
 * plainer kinds, on the first nodes, at whole seconds.
 */
export function faultsAround(
  deployment: Deployment,
  constraints: FaultConstraints = {},
): fc.Arbitrary<TimelineEntry[]> {
  const { kinds = FAULT_KINDS, untilMs = 30_000, maxFaults = 5, heals = false } = constraints;
  const swarm = fc.array(fc.constantFrom(1, 0, 2, 8), {
    minLength: FAULT_KINDS.length,
    maxLength: FAULT_KINDS.length,
  });
  return fc.tuple(fc.array(draftOf(untilMs), { maxLength: maxFaults }), swarm).map(([drafts, weights]) => {
    const timeline = drafts.flatMap((draft) => {
      const longest = heals ? untilMs - draft.atMs : LONGEST_MS;
      const forMs = Math.max(SHORTEST_MS, Math.min(draft.forMs, longest));
      const fault = { ...draft, forMs, stays: draft.stays && !heals };
      return build(kindOf(draft.pick, weights, kinds), fault, deployment);
    });
    return withoutLostOperators(timeline);
  });
}

/** The operator at a node's command line does not come back with the power: such a node is killed instead. */
function withoutLostOperators(timeline: readonly TimelineEntry[]): TimelineEntry[] {
  const operated = new Set(timeline.flatMap(({ verb }) => (verb.do === 'command' ? verb.target : [])));
  return timeline.map(({ atUs, verb }) => {
    const loses = verb.do === 'power-off' && verb.target.some((name) => operated.has(name));
    return { atUs, verb: loses ? { ...verb, do: 'kill' } : verb };
  });
}

function entry(atMs: number, verb: Verb): TimelineEntry {
  return { atUs: atMs * MS_US, verb };
}

function at<T>(items: readonly T[], index: number): T {
  return items[index % items.length]!;
}

/** Down, and up again unless it stays down. */
function downAndUp(verb: 'kill' | 'stop' | 'power-off', name: string, draft: Draft): TimelineEntry[] {
  const down = entry(draft.atMs, { do: verb, target: [name] });
  const up = entry(draft.atMs + draft.forMs, { do: 'start', target: [name] });
  // A graceful stop that is refused ends the process later than its start would come.
  return draft.stays ? [down] : [down, up];
}

function conditionsOf(extra: number): Verb & { do: 'network' } {
  const lossPerMillion = (extra % 3) * 20_000;
  const latencyUs = 50 + (extra % 40) * 1000;
  return {
    do: 'network',
    conditions: { latencyUs, jitterUs: latencyUs >> 1, lossPerMillion },
    between: null,
    forUs: null,
  };
}

function build(kind: FaultKind, draft: Draft, deployment: Deployment): TimelineEntry[] {
  const servers = deployment.redis.map(({ name }) => name);
  const sentinels = deployment.sentinels.map(({ name }) => name);
  const nodes = [...servers, ...sentinels];
  const places: Target[] = [...nodes, ...Object.keys(deployment.boxes)].map((name) => [name]);
  const forUs = draft.forMs * MS_US;
  const node = at(nodes, draft.node);
  const one = (verb: Verb) => [entry(draft.atMs, verb)];
  switch (kind) {
    case 'kill-master':
      return downAndUp('kill', firstMaster(deployment), { ...draft, forMs: Math.max(draft.forMs, 50) });
    case 'kill':
    case 'stop':
    case 'power-off':
      return downAndUp(kind, node, draft);
    case 'pause':
      return one({ do: 'pause', target: [node], forUs });
    case 'isolate':
      return one({ do: 'isolate', target: at(places, draft.node), forUs });
    case 'cut':
    case 'cut-one-way':
      return one({ do: kind, groups: [at(places, draft.node), at(places, draft.other)], forUs });
    case 'network':
      return one({ ...conditionsOf(draft.extra), forUs });
    case 'clock':
      return one({ do: 'clock', target: [node], byUs: (draft.extra - 400) * 10 * MS_US });
    case 'disk':
      return one({ do: 'disk', target: [at(servers, draft.node)], full: true, forUs });
    case 'names':
      return one({ do: 'names', target: [node], resolvable: false, forUs });
    case 'sleep':
      return one({
        do: 'command',
        target: [at(servers, draft.node)],
        words: ['DEBUG', 'SLEEP', String(Math.min(draft.forMs, 8000) / 1000)],
      });
    case 'failover':
      return one({
        do: 'command',
        target: [at(sentinels, draft.node)],
        words: ['SENTINEL', 'FAILOVER', masterName(deployment, draft.other)],
      });
  }
}

function masterName({ sentinels }: Deployment, index: number): string {
  const masters = sentinels[0]?.config.masters ?? [];
  return masters.length === 0 ? 'mymaster' : at(masters, index).name;
}
