/** From the election to the new master: which replica and why, when the promotion was noticed, who switched when. */
import { parseInstance, parseSwitch } from '../measure/payload.ts';
import { count, list, setting, span } from '../report/numbers.ts';
import type { RunEvent, RunFailover } from '../run/document.ts';
import { type Case, eventsIn, glimpseAt } from './case.ts';
import { at } from './downSteps.ts';
import { type Step, step } from './explanation.ts';
import { whyChosen, whyPassedOver } from './selection.ts';
import type { MasterView } from './view.ts';

/** The choice, and each replica that was passed over with the test that it failed. */
export function selectionSteps(kase: Case, failover: RunFailover): Step[] {
  const { leader, master, selectedAt, to } = failover;
  if (selectedAt === null || to === null) return [];
  const view = glimpseAt(kase, leader, master, '+selected-slave', selectedAt)?.view;
  if (view === undefined) return [step(selectedAt, leader, `chooses ${to}`, { rule: 'S-SELECT-3' })];
  const chosen = view.replicas.find(({ name }) => name === to);
  if (chosen === undefined) return [step(selectedAt, leader, `chooses ${to}`, { rule: 'S-SELECT-3' })];
  const because = whyChosen(chosen, view.replicas);
  const numbers = { priority: chosen.priority, offset: chosen.offset, replicas: view.replicas.length };
  return [
    step(selectedAt, leader, `chooses ${to}`, { because, rule: 'S-SELECT-3', numbers }),
    ...passedOver(view, to, selectedAt),
  ];
}

function passedOver(view: MasterView, to: string | null, selectedAt: number): Step[] {
  const chosen = view.replicas.find(({ name }) => name === to);
  return view.replicas.flatMap((replica) => {
    if (replica === chosen) return [];
    const why = whyPassedOver(replica, chosen);
    if (why === null) return [];
    const { text, rule, numbers } = why;
    return [
      step(selectedAt, replica.name, chosen === undefined ? 'is not fit' : 'is passed over', {
        because: text,
        rule,
        numbers,
      }),
    ];
  });
}

/** No replica is fit: each with the test that it fails. */
export function noGoodReplicaSteps(kase: Case, failover: RunFailover): Step[] {
  const { leader, master, abortedAt } = failover;
  const view = glimpseAt(kase, leader, master, '-failover-abort-no-good-slave', abortedAt!)?.view;
  const what = 'finds no replica that is fit to be promoted';
  if (view === undefined) return [step(abortedAt, leader, what, { rule: 'S-SELECT-2' })];
  const because =
    view.replicas.length === 0
      ? 'it knows no replica at all: replicas are learned from INFO of the master, and it never had one'
      : `each of ${count(view.replicas.length, 'replica')} fails a test; its next attempt may start at ${at(view.nextAttemptAt!)}`;
  const numbers = { replicas: view.replicas.length, nextAttemptAtMs: view.nextAttemptAt! };
  return [
    step(abortedAt, leader, what, { because, rule: 'S-FSM-4', numbers }),
    ...passedOver(view, null, abortedAt!),
  ];
}

/** SLAVEOF NO ONE, and when the leader could see that it was obeyed. */
export function promotionSteps(kase: Case, failover: RunFailover): Step[] {
  const { leader, master, to, selectedAt, promotedAt } = failover;
  if (selectedAt === null || to === null) return [];
  const until = promotedAt ?? failover.abortedAt ?? kase.document.durationMs;
  const within = (names: readonly string[]) => eventsIn(kase, new Set(names), selectedAt, until + 1);
  const sent = within(['+failover-state-wait-promotion']).find(({ node }) => node === leader);
  const became = within(['role-changed']).find(({ node, message }) => node === to && message === 'master');
  const steps: Step[] = [];
  if (became !== undefined) {
    steps.push(step(became.t, to, 'becomes a master', { because: 'SLAVEOF NO ONE', rule: 'S-FSM-5' }));
  } else if (sent !== undefined) {
    steps.push(step(sent.t, leader, `sends SLAVEOF NO ONE to ${to}`, { rule: 'S-FSM-5' }));
  }
  if (promotedAt === null) return steps;
  const view = sent && glimpseAt(kase, leader, master, '+failover-state-wait-promotion', sent.t)?.view;
  steps.push(noticedStep(failover, view, became?.t ?? null));
  return steps;
}

function noticedStep(failover: RunFailover, view: MasterView | undefined, becameAt: number | null): Step {
  const { leader, to, promotedAt } = failover;
  const waited = becameAt === null ? null : promotedAt! - becameAt;
  const what = `sees in INFO that ${to} is a master${waited === null ? '' : `, ${span(waited)} later`}, and names it from now on when asked`;
  const replica = view?.replicas.find(({ name }) => name === to);
  const lastInfoAt = replica?.lastInfoAt ?? null;
  if (replica === undefined || lastInfoAt === null) {
    return step(promotedAt, leader, what, {
      because: 'only INFO tells it, which it asks for once a second now',
      rule: 'S-PERIOD-3',
      numbers: { ...(waited === null ? {} : { waitedMs: waited }) },
    });
  }
  const dueAt = lastInfoAt + replica.infoPeriodMs;
  return step(promotedAt, leader, what, {
    because: `only INFO tells it; the last one was of ${at(lastInfoAt)}, and the next was due ${setting(replica.infoPeriodMs)} after it, at ${at(dueAt)}`,
    rule: 'S-PERIOD-3',
    numbers: { ...(waited === null ? {} : { waitedMs: waited }), lastInfoAtMs: lastInfoAt, dueAtMs: dueAt },
  });
}

