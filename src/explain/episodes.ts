/** Spans in which a master was away, or was held for down by at least one Sentinel. */
import { parseInstance, parseSwitch } from '../measure/payload.ts';
import { list } from '../report/numbers.ts';
import type { RunAction, RunEvent } from '../run/document.ts';
import { type Case, masterNodeAt } from './case.ts';
import { actionsOn, isFault, isReturn } from './downSteps.ts';

export interface SdownSpan {
  readonly node: string;
  readonly began: RunEvent;
  /** Null: to the end of the run. */
  readonly until: number | null;
}

export interface Episode {
  readonly master: string;
  readonly host: string;
  readonly from: number;
  /** Null: to the end of the run. */
  readonly until: number | null;
  /** When the trouble itself was over; the last Sentinel may hold the node for down a little longer. */
  readonly troubleUntil: number | null;
  /** What was done to the node, in order; empty: nothing that the document tells. */
  readonly actions: readonly RunAction[];
  /** What became of it, for a title: `was down`, `was frozen`, … */
  readonly trouble: string;
  readonly sdowns: readonly SdownSpan[];
}

interface Trouble {
  readonly host: string;
  readonly from: number;
  readonly until: number | null;
  readonly words: string;
  readonly troubleUntil: number | null;
}

/** Troubles closer than this are one. */
const NEAR_MS = 1000;

/** The episodes of one master, in order. */
export function episodesOf(kase: Case, master: string): Episode[] {
  const sdowns = sdownSpans(kase, master);
  const troubles = [
    ...faultTroubles(kase, master),
    ...loadTroubles(kase, master),
    ...sdowns.map(heldForDown),
  ];
  troubles.sort((a, b) => a.from - b.from);
  const merged: Trouble[] = [];
  for (const trouble of troubles) {
    const index = merged.findIndex(
      ({ host, until }) => host === trouble.host && (until === null || trouble.from <= until + NEAR_MS),
    );
    if (index < 0) merged.push(trouble);
    else merged[index] = join(merged[index]!, trouble);
  }
  return merged.map(({ host, from, until, words, troubleUntil }) => ({
    master,
    host,
    from,
    until,
    trouble: words,
    troubleUntil,
    actions: actionsOn(kase, host, from, until ?? kase.document.durationMs),
    sdowns: sdowns.filter(
      ({ began }) =>
        parseInstance(began.message).host === host &&
        began.t >= from - 0.02 &&
        began.t <= (until ?? Infinity),
    ),
  }));
}

function join(a: Trouble, b: Trouble): Trouble {
  const until = latest(a.until, b.until);
  if (b.words === '') return { ...a, until };
  if (a.words === '') return { ...a, until, words: b.words, troubleUntil: b.troubleUntil };
  const words = a.words.endsWith(b.words) ? a.words : `${a.words}, then ${b.words}`;
  return { ...a, until, words, troubleUntil: latest(a.troubleUntil, b.troubleUntil) };
}

/** Null: the end of the run. */
function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

function heldForDown({ began, until }: SdownSpan): Trouble {
  return { host: parseInstance(began.message).host, from: began.t, until, words: '', troubleUntil: until };
}

const WORDS: Readonly<Record<string, string>> = {
  kill: 'was down',
  stop: 'was down',
  'power-off': 'was down',
  pause: 'was frozen',
  isolate: 'was cut off from everyone',
  names: 'could not be resolved',
  disk: 'could not write to its disk',
};

function faultTroubles(kase: Case, master: string): Trouble[] {
  return kase.document.actions.flatMap((action): Trouble[] => {
    const host = masterNodeAt(kase, master, action.t);
    if (host === null || !action.args.flat().includes(host)) return [];
    if (action.do === 'command') return commandTrouble(action, host);
    if (!isFault(action)) return [];
    const end = actionsOn(kase, host, action.t, kase.document.durationMs).find(
      (other) => isReturn(other) && other.t >= action.t && other !== action,
    );
    const until = end?.t ?? null;
    const words = WORDS[action.do] ?? cutWords(action, host);
    return [{ host, from: action.t, until, words, troubleUntil: until }];
  });
}

function cutWords(action: RunAction, host: string): string {
  const others = action.args
    .filter((arg) => Array.isArray(arg) && !arg.includes(host))
    .flat()
    .map(String);
  return others.length === 0 ? 'was cut off' : `was cut off from ${list(others)}`;
}

/** DEBUG SLEEP freezes a server without any fault of the machine. */
function commandTrouble(action: RunAction, host: string): Trouble[] {
  const [node, first, second, third] = action.args.map((arg) => String(arg).toUpperCase());
  if (node !== host.toUpperCase()) return [];
  if (first === 'DEBUG' && second === 'SLEEP') {
    const until = action.t + Number(third) * 1000;
    const words = `slept for ${third} s (DEBUG SLEEP)`;
    return [{ host, from: action.t, until, words, troubleUntil: until }];
  }
  const shutDown = { host, from: action.t, until: null, words: 'was shut down', troubleUntil: null };
  return first === 'SHUTDOWN' ? [shutDown] : [];
}

function loadTroubles(kase: Case, master: string): Trouble[] {
  return (kase.story.byEvent.get('loading') ?? []).flatMap((event): Trouble[] => {
    if (event.t < 0 || masterNodeAt(kase, master, event.t) !== event.node) return [];
    const loaded = (kase.story.byEvent.get('loaded') ?? []).find(
      ({ node, t }) => node === event.node && t >= event.t,
    );
    const until = loaded?.t ?? null;
    if (until !== null && until - event.t < NEAR_MS) return [];
    const words = 'was loading its data';
    return [{ host: event.node, from: event.t, until, words, troubleUntil: until }];
  });
}

/** Each time that a Sentinel held a master for down, while it named it as the master. */
function sdownSpans(kase: Case, master: string): SdownSpan[] {
  const open = new Map<string, RunEvent>();
  const spans: SdownSpan[] = [];
  const close = (node: string, t: number) => {
    const began = open.get(node);
    if (began !== undefined) spans.push({ node, began, until: t });
    open.delete(node);
  };
  for (const event of kase.document.events) {
    const { node, t, message } = event;
    if (event.event === '+sdown' || event.event === '-sdown') {
      const about = parseInstance(message);
      if (about.type !== 'master' || about.master !== master) continue;
      close(node, t);
      if (event.event === '+sdown') open.set(node, event);
    } else if (event.event === '+switch-master') {
      if (parseSwitch(message).master === master) close(node, t);
    } else if (event.event === 'ready' || event.event === 'exited' || event.event === 'simulated-crash') {
      close(node, t);
    }
  }
  for (const [node, began] of open) spans.push({ node, began, until: null });
  return spans.sort((a, b) => a.began.t - b.began.t);
}
