/** Which part of the logs a document tells, and what its time zero is. Times are milliseconds, not yet relative. */
import { parseInstance } from '../measure/payload.ts';
import { downSince } from '../measure/phases.ts';
import type { RunEvent, RunFailover } from '../run/document.ts';

export interface Window {
  readonly zeroMs: number;
  /** Why this is time zero, for people. */
  readonly zeroReason: string;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** What a person asked for; times as in the events. */
export interface WindowWishes {
  readonly zeroMs: number | null;
  readonly from: Edge | null;
  readonly to: Edge | null;
  /** From 1. */
  readonly failover: number | null;
}

/** An instant, or a distance from time zero. */
export type Edge = { readonly atMs: number } | { readonly afterZeroMs: number };

/** What is told before the first `+sdown` of a chosen failover. */
const LEAD_MS = 10_000;

export function windowOf(
  events: readonly RunEvent[],
  failovers: readonly RunFailover[],
  wishes: WindowWishes,
): Window {
  const episode = wishes.failover === null ? null : episodeOf(events, failovers, wishes.failover);
  const zero = zeroOf(events, wishes, episode);
  const edge = (wish: Edge | null) =>
    wish === null ? null : 'atMs' in wish ? wish.atMs : zero.zeroMs + wish.afterZeroMs;
  return {
    ...zero,
    fromMs: edge(wishes.from) ?? episode?.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: edge(wishes.to) ?? episode?.toMs ?? Number.POSITIVE_INFINITY,
  };
}

type Zero = Pick<Window, 'zeroMs' | 'zeroReason'>;

function zeroOf(events: readonly RunEvent[], wishes: WindowWishes, episode: Episode | null): Zero {
  if (wishes.zeroMs !== null) return { zeroMs: wishes.zeroMs, zeroReason: 'as given' };
  if (episode !== null) return { zeroMs: episode.startMs, zeroReason: episode.startReason };
  const { from } = wishes;
  const fromMs = from !== null && 'atMs' in from ? from.atMs : Number.NEGATIVE_INFINITY;
  const later = events.filter(({ t }) => t >= fromMs);
  const down = later.find(isMasterDown);
  if (down !== undefined)
    return { zeroMs: down.t, zeroReason: `the first +sdown of a master, on ${down.node}` };
  return { zeroMs: (later[0] ?? events[0])?.t ?? 0, zeroReason: 'the first event: no +sdown of a master' };
}

function isMasterDown({ event, message }: RunEvent): boolean {
  return event === '+sdown' && parseInstance(message).type === 'master';
}

interface Episode {
  readonly startMs: number;
  readonly startReason: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** From a little before the first `+sdown` that led to the attempt until the next attempt, or the `+sdown` that leads to it. */
function episodeOf(events: readonly RunEvent[], failovers: readonly RunFailover[], number: number): Episode {
  const failover = failovers[number - 1]!;
  const downMs = downSince(failover, events);
  const startMs = downMs ?? failover.tryAt;
  const endMs = failover.switchAt ?? failover.abortedAt ?? failover.tryAt;
  const next = failovers
    .slice(number)
    .find(({ master, tryAt }) => master === failover.master && tryAt > endMs);
  const nextDownMs = next === undefined ? null : downSince(next, events);
  const nextMs = nextDownMs !== null && nextDownMs > endMs ? nextDownMs : next?.tryAt;
  return {
    startMs,
    startReason:
      downMs === null ? `+try-failover on ${failover.leader}` : `the first +sdown of ${failover.from}`,
    fromMs: startMs - LEAD_MS,
    toMs: nextMs ?? Number.POSITIVE_INFINITY,
  };
}

const BEGUN_BY: Readonly<Record<string, string>> = {
  '-sdown': '+sdown',
  '-odown': '+odown',
  '-tilt': '+tilt',
};
const BEGINNINGS: ReadonlySet<string> = new Set(Object.values(BEGUN_BY));

/** The events of the window; before them those that were still in force when it begins, at their own times. */
export function eventsIn(events: readonly RunEvent[], { fromMs, toMs }: Window): RunEvent[] {
  const standing = new Map<string, RunEvent>();
  for (const event of events) {
    if (event.t >= fromMs) break;
    const begun = BEGUN_BY[event.event];
    if (BEGINNINGS.has(event.event)) standing.set(standingKey(event, event.event), event);
    else if (begun !== undefined) standing.delete(standingKey(event, begun));
    else if (/^(\+monitor|\+switch-master|\+reset-master)$/.test(event.event)) {
      for (const [key, each] of standing) if (each.node === event.node) standing.delete(key);
    }
  }
  return [...standing.values(), ...events.filter(({ t }) => t >= fromMs && t < toMs)];
}

function standingKey({ node, message }: RunEvent, event: string): string {
  return `${node} ${event} ${message.split(' ').slice(0, 4).join(' ')}`;
}
