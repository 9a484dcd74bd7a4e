/** The simulation against recordings of real clusters (Redis 7.0.15): see docs/fidelity.md. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { simulate } from '../../src/run/simulate.ts';
import { brokenOrder, collectMeasures, compareMeasure, fisherExact, sharedOrder } from './compare.ts';
import {
  isJudged,
  measuresOf,
  observedRecording,
  observedRun,
  type SentinelRole,
  sequencesByRole,
} from './measures.ts';
import { type Recording, readRecordings, scenarioOf } from './recordings.ts';

const SCENARIOS = readdirSync(new URL('./fixtures/', import.meta.url))
  .map((file) => file.replace('.json', ''))
  .sort();
/** Runs of one plain failover, or none: here the order in which each sentinel says things is the same every time. */
const PLAIN = [
  'master-kill',
  'master-pause-long',
  'replica-kill',
  'partition-master-with-client',
  'manual-failover',
  'master-reboot-quick',
];
const SEEDS = 100;

/** Orders that no recording of a plain scenario breaks: six recordings alone would share some by chance. */
function orderInAllRecordings(role: SentinelRole): Set<string> {
  const recordings = PLAIN.flatMap(readRecordings);
  return sharedOrder(recordings.flatMap(({ events }) => sequencesByRole(events)[role]));
}

const SHARED_ORDER = { leader: orderInAllRecordings('leader'), voter: orderInAllRecordings('voter') };

const cache = new Map<string, RunDocument[]>();

function runsOf(name: string, recordings: readonly Recording[]): RunDocument[] {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const prepared = { scenario: scenarioOf(recordings[0]!), isDeployment: false, path: '' };
  const runs = Array.from({ length: SEEDS }, (_, index) => simulate(prepared, index + 1).document);
  cache.set(name, runs);
  return runs;
}

describe.each(SCENARIOS)('recorded and simulated: %s', (name) => {
  const recordings = readRecordings(name);
  const runs = runsOf(name, recordings);
  const recorded = collectMeasures(recordings.map((each) => measuresOf(observedRecording(each))));
  const simulated = collectMeasures(runs.map((each) => measuresOf(observedRun(each))));
  const judged = [...new Set([...recorded.keys(), ...simulated.keys()])].filter(isJudged);

  test('has the events of the recordings and no others', () => {
    for (const measure of judged) {
      const theirs = recorded.get(measure)?.length ?? 0;
      const ours = simulated.get(measure)?.length ?? 0;
      expect(fisherExact(theirs, recordings.length, ours, SEEDS), measure).toBeGreaterThan(0.01);
      if (theirs === 0) expect(ours / SEEDS, measure).toBeLessThanOrEqual(0.1);
    }
    expect(judged.length).toBeGreaterThan(2);
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
});

describe.each(PLAIN)('recorded and simulated order: %s', (name) => {
  const runs = runsOf(name, readRecordings(name));

  test.each<SentinelRole>(['leader', 'voter'])('keeps the order that all recordings share: %s', (role) => {
    const shared = SHARED_ORDER[role];
    expect(shared.size).toBeGreaterThan(50);
    const broken = runs.flatMap(({ events }) =>
      sequencesByRole(events)[role].flatMap((sequence) => brokenOrder(sequence, shared)),
    );
    expect([...new Set(broken)]).toEqual([]);
  });
});
