/** One simulation, and a verdict of every property on it. */
import type { EventName } from '../models/events.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { RunDocument } from '../src/run/document.ts';
import type { PreparedRun } from '../src/run/prepare.ts';
import { playRun, type RunResult, type Watch } from '../src/run/simulate.ts';
import { Interference } from './interference.ts';
import type { CheckContext, Checker, Property, Verdict } from './property.ts';

const PROBE_EVERY_US = 1_000_000;

export interface Judgement {
  readonly property: Property;
  readonly verdict: Verdict;
}

export interface JudgedRun extends Pick<RunResult, 'simulatedMs' | 'handledEvents'> {
  readonly judgements: readonly Judgement[];
}

/** The document is made when it is first read. */
export interface CheckedRun extends RunResult, JudgedRun {}

/** Checkers that follow a run: `watch` is for {@link playRun}, `hear` passes an announcement on by hand. */
export interface Inspection {
  readonly watch: Watch;
  /** What the checkers were given; only after `watch`. */
  readonly context: CheckContext;
  hear(announcement: Announcement): void;
  judge(run: RunDocument): Judgement[];
}

/** Stands between the run and its checkers, to test them: it may pass on what it likes. */
export type Between = (
  announcement: Announcement,
  context: CheckContext,
  hear: (heard: Announcement) => void,
) => void;

class Following implements Inspection {
  readonly watch: Watch;
  readonly #properties: readonly Property[];
  readonly #checkers: Checker[] = [];
  readonly #listeners = new Map<EventName, Checker[]>();
  readonly #looks: (() => void)[] = [];
  #context: CheckContext | null = null;

  constructor(prepared: PreparedRun, seed: number, properties: readonly Property[], between: Between | null) {
    this.#properties = properties;
    const watch: Watch = (cluster, zeroUs) => {
      const { world } = cluster;
      const interference = new Interference(world);
      const lookAt = (atUs: number, look: () => void) => {
        this.#looks.push(look);
        // No action of a timeline has such a number.
        world.scheduleAction(atUs, -this.#looks.length);
      };
      const context = { prepared, seed, cluster, zeroUs, interference, lookAt };
      this.#context = context;
      for (const property of properties) this.#begin(property, context);
      const hear = (announcement: Announcement) => this.hear(announcement);
      const listen =
        between === null ? hear : (announcement: Announcement) => between(announcement, context, hear);
      if (properties.length > 0) world.bus.on('announce', listen);
      this.#follow(context);
    };
    this.watch = watch;
  }

  get context(): CheckContext {
    if (this.#context === null) throw new Error('the run has not begun');
    return this.#context;
  }

  hear(announcement: Announcement): void {
    const checkers = this.#listeners.get(announcement.event);
    if (checkers === undefined) return;
    for (const checker of checkers) checker.announced(announcement);
  }

  judge(run: RunDocument): Judgement[] {
    return this.#properties.map((property, place) => ({
      property,
      verdict: this.#checkers[place]!.end(run),
    }));
  }

  #begin(property: Property, context: CheckContext): void {
    const checker = property.begin(context);
    this.#checkers.push(checker);
    for (const event of property.hears) {
      const checkers = this.#listeners.get(event);
      if (checkers === undefined) this.#listeners.set(event, [checker]);
      else checkers.push(checker);
    }
  }

  #follow({ cluster, zeroUs, interference, lookAt }: CheckContext): void {
    const { world, scenario } = cluster;
    const acted = this.#checkers.filter((checker) => checker.acted !== undefined);
    const carryOut = world.onAction;
    const onAction = (action: number) => {
      if (action < 0) {
        this.#looks[-action - 1]!();
        return;
      }
      carryOut(action);
      interference.look();
      for (const checker of acted) checker.acted!(world.nowUs);
    };
    world.onAction = onAction;
    const probed = this.#checkers.filter((checker) => checker.probed !== undefined);
    if (probed.length === 0) return;
    const probe = () => {
      for (const checker of probed) checker.probed!(world.nowUs);
      next();
    };
    let us = 0;
    const next = () => {
      if (us < scenario.durationUs) lookAt(zeroUs + us, probe);
      us += PROBE_EVERY_US;
    };
    next();
  }
}

/** Prepares to follow one run. */
export function inspect(
  prepared: PreparedRun,
  seed: number,
  properties: readonly Property[],
  between: Between | null = null,
): Inspection {
  return new Following(prepared, seed, properties, between);
}

/** Simulates the run as `simulate` does, with a checker of each property on it. */
export function checkRun(prepared: PreparedRun, seed: number, properties: readonly Property[]): CheckedRun {
  const inspection = inspect(prepared, seed, properties);
  const { run, test, simulatedMs, handledEvents } = playRun(prepared, seed, undefined, inspection.watch);
  let document: RunDocument | null = null;
  return {
    get document() {
      document ??= run.document();
      return document;
    },
    get steps() {
      return test === null ? [] : test.verdicts(this.document);
    },
    simulatedMs,
    handledEvents,
    judgements: inspection.judge(run),
  };
}

/** As {@link checkRun}, for searches: nothing is left of the run but its judgements. */
export function judgeRun(prepared: PreparedRun, seed: number, properties: readonly Property[]): JudgedRun {
  const inspection = inspect(prepared, seed, properties);
  const { run, simulatedMs, handledEvents } = playRun(prepared, seed, undefined, inspection.watch);
  return { judgements: inspection.judge(run), simulatedMs, handledEvents };
}
