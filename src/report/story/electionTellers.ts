/** How attempts, votes and the leader’s choice are told. */
import { parseInstance, parseVote } from '../../measure/payload.ts';
import type { RunEvent } from '../../run/document.ts';
import { count, span } from '../numbers.ts';
import { attemptOf, eventsOf, near, redisNode, type StoryContext, short, votesFor } from './context.ts';
import { type Item, item } from './rows.ts';
import type { Teller } from './teller.ts';
import { quorumWords } from './teller.ts';

export function tryFailover(context: StoryContext, event: RunEvent): Item {
  const { master } = parseInstance(event.message);
  const attempt = attemptOf(context, event.node, master, event.t);
  const down = near(context, '+odown', event.node, event.t, 5);
  const who = context.cast.redis.length > 0 && mastersOf(context) > 1 ? ` for ${master}` : '';
  const forced = attempt !== undefined && attempt.odownAt === null;
  const asks = `asks for votes${who}`;
  return item({
    at: event.t,
    node: event.node,
    cell: forced ? 'FORCED' : down === undefined ? 'TRIES' : 'ODOWN',
    tone: 'bad',
    key: `try:${event.node}:${master}`,
    windowMs: 20,
    text: forced
      ? `on demand${who}: needs no votes`
      : down === undefined
        ? asks
        : `${quorumWords(down.message)}: ${asks}`,
    rule: forced ? 'S-FORCE-1' : 'S-START-3',
    rank: 3,
  });
}

function mastersOf(context: StoryContext): number {
  return new Set(context.document.failovers.map((failover) => failover.master)).size;
}

export function vote(context: StoryContext, event: RunEvent): Item | null {
  const { candidate, epoch } = parseVote(event.message);
  const forced = context.document.failovers.some(
    (failover) => failover.leader === candidate && failover.epoch === epoch && failover.odownAt === null,
  );
  if (forced) return null;
  const votes = votesFor(context, candidate, epoch);
  const needed = votesNeeded(context);
  return item({
    at: event.t,
    node: event.node,
    cell: `vote ${short(context, candidate)}`.slice(0, 7),
    tone: 'warn',
    key: `vote:${candidate}:${epoch}`,
    windowMs: 1500,
    text: `epoch ${epoch}: ${count(votes, 'vote')}, needs ${needed}`,
    rule: 'S-ELECT-2',
  });
}

/** The majority of all Sentinels, and never fewer than the quorum (S-ELECT-2). */
function votesNeeded(context: StoryContext): number {
  const quorum = context.deployment?.sentinels[0]?.config.masters[0]?.quorum ?? 0;
  return Math.max(Math.floor(context.cast.sentinels.length / 2) + 1, quorum);
}

export function elected(context: StoryContext, event: RunEvent): Item | null {
  const attempt = attemptOf(context, event.node, parseInstance(event.message).master, event.t);
  if (attempt !== undefined && attempt.odownAt === null) return null;
  return item({
    at: event.t,
    node: event.node,
    cell: 'LEADER',
    tone: 'good',
    key: `elected:${event.t}:${event.node}`,
    text: 'counted at its next tick',
    rule: 'S-FSM-2',
  });
}

export function abort(cell: string, text: string, rule: string): Teller {
  return (context, event) => {
    const attempt = attemptOf(context, event.node, parseInstance(event.message).master, event.t);
    const votes = attempt === undefined ? 0 : votesFor(context, event.node, attempt.epoch);
    const counted = rule === 'S-FSM-3' ? `: ${votes} of ${votesNeeded(context)}` : '';
    return item({
      at: event.t,
      node: event.node,
      cell,
      tone: 'bad',
      key: `abort:${event.node}:${event.t}`,
      text: text + counted,
      rule,
    });
  };
}

export function selected(context: StoryContext, event: RunEvent): Item {
  const { host } = parseInstance(event.message);
  return item({
    at: event.t,
    node: event.node,
    cell: 'chooses',
    key: `selected:${event.t}:${event.node}`,
    text: choiceReason(context, host),
    rule: 'S-SELECT-3',
  });
}

function choiceReason(context: StoryContext, chosen: string): string {
  const replicas = context.cast.redis.filter((node) => !context.cast.masters.has(node));
  const priorities = replicas.map((node) => redisNode(context, node)?.config.replicaPriority);
  if (priorities.includes(undefined)) return 'by priority, data, run id';
  const own = redisNode(context, chosen)?.config.replicaPriority;
  if (own !== undefined && priorities.some((other) => other !== own)) return `replica-priority ${own}`;
  return 'most data, else lowest run id';
}

export function promoted(context: StoryContext, event: RunEvent): Item {
  const { host } = parseInstance(event.message);
  const change = eventsOf(context, 'role-changed').findLast(
    (other) => other.node === host && other.message === 'master' && other.t <= event.t,
  );
  const waited = change === undefined ? '' : ` ${span(event.t - change.t)} later`;
  return item({
    at: event.t,
    node: event.node,
    cell: 'sees it',
    key: `promoted:${event.t}:${event.node}`,
    text: `INFO tells of it${waited}`,
    rule: 'S-ROLE-4',
  });
}
