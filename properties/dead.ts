/** Whoever is dead is down for every Sentinel that knows it, and not only for those that say so. */
import type { EventName } from '../models/events.ts';
import { S_DOWN } from '../models/sentinel/flags.ts';
import { pingPeriodMs } from '../models/sentinel/pacing.ts';
import { MAX_PENDING_COMMANDS } from '../models/sentinel/periods.ts';
import { type Instance, linkOf, type SentinelState } from '../models/sentinel/state.ts';
import type { ProcessStatus } from '../src/engine/worldState.ts';
import { lifeOfSpeaker, pairOf, sentinels, wallAt } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';
import { processBehind } from './reach.ts';
import { A_TICK, TICK_US } from './ticks.ts';

const TICKS = 2;
/** Between two looks. */
const SECOND_US = 1_000_000;

/** After these a Sentinel counts anew, or has new entries that count from their own beginning. */
const REBASED: readonly EventName[] = [
  '+monitor',
  '+slave',
  '+sentinel',
  '+sentinel-address-switch',
  '+switch-master',
  '+reset-master',
  '-monitor',
  '+set',
  '+tilt',
  '-tilt',
];

/** Calls back with each entry: once a second for each Sentinel while somebody is dead. */
function forEachEntry(state: SentinelState, look: (entry: Instance) => void): void {
  for (const id of state.masterIds) {
    const master = state.instances[id]!;
    look(master);
    for (const replicaId of master.replicaIds) look(state.instances[replicaId]!);
    for (const sentinelId of master.sentinelIds) look(state.instances[sentinelId]!);
  }
}

/** Which processes answer nobody, and since when. */
class Silent {
  readonly #context: CheckContext;
  readonly sinceUs = new Map<number, number>();
  readonly #statuses: ProcessStatus[] = [];
  readonly #incarnations: number[] = [];

  constructor(context: CheckContext) {
    this.#context = context;
  }

  look(nowUs: number): void {
    const { processes } = this.#context.cluster.world.state;
    for (let process = 0; process < processes.length; process++) {
      const { status, incarnation } = processes[process]!;
      // It may have lived between two looks: started anew, or resumed and ended.
      if (this.#statuses[process] === status && this.#incarnations[process] === incarnation) continue;
      this.#statuses[process] = status;
      this.#incarnations[process] = incarnation;
      if (status === 'running') this.sinceUs.delete(process);
      else this.sinceUs.set(process, nowUs);
    }
  }
}

class Notice {
  readonly #context: CheckContext;
  readonly #findings: Findings;
  readonly #silent: Silent;
  readonly #hasSetClocks: boolean;
  /** Life → when its entries last began to count. */
  readonly rebasedUs = new Map<number, number>();
  /** Sentinel and silent process → the earliest time from which the former can count the latter's silence. */
  readonly #countsFromUs = new Map<number, number>();

  constructor(context: CheckContext, findings: Findings) {
    this.#context = context;
    this.#findings = findings;
    this.#silent = new Silent(context);
    this.#hasSetClocks = context.cluster.scenario.timeline.some(({ verb }) => verb.do === 'clock');
  }

