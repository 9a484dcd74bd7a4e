/** One attempt to fail over, told from its cause to its end. */
import { parseInstance } from '../measure/payload.ts';
import { setting, span } from '../report/numbers.ts';
import type { RunEvent, RunFailover } from '../run/document.ts';
import { type Case, downAfterOf, eventsIn, glimpseAt, isSimulated } from './case.ts';
import { actionStep, actionsOn, companySteps, isFault, odownStep, sdownStep } from './downSteps.ts';
import { electedStep, notElectedStep, tryStep, voteSteps } from './electionSteps.ts';
import { type Finding, type Step, step } from './explanation.ts';
import { oldMasterSteps } from './oldMasterSteps.ts';
import { noGoodReplicaSteps, promotionSteps, selectionSteps, switchSteps } from './promotionSteps.ts';

/** A failover that made a replica the master. `until` ends the story: the next failover, or the run. */
export function failoverFinding(kase: Case, failover: RunFailover, until: number): Finding {
  const downs = downEvents(kase, failover);
  const fault = faultBefore(kase, failover, downs);
  const first = firstSwitchAt(kase, failover);
  const start = fault?.at ?? downs[0]?.t ?? failover.tryAt;
  const steps = [
    ...(fault === null ? [] : [fault]),
    ...companySteps(kase, failover.from, start, failover.promotedAt ?? until),
    ...downSteps(kase, downs),
    ...attemptSteps(kase, failover),
    ...switchSteps(kase, failover),
    ...endSteps(kase, failover),
    ...oldMasterSteps(kase, failover, until),
  ];
  const duration =
    first === null ? '' : `: first +switch-master ${span(first - start)} after ${startName(failover, fault)}`;
  return {
    kind: 'failover',
    subject: failover.master,
    title: `${failover.master}: failover from ${failover.from} to ${failover.to}, led by ${failover.leader}${duration}`,
    at: start,
    until: failover.switchAt,
    steps: inOrder(steps),
    nextAttemptAt: null,
    toChange: adviceFor(kase, failover, start, downs),
    unknown: isSimulated(kase) ? [] : [UNKNOWN],
  };
}

const UNKNOWN =
  'the log shows neither the tests of the selection nor the times of INFO and PING: why this replica, and why just then, cannot be known from it';

function startName(failover: RunFailover, fault: Step | null): string {
  if (fault !== null) return 'the fault';
  return failover.odownAt === null ? 'the command' : 'the first SDOWN';
}

/** A fault that is seen at once is seen this long after down-after at the latest (S-SDOWN-2). */
const SEEN_MS = 1500;

/** What delayed the failover most, if something can be done about it. */
function adviceFor(kase: Case, failover: RunFailover, start: number, downs: readonly RunEvent[]): string[] {
  const sdown = downs.find(({ event }) => event === '+sdown');
  const first = firstSwitchAt(kase, failover);
  const downAfter = downAfterOf(kase, failover.master);
  if (failover.odownAt === null || sdown === undefined || first === null || downAfter === null) return [];
  const seenAfter = sdown.t - start;
  if (seenAfter > downAfter + SEEN_MS || seenAfter < 0.6 * (first - start)) return [];
  return [
    `${span(seenAfter)} of the ${span(first - start)} is down-after-milliseconds (${setting(downAfter)}): a smaller value makes the failover that much faster, and pauses of that length look like deaths`,
  ];
}

/** The steps of the attempt itself, to election, selection and promotion, or to its abort. */
export function attemptSteps(kase: Case, failover: RunFailover): Step[] {
  const elected = electedStep(kase, failover);
  return inOrder([
    tryStep(kase, failover),
    ...voteSteps(kase, failover),
    ...(elected === null ? [] : [elected]),
    ...selectionSteps(kase, failover),
    ...promotionSteps(kase, failover),
    ...abortSteps(kase, failover),
  ]);
}

function abortSteps(kase: Case, failover: RunFailover): Step[] {
  const { leader, abortedAt, to, outcome, promotedAt } = failover;
  if (abortedAt === null) return [];
  switch (outcome) {
    case 'not-elected':
      return [notElectedStep(kase, failover)];
    case 'no-good-replica':
      return noGoodReplicaSteps(kase, failover);
    case 'replica-timeout':
      return [timeoutStep(kase, failover)];
    case 'superseded':
      return promotedAt !== null
        ? []
        : [
            step(abortedAt, leader, 'drops its attempt', {
              because: 'another Sentinel’s failover came first, and its configuration epoch is greater',
              rule: 'S-HELLO-12',
            }),
          ];
    default:
      return [step(abortedAt, leader, `does not finish with ${to}`)];
  }
}

