/** What a Sentinel is bound to see soon because nothing stands in the way. */
import type { EventName } from '../models/events.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { lifeOfSpeaker } from './look.ts';
import type { CheckContext, Findings } from './property.ts';
import type { Calm } from './reach.ts';
import { TICK_US } from './ticks.ts';

export const CALM =
  'from the last PONG of each that counts until then the timeline does nothing, and the ways between them are open and without loss';

/** What takes a failover, or a master, from its Sentinel. */
export const TAKEN: readonly EventName[] = [
  '+switch-master',
  '+reset-master',
  '-monitor',
  '+config-update-from',
  '+set',
  '+tilt',
];

/** One run of a process. */
interface Life {
  readonly process: number;
  readonly incarnation: number;
}

interface Awaited {
  readonly what: string;
  readonly life: number;
  readonly master: string;
  readonly sinceUs: number;
  /** When it was said: before its stamp, where the process waits for its disk (S-TIMER-3). */
  readonly saidUs: number;
  readonly limitUs: number;
  /** Without any of them it need not happen. */
  readonly needed: readonly Life[];
  /** What must still be so at the end. */
  isStillDue(): boolean;
}

/** What is awaited of Sentinels, each for one master and until its limit. */
export class Expectations {
  readonly #context: CheckContext;
  readonly #findings: Findings;
  readonly #calm: Calm;
  #open: Awaited[] = [];

  constructor(context: CheckContext, findings: Findings, calm: Calm) {
    this.#context = context;
    this.#findings = findings;
    this.#calm = calm;
  }

  /** From now on, in `limitUs` and a tick. `others` are processes that it takes; `isStillDue` is asked at the end. */
  await(
    speaker: Pick<Announcement, 'process' | 'node' | 'atUs'>,
    master: string,
    limitUs: number,
    others: readonly number[],
    what: string,
    isStillDue = () => true,
  ): void {
    const { cluster, lookAt } = this.#context;
    const awaited: Awaited = {
      what: `${speaker.node} ${what}`,
      life: lifeOfSpeaker(cluster, speaker),
      master,
      sinceUs: speaker.atUs,
      saidUs: cluster.world.nowUs,
      limitUs: limitUs + TICK_US,
      needed: [speaker.process, ...others].map((process) => lifeOf(cluster, process)),
      isStillDue,
    };
    this.#open.push(awaited);
    lookAt(awaited.sinceUs + awaited.limitUs + 1, () => this.#expire(awaited));
  }

  /** It has happened at a Sentinel, for this master. */
  keep(announcement: Announcement, master: string): void {
    const life = lifeOfSpeaker(this.#context.cluster, announcement);
    for (const awaited of this.#open) {
      if (awaited.life !== life || awaited.master !== master || !this.#counts(awaited)) continue;
      this.#findings.within(announcement.atUs - awaited.sinceUs, awaited.limitUs, awaited.what);
    }
    this.callOff(life, master);
  }

  /** It need not happen any more: at this Sentinel, for this master or any. */
  callOff(life: number, master: string | null): void {
    this.#open = this.#open.filter(
      (each) => each.life !== life || (master !== null && each.master !== master),
    );
  }

  /** It need not happen any more where it takes this process. */
  callOffWith(process: number): void {
    this.#open = this.#open.filter(({ needed }) => needed.every((life) => life.process !== process));
  }

  callAllOff(): void {
    this.#open = [];
  }

  #expire(awaited: Awaited): void {
    const isOpen = this.#open.includes(awaited);
    this.#open = this.#open.filter((each) => each !== awaited);
    if (!isOpen || !this.#counts(awaited) || !awaited.isStillDue()) return;
    this.#findings.witness();
    this.#findings.violate(`${awaited.what}: not in ${Math.round(awaited.limitUs / 1000)} ms`);
  }

  #counts({ saidUs, needed }: Awaited): boolean {
    return this.#calm.since(saidUs) && needed.every((life) => isAlive(this.#context.cluster, life));
  }
}

export function lifeOf({ world }: Cluster, process: number): Life {
  return { process, incarnation: world.state.processes[process]!.incarnation };
}

/** It runs, and has not been started anew. */
export function isAlive({ world }: Cluster, { process, incarnation }: Life): boolean {
  const { status, incarnation: now } = world.state.processes[process]!;
  return status === 'running' && now === incarnation;
}
