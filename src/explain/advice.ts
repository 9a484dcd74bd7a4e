/** What would have to change for a failover to happen. */
import { ringOf } from '../measure/ring.ts';
import { splitView } from '../measure/splitView.ts';
import { count, list, roughly, setting } from '../report/numbers.ts';
import type { RunFailover } from '../run/document.ts';
import { type Case, glimpseAt } from './case.ts';
import { at } from './downSteps.ts';
import { tallyOf } from './electionSteps.ts';
import type { Episode } from './episodes.ts';
import { failedTest, type Judgement } from './selection.ts';
import { ALIVE_MS } from './unseenSteps.ts';
import { agreeing, type MasterView } from './view.ts';

/** One sentence for each condition that was not met. */
export function noFailoverAdvice(
  kase: Case,
  episode: Episode,
  attempts: readonly RunFailover[],
  nextAttemptAt: number | null,
): string[] {
  const split = splitView(kase.document);
  const other = split?.sides.find(({ master }) => master !== episode.host);
  if (split?.name === episode.master && other !== undefined && episode.until === null) {
    return [
      `SENTINEL FAILOVER at ${other.sentinels[0]}, while no attempt is under way: it gives a greater configuration epoch, and only that is followed (S-HELLO-10)`,
    ];
  }
  const ring = ringOf(kase.document);
  if (ring?.includes(episode.host) && episode.until === null) {
    return [
      `REPLICAOF NO ONE at the one of ${list(ring)} that has the best data: they follow each other, and no Sentinel promotes one whose link has been down for so long (R-RSM-5, S-SELECT-2)`,
    ];
  }
  if (attempts.length > 0) {
    return [...new Set(attempts.flatMap((attempt) => attemptAdvice(kase, attempt, nextAttemptAt)))];
  }
  if (episode.sdowns.length > 0) return quorumAdvice(kase, episode);
  return unseenAdvice(kase, episode);
}

function when(nextAttemptAt: number | null): string {
  return nextAttemptAt === null
    ? 'a failover can then start'
    : `a failover can then start at ${at(nextAttemptAt)}`;
}

function attemptAdvice(kase: Case, attempt: RunFailover, next: number | null): string[] {
  const { leader, master, abortedAt, outcome } = attempt;
  if (abortedAt === null) return [];
  if (outcome === 'not-elected') {
    const view = glimpseAt(kase, leader, master, '-failover-abort-not-elected', abortedAt)?.view;
    return view === undefined ? [] : electionAdvice(view, leader, next);
  }
  if (outcome === 'no-good-replica') {
    const view = glimpseAt(kase, leader, master, '-failover-abort-no-good-slave', abortedAt)?.view;
    return view === undefined ? [] : replicaAdvice(view, next);
  }
  return [];
}

function electionAdvice(view: MasterView, leader: string, next: number | null): string[] {
  const { votes, needed } = tallyOf(view, leader);
  const cut = view.peers.filter((peer) => !peer.connected || peer.subjectivelyDown).map(({ name }) => name);
  if (cut.length === 0) return [];
  const short = needed - votes.length;
  return [
    `bring ${cut.length === 1 ? cut[0]! : `${short >= cut.length ? 'all' : short} of ${list(cut)}`} back: ${when(next)}`,
    'place the Sentinels so that no single loss takes the majority of them; those that are gone for good still count until SENTINEL RESET, sent while the master is up, makes the others forget them',
  ];
}

const CURES: Readonly<Record<Judgement['test'], (names: string) => string>> = {
  sdown: (names) => `bring ${names} back`,
  'no-connection': (names) => `let the Sentinels reach ${names}`,
  'no-reply': (names) => `let ${names} answer PING again`,
  'priority-0': (names) => `give ${names} a replica-priority above 0`,
  'old-info': (names) => `let ${names} answer INFO again`,
  'link-down': (names) =>
    `${names} has lost its master for too long: promote it by hand if its data will do (SENTINEL FAILOVER, or REPLICAOF NO ONE)`,
  worse: () => '',
};

