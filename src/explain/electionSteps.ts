/** Who asked for votes, who gave them to whom, and what came of it. */
import { majority } from '../../models/sentinel/quorum.ts';
import { parseVote } from '../measure/payload.ts';
import { count, list, setting, span } from '../report/numbers.ts';
import type { RunEvent, RunFailover } from '../run/document.ts';
import { type Case, failoverTimeoutOf, glimpseAt, quorumOf } from './case.ts';
import { at } from './downSteps.ts';
import { type Step, step } from './explanation.ts';
import { type MasterView, votesInView } from './view.ts';

/** The start of an attempt: why now, or why only now. */
export function tryStep(kase: Case, failover: RunFailover): Step {
  const { leader, epoch, tryAt, master, odownAt } = failover;
  const view = glimpseAt(kase, leader, master, '+try-failover', tryAt)?.view;
  const what = `starts a failover and asks for votes in epoch ${epoch}`;
  if (odownAt === null) {
    return step(tryAt, leader, `starts a failover in epoch ${epoch}`, {
      because: 'SENTINEL FAILOVER was typed: no quorum and no election is needed',
      rule: 'S-FORCE-1',
      numbers: { epoch },
    });
  }
  const waited = tryAt - odownAt;
  const heldBack = view?.nextAttemptAt ?? null;
  if (heldBack === null || waited < 500) {
    return step(tryAt, leader, what, { rule: 'S-START-3', numbers: { epoch } });
  }
  return step(tryAt, leader, what, {
    because: `${span(waited)} after ODOWN: its last attempt or vote for another counts from ${at(view!.failoverStartAt!)}, and 2 × failover-timeout (${setting(2 * view!.failoverTimeoutMs)}) have to pass`,
    rule: 'S-START-2',
    numbers: { epoch, heldBackUntilMs: heldBack, failoverTimeoutMs: view!.failoverTimeoutMs },
  });
}

/** The votes given in the epoch of an attempt, grouped by candidate, in order. */
export function voteSteps(kase: Case, failover: RunFailover): Step[] {
  const given = new Map<string, RunEvent[]>();
  for (const event of kase.story.byEvent.get('+vote-for-leader') ?? []) {
    const { candidate, epoch } = parseVote(event.message);
    if (epoch !== failover.epoch || event.t < failover.tryAt - 5000 || event.t > endOf(failover)) continue;
    const known = given.get(candidate);
    if (known === undefined) given.set(candidate, [event]);
    else known.push(event);
  }
  return [...given].map(([candidate, votes]) => {
    const voters = votes.map(({ node }) => node);
    const own = voters.includes(candidate);
    const others = voters.filter((voter) => voter !== candidate);
    const because = [
      ...(own ? ['a candidate votes for itself'] : []),
      ...(others.length > 0 ? ['everybody else votes for the first who asks in an epoch'] : []),
    ].join('; ');
    const what = `${list(voters)} ${voters.length === 1 ? 'votes' : 'vote'} for ${candidate} in epoch ${failover.epoch}`;
    return step(votes[0]!.t, null, what, {
      because,
      rule: 'S-VOTE-2',
      numbers: { epoch: failover.epoch, votesGiven: voters.length },
    });
  });
}

function endOf(failover: RunFailover): number {
  return failover.electedAt ?? failover.abortedAt ?? Number.POSITIVE_INFINITY;
}

interface Tally {
  readonly votes: readonly string[];
  readonly voters: number;
  readonly needed: number;
}

/** The votes that count for the candidate; null where only a simulation could tell. */
export function tallyOf(view: MasterView, candidate: string): Tally {
  const voters = view.peers.length + 1;
  return {
    votes: votesInView(view, candidate, candidate),
    voters,
    needed: Math.max(majority(voters), view.quorum),
  };
}

function neededText(voters: number, quorum: number): string {
  const half = majority(voters);
  if (quorum > half) return `the quorum is ${quorum}, more than the majority of ${half}`;
  return `the majority of the ${voters} Sentinels that it counts, itself and dead ones too`;
}

