/** A master was away, or held for down, and nothing took its place: which condition was not met, and when it can be. */
import { parseInstance } from '../measure/payload.ts';
import { count, list, setting, span } from '../report/numbers.ts';
import type { RunFailover } from '../run/document.ts';
import { noFailoverAdvice } from './advice.ts';
import { type Case, downAfterOf, eventsIn, failoverTimeoutOf, isSimulated, quorumOf } from './case.ts';
import { actionStep, at, companySteps, noQuorumStep, odownStep, sdownStep } from './downSteps.ts';
import type { Episode, SdownSpan } from './episodes.ts';
import { type Finding, type Step, step } from './explanation.ts';
import { attemptSteps, inOrder } from './failoverFinding.ts';
import { ALIVE_MS, unseenSteps } from './unseenSteps.ts';
import type { MasterView } from './view.ts';

/** An episode without a failover that succeeded; `attempts` are those that failed in it. */
export function noFailoverFinding(kase: Case, episode: Episode, attempts: readonly RunFailover[]): Finding {
  const { master, host, from, until } = episode;
  const end = until ?? kase.document.durationMs;
  const next = until === null ? nextAttempt(kase, master) : null;
  const steps = [
    ...episode.actions.map((action) => actionStep(action, host)),
    ...companySteps(kase, host, from, end),
    ...loadingSteps(kase, episode),
    ...episode.sdowns.map(({ began }) => sdownStep(kase, began)),
    ...tiltSteps(kase, episode),
    ...unseenSteps(kase, episode),
    ...quorumSteps(kase, episode),
    ...attempts.flatMap((attempt) => attemptSteps(kase, attempt)),
    ...heldBackSteps(kase, episode, attempts),
  ];
  const tail = until === null ? endSteps(kase, episode, next) : [];
  return {
    kind: 'no-failover',
    subject: master,
    title: titleOf(kase, episode, attempts),
    at: from,
    until,
    steps: [...inOrder(steps.filter((each) => (each.at ?? 0) <= end + ALIVE_MS)), ...tail],
    nextAttemptAt: next?.at ?? null,
    toChange: noFailoverAdvice(kase, episode, attempts, next?.at ?? null),
    unknown: isSimulated(kase) ? [] : unknownIn(kase, episode, attempts),
  };
}

function titleOf(kase: Case, episode: Episode, attempts: readonly RunFailover[]): string {
  const { master, host, from, troubleUntil: until, trouble, sdowns } = episode;
  const length = (until ?? kase.document.durationMs) - from;
  const when = until === null ? `from ${at(from)} on` : `from ${at(from)} to ${at(until)}`;
  const holders = [...new Set(sdowns.map(({ node }) => node))];
  const words = trouble === '' ? `was held for down by ${list(holders)}` : trouble;
  const tries = attempts.length === 0 ? '' : ` (${count(attempts.length, 'attempt')} failed)`;
  return `${master}: no failover in ${span(length)}, although ${host} ${words} ${when}${tries}`;
}

/** -LOADING is a valid answer to PING. */
function loadingSteps(kase: Case, { host, from, until }: Episode): Step[] {
  return eventsIn(kase, new Set(['loading', 'loaded']), from - 1, until ?? kase.document.durationMs).flatMap(
    ({ t, node, event }) => {
      if (node !== host) return [];
      if (event === 'loaded') return [step(t, host, 'has loaded its data')];
      return [
        step(t, host, 'loads its data and answers -LOADING', {
          because: 'to a Sentinel that is a valid answer to PING: a loading master counts as alive',
          rule: 'S-PING-3',
        }),
      ];
    },
  );
}

function tiltSteps(kase: Case, { from, until }: Episode): Step[] {
  const end = until ?? kase.document.durationMs;
  return eventsIn(kase, new Set(['+tilt', '-tilt']), from - 30_000, end).map(({ t, node, event }) =>
    event === '+tilt'
      ? step(t, node, 'enters TILT: it watches for 30 s, and judges nothing', {
          because: 'its clock jumped, or it was frozen itself for more than 2 s',
          rule: 'S-TILT-1',
        })
      : step(t, node, 'leaves TILT and judges again', { rule: 'S-TILT-3' }),
  );
}

/** ODOWN where it came, and why it did not where SDOWN stayed alone. */
function quorumSteps(kase: Case, episode: Episode): Step[] {
  const { master, host, from, until } = episode;
  const end = until ?? kase.document.durationMs;
  const odowns = eventsIn(kase, new Set(['+odown']), from, end).filter(({ message }) => {
    const about = parseInstance(message);
    return about.master === master && about.host === host;
  });
  const reached = new Set(odowns.map(({ node }) => node));
  return [
    ...odowns.map((event) => odownStep(kase, event)),
    ...episode.sdowns
      .filter(({ node }) => !reached.has(node))
      .flatMap((sdown) => withoutQuorum(kase, episode, sdown)),
  ];
}

