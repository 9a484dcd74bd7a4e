/** How soon the loss of a master is beyond doubt. */
import type { EventName } from '../models/events.ts';
import { isOpen } from '../models/network/conditions.ts';
import { FAILOVER_IN_PROGRESS, FORCE_FAILOVER, O_DOWN, S_DOWN } from '../models/sentinel/flags.ts';
import { pingPeriodMs } from '../models/sentinel/pacing.ts';
import { type Instance, linkOf, type SentinelState } from '../models/sentinel/state.ts';
import { masterNamed } from './courses.ts';
import { CALM, Expectations, TAKEN } from './expectations.ts';
import { entries, lifeOfSpeaker, sentinels } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { answersLater, Calm, hasLastWords, isBlind, processBehind, reaches, roundTripUs } from './reach.ts';
import { A_TICK, TICK_US } from './ticks.ts';

/** The longest a kernel takes to reset the connections of a killed process. */
const TEARDOWN_US = 6000;
/** The link is made anew in one tick, and the last question is answered in another. */
const TICKS = 4;

/** After these a Sentinel no longer says of a master that it is down, or not as soon (S-ASK-6, S-ASK-7). */
const SILENCED: ReadonlySet<EventName> = new Set<EventName>([
  '+tilt',
  '-monitor',
  '+reset-master',
  '+set',
  '+switch-master',
]);

/** One Sentinel with its record of a master. */
interface View {
  readonly process: number;
  readonly node: string;
  readonly state: SentinelState;
  readonly master: Instance;
}

/** Some Sentinel fails over: whom it has told of the new master no longer calls the old one down (S-ASK-7). */
function anyHas(flag: number, { name }: Instance, views: readonly View[]): boolean {
  return views.some(({ master }) => master.name === name && (master.flags & flag) !== 0);
}

class Losses {
  readonly #context: CheckContext;
  readonly #calm: Calm;
  readonly #expectations: Expectations;
  /** Sentinel and master → the master cannot be heard. */
  readonly #lost = new Map<string, boolean>();

  constructor(context: CheckContext, calm: Calm, expectations: Expectations) {
    this.#context = context;
    this.#calm = calm;
    this.#expectations = expectations;
  }

  /** Just after the timeline has acted. */
  look(nowUs: number): void {
    const views = this.#views();
    for (const view of views) {
      const key = `${view.node} ${view.master.name}`;
      const isLost = this.#isLost(view);
      const isNew = isLost && this.#lost.get(key) === false;
      this.#lost.set(key, isLost);
      if (isNew && this.#isSilent(view)) this.#expectOdown(view, views, nowUs);
    }
  }

  #views(): View[] {
    const { cluster } = this.#context;
    return sentinels(cluster).flatMap(({ process: { name }, state }) =>
      entries(state, state.masterIds).map((master) => ({
        process: cluster.processByName.get(name)!,
        node: name,
        state,
        master,
      })),
    );
  }

  /** Dead, stopped, or cut off from this Sentinel. */
  #isLost({ process, master }: View): boolean {
    const { processes, network } = this.#context.cluster.world.state;
    const other = processBehind(this.#context.cluster, master);
    if (other < 0) return true;
    const [here, there] = [processes[process]!.machine, processes[other]!.machine];
    const { status } = processes[other]!;
    const isOff = status === 'down' || status === 'stopped';
    return isOff || !isOpen(network, here, there) || !isOpen(network, there, here);
  }

  /** Dead, stopped or cut off, with nothing on its way that it has said before. */
  #isSilent(view: View): boolean {
    const { cluster } = this.#context;
    const master = processBehind(cluster, view.master);
    if (hasLastWords(cluster, master, view.process)) return false;
    return this.#isLost(view) && !answersLater(cluster, master, view.process);
  }

  #expectOdown(view: View, views: readonly View[], nowUs: number): void {
    const { process, node, state, master } = view;
    const { cluster } = this.#context;
    if (state.tilt || (master.flags & (S_DOWN | O_DOWN)) !== 0) return;
    if (anyHas(FAILOVER_IN_PROGRESS, master, views)) return;
    const helpers = entries(state, master.sentinelIds)
      .filter((entry) => reaches(cluster, this.#calm.formerlyActedUs, process, state, entry))
      .map((entry) => processBehind(cluster, entry))
      .filter((helper) => this.#agrees(helper, view, views));
    if (helpers.length + 1 < master.quorum) return;
    const limitUs =
      1000 * (master.downAfterMs + pingPeriodMs(state, master) + state.periods.askMs) +
      (TICKS - 1) * TICK_US +
      TEARDOWN_US +
      4 * Math.max(0, ...helpers.map((helper) => roundTripUs(cluster, process, helper)));
    const speaker = { process, node, atUs: nowUs };
    const needed = [process, ...helpers];
    const isStillDue = () => {
      const now = this.#views().filter((each) => each.master.name === master.name);
      const isSeeing = (each: View) =>
        !needed.includes(each.process) || !isBlind(linkOf(each.state, each.master));
      return !anyHas(FORCE_FAILOVER, master, now) && now.every(isSeeing);
    };
    const what = `holds ${master.name} for down`;
    this.#expectations.await(speaker, master.name, limitUs, helpers, what, isStillDue);
  }

  /** It has lost the same master, and says so when it is asked. */
  #agrees(helper: number, { master }: View, views: readonly View[]): boolean {
    return views.some(
      (view) =>
        view.process === helper &&
        !view.state.tilt &&
        view.master.name === master.name &&
        view.master.address.ip === master.address.ip &&
        view.master.downAfterMs <= master.downAfterMs &&
        this.#isSilent(view),
    );
  }
}

function lossChecker(context: CheckContext): Checker {
  const findings = new Findings();
  const calm = new Calm();
  const expectations = new Expectations(context, findings, calm);
  const losses = new Losses(context, calm, expectations);
  // Everybody knows everybody, and nothing has been done yet.
  context.lookAt(context.zeroUs - 1, () => losses.look(context.zeroUs - 1));
  return {
    announced(announcement) {
      if (announcement.event === '+odown') {
        expectations.keep(announcement, masterNamed(announcement));
        return;
      }
      if (SILENCED.has(announcement.event)) expectations.callOffWith(announcement.process);
      else expectations.callOff(lifeOfSpeaker(context.cluster, announcement), masterNamed(announcement));
    },
    acted(nowUs) {
      calm.acted(nowUs);
      // After everything that the timeline does at this instant.
      context.lookAt(nowUs + 1, () => losses.look(nowUs + 1));
    },
    end: () => findings.verdict(),
  };
}

export const odownWithin: Property = {
  name: 'odown-within',
  statement:
    'A master that is lost to as many Sentinels as the quorum is O_DOWN in time for each of them that hears the others.',
  assumptions: [
    CALM,
    'lost: it ends, is stopped, or cannot be reached, for all of them at once and until then; they have the same address of it, no greater down-after, and are not in TILT, nor told to forget or change it, until then',
    'no Sentinel is failing over, for whom the leader has told of the new master no longer agrees; one that has failed over switches first',
  ],
  parameters: ['down-after-milliseconds', 'quorum'],
  formula: `down-after-milliseconds + min(down-after-milliseconds, 1 s) + ask-period (1 s) + ${TICKS} × ${A_TICK} + 6 ms + 4 × the round trip`,
  witness: 'a master was lost to enough Sentinels',
  rules: ['S-SDOWN-1', 'S-SDOWN-2', 'S-PERIOD-5', 'S-ASK-4', 'S-ODOWN-1'],
  holds: true,
  hears: ['+odown', ...TAKEN],
  begin: lossChecker,
};
