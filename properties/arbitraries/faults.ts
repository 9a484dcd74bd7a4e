/** Arbitrary faults around a given deployment: only the timeline varies. */
import type fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import type { TimelineEntry } from '../../src/scenario/scenario.ts';
import { build } from './build.ts';
import { type Draft, kindOf, LONGEST_MS, type Plan, planOf } from './drafts.ts';
import { healed } from './healing.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';

export { FAULT_KINDS, type FaultKind } from './kinds.ts';

export interface FaultConstraints {
  /** Only these kinds; all by default. */
  readonly kinds?: readonly FaultKind[];
  /** Faults begin in `0 .. untilMs`; default 30,000. */
  readonly untilMs?: number;
  /** Default 5. */
  readonly maxFaults?: number;
  /** All faults are over soon after `untilMs`, and a quiet time begins; default: what is killed may stay down. */
  readonly heals?: boolean;
}

const UNTIL_MS = 30_000;
const MOST_FAULTS = 5;
const SHORTEST_MS = 50;
const SENTINEL_KINDS: ReadonlySet<FaultKind> = new Set(['failover', 'set', 'reset', 'remove', 'crash-after']);

function kindsOf({ kinds = FAULT_KINDS }: FaultConstraints): readonly FaultKind[] {
  return kinds;
}

/** Plans that {@link timelineOf} turns into timelines, for whatever deployment. */
export function faultPlans(constraints: FaultConstraints): fc.Arbitrary<Plan> {
  const { untilMs = UNTIL_MS, maxFaults = MOST_FAULTS } = constraints;
  return planOf(kindsOf(constraints).length, untilMs, maxFaults);
}

/** The same plan gives the same timeline; around a deployment without Sentinels, without their commands. */
export function timelineOf(
  deployment: Deployment,
  { drafts, weights }: Plan,
  constraints: FaultConstraints,
): TimelineEntry[] {
  const { untilMs = UNTIL_MS, heals = false } = constraints;
  const kinds = kindsOf(constraints).filter(
    (kind) => deployment.sentinels.length > 0 || !SENTINEL_KINDS.has(kind),
  );
  if (kinds.length === 0) return [];
  const bounded = (draft: Draft): Draft => {
    const longestMs = heals ? untilMs - draft.atMs : LONGEST_MS;
    const forMs = Math.max(SHORTEST_MS, Math.min(draft.forMs, longestMs));
    return { ...draft, forMs, stays: draft.stays && !heals };
  };
  const timeline = drafts.flatMap((draft) =>
    build(kindOf(draft, weights, kinds), bounded(draft), deployment),
  );
  const whole = heals ? [...timeline, ...healed(timeline, untilMs)] : timeline;
  return whole.sort((a, b) => a.atUs - b.atUs);
}

/**
 * Timelines of overlapping faults with their undoing: by node, role, box, link and direction. They shrink to fewer faults
 * of plainer kinds, on the first nodes, at whole seconds.
 */
export function faultsAround(
  deployment: Deployment,
  constraints: FaultConstraints = {},
): fc.Arbitrary<TimelineEntry[]> {
  return faultPlans(constraints).map((plan) => timelineOf(deployment, plan, constraints));
}
