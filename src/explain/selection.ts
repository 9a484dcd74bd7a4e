/** Why a replica was chosen, or passed over, as its leader saw it. */
import { compareCandidates } from '../../models/sentinel/selection.ts';
import { setting, span, thousands } from '../report/numbers.ts';
import type { ReplicaView } from './view.ts';

/** A test of S-SELECT-2 that a replica fails, or the comparison of S-SELECT-3 that it loses. */
export interface Judgement {
  readonly test: 'sdown' | 'no-connection' | 'no-reply' | 'priority-0' | 'old-info' | 'link-down' | 'worse';
  readonly text: string;
  readonly rule: 'S-SELECT-2' | 'S-SELECT-3';
  readonly numbers: Readonly<Record<string, number>>;
}

/** The first test of S-SELECT-2 that fails, in Sentinel's order; null: the replica may be promoted. */
export function failedTest(replica: ReplicaView): Judgement | null {
  const fails = (test: Judgement['test'], text: string, numbers: Judgement['numbers'] = {}): Judgement => ({
    test,
    text,
    rule: 'S-SELECT-2',
    numbers,
  });
  const { sinceValidReplyMs, validReplyLimitMs, sinceInfoMs, infoLimitMs, linkDownMs, linkDownLimitMs } =
    replica;
  if (replica.subjectivelyDown) return fails('sdown', 'the leader itself holds it for down (SDOWN)');
  if (!replica.connected) return fails('no-connection', 'the leader has no connection to it');
  if (sinceValidReplyMs > validReplyLimitMs) {
    const text = `its last valid reply is ${span(sinceValidReplyMs)} old, more than the ${setting(validReplyLimitMs)} allowed`;
    return fails('no-reply', text, { sinceValidReplyMs, validReplyLimitMs });
  }
  if (replica.priority === 0)
    return fails('priority-0', 'replica-priority 0: never to be promoted', { priority: 0 });
  if (sinceInfoMs === null)
    return fails('old-info', 'the leader has never had an INFO of it', { infoLimitMs });
  if (sinceInfoMs > infoLimitMs) {
    const text = `its last INFO is ${span(sinceInfoMs)} old, more than the ${setting(infoLimitMs)} allowed`;
    return fails('old-info', text, { sinceInfoMs, infoLimitMs });
  }
  if (linkDownMs > linkDownLimitMs) {
    const text = `link to the master down ${span(linkDownMs)}, more than the ${span(linkDownLimitMs)} allowed`;
    return fails('link-down', text, { linkDownMs, linkDownLimitMs });
  }
  return null;
}

function worse(text: string, numbers: Judgement['numbers']): Judgement {
  return { test: 'worse', text, rule: 'S-SELECT-3', numbers };
}

/** Why `other` was preferred to this replica, both being fit. */
function lostAgainst(replica: ReplicaView, other: ReplicaView): Judgement {
  if (replica.priority !== other.priority) {
    const text = `replica-priority ${replica.priority}; ${other.name} has ${other.priority}, and the lower number is preferred`;
    return worse(text, { priority: replica.priority, chosenPriority: other.priority });
  }
  if (replica.offset !== other.offset) {
    const behind = other.offset - replica.offset;
    const text = `${thousands(behind)} bytes behind ${other.name} by its last INFO (offset ${thousands(replica.offset)} against ${thousands(other.offset)})`;
    return worse(text, { offset: replica.offset, chosenOffset: other.offset, behindBytes: behind });
  }
  const text = `same priority and offset (${thousands(replica.offset)}) as ${other.name}, but a greater run id: ${replica.runId.slice(0, 8)}… against ${other.runId.slice(0, 8)}…`;
  return worse(text, { offset: replica.offset, chosenOffset: other.offset });
}

/** Why this replica is not the chosen one; null when nothing speaks against it. */
export function whyPassedOver(replica: ReplicaView, chosen: ReplicaView | undefined): Judgement | null {
  const failed = failedTest(replica);
  if (failed !== null || chosen === undefined) return failed;
  return compareCandidates(candidate(replica), candidate(chosen)) < 0 ? null : lostAgainst(replica, chosen);
}

function candidate({ priority, offset, runId }: ReplicaView) {
  return { slavePriority: priority, slaveReplOffset: offset, runId };
}

/** What put the chosen one first. */
export function whyChosen(chosen: ReplicaView, all: readonly ReplicaView[]): string {
  const rivals = all.filter((replica) => replica !== chosen && failedTest(replica) === null);
  if (rivals.length === 0)
    return all.length === 1 ? 'the only replica, and fit' : 'the only one fit to be promoted';
  if (rivals.every(({ priority }) => priority > chosen.priority)) {
    return `the lowest replica-priority, ${chosen.priority}`;
  }
  const equal = rivals.filter(({ priority }) => priority === chosen.priority);
  if (equal.every(({ offset }) => offset < chosen.offset)) {
    return `the greatest offset by its last INFO, ${thousands(chosen.offset)}`;
  }
  return 'the lowest run id among those with the same priority and offset: by chance';
}
