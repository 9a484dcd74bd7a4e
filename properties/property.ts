/** What a property is: a law of Sentinel, and a checker that follows one run. */
import type { EventName } from '../models/events.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { Cluster } from '../src/run/cluster.ts';
import type { RunDocument } from '../src/run/document.ts';
import type { PreparedRun } from '../src/run/prepare.ts';
import type { Interference } from './interference.ts';

/** A time limit that a run was held against, in milliseconds. */
export interface Observed {
  readonly bound: number;
  /** The observation that came closest to the limit, or furthest beyond it. */
  readonly tightest: number;
}

export interface Verdict {
  /** What breaks the property, in words; null when it holds. */
  readonly violation: string | null;
  /** True when the run put the property to the test at all. */
  readonly witnessed: boolean;
  readonly observed?: Observed;
}

/** The run that a checker is to follow. It may read everything and must change nothing. */
export interface CheckContext {
  readonly prepared: PreparedRun;
  readonly seed: number;
  readonly cluster: Cluster;
  /** Time zero, in microseconds of the world. */
  readonly zeroUs: number;
  readonly interference: Interference;
  /** Lets a checker look at this instant of the world, before anything else of it happens. */
  lookAt(atUs: number, look: () => void): void;
}

export interface Checker {
  /** An event of `Property.hears`, before it takes further effect. */
  announced(announcement: Announcement): void;
  /** Once a simulated second, from time zero on; for what no event tells. */
  probed?(nowUs: number): void;
  /** Just after the timeline acted. */
  acted?(nowUs: number): void;
  /** After the last event. The document is worked out part by part as it is read. */
  end(run: RunDocument): Verdict;
}

export interface Property {
  /** A word or a few, joined by hyphens. */
  readonly name: string;
  readonly statement: string;
  /** What it takes for granted; from where this fails on, a run is not judged. */
  readonly assumptions: readonly string[];
  /** What its limits depend on, under the names of sentinel.conf and redis.conf. */
  readonly parameters: readonly string[];
  /** The limit over the configuration, where there is one. */
  readonly formula?: string;
  /** What counts as having been put to the test. */
  readonly witness: string;
  /** Rules of the protocol that it follows from (docs/rules.md). */
  readonly rules: readonly string[];
  /** False: people expect it, and a real Sentinel breaks it. */
  readonly holds: boolean;
  /** Its smallest known counterexample, by the name of a scenario; only where it does not hold. */
  readonly counterexample?: string;
  /** Events that its checker wants to hear. */
  readonly hears: readonly EventName[];
  begin(context: CheckContext): Checker;
}

/** The checker of a run that is not to be judged. */
export const UNJUDGED: Checker = { announced() {}, end: () => ({ violation: null, witnessed: false }) };

/** Collects what a checker finds: the first violation, whether there was anything to judge, the tightest time. */
export class Findings {
  #violation: string | null = null;
  #observed: Observed | null = null;
  #witnesses = 0;

  violate(text: string): void {
    this.#violation ??= text;
  }

  witness(): void {
    this.#witnesses++;
  }

  /** Keeps the observation with the least room, in microseconds: below `boundUs`, or above it for a lower limit. */
  observe(us: number, boundUs: number, isLower = false): void {
    const room = (observed: Observed) =>
      isLower ? observed.tightest - observed.bound : observed.bound - observed.tightest;
    const observed = { bound: boundUs / 1000, tightest: us / 1000 };
    if (this.#observed === null || room(observed) < room(this.#observed)) this.#observed = observed;
  }

  /** Holds a duration against its upper limit; both in microseconds. */
  within(durationUs: number, limitUs: number, text: string): void {
    this.witness();
    this.observe(durationUs, limitUs);
    if (durationUs > limitUs) this.violate(`${text}: ${inMs(durationUs)}, limit ${inMs(limitUs)}`);
  }

  /** Holds a duration against its lower limit; both in microseconds. */
  noSooner(durationUs: number, limitUs: number, text: string): void {
    this.witness();
    this.observe(durationUs, limitUs, true);
    if (durationUs < limitUs) this.violate(`${text}: ${inMs(durationUs)}, limit ${inMs(limitUs)}`);
  }

  verdict(): Verdict {
    const plain = { violation: this.#violation, witnessed: this.#witnesses > 0 };
    return this.#observed === null ? plain : { ...plain, observed: this.#observed };
  }
}

function inMs(us: number): string {
  return `${Math.round(us / 1000)} ms`;
}
