/** A run under examination: its document, and what was observed besides when it was simulated here. */
import type { Deployment } from '../config/deployment.ts';
import { parseInstance, parseSwitch } from '../measure/payload.ts';
import { monitored, quorumCount, type StoryContext, storyContext } from '../report/story/context.ts';
import type { RunAction, RunEvent } from '../run/document.ts';
import type { ClientObservation, Glimpse, ObservedRun } from './observe.ts';
import type { ExplainableRun, RecordedSettings } from './runDocument.ts';

export interface Case {
  readonly story: StoryContext;
  readonly document: ExplainableRun;
  /** In order of time; empty for a document alone. */
  readonly glimpses: readonly Glimpse[];
  /** Null for a document alone. */
  readonly clients: readonly ClientObservation[] | null;
  readonly settings: RecordedSettings;
}

export function caseOfDocument(document: ExplainableRun): Case {
  const { settings } = document;
  const story = storyContext({ ...document, seed: document.seed ?? 0 }, undefined);
  return { story, document, glimpses: [], clients: null, settings };
}

export function caseOfRun({ document, glimpses, clients }: ObservedRun, deployment: Deployment): Case {
  const settings = { quorum: null, downAfterMs: null, failoverTimeoutMs: null };
  const explainable = { ...document, settings };
  return { story: storyContext(document, deployment), document: explainable, glimpses, clients, settings };
}

export function isSimulated({ clients }: Case): boolean {
  return clients !== null;
}

/** The last look into this Sentinel's mind at this event, at or before a moment. */
export function glimpseAt(
  { glimpses }: Case,
  node: string,
  master: string,
  event: string,
  t: number,
): Glimpse | undefined {
  return glimpses.findLast(
    (glimpse) =>
      glimpse.node === node &&
      glimpse.view.master === master &&
      glimpse.event === event &&
      Math.abs(glimpse.t - t) < 0.02,
  );
}

/** Names of the masters that are monitored, in order of appearance. */
export function mastersOf({ story, document }: Case): string[] {
  const names = new Set<string>();
  for (const sentinel of story.deployment?.sentinels ?? []) {
    for (const { name } of sentinel.config.masters) names.add(name);
  }
  for (const event of document.events) {
    if (event.event === '+switch-master') names.add(parseSwitch(event.message).master);
    else if (isAboutInstance(event)) names.add(parseInstance(event.message).master);
  }
  for (const { master } of document.failovers) names.add(master);
  names.delete('');
  return [...names];
}

const INSTANCE_TYPES: ReadonlySet<string> = new Set(['master', 'slave', 'sentinel']);

function isAboutInstance({ event, message }: RunEvent): boolean {
  return /^[+-]/.test(event) && INSTANCE_TYPES.has(message.slice(0, message.indexOf(' ')));
}

/** The node that the Sentinels named as master at a moment: by the first +switch-master of each change. */
export function masterNodeAt(kase: Case, master: string, t: number): string | null {
  let node = firstMasterNode(kase, master);
  for (const event of kase.story.byEvent.get('+switch-master') ?? []) {
    if (event.t > t) break;
    const change = parseSwitch(event.message);
    if (change.master === master) node = change.to;
  }
  return node;
}

function firstMasterNode({ story, document, glimpses }: Case, master: string): string | null {
  const seen = glimpses.find(({ view }) => view.master === master && view.host !== '');
  if (seen !== undefined) return seen.view.host;
  for (const event of document.events) {
    if (event.event === '+switch-master') {
      const change = parseSwitch(event.message);
      if (change.master === master) return change.from;
    } else if (isAboutInstance(event)) {
      const about = parseInstance(event.message);
      if (about.master === master) return about.masterHost;
    }
  }
  const { masters } = story.cast;
  return masters.size === 1 ? [...masters][0]! : null;
}

/** What is known of a setting: from the configuration, the recording, or what events say of it. */
export function quorumOf(kase: Case, master: string): number | null {
  const known = monitored(kase.story, master)?.quorum ?? kase.settings.quorum;
  if (known !== null) return known;
  for (const event of kase.story.byEvent.get('+odown') ?? []) {
    if (parseInstance(event.message).master !== master) continue;
    const needed = Number(quorumCount(event.message).split('/')[1]);
    if (Number.isInteger(needed)) return needed;
  }
  return null;
}

export function downAfterOf(kase: Case, master: string): number | null {
  return monitored(kase.story, master)?.downAfterMs ?? kase.settings.downAfterMs;
}

export function failoverTimeoutOf(kase: Case, master: string): number | null {
  return monitored(kase.story, master)?.failoverTimeoutMs ?? kase.settings.failoverTimeoutMs;
}

/** Events of these names in a span, about anything, in order. */
export function eventsIn(
  { document }: Case,
  names: ReadonlySet<string>,
  from: number,
  to: number,
): RunEvent[] {
  return document.events.filter(({ t, event }) => t >= from && t <= to && names.has(event));
}

export function concernsNode(action: RunAction, node: string): boolean {
  return action.args.flat().includes(node);
}
