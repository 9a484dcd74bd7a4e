/** What a reader of a rarer kind of run would not have expected: each rule a sentence or null. */
import { parseInstance } from '../measure/payload.ts';
import { ringOf } from '../measure/ring.ts';
import { splitView } from '../measure/splitView.ts';
import type { RunAction, RunDocument, RunFailover } from '../run/document.ts';
import { count, list, roughly, setting, span } from './numbers.ts';
import { eventsOf, monitored, names, type StoryContext } from './story/context.ts';

/** S-SELECT-1: this many times down-after a replica may have been without its master. */
const FIT_FOR_DOWN_AFTERS = 10;
const LONGEST_TILT_MS = 30_000;

export function replicasWiped(context: StoryContext): string | null {
  const { clients, failovers, actions } = context.document;
  const lost = clients.reduce((sum, { lost }) => sum + (lost?.reasons['restarted-with-older-data'] ?? 0), 0);
  const start = actions.find(({ do: verb, t }) => verb === 'start' && t >= 0);
  if (lost === 0 || failovers.length > 0 || start === undefined) return null;
  const wiped = eventsOf(context, 'full-resync-done').filter(({ t }) => t > start.t);
  const last = wiped.at(-1);
  if (last === undefined) return null;
  const replicas = list([...new Set(wiped.map(({ node }) => node))].sort());
  return `${replicas} had the ${count(lost, 'write')} that ${start.args[0]} had not saved, and threw them away ${span(last.t - start.t)} after its restart, to follow it (R-LOSS-7). It must stay down for longer than down-after, or save what it acknowledges.`;
}

function downSince(context: StoryContext, node: string, before: number): RunAction | undefined {
  return context.document.actions.findLast(
    (action) =>
      action.t <= before && ['kill', 'power-off', 'stop'].includes(action.do) && names(action, node),
  );
}

export function replicasAloneForTooLong(context: StoryContext): string | null {
  const attempt = context.document.failovers.find(({ outcome }) => outcome === 'no-good-replica');
  const downAfterMs = attempt === undefined ? undefined : monitored(context, attempt.master)?.downAfterMs;
  if (attempt === undefined || downAfterMs === undefined || ringOf(context.document) !== null) return null;
  const fault = downSince(context, attempt.from, attempt.tryAt);
  const aloneMs = attempt.tryAt - (fault?.t ?? attempt.tryAt);
  if (aloneMs <= FIT_FOR_DOWN_AFTERS * downAfterMs) return null;
  return `At the first attempt the replicas had been without ${attempt.from} for ${span(aloneMs)}; one is fit for about ${FIT_FOR_DOWN_AFTERS} × down-after = ${setting(FIT_FOR_DOWN_AFTERS * downAfterMs)} (S-SELECT-1). Waiting does not help: only SENTINEL SET down-after-milliseconds, REPLICAOF NO ONE by hand or ${attempt.from} itself does.`;
}

export function viewsSplit({ document }: StoryContext): string | null {
  const split = splitView(document);
  if (split === null) return null;
  const sides = split.sides.map(
    ({ master, sentinels }) =>
      `${list(sentinels)} ${sentinels.length === 1 ? 'names' : 'name'} ${master ?? 'nobody'}`,
  );
  return `At the end ${sides.join(', ')}, under one configuration epoch, ${split.configEpoch}. Only a greater epoch is followed (S-HELLO-10), so they never agree by themselves: SENTINEL FAILOVER at one that is right makes one, while no attempt is under way.`;
}

export function ringOfReplicas({ document }: StoryContext): string | null {
  const ring = ringOf(document);
  if (ring === null) return null;
  const [first, second = first] = ring;
  const follow =
    ring.length === 1
      ? `${first} follows itself`
      : list(ring.map((name, place) => `${name} follows ${ring[(place + 1) % ring.length]}`));
  return `At the end ${follow}: each is asked for data that it waits for itself, and refuses (R-RSM-5). Sentinel promotes none of them, as their links have been down for too long (S-SELECT-2): REPLICAOF NO ONE at the one with the best data ends it; ${first} has ${keysOf(document, first!)}${second === first ? '' : `, ${second} ${keysOf(document, second!)}`}.`;
}

function keysOf({ final }: RunDocument, node: string): string {
  const view = final.find((each) => each.node === node);
  return view !== undefined && 'keys' in view ? count(view.keys, 'key') : 'no keys that are known';
}

export function retryWaits(context: StoryContext): string | null {
  const { failovers } = context.document;
  const given = failovers.find(({ abortedAt }) => abortedAt !== null);
  const next = failovers.find(({ tryAt, promotedAt }) => promotedAt !== null && tryAt > (given?.tryAt ?? 0));
  if (given?.abortedAt == null || next === undefined || next.odownAt === null) return null;
  const timeoutMs = monitored(context, given.master)?.failoverTimeoutMs;
  if (timeoutMs === undefined || next.tryAt - given.tryAt < 2 * timeoutMs) return null;
  return `The attempt of ${roughly(given.tryAt)} was given up at ${roughly(given.abortedAt)}, the next began at ${roughly(next.tryAt)}: Sentinels wait 2 × failover-timeout (${setting(timeoutMs)}) and up to a second more between attempts (S-START-2).`;
}

