/** The simulation against recordings of real clusters (Redis 7.0.15): see docs/fidelity.md. */
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { simulate } from '../../src/run/simulate.ts';
import { brokenOrder, collectMeasures, compareMeasure, sharedOrder } from './compare.ts';
import {
  isSentinelEvent,
  measuresOf,
  observedRecording,
  observedRun,
  type SentinelRole,
  sequencesByRole,
} from './measures.ts';
import { type Recording, readRecordings, scenarioOf } from './recordings.ts';

const SCENARIOS = [
  'master-kill',
  'master-pause-long',
  'replica-kill',
  'partition-master-with-client',
  'manual-failover',
  'master-reboot-quick',
];
const SEEDS = 100;

/** What is judged here: Sentinel's events, the clients' gaps and their lost writes. */
function isJudged(measure: string): boolean {
  return isSentinelEvent({ event: measure }) || / (gaps|longest gap|lost)$/.test(measure);
}

/** Orders that no recording of any scenario breaks: six recordings alone would share some by chance. */
function orderInAllRecordings(role: SentinelRole): Set<string> {
  const recordings = SCENARIOS.flatMap(readRecordings);
  return sharedOrder(recordings.flatMap(({ events }) => sequencesByRole(events)[role]));
}

const SHARED_ORDER = { leader: orderInAllRecordings('leader'), voter: orderInAllRecordings('voter') };

function runsOf(recordings: readonly Recording[]): RunDocument[] {
  const prepared = { scenario: scenarioOf(recordings[0]!), isDeployment: false, path: '' };
  return Array.from({ length: SEEDS }, (_, index) => simulate(prepared, index + 1).document);
}

describe.each(SCENARIOS)('%s, 3 data nodes and 3 sentinels', (name) => {
  const recordings = readRecordings(name);
  const runs = runsOf(recordings);
  const recorded = collectMeasures(recordings.map((each) => measuresOf(observedRecording(each))));
  const simulated = collectMeasures(runs.map((each) => measuresOf(observedRun(each))));
  const judged = [...new Set([...recorded.keys(), ...simulated.keys()])].filter(isJudged);

  test('has the events of the recordings and no others', () => {
    const share = (values: readonly number[] | undefined, of: number) => (values?.length ?? 0) / of;
    for (const measure of judged) {
      const theirs = share(recorded.get(measure), recordings.length);
      const ours = share(simulated.get(measure), SEEDS);
      if (theirs === 1) expect(ours, measure).toBeGreaterThanOrEqual(0.9);
      if (theirs === 0) expect(ours, measure).toBeLessThanOrEqual(0.1);
    }
    expect(judged.length).toBeGreaterThan(3);
  });

  test('has them at the recorded times, and clients see the recorded gaps and losses', () => {
    const differing = judged.filter((measure) => {
      const theirs = recorded.get(measure);
      const ours = simulated.get(measure);
      return (
        theirs !== undefined && ours !== undefined && compareMeasure(measure, theirs, ours) === 'differs'
      );
    });
    expect(differing).toEqual([]);
  });

  test.each<SentinelRole>(['leader', 'voter'])('keeps the order that all recordings share: %s', (role) => {
    const shared = SHARED_ORDER[role];
    expect(shared.size).toBeGreaterThan(50);
    const broken = runs.flatMap(({ events }) =>
      sequencesByRole(events)[role].flatMap((sequence) => brokenOrder(sequence, shared)),
    );
    expect([...new Set(broken)]).toEqual([]);
  });
});
