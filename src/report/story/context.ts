/** What the tellers of a run's story know besides the one event they tell. */
import type { MonitoredMaster } from '../../../models/sentinel/config.ts';
import type { Deployment, RedisNode } from '../../config/deployment.ts';
import { parseInstance, parseVote } from '../../measure/payload.ts';
import type { RunAction, RunDocument, RunEvent, RunFailover } from '../../run/document.ts';
import { type Cast, castOf } from './cast.ts';

export interface StoryContext {
  readonly document: RunDocument;
  readonly deployment: Deployment | undefined;
  readonly cast: Cast;
  /** Event name → its events, in order. */
  readonly byEvent: ReadonlyMap<string, readonly RunEvent[]>;
}

export function storyContext(document: RunDocument, deployment: Deployment | undefined): StoryContext {
  const byEvent = new Map<string, RunEvent[]>();
  for (const event of document.events) {
    const known = byEvent.get(event.event);
    if (known === undefined) byEvent.set(event.event, [event]);
    else known.push(event);
  }
  return { document, deployment, cast: castOf(document, deployment), byEvent };
}

/** The name by which a node goes in the timeline. */
export function short(context: StoryContext, node: string): string {
  return context.cast.shortNames.get(node) ?? node;
}

export function eventsOf(context: StoryContext, event: string): readonly RunEvent[] {
  return context.byEvent.get(event) ?? [];
}

/** An event of this name on the node within `windowMs` of a moment, either side. */
export function near(
  context: StoryContext,
  event: string,
  node: string | null,
  at: number,
  windowMs: number,
): RunEvent | undefined {
  return eventsOf(context, event).find(
    (candidate) => (node === null || candidate.node === node) && Math.abs(candidate.t - at) <= windowMs,
  );
}

export function names(action: RunAction, node: string): boolean {
  return action.args.flat().includes(node);
}

/** The configuration of a master on the first Sentinel that monitors it. */
export function monitored(context: StoryContext, master: string): MonitoredMaster | undefined {
  for (const sentinel of context.deployment?.sentinels ?? []) {
    const found = sentinel.config.masters.find((candidate) => candidate.name === master);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function redisNode(context: StoryContext, node: string): RedisNode | undefined {
  return context.deployment?.redis.find((candidate) => candidate.name === node);
}

/** The attempt that this Sentinel leads for this master at the moment, or the last one before it. */
export function attemptOf(
  context: StoryContext,
  leader: string,
  master: string,
  at: number,
): RunFailover | undefined {
  return context.document.failovers.findLast(
    (failover) => failover.leader === leader && failover.master === master && failover.tryAt <= at + 1,
  );
}

/** How many Sentinels voted for this candidate in this epoch. */
export function votesFor(context: StoryContext, candidate: string, epoch: number): number {
  const voters = new Set<string>();
  for (const event of eventsOf(context, '+vote-for-leader')) {
    const vote = parseVote(event.message);
    if (vote.candidate === candidate && vote.epoch === epoch) voters.add(event.node);
  }
  return voters.size;
}

/** The quorum count of an ODOWN payload, `2/2`; empty when it has none. */
export function quorumCount(message: string): string {
  const at = message.indexOf('#quorum ');
  return at < 0 ? '' : message.slice(at + 8);
}

/** The switch away from this node that its next role change must be seen against. */
export function lostMastership(context: StoryContext, node: string, before: number): RunFailover | undefined {
  return context.document.failovers.find(
    (failover) => failover.from === node && failover.promotedAt !== null && failover.promotedAt <= before,
  );
}

/** When this node becomes a replica for the first time after a moment. */
export function demotedAfter(context: StoryContext, node: string, at: number): number | null {
  const found = eventsOf(context, 'role-changed').find(
    (event) => event.node === node && event.t >= at && event.message.startsWith('replica'),
  );
  return found?.t ?? null;
}

/** When a failover next made this node the master, and with it the only one that is named; null: none did. */
export function promotedAfter(context: StoryContext, node: string, at: number): number | null {
  const found = context.document.failovers.find(
    ({ to, promotedAt }) => to === node && promotedAt !== null && promotedAt >= at,
  );
  return found?.promotedAt ?? null;
}

/** True while some Sentinel's failover of this master is under way, or just over. */
export function duringFailover(context: StoryContext, master: string, at: number): boolean {
  return context.document.failovers.some((failover) => {
    const end = failover.switchAt ?? failover.abortedAt ?? failover.everySentinelAt ?? Infinity;
    return failover.master === master && failover.tryAt <= at + 1 && at <= end + 1500;
  });
}

/** True when no Sentinel had reported this instance down in the seconds before. */
export function isFirstReport(context: StoryContext, event: RunEvent, windowMs: number): boolean {
  const { type, host } = parseInstance(event.message);
  return !eventsOf(context, event.event).some((other) => {
    if (other === event || other.t > event.t || event.t - other.t > windowMs) return false;
    if (
      other.t === event.t &&
      context.document.events.indexOf(other) > context.document.events.indexOf(event)
    ) {
      return false;
    }
    const subject = parseInstance(other.message);
    return subject.type === type && subject.host === host;
  });
}