function withoutQuorum(kase: Case, episode: Episode, { node, began, until }: SdownSpan): Step[] {
  const end = until ?? kase.document.durationMs;
  const last = kase.glimpses.findLast(
    ({ t, node: who, view }) =>
      who === node &&
      view.master === episode.master &&
      view.subjectivelyDown &&
      t > began.t &&
      t <= end + 0.02,
  );
  if (last !== undefined) {
    const steps = [noQuorumStep(kase, last.t, node, last.view)];
    return last.view.replicas.length === 0 && last.view.peers.length === 0
      ? [...steps, knowsNobody(last.t, node, episode.host)]
      : steps;
  }
  if (isSimulated(kase)) return [];
  const quorum = quorumOf(kase, episode.master);
  const holders = new Set(episode.sdowns.map((each) => each.node));
  return [
    step(
      end,
      node,
      `no quorum: ${list([...holders])} held it for down${quorum === null ? '' : `, ${quorum} needed`}`,
      {
        rule: 'S-ODOWN-1',
        numbers: { agree: holders.size, ...(quorum === null ? {} : { quorum }) },
      },
    ),
  ];
}

function knowsNobody(t: number, node: string, host: string): Step {
  return step(t, node, 'knows no replica and no other Sentinel', {
    because: `it learns both from ${host}, by INFO and by hellos, and has had neither since it began to watch, or was reset`,
    rule: 'S-INFO-4',
  });
}

/** ODOWN, but the last attempt or vote was too recent; one step for all that wait for the same reason. */
function heldBackSteps(kase: Case, episode: Episode, attempts: readonly RunFailover[]): Step[] {
  const { from, until } = episode;
  const groups = new Map<RunFailover | null, { t: number; waits: { node: string; notBefore: number }[] }>();
  for (const event of eventsIn(kase, DELAYED, from, until ?? kase.document.durationMs)) {
    const { t, node } = event;
    const before = attempts.filter(({ tryAt }) => tryAt <= t).at(-1) ?? null;
    // The abort of the own attempt has said so already.
    if (event.message === '' || before?.leader === node) continue;
    const wait = { node, notBefore: Number(event.message) };
    const known = groups.get(before);
    if (known === undefined) groups.set(before, { t, waits: [wait] });
    else known.waits.push(wait);
  }
  return [...groups].map(([before, { t, waits }]) => {
    const who = waits.map(({ node, notBefore }) => `${node} before ${at(notBefore)}`);
    const why =
      before === null
        ? 'after the last attempt or vote for another'
        : `after a vote for another, here ${before.leader}`;
    return step(t, null, `no attempt of ${list(who)}`, {
      because: `2 × failover-timeout have to pass ${why}`,
      rule: 'S-START-2',
      numbers: { notBeforeMs: Math.min(...waits.map(({ notBefore }) => notBefore)) },
    });
  });
}

const DELAYED = new Set(['next-failover-delay']);

interface Next {
  readonly at: number;
  readonly node: string;
  readonly view: MasterView;
}

/** Who can start an attempt first after the end of the run if nothing changes; null: nobody. */
function nextAttempt(kase: Case, master: string): Next | null {
  let next: Next | null = null;
  for (const { node, event, view } of kase.glimpses) {
    if (event !== 'end' || view.master !== master || !view.objectivelyDown || view.tilt) continue;
    if (view.attemptUnderWay) continue;
    const time = Math.max(view.nextAttemptAt ?? 0, kase.document.durationMs);
    if (next === null || time < next.at) next = { at: time, node, view };
  }
  return next;
}

/** How things stand at the end of the run. */
function endSteps(kase: Case, episode: Episode, next: Next | null): Step[] {
  const { durationMs } = kase.document;
  const minds = kase.glimpses.filter(({ event, view }) => event === 'end' && view.master === episode.master);
  const underWay = minds.filter(({ view }) => view.attemptUnderWay);
  if (underWay.length > 0) {
    return underWay.map(({ node, view }) =>
      step(durationMs, node, `its attempt in epoch ${view.failoverEpoch} is under way when the run ends`, {
        numbers: { epoch: view.failoverEpoch },
      }),
    );
  }
  if (next === null) {
    if (minds.length === 0) return [];
    return [step(durationMs, null, 'time alone changes nothing: no attempt can start as things stand')];
  }
  const because = `2 × failover-timeout (${setting(2 * next.view.failoverTimeoutMs)}) after ${at(next.view.failoverStartAt ?? durationMs)}, from which its last attempt or vote counts`;
  return [
    step(durationMs, next.node, `may start the next attempt at ${at(next.at)}`, {
      because,
      rule: 'S-START-2',
      numbers: { nextAttemptAtMs: next.at, failoverTimeoutMs: next.view.failoverTimeoutMs },
    }),
  ];
}

function unknownIn(kase: Case, episode: Episode, attempts: readonly RunFailover[]): string[] {
  const silent = kase.story.cast.sentinels.filter(
    (sentinel) => !episode.sdowns.some(({ node }) => node === sentinel),
  );
  const unknown: string[] = [];
  if (silent.length > 0) {
    unknown.push(`the log does not show why ${list(silent)} did not hold ${episode.host} for down`);
  }
  if (attempts.some(({ outcome }) => outcome === 'no-good-replica')) {
    unknown.push('the log does not show which test each replica failed');
  }
  if (attempts.some(({ outcome }) => outcome === 'not-elected')) {
    unknown.push('the log does not show which votes reached a candidate, nor whom it could not reach');
  }
  const missing = [
    ...(downAfterOf(kase, episode.master) === null ? ['down-after-milliseconds'] : []),
    ...(failoverTimeoutOf(kase, episode.master) === null ? ['failover-timeout'] : []),
    ...(quorumOf(kase, episode.master) === null ? ['the quorum'] : []),
  ];
  if (missing.length > 0) unknown.push(`not in the document: ${list(missing)}`);
  return unknown;
}
