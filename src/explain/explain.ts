/** Explains a run: every failover, every one that did not happen, every span of refused writes, every lost write. */
import type { RunFailover } from '../run/document.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { type Case, caseOfDocument, caseOfRun, isSimulated, mastersOf } from './case.ts';
import { type Episode, episodesOf } from './episodes.ts';
import type { Explanation, Finding } from './explanation.ts';
import { attemptSteps, failoverFinding } from './failoverFinding.ts';
import { lostFindings } from './lostFinding.ts';
import { noFailoverFinding } from './noFailover.ts';
import { observeRun } from './observe.ts';
import { refusedFindings } from './refusedFinding.ts';
import type { ExplainableRun } from './runDocument.ts';

/** Simulates the run and explains it with what its Sentinels had in mind. */
export function explainRun(prepared: PreparedRun, seed: number): Explanation {
  return explanationOf(caseOfRun(observeRun(prepared, seed), prepared.scenario.deployment));
}

/** Explains what a run document proves, and says what it does not. */
export function explainDocument(document: ExplainableRun): Explanation {
  return explanationOf(caseOfDocument(document));
}

function explanationOf(kase: Case): Explanation {
  const { scenario, about, seed, source, durationMs, clients } = kase.document;
  const findings = [
    ...mastersOf(kase).flatMap((master) => masterFindings(kase, master)),
    ...clients.flatMap((client) => [...refusedFindings(kase, client), ...lostFindings(kase, client)]),
  ];
  return {
    schema: 'sentinelsim/explanation/1',
    scenario,
    about,
    seed,
    source,
    durationMs,
    basis: isSimulated(kase) ? 'simulation' : 'document',
    findings,
  };
}

function masterFindings(kase: Case, master: string): Finding[] {
  const failovers = kase.document.failovers.filter((failover) => failover.master === master);
  const episodes = episodesOf(kase, master);
  const succeeded = failovers.filter(({ promotedAt }) => promotedAt !== null);
  const open = episodes.filter((episode) => !succeeded.some((failover) => belongs(failover, episode)));
  const told = new Set<RunFailover>(succeeded);
  const findings: Finding[] = succeeded.map((failover, index) =>
    failoverFinding(kase, failover, succeeded[index + 1]?.tryAt ?? kase.document.durationMs),
  );
  for (const episode of open) {
    const attempts = failovers.filter((failover) => belongs(failover, episode) && !told.has(failover));
    for (const attempt of attempts) told.add(attempt);
    findings.push(noFailoverFinding(kase, episode, attempts));
  }
  for (const failover of failovers) if (!told.has(failover)) findings.push(failedAttempt(kase, failover));
  return findings.sort((a, b) => a.at - b.at);
}

/** A forced failover belongs to no episode: it needs none. */
function belongs(failover: RunFailover, { host, from, until }: Episode): boolean {
  if (failover.from !== host || failover.odownAt === null) return false;
  return failover.tryAt >= from && failover.tryAt <= (until ?? Number.POSITIVE_INFINITY) + 1000;
}

const OUTCOMES: Readonly<Record<RunFailover['outcome'], string>> = {
  completed: 'was completed',
  'not-elected': 'was not elected',
  'no-good-replica': 'found no replica fit to be promoted',
  'replica-timeout': 'waited in vain for the replica to become a master',
  superseded: 'was overtaken by another Sentinel’s',
  unfinished: 'has not come to an end',
};

function failedAttempt(kase: Case, failover: RunFailover): Finding {
  const { master, leader, epoch, outcome, tryAt, abortedAt } = failover;
  return {
    kind: 'failed-attempt',
    subject: master,
    title: `${master}: the attempt of ${leader} in epoch ${epoch} ${OUTCOMES[outcome]}`,
    at: tryAt,
    until: abortedAt,
    steps: attemptSteps(kase, failover),
    nextAttemptAt: null,
    toChange: [],
    unknown: [],
  };
}
