/** How a Sentinel’s beliefs that somebody is down are told. */
import { parseInstance } from '../../measure/payload.ts';
import type { RunEvent } from '../../run/document.ts';
import { roughly, setting } from '../numbers.ts';
import {
  duringFailover,
  eventsOf,
  isFirstReport,
  monitored,
  near,
  quorumCount,
  type StoryContext,
  short,
} from './context.ts';
import { type Item, item } from './rows.ts';
import { quorumWords } from './teller.ts';

export function sdown(context: StoryContext, event: RunEvent): Item {
  const { type, host, master } = parseInstance(event.message);
  const first = isFirstReport(context, event, 10_000);
  if (type !== 'master') return memberDown(context, event, type, host);
  const downAfter = monitored(context, master)?.downAfterMs;
  const [what, rule] = complaint(context, host, event.t);
  const limit = downAfter === undefined ? 'down-after' : `${setting(downAfter)} (down-after)`;
  return item({
    at: event.t,
    node: event.node,
    cell: 'SDOWN',
    tone: 'bad',
    key: `sdown:${host}`,
    windowMs: 20,
    text: first ? `${short(context, host)} ${what} for ${limit}` : '',
    rule,
  });
}

/** What the master did for too long, with the rule. */
function complaint(context: StoryContext, host: string, at: number): readonly [string, string] {
  const before = (name: string) => eventsOf(context, name).filter(({ node, t }) => node === host && t <= at);
  if (before('disk-error').length > 0) return ['without a valid answer', 'S-PING-4'];
  const isReplica = before('role-changed').at(-1)?.message.startsWith('replica') ?? false;
  return isReplica ? ['a replica', 'S-SDOWN-5'] : ['silent', 'S-SDOWN-2'];
}

function memberDown(context: StoryContext, event: RunEvent, type: string, host: string): Item {
  const what = type === 'slave' ? 'a replica' : 'a peer';
  return item({
    at: event.t,
    node: event.node,
    cell: `${short(context, host)} down`.slice(0, 7),
    tone: 'warn',
    key: `sdown:${type}:${host}`,
    windowMs: 2000,
    text: `${short(context, host)}, ${what}, is silent`,
    rule: 'S-SDOWN-2',
  });
}

export function sdownEnds(context: StoryContext, event: RunEvent): Item | null {
  const { type, host } = parseInstance(event.message);
  return item({
    at: event.t,
    node: event.node,
    cell: type === 'master' ? 'sees it' : `sees ${short(context, host)}`.slice(0, 7),
    tone: 'good',
    key: `seen:${type}:${host}`,
    windowMs: 2500,
    text: `${short(context, host)} answers again`,
  });
}

export function odown(context: StoryContext, event: RunEvent): Item {
  const { master } = parseInstance(event.message);
  const starts = near(context, '+try-failover', event.node, event.t, 5) !== undefined;
  const delayed = near(context, 'next-failover-delay', event.node, event.t, 5);
  return item({
    at: event.t,
    node: event.node,
    cell: 'ODOWN',
    tone: 'bad',
    key: starts ? `try:${event.node}:${master}` : `odown:${event.node}:${master}`,
    windowMs: 20,
    text: delayed === undefined ? `${quorumWords(event.message)}: it is down` : delayedText(event, delayed),
    rule: delayed === undefined ? 'S-ODOWN-2' : 'S-START-2',
    rank: 1,
  });
}

function delayedText(event: RunEvent, delayed: RunEvent): string {
  const from = Number(delayed.message);
  const until = delayed.message === '' || Number.isNaN(from) ? '' : ` until ${roughly(from)}`;
  return `${quorumCount(event.message)}; it voted, so it waits${until}`;
}

export function failoverDelayed(context: StoryContext, event: RunEvent): Item | null {
  if (near(context, '+odown', event.node, event.t, 5) !== undefined) return null;
  const from = Number(event.message);
  const until = event.message === '' || Number.isNaN(from) ? '' : `, not before ${roughly(from)}`;
  return item({
    at: event.t,
    node: event.node,
    cell: 'waits',
    tone: 'warn',
    key: `delay:${event.message}`,
    windowMs: 100,
    text: `too soon after the last attempt${until}`,
    rule: 'S-START-2',
  });
}

export function odownEnds(context: StoryContext, event: RunEvent): Item | null {
  const { master } = parseInstance(event.message);
  if (duringFailover(context, master, event.t)) return null;
  return item({
    at: event.t,
    node: event.node,
    cell: '-ODOWN',
    tone: 'good',
    key: `odown-ends:${master}`,
    windowMs: 1500,
    text: 'no quorum any more that says it is down',
    rule: 'S-ODOWN-3',
  });
}