function timeoutStep(kase: Case, { leader, abortedAt, to, master }: RunFailover): Step {
  const view = glimpseAt(kase, leader, master, '-failover-abort-slave-timeout', abortedAt!)?.view;
  const replica = view?.replicas.find(({ name }) => name === to);
  const reached =
    replica === undefined
      ? ''
      : replica.connected
        ? `; the leader is connected to it, its INFO still calls it a ${replica.roleReported}`
        : '; the leader has no connection to it';
  return step(abortedAt, leader, `gives up: ${to} did not become a master within failover-timeout`, {
    because: `INFO never showed ${to} as a master${reached}`,
    rule: 'S-FSM-6',
    numbers:
      view === undefined
        ? {}
        : {
            failoverTimeoutMs: view.failoverTimeoutMs,
            ...(view.nextAttemptAt === null ? {} : { nextAttemptAtMs: view.nextAttemptAt }),
          },
  });
}

/** SDOWN and ODOWN of the old master that were in force when the attempt began, or came before it ended. */
function downEvents(kase: Case, failover: RunFailover): RunEvent[] {
  const end = failover.electedAt ?? failover.abortedAt ?? failover.tryAt;
  const standing = new Map<string, RunEvent>();
  for (const event of eventsIn(kase, DOWN_EVENTS, Number.NEGATIVE_INFINITY, end + 1100)) {
    const { type, host, master } = parseInstance(event.message);
    if (type !== 'master' || host !== failover.from || master !== failover.master) continue;
    const key = `${event.node} ${event.event.slice(1)}`;
    if (event.event.startsWith('+')) standing.set(key, event);
    else if (event.t <= failover.tryAt) standing.delete(key);
  }
  return [...standing.values()].sort((a, b) => a.t - b.t);
}

const DOWN_EVENTS = new Set(['+sdown', '-sdown', '+odown', '-odown']);

function downSteps(kase: Case, events: readonly RunEvent[]): Step[] {
  return events.map((event) => (event.event === '+sdown' ? sdownStep(kase, event) : odownStep(kase, event)));
}

/** The last fault of the old master before it was first held for down. */
function faultBefore(kase: Case, failover: RunFailover, downs: readonly RunEvent[]): Step | null {
  if (failover.odownAt === null) return null;
  const before = downs[0]?.t ?? failover.tryAt;
  const fault = actionsOn(kase, failover.from, Number.NEGATIVE_INFINITY, before).filter(isFault).at(-1);
  return fault === undefined ? null : actionStep(fault, failover.from);
}

/** When the first Sentinel named the new master. */
function firstSwitchAt(kase: Case, { promotedAt, master, to }: RunFailover): number | null {
  if (promotedAt === null) return null;
  const first = (kase.story.byEvent.get('+switch-master') ?? []).find(({ t, message }) => {
    const words = message.split(' ');
    return t >= promotedAt && words[0] === master && words[3] === to;
  });
  return first?.t ?? null;
}

/** How the failover was left when its leader did not bring it to an end. */
function endSteps(kase: Case, failover: RunFailover): Step[] {
  const { outcome, leader, to, promotedAt } = failover;
  if (outcome === 'completed') return [];
  const gone = kase.document.events.find(
    ({ t, node, event }) => node === leader && t >= promotedAt! && ENDS.has(event),
  );
  if (gone !== undefined) {
    return [
      step(gone.t, leader, 'ends before its failover does', {
        because: `the others hold ${to} for the master by its hellos, if one got through`,
        rule: 'S-HELLO-10',
      }),
    ];
  }
  if (outcome === 'unfinished') {
    return [
      step(kase.document.durationMs, leader, 'has not finished when the run ends', {
        because: 'it waits until every replica that is up follows',
        rule: 'S-RECONF-6',
      }),
    ];
  }
  return [];
}

const ENDS = new Set(['exited', 'simulated-crash', 'ready']);

/** By time; a step without one stays behind the step before it. */
export function inOrder(steps: readonly Step[]): Step[] {
  let last = Number.NEGATIVE_INFINITY;
  const timed = steps.map((each) => {
    last = each.at ?? last;
    return { each, at: last };
  });
  return timed.sort((a, b) => a.at - b.at || 0).map(({ each }) => each);
}
