/** The failovers of a run, read from its events alone: one for every +try-failover. */
import type { RunEvent, RunFailover } from '../run/document.ts';
import { parseInstance, parseSwitch } from './payload.ts';

type Draft = { -readonly [Field in keyof RunFailover]: RunFailover[Field] };

interface Progress {
  readonly drafts: Draft[];
  /** `sentinel master` → the attempt that is under way there. */
  readonly open: Map<string, Draft>;
  readonly sdownAt: Map<string, number>;
  readonly odownAt: Map<string, number>;
  /** Sentinel → the epoch it last began or saw. */
  readonly epoch: Map<string, number>;
}

/** Every attempt in the order of its start. `sentinels` names all Sentinels of the run. */
export function failoversOf(events: readonly RunEvent[], sentinels: readonly string[]): RunFailover[] {
  const progress: Progress = {
    drafts: [],
    open: new Map(),
    sdownAt: new Map(),
    odownAt: new Map(),
    epoch: new Map(),
  };
  for (const event of events) advance(progress, event);
  for (const draft of progress.drafts) draft.everySentinelAt = everySentinelAt(draft, events, sentinels);
  return progress.drafts;
}

function advance(progress: Progress, event: RunEvent): void {
  switch (event.event) {
    case '+new-epoch':
      progress.epoch.set(event.node, Number(event.message));
      return;
    case 'ready':
    case 'exited':
    case 'simulated-crash':
      forgetSentinel(progress, event.node);
      return;
    case '+switch-master':
      endBySwitch(progress, event);
      return;
    case '+sdown':
    case '-sdown':
    case '+odown':
    case '-odown':
      noteDown(progress, event);
      return;
    case '+reset-master':
    case '-monitor':
      progress.open.delete(keyOf(event));
      return;
    case '+try-failover':
      begin(progress, event);
      return;
    default:
      advanceAttempt(progress, event);
  }
}

function keyOf(event: RunEvent): string {
  return `${event.node} ${parseInstance(event.message).master}`;
}

function forgetSentinel(progress: Progress, sentinel: string): void {
  for (const map of [progress.open, progress.sdownAt, progress.odownAt]) {
    for (const key of [...map.keys()]) if (key.startsWith(`${sentinel} `)) map.delete(key);
  }
}

function noteDown(progress: Progress, event: RunEvent): void {
  if (parseInstance(event.message).type !== 'master') return;
  const times = event.event.endsWith('sdown') ? progress.sdownAt : progress.odownAt;
  if (event.event.startsWith('+')) times.set(keyOf(event), event.t);
  else times.delete(keyOf(event));
}

function begin(progress: Progress, event: RunEvent): void {
  const { master, host } = parseInstance(event.message);
  const key = keyOf(event);
  const odownAt = progress.odownAt.get(key) ?? null;
  const draft: Draft = {
    master,
    epoch: progress.epoch.get(event.node) ?? 0,
    leader: event.node,
    from: host,
    to: null,
    outcome: 'unfinished',
    sdownAt: odownAt === null ? null : (progress.sdownAt.get(key) ?? null),
    odownAt,
    tryAt: event.t,
    electedAt: null,
    selectedAt: null,
    promotedAt: null,
    switchAt: null,
    everySentinelAt: null,
    abortedAt: null,
  };
  progress.drafts.push(draft);
  progress.open.set(key, draft);
}

const ABORTS: Readonly<Record<string, RunFailover['outcome']>> = {
  '-failover-abort-not-elected': 'not-elected',
  '-failover-abort-no-good-slave': 'no-good-replica',
  '-failover-abort-slave-timeout': 'replica-timeout',
};

function advanceAttempt(progress: Progress, event: RunEvent): void {
  const abort = ABORTS[event.event];
  if (abort === undefined && !STEPS.has(event.event)) return;
  const key = keyOf(event);
  const draft = progress.open.get(key);
  if (draft === undefined) return;
  if (abort !== undefined) {
    draft.outcome = abort;
    draft.abortedAt = event.t;
    progress.open.delete(key);
  } else if (event.event === '+elected-leader') {
    draft.electedAt = event.t;
  } else if (event.event === '+selected-slave') {
    draft.selectedAt = event.t;
    draft.to = parseInstance(event.message).host;
  } else {
    draft.promotedAt = event.t;
  }
}

const STEPS: ReadonlySet<string> = new Set(['+elected-leader', '+selected-slave', '+promoted-slave']);

/** The leader's own switch completes its attempt; one that it takes over from another Sentinel supersedes it. */
function endBySwitch(progress: Progress, event: RunEvent): void {
  const { master, to } = parseSwitch(event.message);
  const key = `${event.node} ${master}`;
  progress.sdownAt.delete(key);
  progress.odownAt.delete(key);
  const draft = progress.open.get(key);
  if (draft === undefined) return;
  progress.open.delete(key);
  if (draft.promotedAt !== null && draft.to === to) {
    draft.outcome = 'completed';
    draft.switchAt = event.t;
  } else {
    draft.outcome = 'superseded';
    draft.abortedAt = event.t;
  }
}

/**
 * When the last running Sentinel named the new master; null when one never did.
 * A Sentinel that the others saw down when the leader switched does not count as running.
 */
function everySentinelAt(
  draft: RunFailover,
  events: readonly RunEvent[],
  sentinels: readonly string[],
): number | null {
  if (draft.promotedAt === null) return null;
  let latest: number | null = null;
  for (const sentinel of sentinels) {
    const at = switchTime(draft, events, sentinel);
    const missing = isSeenDown(events, sentinel, draft.switchAt ?? draft.promotedAt, at);
    if (missing) continue;
    if (at === null) return null;
    latest = latest === null ? at : Math.max(latest, at);
  }
  return latest;
}

function switchTime(draft: RunFailover, events: readonly RunEvent[], sentinel: string): number | null {
  for (const event of events) {
    if (event.t < draft.promotedAt! || event.node !== sentinel || event.event !== '+switch-master') continue;
    const { master, to } = parseSwitch(event.message);
    if (master === draft.master && to === draft.to) return event.t;
  }
  return null;
}

function isSeenDown(
  events: readonly RunEvent[],
  sentinel: string,
  at: number,
  switchedAt: number | null,
): boolean {
  if (switchedAt !== null && switchedAt <= at) return false;
  let down = false;
  for (const event of events) {
    if (event.t > at && switchedAt !== null) break;
    if (event.node === sentinel && (event.event === 'exited' || event.event === 'simulated-crash'))
      down = true;
    if (event.event !== '+sdown' && event.event !== '-sdown') continue;
    const { type, host } = parseInstance(event.message);
    if (type === 'sentinel' && host === sentinel) down = event.event === '+sdown';
  }
  return down;
}
