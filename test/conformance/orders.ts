/** In which order the sentinels of a failover announce things. */
import { labelOf } from '../../src/compare/measures.ts';
import type { ObservedEvent } from '../../src/compare/observed.ts';

export type SentinelRole = 'leader' | 'voter';

/** What belongs to a failover, from the master's +sdown on. */
const OF_FAILOVER =
  /^([+-]sdown master|[+-]odown|\+new-epoch|\+vote-for-leader|\+try-failover|\+elected-leader|[+-]failover-.*|\+selected-slave|\+promoted-slave|\+slave-reconf-.*|\+config-update-from|\+switch-master)$/;
const ENDS = /^(\+switch-master|-failover-abort-.*)$/;

/** Per role the sequences of the failovers that ended, each sentinel's attempts one by one. */
export function failoverSequences(events: readonly ObservedEvent[]): Record<SentinelRole, string[][]> {
  const sequences: Record<SentinelRole, string[][]> = { leader: [], voter: [] };
  const open = new Map<string, string[]>();
  const close = (own: string[]) => {
    sequences[own.includes('+elected-leader') ? 'leader' : 'voter'].push(own);
  };
  for (const event of events) {
    const label = labelOf(event);
    if (!OF_FAILOVER.test(label)) continue;
    const known = open.get(event.node) ?? [];
    // Another's attempt that came to nothing: who only voted in it never hears of its end.
    const isNextAttempt = label === '+new-epoch' && known.includes('+vote-for-leader');
    if (isNextAttempt) close(known);
    const own = isNextAttempt ? [] : known;
    open.set(event.node, own);
    own.push(label);
    if (!ENDS.test(label)) continue;
    close(own);
    open.delete(event.node);
  }
  return sequences;
}

/** Two that are up to the timeline and to the replicas, whichever comes first: no step of a failover waits for the former (S-FSM-8). */
const isReturn = (label: string) => label === '-sdown master' || label === '-odown';
const isProgress = (label: string) => label === '+slave-reconf-inprog' || label === '+slave-reconf-done';

function orderedPairs(sequence: readonly string[]): [string, string][] {
  const events = [...new Set(sequence)];
  const pairs = events.flatMap((a, index) => events.slice(index + 1).map((b): [string, string] => [a, b]));
  return pairs.filter(([a, b]) => !(isReturn(a) && isProgress(b)) && !(isProgress(a) && isReturn(b)));
}

/** Pairs of events (`a < b`) whose order no sequence breaks. */
export function sharedOrder(sequences: readonly (readonly string[])[]): Set<string> {
  const pairs = sequences.flatMap(orderedPairs);
  const before = new Set(pairs.map(([a, b]) => `${a} < ${b}`));
  const broken = new Set(pairs.map(([a, b]) => `${b} < ${a}`));
  return new Set([...before].filter((pair) => !broken.has(pair)));
}

/** The shared pairs that a sequence breaks. */
export function brokenOrder(sequence: readonly string[], shared: ReadonlySet<string>): string[] {
  return orderedPairs(sequence)
    .map(([a, b]) => `${b} < ${a}`)
    .filter((reversed) => shared.has(reversed));
}