  look(nowUs: number): void {
    this.#silent.look(nowUs);
    this.#noteLastWords(nowUs);
    if (this.#hasSetClocks) this.#noteStampsAhead(nowUs);
  }

  judge(nowUs: number): void {
    this.look(nowUs);
    if (this.#silent.sinceUs.size === 0) return;
    const { cluster } = this.#context;
    for (const { process, state } of sentinels(cluster)) {
      if (state.tilt) continue;
      const number = cluster.processByName.get(process.name)!;
      const life = lifeOfSpeaker(cluster, { process: number });
      const rebasedUs = this.rebasedUs.get(life) ?? Number.POSITIVE_INFINITY;
      forEachEntry(state, (entry) => {
        // Whoever is down is noticed.
        if ((entry.flags & S_DOWN) === 0) this.#judgeEntry(number, state, entry, rebasedUs, nowUs);
        else this.#findings.witness();
      });
    }
  }

  /** Its kernel goes on sending what it has said before (R-NET-2). */
  #noteLastWords(nowUs: number): void {
    const { processes } = this.#context.cluster.world.state;
    for (const dead of this.#silent.sinceUs.keys()) {
      for (const end of processes[dead]!.ends) {
        if (end === null) continue;
        const waits = (end.retransmission?.segments.length ?? 0) > 0;
        this.#countsFrom(pairOf(end.peer.process, dead), waits ? nowUs + SECOND_US : end.lastArrivalUs);
      }
    }
  }

  /** S-PERIOD-5: who was heard by a clock that has been set back since is asked when that has caught up. */
  #noteStampsAhead(nowUs: number): void {
    const { cluster } = this.#context;
    for (const { process, state } of sentinels(cluster)) {
      const number = cluster.processByName.get(process.name)!;
      const wallUs = wallAt(cluster, process, nowUs);
      forEachEntry(state, (entry) => {
        const aheadUs = linkOf(state, entry).lastPongUs - wallUs;
        if (aheadUs > 0) this.#countsFrom(pairOf(number, processBehind(cluster, entry)), nowUs + aheadUs);
      });
    }
  }

  #countsFrom(pair: number, atUs: number): void {
    this.#countsFromUs.set(pair, Math.max(this.#countsFromUs.get(pair) ?? 0, atUs));
  }

  #judgeEntry(sentinel: number, state: SentinelState, entry: Instance, rebasedUs: number, nowUs: number) {
    const { cluster, interference } = this.#context;
    const dead = processBehind(cluster, entry);
    const diedUs = this.#silent.sinceUs.get(dead);
    if (diedUs === undefined) return;
    const pair = pairOf(sentinel, dead);
    const { pendingCommands, refcount } = linkOf(state, entry);
    if (pendingCommands >= MAX_PENDING_COMMANDS * refcount) this.#countsFrom(pair, nowUs);
    const sinceUs = Math.max(diedUs, rebasedUs, this.#countsFromUs.get(pair) ?? 0);
    const limitUs = 1000 * (entry.downAfterMs + pingPeriodMs(state, entry)) + TICKS * TICK_US;
    if (nowUs - sinceUs <= limitUs || !interference.isFreeSince(sentinel, sinceUs)) return;
    const { processes } = cluster.world.state;
    this.#findings.violate(`${processes[dead]!.name} is not down for ${processes[sentinel]!.name}`);
  }
}

export const deadAreDown: Property = {
  name: 'dead-are-down',
  statement:
    'Whoever has been dead or stopped for so long is S_DOWN for every Sentinel that runs and knows it.',
  assumptions: [
    'a Sentinel that was stopped, started or had its clock set, that was in TILT, or that has got new entries or settings, counts from then on (S-TILT-6, S-SWITCH-3)',
    'its last PONG is not ahead of the clock of the Sentinel, which was set back since (S-PERIOD-5)',
    'what it has said before has arrived: its kernel goes on sending that, even over a way that opens later (R-NET-2)',
    'fewer than a hundred commands to it are unanswered: with more, the Sentinel sends no PING, and counts nothing once a late PONG has come (S-LINK-10, S-SDOWN-1)',
    'looked at once a second',
  ],
  parameters: ['down-after-milliseconds'],
  formula: `down-after-milliseconds + min(down-after-milliseconds, 1 s) + ${TICKS} × ${A_TICK}`,
  witness: 'somebody was dead, and down for a Sentinel',
  rules: ['S-SDOWN-1', 'S-SDOWN-2', 'S-SDOWN-5', 'S-PERIOD-5', 'S-PING-1', 'S-LINK-10'],
  holds: true,
  hears: REBASED,
  begin(context) {
    const findings = new Findings();
    const notice = new Notice(context, findings);
    return {
      announced: (announcement) => {
        notice.rebasedUs.set(lifeOfSpeaker(context.cluster, announcement), announcement.atUs);
      },
      acted: (nowUs) => notice.look(nowUs),
      probed: (nowUs) => notice.judge(nowUs),
      end: () => findings.verdict(),
    };
  },
};
