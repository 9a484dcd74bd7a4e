/** One simulation, and a verdict of every property on it. */
import type { EventName } from '../models/events.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { RunDocument } from '../src/run/document.ts';
import type { PreparedRun } from '../src/run/prepare.ts';
import { type RunResult, simulate, type Watch } from '../src/run/simulate.ts';
import type { CheckContext, Checker, Property, Verdict } from './property.ts';

/** No action of a timeline has this number. */
const PROBE = -1;
const PROBE_EVERY_US = 250_000;

export interface Judgement {
  readonly property: Property;
  readonly verdict: Verdict;
}

export interface CheckedRun extends RunResult {
  readonly judgements: readonly Judgement[];
}

/** Checkers that follow a run: `watch` is for {@link simulate}, `hear` passes an announcement on by hand. */
export interface Inspection {
  readonly watch: Watch;
  hear(announcement: Announcement): void;
  judge(run: RunDocument): Judgement[];
}

interface Started {
  readonly property: Property;
  readonly checker: Checker;
}

/** Prepares to follow one run; `between` may change what the checkers hear, to test them. */
export function inspect(
  prepared: PreparedRun,
  seed: number,
  properties: readonly Property[],
  between: (
    announcement: Announcement,
    context: CheckContext,
    hear: (heard: Announcement) => void,
  ) => void = (announcement, _context, hear) => hear(announcement),
): Inspection {
  const started: Started[] = [];
  const listeners = new Map<EventName, Checker[]>();
  const hear = (announcement: Announcement) => {
    const checkers = listeners.get(announcement.event);
    if (checkers === undefined) return;
    for (const checker of checkers) checker.announced(announcement);
  };
  const begin = (context: CheckContext) => {
    for (const property of properties) {
      const checker = property.begin(context);
      started.push({ property, checker });
      for (const event of property.hears) {
        const checkers = listeners.get(event);
        if (checkers === undefined) listeners.set(event, [checker]);
        else checkers.push(checker);
      }
    }
  };
  return {
    watch(cluster, zeroUs) {
      const context = { prepared, seed, cluster, zeroUs };
      begin(context);
      cluster.world.bus.on('announce', (announcement) => between(announcement, context, hear));
      addProbes(context, started);
    },
    hear,
    judge: (run) => started.map(({ property, checker }) => ({ property, verdict: checker.end(run) })),
  };
}

function addProbes({ cluster, zeroUs }: CheckContext, started: readonly Started[]): void {
  const { world, scenario } = cluster;
  const probed = started.filter(({ checker }) => checker.probed !== undefined);
  const acted = started.filter(({ checker }) => checker.acted !== undefined);
  const carryOut = world.onAction;
  world.onAction = (action) => {
    if (action === PROBE) {
      for (const { checker } of probed) checker.probed!(world.nowUs);
      return;
    }
    for (const { checker } of acted) checker.acted!(world.nowUs);
    carryOut(action);
  };
  if (probed.length === 0) return;
  for (let us = 0; us < scenario.durationUs; us += PROBE_EVERY_US) world.scheduleAction(zeroUs + us, PROBE);
}

/** Simulates the run as `simulate` does, with a checker of each property on it. */
export function checkRun(prepared: PreparedRun, seed: number, properties: readonly Property[]): CheckedRun {
  const inspection = inspect(prepared, seed, properties);
  const result = simulate(prepared, seed, undefined, inspection.watch);
  return { ...result, judgements: inspection.judge(result.document) };
}
