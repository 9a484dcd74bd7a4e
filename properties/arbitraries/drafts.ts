/** Faults as numbers that know no deployment: they shrink on their own, whatever they are built for. */
import fc from 'fast-check';
import type { FaultKind } from './kinds.ts';
import { momentMs } from './moments.ts';

/** Numbers that become one fault; all of them shrink towards 0. */
export interface Draft {
  readonly pick: number;
  readonly atMs: number;
  readonly forMs: number;
  readonly node: number;
  readonly other: number;
  readonly extra: number;
  readonly stays: boolean;
}

/** Faults, and how this run weighs the kinds. */
export interface Plan {
  readonly drafts: readonly Draft[];
  /** Swarm: each run weighs the kinds in its own way, and leaves some out. */
  readonly weights: readonly number[];
}

export const LONGEST_MS = 25_000;
const MOST_PICK = 9999;
/** Drawn more often than others: most laws are about what follows. */
const MOST_TELLING: FaultKind = 'kill-master';

function draftOf(untilMs: number): fc.Arbitrary<Draft> {
  // Every success tries what stands before it anew, so what resists stands last.
  return fc.record({
    stays: fc.boolean(),
    other: fc.nat(999),
    extra: fc.nat(999),
    node: fc.nat(999),
    pick: fc.nat(MOST_PICK),
    forMs: momentMs(LONGEST_MS),
    atMs: momentMs(untilMs),
  });
}

/** Plans of up to `maxFaults` faults that begin in `0 .. untilMs`, of so many kinds. */
export function planOf(kinds: number, untilMs: number, maxFaults: number): fc.Arbitrary<Plan> {
  // No counterexample shows its weights, so they need not shrink.
  const weights = fc.noShrink(fc.array(fc.constantFrom(0, 1, 2, 8), { minLength: kinds, maxLength: kinds }));
  return fc.record({ weights, drafts: fc.array(draftOf(untilMs), { maxLength: maxFaults }) });
}

/** The kind of a draft: a smaller pick never gives a later kind. */
export function kindOf({ pick }: Draft, weights: readonly number[], kinds: readonly FaultKind[]): FaultKind {
  const own = kinds.map((kind, index) => weights[index % weights.length]! * (kind === MOST_TELLING ? 4 : 1));
  const sum = own.reduce((all, weight) => all + weight, 0);
  if (sum === 0) return kinds[Math.floor((pick * kinds.length) / (MOST_PICK + 1))]!;
  let rest = (pick * sum) / (MOST_PICK + 1);
  const index = own.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  return kinds[index]!;
}