function replicaAdvice(view: MasterView, next: number | null): string[] {
  if (view.replicas.length === 0 && view.answersWithErrors) {
    return [
      'give the Sentinels the password that the server asks for (sentinel auth-pass, auth-user): without it they get no valid PONG, no INFO and no hellos',
    ];
  }
  if (view.replicas.length === 0) {
    return [
      'start Sentinels while the master is up: they learn replicas and one another from it, and save what they know; now only a new master given by hand helps (SENTINEL REMOVE and MONITOR, after REPLICAOF NO ONE)',
    ];
  }
  const byTest = new Map<Judgement['test'], string[]>();
  for (const replica of view.replicas) {
    const test = failedTest(replica)?.test;
    if (test === undefined) continue;
    byTest.set(test, [...(byTest.get(test) ?? []), replica.name]);
  }
  return [...byTest].map(([test, names]) => `${CURES[test](list(names))}: ${when(next)}`);
}

function quorumAdvice(kase: Case, episode: Episode): string[] {
  const best = episode.sdowns
    .flatMap(({ node, began, until }) =>
      kase.glimpses.filter(
        (mind) =>
          mind.node === node &&
          mind.view.master === episode.master &&
          mind.view.subjectivelyDown &&
          mind.t > began.t &&
          mind.t <= (until ?? kase.document.durationMs) + 0.02,
      ),
    )
    .reduce<{ node: string; view: MasterView } | null>(
      (most, mind) =>
        most === null || agreeing(mind.view, mind.node).length > agreeing(most.view, most.node).length
          ? mind
          : most,
      null,
    );
  if (best === null || best.view.objectivelyDown) return [];
  const { view, node } = best;
  if (view.peers.length === 0) return replicaAdvice({ ...view, replicas: [] }, null);
  const agree = agreeing(view, node).length;
  const known = view.peers.length + 1;
  const reached = 1 + view.peers.filter((peer) => peer.connected && !peer.subjectivelyDown).length;
  const majority = Math.floor(known / 2) + 1;
  if (reached < majority) {
    return [
      `no quorum would help: a leader needs ${majority} votes of ${known} (S-ELECT-2), and ${node} reaches ${reached === 1 ? 'nobody' : `${reached - 1} of the others`}. ${known < 3 ? 'Have three Sentinels at least, on three machines' : 'Place the Sentinels so that no single loss takes the majority of them'}`,
    ];
  }
  return [
    `${count(view.quorum - agree, 'more Sentinel')} must hold ${episode.host} for down, or the quorum must be ${agree}; a leader needs the votes of the majority in any case`,
  ];
}

function unseenAdvice(kase: Case, episode: Episode): string[] {
  const { durationMs, events } = kase.document;
  const end = episode.until ?? durationMs;
  const loads = events.some(
    ({ t, node, event }) => event === 'loading' && node === episode.host && t >= episode.from && t <= end,
  );
  if (loads) {
    return [
      `Sentinel never replaces a master that loads: SENTINEL FAILOVER by hand does, as soon as a replica is up, at the price of what ${episode.host} alone has`,
    ];
  }
  const silences = kase.glimpses.filter(
    ({ t, view }) =>
      view.master === episode.master && view.host === episode.host && t >= episode.from && t <= end + 0.02,
  );
  if (silences.length > 0 && silences.every(({ view }) => view.tilt)) {
    return [
      'let the clocks of Sentinels run slower or faster, never jump: after a jump they judge nothing for 30 s',
    ];
  }
  const longest = Math.max(0, ...silences.map(({ view }) => view.silenceMs));
  const downAfter = silences[0]?.view.downAfterMs;
  if (downAfter === undefined || longest < ALIVE_MS || longest >= downAfter) return [];
  return [
    `only a down-after-milliseconds below about ${roughly(longest)} (now ${setting(downAfter)}) would have noticed; then every pause of that length is a failover`,
  ];
}
