/** How long each phase of a failover took (S-TIME-1 to S-TIME-6), as data. */
import type { RunAction, RunEvent, RunFailover } from '../run/document.ts';
import { parseInstance, parseSwitch } from './payload.ts';

/**
 * `detect` fault → first SDOWN; `agree` → start of the attempt; `elect` → leader; `promote` → the replica is a
 * master; `notice` → the leader sees that in INFO; `spread` → the first Sentinel names the new master to clients.
 * When no log of the replica tells its promotion, `promote` lasts until the leader sees it, and there is no `notice`.
 */
export type PhaseName = 'detect' | 'agree' | 'elect' | 'promote' | 'notice' | 'spread';

export interface Phase {
  readonly name: PhaseName;
  readonly ms: number;
}

export interface FailoverPhases {
  /** The fault, or the start of the attempt when it was forced or no fault is known. */
  readonly startAt: number;
  /** When the first Sentinel named the new master; null when none did. */
  readonly switchAt: number | null;
  /** In order; ends with the last phase that was completed. */
  readonly phases: readonly Phase[];
}

const FAULTS: ReadonlySet<string> = new Set([
  'kill',
  'stop',
  'pause',
  'isolate',
  'cut',
  'cut-one-way',
  'power-off',
  'command',
  'cmd',
  'network',
  'names',
]);

export function phasesOf(
  failover: RunFailover,
  events: readonly RunEvent[],
  actions: readonly RunAction[],
): FailoverPhases {
  const sdownAt = downSince(failover, events);
  const faultAt = failover.odownAt === null ? null : faultOf(failover, actions, sdownAt ?? failover.tryAt);
  const startAt = faultAt ?? sdownAt ?? failover.tryAt;
  const becameMasterAt = promotionOf(failover, events);
  const marks: (readonly [PhaseName, number | null])[] = [
    ['elect', failover.electedAt],
    ['promote', becameMasterAt ?? failover.promotedAt],
  ];
  if (becameMasterAt !== null) marks.push(['notice', failover.promotedAt]);
  marks.push(['spread', firstSwitch(failover, events)]);
  if (sdownAt !== null) marks.unshift(['agree', failover.tryAt]);
  if (faultAt !== null) marks.unshift(['detect', sdownAt]);
  const phases: Phase[] = [];
  let from = startAt;
  for (const [name, at] of marks) {
    if (at === null) break;
    phases.push({ name, ms: Math.max(0, at - from) });
    from = Math.max(from, at);
  }
  return { startAt, switchAt: firstSwitch(failover, events), phases };
}

/** The last fault on the old master before a Sentinel saw it down, or before another moment. */
export function faultOf(
  failover: Pick<RunFailover, 'from'>,
  actions: readonly RunAction[],
  before: number,
): number | null {
  let at: number | null = null;
  for (const action of actions) {
    if (action.t > before) break;
    if (FAULTS.has(action.do) && action.args.flat().includes(failover.from)) at = action.t;
  }
  return at;
}

/** The earliest SDOWN, on any Sentinel, that was still in force when the attempt began; null when it was forced. */
export function downSince(failover: RunFailover, events: readonly RunEvent[]): number | null {
  if (failover.odownAt === null) return null;
  const since = new Map<string, number>();
  for (const event of events) {
    if (event.t > failover.tryAt) break;
    if (event.event !== '+sdown' && event.event !== '-sdown') continue;
    const { type, host, master } = parseInstance(event.message);
    if (type !== 'master' || host !== failover.from || master !== failover.master) continue;
    if (event.event === '+sdown') since.set(event.node, event.t);
    else since.delete(event.node);
  }
  return since.size === 0 ? failover.sdownAt : Math.min(...since.values());
}

/** When the replica says that it became a master; null when nothing of it tells that before the leader sees it. */
function promotionOf(failover: RunFailover, events: readonly RunEvent[]): number | null {
  const { selectedAt, promotedAt, to } = failover;
  if (selectedAt === null) return null;
  const until = promotedAt ?? Number.POSITIVE_INFINITY;
  const became = events.find(
    ({ t, node, event, message }) =>
      t >= selectedAt && t <= until && node === to && event === 'role-changed' && message === 'master',
  );
  return became?.t ?? null;
}

function firstSwitch(failover: RunFailover, events: readonly RunEvent[]): number | null {
  if (failover.promotedAt === null) return null;
  for (const event of events) {
    if (event.t < failover.promotedAt || event.event !== '+switch-master') continue;
    const { master, to } = parseSwitch(event.message);
    if (master === failover.master && to === failover.to) return event.t;
  }
  return null;
}
