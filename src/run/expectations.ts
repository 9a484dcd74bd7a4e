/** Judges what a scenario expects of its run. */
import { faultOf } from '../measure/phases.ts';
import type { Expectation, Moment } from '../scenario/scenario.ts';
import type { FinalView, RunClient, RunDocument, RunEvent, RunExpectation, RunFailover } from './document.ts';

type Judged = Pick<RunDocument, 'events' | 'actions' | 'failovers' | 'clients' | 'final'>;
type Verdict = Omit<RunExpectation, 'expect'>;

export function judgeExpectations(expectations: readonly Expectation[], run: Judged): RunExpectation[] {
  return expectations.map((expectation) => ({ expect: expectation.text, ...judge(expectation, run) }));
}

function judge(expectation: Expectation, run: Judged): Verdict {
  switch (expectation.kind) {
    case 'failover':
      return judgeFailover(expectation.happens, expectation.withinUs, run);
    case 'failovers': {
      const completed = run.failovers.filter(({ promotedAt }) => promotedAt !== null).length;
      const held = isWithin(completed, expectation.atLeast, expectation.atMost);
      return { held, observed: String(completed) };
    }
    case 'lostWrites': {
      const lost = clientsOf(run, expectation.client).map((client) => client.lost?.count ?? null);
      if (lost.includes(null)) return { held: false, observed: 'no single master at the end' };
      const total = lost.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      return { held: isWithin(total, expectation.atLeast, expectation.atMost), observed: String(total) };
    }
    case 'downtime':
      return judgeSpan(longestGapMs(clientsOf(run, expectation.client)), expectation);
    case 'refused':
      return judgeRefused(expectation, run);
    case 'keys': {
      const view = run.final.find(({ node }) => node === expectation.node);
      if (view === undefined || !('keys' in view)) return { held: false, observed: 'not running' };
      const held = isWithin(view.keys, expectation.atLeast, expectation.atMost);
      return { held, observed: String(view.keys) };
    }
    case 'master': {
      const master = run.final.find(isMaster)?.node ?? null;
      return { held: master === expectation.node, observed: master ?? 'none' };
    }
    case 'event': {
      const [seen] = occurrences(expectation, run);
      const observed = seen === undefined ? 'never' : `at ${seconds(seen.t)} on ${seen.node}`;
      return { held: (seen !== undefined) === expectation.happens, observed };
    }
    case 'elapsed':
      return judgeElapsed(expectation, run);
  }
}

function clientsOf(run: Judged, name: string | null): readonly RunClient[] {
  return name === null ? run.clients : run.clients.filter((client) => client.name === name);
}

interface SpanBounds {
  readonly atLeastUs: number | null;
  readonly atMostUs: number | null;
}

function judgeSpan(ms: number, { atLeastUs, atMostUs }: SpanBounds): Verdict {
  return { held: isWithin(ms * 1000, atLeastUs, atMostUs), observed: seconds(ms) };
}

function judgeRefused(expectation: Expectation & { kind: 'refused' }, run: Judged): Verdict {
  const spans = clientsOf(run, expectation.client).flatMap(({ refusedAt }) => {
    const at = refusedAt[expectation.refusal];
    return at === undefined ? [] : [at[1] - at[0]];
  });
  // Without a refusal only an upper bound is kept.
  if (spans.length === 0)
    return { held: expectation.atMostUs !== null && expectation.atLeastUs === null, observed: 'never' };
  return judgeSpan(Math.max(...spans), expectation);
}

/** The events of a moment, in order. */
function occurrences({ event, node, message }: Moment, run: Judged): RunEvent[] {
  return run.events.filter(
    (candidate) =>
      candidate.event === event &&
      (node === null || isOn(candidate.node, node, run)) &&
      (message === null || candidate.message.startsWith(message)),
  );
}

function isOn(node: string, wanted: string, run: Judged): boolean {
  if (!wanted.startsWith('@')) return node === wanted;
  const leader = run.failovers.find(({ promotedAt }) => promotedAt !== null)?.leader;
  return leader !== undefined && (node === leader) === (wanted === '@leader');
}

function judgeElapsed({ from, to, ...bounds }: Expectation & { kind: 'elapsed' }, run: Judged): Verdict {
  const [first] = occurrences(from, run);
  if (first === undefined) return { held: false, observed: `never ${from.event}` };
  const after = run.events.indexOf(first);
  const next = occurrences(to, run).find((event) => event !== first && run.events.indexOf(event) > after);
  if (next === undefined) return { held: false, observed: `no ${to.event} after ${seconds(first.t)}` };
  return judgeSpan(next.t - first.t, bounds);
}

function judgeFailover(happens: boolean, withinUs: number | null, run: Judged): Verdict {
  const completed = run.failovers.find(({ promotedAt }) => promotedAt !== null);
  if (completed === undefined) {
    const attempt = run.failovers[0];
    return { held: !happens, observed: attempt === undefined ? 'no failover' : `attempt ${attempt.outcome}` };
  }
  const tookMs = failoverTimeMs(completed, run);
  const inTime = withinUs === null || tookMs * 1000 <= withinUs;
  return { held: happens && inTime, observed: seconds(tookMs) };
}

/**
 * From the last fault on the old master before the attempt, else from what the timeline last did before it, to the
 * moment when clients can learn of the new master.
 */
export function failoverTimeMs(failover: RunFailover, { actions }: Pick<RunDocument, 'actions'>): number {
  const before = actions.filter(({ t }) => t <= failover.tryAt);
  const cause = faultOf(failover, before, failover.tryAt) ?? before.at(-1)?.t ?? 0;
  return (failover.promotedAt ?? failover.tryAt) - cause;
}

export function longestGapMs(clients: readonly RunClient[]): number {
  return Math.max(0, ...clients.flatMap(({ gaps }) => gaps.map(([from, to]) => to - from)));
}

function isMaster(view: FinalView): boolean {
  return 'role' in view && view.role === 'master';
}

function isWithin(value: number, atLeast: number | null, atMost: number | null): boolean {
  return (atLeast === null || value >= atLeast) && (atMost === null || value <= atMost);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
