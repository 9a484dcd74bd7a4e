/** How a master came to be held for down: SDOWN on each Sentinel, ODOWN on those that act. */
import { parseInstance } from '../measure/payload.ts';
import { list, setting, span } from '../report/numbers.ts';
import { quorumCount } from '../report/story/context.ts';
import type { RunAction, RunEvent } from '../run/document.ts';
import { type Case, concernsNode, downAfterOf, glimpseAt, quorumOf } from './case.ts';
import { type Step, step } from './explanation.ts';
import { agreeing, type MasterView } from './view.ts';

/** What happens to a node, and to several. */
type Happening = readonly [one: string, many: string];

const FAULTS: Readonly<Record<string, Happening>> = {
  kill: [
    'is killed (SIGKILL): its connections are reset, new ones are refused',
    'are killed (SIGKILL): their connections are reset, new ones are refused',
  ],
  stop: ['is told to stop (SIGTERM)', 'are told to stop (SIGTERM)'],
  pause: [
    'is frozen (SIGSTOP): it is silent, its connections stay',
    'are frozen (SIGSTOP): they are silent, their connections stay',
  ],
  isolate: ['is cut off from everyone, silently', 'are cut off from everyone, silently'],
  'power-off': [
    'loses its power: it is silent, and what was not synced is gone',
    'lose their power: they are silent, and what was not synced is gone',
  ],
  cut: ['is cut off, silently', 'are cut off, silently'],
  'cut-one-way': ['is cut off in one direction, silently', 'are cut off in one direction, silently'],
  names: ['can be resolved no longer', 'can be resolved no longer'],
  disk: ['runs out of disk space', 'run out of disk space'],
};

const RETURNS: Readonly<Record<string, Happening>> = {
  start: ['is started again', 'are started again'],
  resume: ['goes on where it was (SIGCONT)', 'go on where they were (SIGCONT)'],
  rejoin: ['reaches everyone again', 'reach everyone again'],
  heal: ['can be reached again', 'can be reached again'],
};

export function isFault(action: RunAction): boolean {
  if (action.do === 'disk') return action.args.includes('full');
  if (action.do === 'names') return action.args.includes('unresolvable');
  return Object.hasOwn(FAULTS, action.do);
}

export function isReturn(action: RunAction): boolean {
  return Object.hasOwn(RETURNS, action.do);
}

/** What the timeline did to a node, or to several at once, as a step. */
export function actionStep(action: RunAction, ...nodes: readonly string[]): Step {
  const groups = action.args.filter((arg): arg is readonly string[] => Array.isArray(arg));
  const between = groups.length === 2 ? ` (between ${groups.map((group) => list(group)).join(' and ')})` : '';
  const happening = FAULTS[action.do] ?? RETURNS[action.do];
  const what = happening?.[nodes.length > 1 ? 1 : 0] ?? action.do;
  return step(action.t, list(nodes), `${what}${between}`);
}

/** Faults and returns of a node in a span. */
export function actionsOn(kase: Case, node: string, from: number, to: number): RunAction[] {
  return kase.document.actions.filter(
    (action) =>
      action.t >= from &&
      action.t <= to &&
      (isFault(action) || isReturn(action)) &&
      (concernsNode(action, node) || (action.do === 'heal' && action.args.length === 0)),
  );
}

/** TILT lasts this long after a jump of the clock. */
const TILT_MS = 30_000;

/** What was done to the other nodes up to `to` and matters from `from` on: faults in force, and all that came later. */
export function companySteps(kase: Case, host: string, from: number, to: number): Step[] {
  const { sentinels, redis } = kase.story.cast;
  const others = [...sentinels, ...redis].filter((node) => node !== host);
  return kase.document.actions.flatMap((action) => {
    const jump = action.do === 'clock';
    if (action.t > to || !(isFault(action) || isReturn(action) || jump)) return [];
    if (concernsNode(action, host) && action.t >= from) return [];
    const matters = (node: string) =>
      action.t >= from || (jump ? action.t >= from - TILT_MS : lasts(kase, action, node, from));
    const told = jump ? step(action.t, null, 'the wall clock of its machine jumps') : actionStep(action, '');
    return others
      .filter((node) => concernsNode(action, node) && matters(node))
      .map((node) => ({ ...told, node }));
  });
}

