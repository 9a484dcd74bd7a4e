/** Judges what a scenario expects of its run. */
import type { Expectation } from '../scenario/scenario.ts';
import type { FinalView, RunClient, RunDocument, RunExpectation, RunFailover } from './document.ts';

type Judged = Pick<RunDocument, 'events' | 'actions' | 'failovers' | 'clients' | 'final'>;

export function judgeExpectations(expectations: readonly Expectation[], run: Judged): RunExpectation[] {
  return expectations.map((expectation) => ({ expect: expectation.text, ...judge(expectation, run) }));
}

function judge(expectation: Expectation, run: Judged): { held: boolean; observed: string } {
  switch (expectation.kind) {
    case 'failover':
      return judgeFailover(expectation.happens, expectation.withinUs, run);
    case 'lostWrites': {
      const lost = run.clients.map((client) => client.lost?.count ?? null);
      if (lost.includes(null)) return { held: false, observed: 'no single master at the end' };
      const total = lost.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      return { held: isWithin(total, expectation.atLeast, expectation.atMost), observed: String(total) };
    }
    case 'downtime': {
      const longestMs = longestGapMs(run.clients);
      return {
        held: isWithin(longestMs * 1000, expectation.atLeastUs, expectation.atMostUs),
        observed: seconds(longestMs),
      };
    }
    case 'master': {
      const master = run.final.find(isMaster)?.node ?? null;
      return { held: master === expectation.node, observed: master ?? 'none' };
    }
    case 'event': {
      const seen = run.events.filter(
        ({ event, node }) =>
          event === expectation.event && (expectation.node === null || node === expectation.node),
      );
      const observed = seen[0] === undefined ? 'never' : `at ${seconds(seen[0].t)} on ${seen[0].node}`;
      return { held: seen.length > 0 === expectation.happens, observed };
    }
  }
}

function judgeFailover(happens: boolean, withinUs: number | null, run: Judged) {
  const completed = run.failovers.find(({ promotedAt }) => promotedAt !== null);
  if (completed === undefined) {
    const attempt = run.failovers[0];
    return { held: !happens, observed: attempt === undefined ? 'no failover' : `attempt ${attempt.outcome}` };
  }
  const tookMs = failoverTimeMs(completed, run);
  const inTime = withinUs === null || tookMs * 1000 <= withinUs;
  return { held: happens && inTime, observed: seconds(tookMs) };
}

/** From what the timeline last did before the attempt to the moment when clients can learn of the new master. */
export function failoverTimeMs(failover: RunFailover, { actions }: Pick<RunDocument, 'actions'>): number {
  const causes = actions.filter(({ t }) => t <= failover.tryAt);
  const cause = causes.at(-1)?.t ?? 0;
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