/** Who names the new master when: the others by hello, the leader last. */
export function switchSteps(kase: Case, failover: RunFailover): Step[] {
  const { promotedAt, leader, master, to, switchAt } = failover;
  if (promotedAt === null) return [];
  const others = (kase.story.byEvent.get('+switch-master') ?? []).filter((event) => {
    const change = parseSwitch(event.message);
    return event.t >= promotedAt && event.node !== leader && change.master === master && change.to === to;
  });
  const first = others.filter((event) => others.find(({ node }) => node === event.node) === event);
  const groups = groupByMoment(first, 50);
  return [
    ...groups.map((events) => {
      const names = events.map(({ node }) => node);
      return step(
        events[0]!.t,
        names.length === 1 ? names[0]! : null,
        `${names.length === 1 ? '' : `${list(names)} `}${names.length === 1 ? 'names' : 'name'} ${to} (+switch-master)`,
        {
          because: `a hello of ${senderOf(kase, events[0]!) ?? leader} says so, with a greater configuration epoch`,
          rule: 'S-HELLO-10',
          numbers: { epoch: failover.epoch },
        },
      );
    }),
    ...replicaSteps(kase, failover),
    ...(switchAt === null ? [] : [leaderSwitchStep(kase, failover, first)]),
  ].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

function groupByMoment(events: readonly RunEvent[], windowMs: number): RunEvent[][] {
  const groups: RunEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last !== undefined && event.t - last[0]!.t <= windowMs) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

function senderOf({ story }: Case, event: RunEvent): string | undefined {
  const update = (story.byEvent.get('+config-update-from') ?? []).findLast(
    ({ node, t }) => node === event.node && t <= event.t && event.t - t < 50,
  );
  return update === undefined ? undefined : parseInstance(update.message).host;
}

const RECONFIGURATION = new Set(['+slave-reconf-sent', '+slave-reconf-done', '-slave-reconf-sent-timeout']);

/** How long each remaining replica took to follow. */
function replicaSteps(kase: Case, failover: RunFailover): Step[] {
  const { promotedAt, leader, switchAt, to } = failover;
  const events = eventsIn(kase, RECONFIGURATION, promotedAt!, switchAt ?? kase.document.durationMs).filter(
    ({ node, message }) => node === leader && parseInstance(message).master === failover.master,
  );
  return events.flatMap((event) => {
    const { host } = parseInstance(event.message);
    if (event.event === '+slave-reconf-sent') {
      return [step(event.t, leader, `tells ${host} to follow ${to}`, { rule: 'S-RECONF-3' })];
    }
    const sent = events.findLast(
      (other) =>
        other.event === '+slave-reconf-sent' &&
        other.t <= event.t &&
        parseInstance(other.message).host === host,
    );
    const resync = kase.document.events.find(
      ({ t, node, event: name }) =>
        node === host && t >= promotedAt! && t <= event.t && name === 'full-resync-done',
    );
    const copy = resync === undefined ? '' : `; it needed a full copy, which it had at ${at(resync.t)}`;
    const took = sent === undefined ? '' : `, ${span(event.t - sent.t)} after it was told${copy}`;
    const numbers: Record<string, number> = sent === undefined ? {} : { tookMs: event.t - sent.t };
    return event.event === '+slave-reconf-done'
      ? [
          step(event.t, leader, `sees in INFO that ${host} follows ${to}${took}`, {
            rule: 'S-ROLE-7',
            numbers,
          }),
        ]
      : [step(event.t, leader, `waits for ${host} no longer${took}`, { rule: 'S-RECONF-5', numbers })];
  });
}

function leaderSwitchStep(kase: Case, failover: RunFailover, others: readonly RunEvent[]): Step {
  const { leader, to, switchAt, promotedAt } = failover;
  const timedOut = (kase.story.byEvent.get('+failover-end-for-timeout') ?? []).some(
    ({ node, t }) => node === leader && t >= promotedAt! && t <= switchAt!,
  );
  const earlier = others.filter(({ t }) => t < switchAt!).length;
  const because = timedOut
    ? 'it has waited failover-timeout for the replicas, and ends without the rest'
    : earlier > 0
      ? 'the leader switches only when every replica that is up follows'
      : 'no other replica that is up is left to follow';
  return step(switchAt, leader, `names ${to} itself (+switch-master)${earlier > 0 ? ', last' : ''}`, {
    because,
    rule: 'S-RECONF-6',
    numbers: { afterPromotionMs: switchAt! - promotedAt! },
  });
}
