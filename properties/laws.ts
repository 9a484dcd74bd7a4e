/** Laws that every run of Sentinel obeys, judged on its run document. */
import type { RunDocument, RunEvent } from '../src/run/document.ts';

export interface Law {
  readonly name: string;
  readonly statement: string;
  /** Rules of the protocol reference that it follows from. */
  readonly rules: readonly string[];
  /** What breaks the law, in words; null when it holds. */
  readonly counterexample: (run: RunDocument) => string | null;
  /** True when the run puts the law to the test at all. */
  readonly witness: (run: RunDocument) => boolean;
}

const eventsNamed = (run: RunDocument, name: string) => run.events.filter(({ event }) => event === name);

function firstRepeated<T>(items: readonly T[], keyOf: (item: T) => string): [T, T] | null {
  const seen = new Map<string, T>();
  for (const item of items) {
    const before = seen.get(keyOf(item));
    if (before !== undefined) return [before, item];
    seen.set(keyOf(item), item);
  }
  return null;
}

/** Failovers that needed votes: those that an operator forced do not. */
function electedByVotes(run: RunDocument) {
  return run.failovers.filter(({ electedAt, odownAt }) => electedAt !== null && odownAt !== null);
}

export const oneLeaderAnEpoch: Law = {
  name: 'one leader an epoch',
  statement:
    'At most one Sentinel is elected leader for a master in an epoch, unless an operator forces a failover.',
  rules: ['S-VOTE-2', 'S-ELECT-2'],
  counterexample(run) {
    const twice = firstRepeated(electedByVotes(run), ({ master, epoch }) => `${master} ${epoch}`);
    return twice === null
      ? null
      : `${twice[0].leader} and ${twice[1].leader} both lead epoch ${twice[1].epoch}`;
  },
  witness: (run) => electedByVotes(run).length > 0,
};

export const oneVoteAnEpoch: Law = {
  name: 'one vote an epoch',
  statement: 'A Sentinel that monitors one master votes once in an epoch, across its restarts too.',
  rules: ['S-VOTE-2', 'S-VOTE-6'],
  counterexample(run) {
    const votes = eventsNamed(run, '+vote-for-leader');
    const twice = firstRepeated(votes, ({ node, message }) => `${node} ${message.split(' ')[1]}`);
    return twice === null ? null : `${twice[0].node} votes ${twice[0].message} and ${twice[1].message}`;
  },
  witness: (run) => eventsNamed(run, '+vote-for-leader').length > 1,
};

export const epochsGrow: Law = {
  name: 'epochs grow',
  statement: 'The epochs that a Sentinel announces only grow while it runs.',
  rules: ['S-HELLO-9', 'S-VOTE-1', 'S-START-3'],
  counterexample(run) {
    const last = new Map<string, number>();
    for (const { node, message, t } of eventsNamed(run, '+new-epoch')) {
      const epoch = Number(message);
      if (epoch <= (last.get(node) ?? 0)) return `${node} announces epoch ${epoch} again at ${t} ms`;
      last.set(node, epoch);
    }
    return null;
  },
  witness: (run) => eventsNamed(run, '+new-epoch').length > 1,
};

export const noFailoverWithoutObjectiveDown: Law = {
  name: 'no failover without ODOWN',
  statement: 'A Sentinel starts a failover only while it holds the master objectively down, or when told to.',
  rules: ['S-START-1', 'S-FORCE-1'],
  counterexample(run) {
    const down = new Set<string>();
    const forced = new Set<string>();
    for (const event of run.events) {
      noteDown(event, down, forced);
      if (event.event === '+try-failover' && !down.has(event.node) && !forced.has(event.node)) {
        return `${event.node} tries at ${event.t} ms`;
      }
    }
    return null;
  },
  witness: (run) => eventsNamed(run, '+try-failover').length > 0,
};

function noteDown({ node, event }: RunEvent, down: Set<string>, forced: Set<string>): void {
  if (event === '+odown') down.add(node);
  if (event === '-odown' || event === '+switch-master' || event === '+monitor') down.delete(node);
  if (event === 'user-failover') forced.add(node);
  if (event === '+switch-master' || event.startsWith('-failover-abort')) forced.delete(node);
}

export const laws: readonly Law[] = [
  oneLeaderAnEpoch,
  oneVoteAnEpoch,
  epochsGrow,
  noFailoverWithoutObjectiveDown,
];
