/** Why a run had no failover, or none that succeeded, in a line or two. */
import { parseInstance } from '../measure/payload.ts';
import type { RunAction, RunEvent, RunFailover } from '../run/document.ts';
import { count, list, moment, roughly, setting, span } from './numbers.ts';
import { eventsOf, monitored, names, quorumCount, type StoryContext, votesFor } from './story/context.ts';

/** Empty when a failover was completed. */
export function whyNoFailover(context: StoryContext): string[] {
  const { failovers } = context.document;
  if (failovers.some((failover) => failover.outcome === 'completed')) return [];
  if (failovers.length > 0) return attemptTexts(context);
  return [`No failover: ${withoutAttempt(context)}`];
}

const OUTCOMES: Readonly<Record<RunFailover['outcome'], string>> = {
  completed: 'completed',
  'not-elected': 'given up: not elected in time',
  'no-good-replica': 'given up: no replica was fit to be promoted',
  'replica-timeout': 'given up: the chosen replica did not become a master in time',
  superseded: 'overtaken by another Sentinel’s',
  unfinished: 'not brought to an end',
};

/** One line for each way in which attempts ended. */
function attemptTexts(context: StoryContext): string[] {
  const byOutcome = new Map<RunFailover['outcome'], RunFailover[]>();
  for (const failover of context.document.failovers) {
    const known = byOutcome.get(failover.outcome);
    if (known === undefined) byOutcome.set(failover.outcome, [failover]);
    else known.push(failover);
  }
  return [...byOutcome].map(([outcome, attempts]) => {
    const who = list(attempts.map((attempt) => `${attempt.leader} at ${roughly(attempt.tryAt)}`));
    const head = `No failover: ${count(attempts.length, 'attempt')} (${who}) ${attempts.length === 1 ? 'was' : 'were'} ${OUTCOMES[outcome]}`;
    return `${head}${outcome === 'not-elected' ? votesText(context, attempts) : ''}.`;
  });
}

function votesText(context: StoryContext, attempts: readonly RunFailover[]): string {
  const most = Math.max(...attempts.map(({ leader, epoch }) => votesFor(context, leader, epoch)));
  const sentinels = context.cast.sentinels.length;
  const needed = Math.floor(sentinels / 2) + 1;
  return `, with ${count(most, 'vote')} of the ${needed} it takes, the majority of the ${sentinels} Sentinels that are known, dead ones too`;
}

function withoutAttempt(context: StoryContext): string {
  const seen = eventsOf(context, '+sdown').filter((event) => parseInstance(event.message).type === 'master');
  if (seen.length > 0 && seen[0]!.t < 0) return downAllAlong(seen);
  const odown = eventsOf(context, '+odown')[0];
  if (odown !== undefined) {
    return `the quorum (${quorumCount(odown.message)}) held the master for down at ${moment(odown.t)}, but no attempt was begun.`;
  }
  if (seen.length > 0)
    return belowQuorum(context, seen[0]!.message, new Set(seen.map((event) => event.node)));
  return unseen(context);
}

/** Wrong passwords and the like: the Sentinels have never had a valid answer. */
function downAllAlong(seen: readonly RunEvent[]): string {
  const { host } = parseInstance(seen[0]!.message);
  const who = count(new Set(seen.map(({ node }) => node)).size, 'Sentinel');
  return `${who} held ${host} for down since ${moment(seen[0]!.t)}, before anything happened to it: no valid answer to PING (S-PING-4). Without its INFO and hellos they know no replica to promote, nor one another.`;
}

function belowQuorum(context: StoryContext, message: string, nodes: ReadonlySet<string>): string {
  const { host, master } = parseInstance(message);
  const quorum = monitored(context, master)?.quorum;
  if (quorum !== undefined && nodes.size >= quorum) return eachAlone(context, host, nodes, quorum);
  const rule = quorum === undefined ? 'the quorum was not reached' : `the quorum is ${quorum}`;
  return `only ${list([...nodes])} saw ${host} down, of ${count(context.cast.sentinels.length, 'Sentinel')}; ${rule}.`;
}

/** Enough Sentinels saw it, but they could not tell one another. */
function eachAlone(context: StoryContext, host: string, nodes: ReadonlySet<string>, quorum: number): string {
  const strangers = context.document.final.filter(
    (view) => nodes.has(view.node) && 'sentinels' in view && view.sentinels === 0,
  );
  const who = `${list([...nodes].sort())} saw ${host} down, each for itself, and the quorum is ${quorum}.`;
  if (strangers.length === 0) return `${who} No ${quorum} of them told one another in time.`;
  return `${who} They know no peer and no replica: both are learned through the master, while it is up (S-HELLO-3, S-INFO-4).`;
}

const ENDS: Readonly<Record<string, string>> = {
  kill: 'start',
  stop: 'start',
  pause: 'resume',
  isolate: 'rejoin',
  'power-off': 'start',
};

/** The first fault on a master, and how long it lasted. */
function unseen(context: StoryContext): string {
  const { actions, durationMs } = context.document;
  const { masters } = context.cast;
  const fault = actions.find((action) => ENDS[action.do] !== undefined && hit(action, masters) !== undefined);
  if (fault === undefined) return 'nothing took the master away.';
  const master = hit(fault, masters)!;
  const end = actions.find(
    (action) => action.t > fault.t && action.do === ENDS[fault.do] && names(action, master),
  );
  const lasted = (end?.t ?? durationMs) - fault.t;
  const downAfter = context.deployment?.sentinels[0]?.config.masters[0]?.downAfterMs;
  const limit = downAfter === undefined ? 'down-after' : `down-after ${setting(downAfter)}`;
  const short = downAfter === undefined || lasted <= downAfter + 1200;
  return short
    ? `no Sentinel took ${master} for down: it was gone for ${span(lasted)}, within ${limit}.`
    : `no Sentinel took ${master} for down, although it was gone for ${span(lasted)} (${limit}).`;
}

function hit(action: RunAction, masters: ReadonlySet<string>): string | undefined {
  return [...masters].find((master) => names(action, master));
}