/** True when nothing has ended this fault of a node by then. */
function lasts(kase: Case, fault: RunAction, node: string, by: number): boolean {
  if (!isFault(fault)) return false;
  return !actionsOn(kase, node, fault.t, by).some((action) => action !== fault && isReturn(action));
}

/** `+sdown` of one Sentinel about a master. */
export function sdownStep(kase: Case, event: RunEvent): Step {
  const { master, host } = parseInstance(event.message);
  const view = glimpseAt(kase, event.node, master, '+sdown', event.t)?.view;
  if (view === undefined) {
    const downAfter = downAfterOf(kase, master);
    return step(event.t, event.node, `holds ${host} for down (SDOWN)`, {
      because: downAfter === null ? '' : `no valid reply for more than down-after ${setting(downAfter)}`,
      rule: 'S-SDOWN-5',
    });
  }
  return step(event.t, event.node, `holds ${host} for down (SDOWN)`, sdownReason(view));
}

function sdownReason(view: MasterView): Pick<Step, 'because' | 'rule' | 'numbers'> {
  const { silenceMs, silentSince, downAfterMs } = view;
  if (silenceMs > downAfterMs && silentSince !== null) {
    const ping = view.answersWithErrors ? 'the PING' : 'the unanswered PING';
    const clock = view.silenceFrom === 'ping' ? ping : 'the last valid reply';
    const errors = view.answersWithErrors ? '; it answers with an error, which does not count' : '';
    return {
      because: `no valid reply for ${span(silenceMs)}, more than down-after ${setting(downAfterMs)}, counted from ${clock} of ${at(silentSince)}${errors}`,
      rule: view.answersWithErrors ? 'S-PING-4' : 'S-SDOWN-5',
      numbers: { silenceMs, downAfterMs, silentSinceMs: silentSince },
    };
  }
  if (view.roleReported === 'replica') {
    return {
      because: `its INFO has called it a replica since ${at(view.roleReportedAt)}, longer than down-after and two INFO periods`,
      rule: 'S-SDOWN-5',
      numbers: { downAfterMs, roleReportedAtMs: view.roleReportedAt },
    };
  }
  return {
    because: 'it was restarted and has not answered PING with PONG since',
    rule: 'S-SDOWN-8',
    numbers: {},
  };
}

/** `5.056 s`, as steps name moments in a sentence. */
export function at(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

/** `+odown` of one Sentinel. */
export function odownStep(kase: Case, event: RunEvent): Step {
  const { master } = parseInstance(event.message);
  const view = glimpseAt(kase, event.node, master, '+odown', event.t)?.view;
  const [count, quorum] = quorumCount(event.message).split('/').map(Number);
  const numbers = { agree: count ?? 0, quorum: quorum ?? 0 };
  const what = `the quorum is reached (ODOWN): ${count} ${count === 1 ? 'says' : 'say'} so, ${quorum} needed`;
  if (view === undefined) return step(event.t, event.node, what, { rule: 'S-ODOWN-1', numbers });
  const others = agreeing(view, event.node).slice(1);
  const because =
    others.length === 0
      ? 'with quorum 1 its own opinion is enough'
      : `${list(others)} answered that it is down`;
  return step(event.t, event.node, what, { because, rule: 'S-ODOWN-1', numbers });
}

/** Why this Sentinel, which holds the master for down, does not see a quorum. */
export function noQuorumStep(kase: Case, t: number | null, node: string, view: MasterView): Step {
  const agree = agreeing(view, node).length;
  const silent = view.peers.filter((peer) => !peer.saysDown);
  const cut = silent.filter((peer) => !peer.connected || peer.subjectivelyDown).map(({ name }) => name);
  const disagree = silent.filter((peer) => peer.connected && !peer.subjectivelyDown).map(({ name }) => name);
  const reasons = [
    ...(view.peers.length === 0 ? ['it knows no other Sentinel'] : []),
    ...(cut.length > 0 ? [`${list(cut)} cannot be reached`] : []),
    ...(disagree.length > 0 ? [`${list(disagree)} ${disagree.length === 1 ? 'does' : 'do'} not say so`] : []),
  ];
  const quorum = quorumOf(kase, view.master) ?? view.quorum;
  return step(t, node, `no quorum: ${agree} of the ${view.quorum} needed`, {
    because: reasons.join('; '),
    rule: 'S-ODOWN-1',
    numbers: { agree, quorum },
  });
}