export function secondIsNotBlocked(context: StoryContext): string | null {
  const [first, second] = context.document.failovers.filter(({ outcome }) => outcome === 'completed');
  if (first === undefined || second === undefined || second.from !== first.to) return null;
  const timeoutMs = monitored(context, first.master)?.failoverTimeoutMs ?? 0;
  const apartMs = second.tryAt - first.tryAt;
  if (second.odownAt === null || apartMs >= 2 * timeoutMs) return null;
  return `The failover of ${roughly(second.tryAt)} began ${span(apartMs)} after that of ${roughly(first.tryAt)}, within 2 × failover-timeout: that delay is between attempts for the same master, and a switch forgets it (S-START-2, S-SWITCH-3).`;
}

export function leaderDied(context: StoryContext): string | null {
  const crash = eventsOf(context, 'simulated-crash')[0];
  const left = context.document.failovers.find(
    ({ leader, promotedAt, switchAt }) => leader === crash?.node && promotedAt !== null && switchAt === null,
  );
  const next = context.document.failovers.find(
    ({ tryAt, switchAt }) => switchAt !== null && tryAt > (crash?.t ?? 0),
  );
  if (crash === undefined || left === undefined || next === undefined) return null;
  return `${crash.node} died between the promotion of ${left.to} and its first hello: for ${span(next.tryAt - crash.t)} ${left.to} was a master that nobody named, as the others wait 2 × failover-timeout after their vote (S-VOTE-4, S-FSM-9).`;
}

export function clockStopsSentinel(context: StoryContext): string | null {
  const tilt = eventsOf(context, '+tilt')[0];
  const failover = context.document.failovers.find(({ promotedAt }) => promotedAt !== null);
  if (tilt === undefined || failover?.sdownAt == null || failover.sdownAt < tilt.t) return null;
  if (failover.sdownAt - tilt.t > LONGEST_TILT_MS + 1000) return null;
  const jump = context.document.actions.findLast(({ do: verb, t }) => verb === 'clock' && t <= tilt.t);
  const why = jump === undefined ? 'a jump of time' : 'the clock’s jump';
  return `No Sentinel may call anybody down for 30 s after ${why} at ${roughly(tilt.t)} (TILT): ${failover.from} was held for down at ${roughly(failover.sdownAt)} and not before (S-TILT-3).`;
}

function unpromoted(failover: RunFailover): boolean {
  return failover.outcome === 'replica-timeout' && failover.to !== null;
}

export function obeysLate(context: StoryContext): string | null {
  const given = context.document.failovers.find(unpromoted);
  if (given?.abortedAt == null) return null;
  const { abortedAt } = given;
  const turns = eventsOf(context, 'role-changed').filter(({ node, t }) => node === given.to && t > abortedAt);
  const [master, replica] = turns;
  if (master?.message !== 'master' || replica === undefined) return null;
  return `${given.to} was chosen while it hung, and obeyed when it woke up, ${span(master.t - abortedAt)} after the failover had been given up: a second master for ${span(replica.t - master.t)} (S-FSM-6, S-ROLE-5).`;
}

export function changedBehindSentinelsBack(context: StoryContext): string | null {
  const command = context.document.actions.find(
    ({ do: verb, args }) => verb === 'command' && args[1] === 'FAILOVER',
  );
  const node = command?.args[0];
  const turn = eventsOf(context, 'role-changed').find(
    (event) => event.node === node && event.t > (command?.t ?? 0) && event.message.startsWith('replica'),
  );
  const noticed = eventsOf(context, '+sdown').find(
    ({ message, t }) => t > (turn?.t ?? 0) && parseInstance(message).host === node,
  );
  if (turn === undefined || noticed === undefined) return null;
  return `${node} became a replica at ${roughly(turn.t)} and no Sentinel was told: a master that calls itself a replica counts as down only after down-after and 20 s more, at ${roughly(noticed.t)} (S-SDOWN-5, R-FO-3). SENTINEL FAILOVER tells everybody.`;
}

export function notTheMostData(context: StoryContext): string | null {
  const failover = context.document.failovers.find(({ outcome }) => outcome === 'completed');
  if (failover === undefined) return null;
  const behind = eventsOf(context, 'partial-resync-refused').find(
    ({ message, node, t }) =>
      node === failover.to && t >= failover.tryAt && message.startsWith('Requested offset for second ID'),
  );
  const lost = context.document.clients.reduce(
    (sum, { lost }) => sum + (lost?.reasons['not-replicated'] ?? 0),
    0,
  );
  if (behind === undefined || lost === 0) return null;
  return `${failover.to} was promoted although another replica had more data: ${count(lost, 'write')} ${lost === 1 ? 'is' : 'are'} gone that the other replica had (R-LOSS-2). The offset only decides between equal priorities (S-SELECT-3).`;
}

export function errorsInsteadOfPong(context: StoryContext): string | null {
  const error = eventsOf(context, 'disk-error')[0];
  const failover = context.document.failovers.find(({ from }) => from === error?.node);
  if (error === undefined || failover?.sdownAt == null || failover.sdownAt < error.t) return null;
  return `${error.node} never stopped answering: after a save that failed it says -MISCONF to PING too, which is no valid answer, so it counts as down (S-PING-4).`;
}
