/** Every recorded scenario against seeds of the same scenario. */
import { readdirSync } from 'node:fs';
import { type ComparedMeasure, compareRuns } from '../../src/compare/comparison.ts';
import { comparedDocument, Observer } from '../../src/compare/document.ts';
import { simulate } from '../../src/run/simulate.ts';
import { failoverSequences, type SentinelRole } from './orders.ts';
import { readRecordings, scenarioOf } from './recordings.ts';

export const SCENARIOS = readdirSync(new URL('./fixtures/', import.meta.url))
  .map((file) => file.replace('.json', ''))
  .sort();

type Sequences = Record<SentinelRole, string[][]>;

export interface ScenarioComparison {
  readonly name: string;
  readonly recordings: number;
  readonly measures: readonly ComparedMeasure[];
  /** Of each run. */
  readonly recordedSequences: readonly Sequences[];
  readonly simulatedSequences: readonly Sequences[];
}

/** Plays one scenario with the seeds 1, 2, … and compares it with its recordings. */
export function compareScenario(name: string, seeds: number): ScenarioComparison {
  const recordings = readRecordings(name);
  const scenario = scenarioOf(name);
  const observer = new Observer(scenario);
  const prepared = { scenario, isDeployment: false, path: name };
  const observe = (document: unknown) => observer.observe(comparedDocument.parse(document));
  const recorded = recordings.map(observe);
  const simulated = Array.from({ length: seeds }, (_, index) =>
    observe(simulate(prepared, index + 1).document),
  );
  return {
    name,
    recordings: recordings.length,
    measures: compareRuns(recorded, simulated),
    recordedSequences: recorded.map(({ events }) => failoverSequences(events)),
    simulatedSequences: simulated.map(({ events }) => failoverSequences(events)),
  };
}

/** The first of these seeds in which a Sentinel of this role announces exactly this; null: none. */
export function seedWith(
  name: string,
  role: SentinelRole,
  sequence: readonly string[],
  seeds: { readonly from: number; readonly until: number },
): number | null {
  const scenario = scenarioOf(name);
  const observer = new Observer(scenario);
  const wanted = sequence.join(' ');
  for (let seed = seeds.from; seed <= seeds.until; seed++) {
    const { document } = simulate({ scenario, isDeployment: false, path: name }, seed);
    const { events } = observer.observe(comparedDocument.parse(document));
    if (failoverSequences(events)[role].some((each) => each.join(' ') === wanted)) return seed;
  }
  return null;
}

/** Recorded sequences of a role, over all scenarios. */
export function recordedSequences(role: SentinelRole): string[][] {
  return SCENARIOS.flatMap(readRecordings).flatMap(({ events }) => failoverSequences(events)[role]);
}
