/** How long TILT lasts (section 1.3). */
import type { SentinelState } from '../models/sentinel/index.ts';
import { lifeOfSpeaker, sentinelOf, wallAt, wallOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { A_TICK, ON_TIME, TICK_US, tickUs } from './ticks.ts';

/** The last anomaly of one run of a Sentinel. */
interface Anomaly {
  readonly process: number;
  readonly wallUs: number;
  readonly atUs: number;
}

function tiltChecker(context: CheckContext): Checker {
  const { cluster, interference } = context;
  const findings = new Findings();
  const anomalies = new Map<number, Anomaly>();

  function judgeUnended(life: number, { process, wallUs, atUs }: Anomaly): void {
    const target = cluster.world.state.processes[process]!;
    const lives = target.status === 'running' && lifeOfSpeaker(cluster, { process }) === life;
    if (!lives || !interference.isFreeSince(process, atUs)) return;
    const { periods } = target.state as SentinelState;
    const limitUs = 1000 * periods.tiltPeriodMs + TICK_US;
    const lastsUs = wallAt(cluster, target, cluster.world.nowUs) - wallUs;
    if (lastsUs > limitUs) findings.within(lastsUs, limitUs, `TILT of ${target.name}`);
  }

  return {
    announced(announcement) {
      const { event, process, atUs, node } = announcement;
      const life = lifeOfSpeaker(cluster, announcement);
      const wallUs = wallOf(cluster, announcement);
      const state = sentinelOf(cluster, announcement);
      // Without a master nothing asks whether TILT is over.
      const isIdle = event === '-monitor' || state === null || state.masterIds.length === 0;
      if (event === '+tilt' && !isIdle) {
        anomalies.set(life, { process, wallUs, atUs });
        return;
      }
      if (isIdle) {
        anomalies.delete(life);
        return;
      }
      const anomaly = anomalies.get(life);
      anomalies.delete(life);
      if (anomaly === undefined) return;
      const periodUs = 1000 * state.periods.tiltPeriodMs;
      const lastedUs = wallUs - anomaly.wallUs;
      if (lastedUs < periodUs) findings.noSooner(lastedUs, periodUs, `TILT of ${node}`);
      findings.within(
        lastedUs,
        periodUs + tickUs(context, announcement, state, anomaly.atUs),
        `TILT of ${node}`,
      );
    },
    end() {
      for (const [life, anomaly] of anomalies) judgeUnended(life, anomaly);
      return findings.verdict();
    },
  };
}

export const tiltLasts: Property = {
  name: 'tilt-lasts',
  statement: 'TILT ends tilt-period after the last anomaly, not sooner, and soon.',
  assumptions: ['by the wall clock of the Sentinel, which keeps its masters', ON_TIME],
  parameters: [],
  formula: `tilt-period (30 s) ≤ time since the last +tilt ≤ tilt-period + ${A_TICK}`,
  witness: 'TILT ended, or should have',
  rules: ['S-TILT-1', 'S-TILT-2', 'S-TILT-3'],
  holds: true,
  hears: ['+tilt', '-tilt', '-monitor'],
  begin: tiltChecker,
};

/** A Sentinel as it was after the last action; a stopped one as it was when it was stopped. */
interface Seen {
  readonly life: number;
  readonly status: string;
  readonly clockOffsetUs: number;
  /** When its clock was last set. */
  readonly setAtUs: number;
}

/** What to compare the next action with: while a process is stopped, the steps of its clock add up. */
function seenNext(before: Seen, now: Seen, nowUs: number): Seen {
  const isStill = before.life === now.life && before.status === 'stopped' && now.status === 'stopped';
  if (isStill) return before;
  const isResumed = before.status === 'stopped' && now.status === 'running';
  const isTouched = isResumed || now.clockOffsetUs !== before.clockOffsetUs;
  return { ...now, setAtUs: isTouched ? nowUs : before.setAtUs };
}

/** S-TIMER-2, S-TIMER-6: between two ticks, one of which may have come late. */
function isAnomaly(before: Seen, now: Seen, nowUs: number, stoppedAtUs: number, triggerUs: number): boolean {
  if (before.life !== now.life || now.status !== 'running') return false;
  const jumpUs = now.clockOffsetUs - before.clockOffsetUs;
  if (before.status === 'stopped') {
    const mayAddUp = stoppedAtUs - before.setAtUs <= TICK_US;
    return !mayAddUp && jumpUs >= 0 && nowUs - stoppedAtUs + jumpUs > triggerUs;
  }
  if (nowUs - before.setAtUs <= TICK_US) return false;
  return before.status === 'running' && (jumpUs < -TICK_US || jumpUs > triggerUs);
}

function entryChecker(context: CheckContext): Checker {
  const { cluster, interference, lookAt } = context;
  const findings = new Findings();
  const entered = new Map<number, number>();
  const { redis, sentinels } = cluster.scenario.deployment;
  const numbers = sentinels.map((_, index) => redis.length + index);

  function look(process: number): Seen {
    const { machines, processes } = cluster.world.state;
    const { status, machine } = processes[process]!;
    const { clockOffsetUs } = machines[machine]!;
    const setAtUs = Number.NEGATIVE_INFINITY;
    return { life: lifeOfSpeaker(cluster, { process }), status, clockOffsetUs, setAtUs };
  }

  function expectTilt(process: number, { life, clockOffsetUs }: Seen, nowUs: number): void {
    const { name } = cluster.world.state.processes[process]!;
    lookAt(nowUs + TICK_US + 1, () => {
      const now = look(process);
      const isUntouched =
        now.life === life && now.status === 'running' && now.clockOffsetUs === clockOffsetUs;
      if (!isUntouched || !interference.isFreeSince(process, nowUs + 1)) return;
      findings.witness();
      if ((entered.get(life) ?? 0) < nowUs) findings.violate(`${name} does not enter TILT`);
    });
  }

  let seen = numbers.map(look);
  return {
    announced(announcement) {
      const { process, atUs, node } = announcement;
      const state = sentinelOf(cluster, announcement);
      if (state === null) return;
      entered.set(lifeOfSpeaker(cluster, announcement), atUs);
      findings.witness();
      const sinceUs = atUs - 1000 * state.periods.tiltTriggerMs - TICK_US;
      // What SIGCONT leads to comes before anybody could look.
      lookAt(atUs + 1, () => {
        if (interference.isFreeSince(process, sinceUs)) findings.violate(`${node} enters TILT, undisturbed`);
      });
    },
    acted(nowUs) {
      const now = numbers.map(look);
      numbers.forEach((process, index) => {
        const { state, stoppedAtUs } = cluster.world.state.processes[process]!;
        if (state === null) return;
        const triggerUs = 1000 * (state as SentinelState).periods.tiltTriggerMs + TICK_US;
        if (isAnomaly(seen[index]!, now[index]!, nowUs, stoppedAtUs, triggerUs))
          expectTilt(process, now[index]!, nowUs);
      });
      seen = now.map((each, index) => seenNext(seen[index]!, each, nowUs));
    },
    end: () => findings.verdict(),
  };
}

export const tiltForAReason: Property = {
  name: 'tilt-for-a-reason',
  statement:
    'A Sentinel enters TILT in its next tick when it was stopped for longer than tilt-trigger or its clock was set back, or forward by more; and without such a reason it does not.',
  assumptions: [
    'its clock was not set back while it was stopped, nor set within a tick before, nor twice within a tick or within one after it went on: the two may cancel each other out',
  ],
  parameters: [],
  formula: `tilt-trigger (2 s) + ${A_TICK}; back: by more than ${A_TICK}`,
  witness: 'a Sentinel entered TILT, or had to',
  rules: ['S-TILT-1', 'S-TIMER-2', 'S-TIMER-6'],
  holds: true,
  hears: ['+tilt'],
  begin: entryChecker,
};
