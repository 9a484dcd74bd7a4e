/** What became of the old master after a failover: a second master until a Sentinel demotes it. */
import { parseInstance } from '../measure/payload.ts';
import { setting, span } from '../report/numbers.ts';
import type { RunEvent, RunFailover } from '../run/document.ts';
import { type Case, glimpseAt } from './case.ts';
import { actionStep, actionsOn, at, isReturn } from './downSteps.ts';
import { type Step, step } from './explanation.ts';

/** Steps from the promotion to the next failover of this master, about the old one. */
export function oldMasterSteps(kase: Case, failover: RunFailover, until: number): Step[] {
  const { from, promotedAt } = failover;
  if (promotedAt === null) return [];
  const about = (event: string) =>
    (kase.story.byEvent.get(event) ?? []).find(
      ({ t, message }) => t >= promotedAt && t <= until && parseInstance(message).host === from,
    );
  const of = (event: string, message: RegExp) =>
    (kase.story.byEvent.get(event) ?? []).find(
      (each) => each.node === from && each.t >= promotedAt && each.t <= until && message.test(each.message),
    );
  const demoted = of('role-changed', /^replica/);
  const returned = actionsOn(kase, from, promotedAt, demoted?.t ?? until)
    .filter(isReturn)
    .at(-1);
  const told = about('+convert-to-slave') ?? about('+slave-reconf-sent');
  const steps: Step[] = [];
  const ready = returned === undefined ? of('ready', /^/) : undefined;
  if (returned !== undefined) steps.push(actionStep(returned, from));
  if (ready !== undefined) steps.push(step(ready.t, from, 'was started again, and accepts connections'));
  if (told !== undefined && told.event === '+convert-to-slave') steps.push(demotionStep(kase, told));
  if (demoted !== undefined) {
    const backAt = returned?.t ?? ready?.t;
    const since = backAt ?? promotedAt;
    steps.push(
      step(
        demoted.t,
        from,
        `is a replica now, ${span(demoted.t - since)} after ${backAt === undefined ? 'the promotion' : 'its return'}`,
        {
          because: told === undefined ? 'it was configured as one' : '',
          rule: null,
          numbers: { secondMasterMs: demoted.t - since },
        },
      ),
      ...syncSteps(kase, from, demoted.t, until),
    );
  }
  return steps;
}

function demotionStep(kase: Case, told: RunEvent): Step {
  const { host, master } = parseInstance(told.message);
  const view = glimpseAt(kase, told.node, master, '+convert-to-slave', told.t)?.view;
  const replica = view?.replicas.find(({ name }) => name === host);
  if (view === undefined || replica === undefined) {
    return step(told.t, told.node, `tells ${host} to be a replica`, {
      because: 'it called itself a master for more than 8 s in two INFOs, and INFO comes every 10 s',
      rule: 'S-ROLE-5',
    });
  }
  const waitMs = 4 * view.publishPeriodMs;
  const { roleReportedAt, lastDownAt, infoPeriodMs } = replica;
  const isLate = lastDownAt !== null && lastDownAt + waitMs > roleReportedAt + infoPeriodMs;
  const down = isLate ? `, also after it was held for down at ${at(lastDownAt)}` : '';
  return step(told.t, told.node, `tells ${host} to be a replica`, {
    because: `its INFO of ${at(roleReportedAt)} called it a master; ${setting(waitMs)} have to pass${down}, and the first INFO after that came ${span(told.t - roleReportedAt)} later`,
    rule: isLate ? 'S-ROLE-9' : 'S-ROLE-5',
    numbers: { roleReportedAtMs: roleReportedAt, waitMs, infoPeriodMs },
  });
}

function failedSync(node: string, failed: readonly RunEvent[]): Step {
  const [first] = failed;
  const times = failed.length;
  const until = times === 1 ? '' : `, ${times} times until ${at(failed.at(-1)!.t)}`;
  return step(first!.t, node, `cannot write its copy to disk, and asks for another at once${until}`, {
    because: first!.message,
    rule: 'R-FULL-8',
    numbers: { times },
  });
}

function syncSteps(kase: Case, node: string, from: number, until: number): Step[] {
  const steps: Step[] = [];
  const events = kase.document.events.filter(({ t }) => t >= from && t <= until);
  const failed = events.filter(({ node: where, event }) => where === node && event === 'full-resync-failed');
  for (const { t, node: where, event, message } of events) {
    if (event === 'partial-resync-refused' && where !== node) {
      // Every copy that is given up is asked for in the same way.
      if (failed.length > 0 && t > failed[0]!.t) continue;
      const text = message === '' ? '' : message.replace(/ \(.*\)$/, '');
      steps.push(
        step(t, where, `cannot continue ${node}'s stream: everything has to be sent`, {
          because: text,
          rule: 'R-PSYNC-1',
        }),
      );
    } else if (where !== node) continue;
    else if (event === 'full-resync-failed') {
      if (t === failed[0]!.t) steps.push(failedSync(node, failed));
    } else if (event === 'partial-resync') {
      steps.push(step(t, node, 'is in sync: it went on where it stopped', { rule: 'R-PSYNC-1' }));
      break;
    } else if (event === 'full-resync-done') {
      const numbers = { afterMs: t - from };
      steps.push(
        step(t, node, `is in sync, ${span(t - from)} after it was told: all its data is replaced`, {
          rule: 'R-FULL-3',
          numbers,
        }),
      );
      break;
    }
  }
  return steps;
}
