/** What a property is: a law of Sentinel, and a checker that follows one run. */
import type { EventName } from '../models/events.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { Cluster } from '../src/run/cluster.ts';
import type { RunDocument } from '../src/run/document.ts';
import type { PreparedRun } from '../src/run/prepare.ts';

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
}

export interface Checker {
  /** An event of `Property.hears`, before it takes further effect. */
  announced(announcement: Announcement): void;
  /** Four times a simulated second, from time zero on. */
  probed?(nowUs: number): void;
  /** Just before the timeline acts. */
  acted?(nowUs: number): void;
  end(run: RunDocument): Verdict;
}

export interface Property {
  /** A word or a few, joined by hyphens. */
  readonly name: string;
  readonly statement: string;
  /** What it takes for granted; a run in which this fails is not judged, or should not be made. */
  readonly assumptions: readonly string[];
  /** What its limits depend on, under the names of sentinel.conf and redis.conf. */
  readonly parameters: readonly string[];
  /** The limit over the configuration, where there is one. */
  readonly formula?: string;
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

  /** Holds a duration against its limit; both in microseconds. */
  within(durationUs: number, limitUs: number, text: string): void {
    this.witness();
    const observed = { bound: limitUs / 1000, tightest: durationUs / 1000 };
    const tighter =
      this.#observed === null ||
      observed.bound - observed.tightest < this.#observed.bound - this.#observed.tightest;
    if (tighter) this.#observed = observed;
    if (durationUs > limitUs)
      this.violate(`${text}: ${Math.round(durationUs / 1000)} ms, limit ${Math.round(limitUs / 1000)} ms`);
  }

  verdict(): Verdict {
    const plain = { violation: this.#violation, witnessed: this.#witnesses > 0 };
    return this.#observed === null ? plain : { ...plain, observed: this.#observed };
  }
}