export function electedStep(kase: Case, failover: RunFailover): Step | null {
  const { leader, electedAt, epoch, master, odownAt } = failover;
  if (electedAt === null) return null;
  const view = glimpseAt(kase, leader, master, '+elected-leader', electedAt)?.view;
  if (odownAt === null) {
    return step(electedAt, leader, 'leads without an election', {
      because: 'a forced failover needs none',
      rule: 'S-FORCE-2',
      numbers: { epoch },
    });
  }
  if (view === undefined) {
    const given = givenVotes(kase, failover);
    return step(electedAt, leader, `is elected leader of epoch ${epoch}`, {
      because: given === 0 ? '' : `${count(given, 'vote')} given for it`,
      rule: 'S-ELECT-2',
      numbers: { epoch, votesGiven: given },
    });
  }
  const { votes, voters, needed } = tallyOf(view, leader);
  return step(electedAt, leader, `is elected: ${count(votes.length, 'vote')}, ${needed} needed`, {
    because: `${list(votes)} voted for it; needed is ${neededText(voters, view.quorum)}`,
    rule: 'S-ELECT-2',
    numbers: { epoch, votes: votes.length, needed, voters, quorum: view.quorum },
  });
}

/** How many Sentinels said that they vote for the candidate; what reached it may be fewer. */
function givenVotes(kase: Case, { leader, epoch }: RunFailover): number {
  const voters = new Set<string>();
  for (const event of kase.story.byEvent.get('+vote-for-leader') ?? []) {
    const vote = parseVote(event.message);
    if (vote.candidate === leader && vote.epoch === epoch) voters.add(event.node);
  }
  return voters.size;
}

/** An attempt that ended without election: the count, who is missing, and when the next may start. */
export function notElectedStep(kase: Case, failover: RunFailover): Step {
  const { leader, abortedAt, epoch, master, tryAt } = failover;
  const view = glimpseAt(kase, leader, master, '-failover-abort-not-elected', abortedAt!)?.view;
  if (view === undefined) return notElectedFromLog(kase, failover);
  const { votes, voters, needed } = tallyOf(view, leader);
  const missing = view.peers.filter(({ name }) => !votes.includes(name));
  const cut = missing.filter((peer) => !peer.connected || peer.subjectivelyDown).map(({ name }) => name);
  const elsewhere = missing.filter(
    ({ name, vote, connected, subjectivelyDown }) =>
      !cut.includes(name) && vote !== null && vote.candidate !== leader && connected && !subjectivelyDown,
  );
  const reasons = [
    `needed is ${neededText(voters, view.quorum)}`,
    ...(cut.length > 0 ? [`${list(cut)} cannot be reached`] : []),
    ...elsewhere.map(({ name, vote }) => `${name} voted for ${vote!.candidate} in epoch ${vote!.epoch}`),
    ...(view.currentEpoch > epoch
      ? [`epoch ${view.currentEpoch} has begun, and votes of ${epoch} no longer count`]
      : []),
  ];
  const next = view.nextAttemptAt!;
  return step(
    abortedAt,
    leader,
    `gives up after ${span(abortedAt! - tryAt)}: ${count(votes.length, 'vote')}${votes.join() === leader ? ' (its own)' : ''} of the ${needed} needed`,
    {
      because: `${reasons.join('; ')}. The election lasts ${setting(view.electionTimeoutMs)}; its next attempt may start at ${at(next)}, 2 × failover-timeout after this one`,
      rule: 'S-FSM-3',
      numbers: {
        epoch,
        votes: votes.length,
        needed,
        voters,
        quorum: view.quorum,
        electionTimeoutMs: view.electionTimeoutMs,
        nextAttemptAtMs: next,
      },
    },
  );
}

function notElectedFromLog(kase: Case, failover: RunFailover): Step {
  const given = givenVotes(kase, failover);
  const sentinels = kase.story.cast.sentinels.length;
  const quorum = quorumOf(kase, failover.master);
  const timeout = failoverTimeoutOf(kase, failover.master);
  const next =
    timeout === null
      ? ''
      : `; its next attempt may start between ${at(failover.tryAt + 2 * timeout)} and ${at(failover.tryAt + 2 * timeout + 999)}, 2 × failover-timeout after this one`;
  return step(
    failover.abortedAt,
    failover.leader,
    `gives up after ${span(failover.abortedAt! - failover.tryAt)}: not elected`,
    {
      because: `${count(given, 'vote')} ${given === 1 ? 'is' : 'are'} in the log for it, of the ${Math.max(majority(sentinels), quorum ?? 0)} that ${sentinels} Sentinels need${next}`,
      rule: 'S-FSM-3',
      numbers: { epoch: failover.epoch, votesGiven: given, sentinels },
    },
  );
}
