/** Which run has which number: drawn from the seed of the search, the same on every thread. */
import fc from 'fast-check';
import { clusterOf } from '../../properties/arbitraries/clusters.ts';
import { faultsAround } from '../../properties/arbitraries/faults.ts';
import type { ArbitraryRun } from '../../properties/arbitraries/printed.ts';
import { greatest } from '../../properties/groups.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { TimelineEntry } from '../scenario/scenario.ts';
import type { FaultsAround, SearchPlan } from './testPlan.ts';

const QUIET_EVERY = 8;
const FAULTS_MS = 30_000;
/** A run that waits for convergence is not made longer than this. */
const LONGEST_MS = 600_000;

/** Some runs end their faults early and wait until the cluster must have converged. */
function isQuiet(index: number): boolean {
  return index % QUIET_EVERY === QUIET_EVERY - 1;
}

/** The limit of the property `convergence`, with a second to spare. */
function quietMs({ deployment }: PreparedRun['scenario']): number {
  return 91_000 + 2 * greatest(deployment, 'downAfterMs') + 10 * greatest(deployment, 'failoverTimeoutMs');
}

function endOf({ atUs, verb }: TimelineEntry): number {
  return atUs + ('forUs' in verb ? (verb.forUs ?? 0) : 0);
}

/** The run with enough time after its last action for the cluster to converge. */
function waiting(run: ArbitraryRun): ArbitraryRun {
  const { scenario } = run.prepared;
  const lastMs = Math.max(0, ...scenario.timeline.map(endOf)) / 1000;
  const longMs = Math.min(LONGEST_MS, lastMs + quietMs(scenario));
  const durationUs = Math.max(scenario.durationUs, longMs * 1000);
  return { ...run, prepared: { ...run.prepared, scenario: { ...scenario, durationUs } } };
}

/** The scenario with these faults in its timeline, or in place of the failover test of a deployment. */
function around({ base, kinds }: FaultsAround, seed: number, faults: readonly TimelineEntry[]): ArbitraryRun {
  const { scenario, isDeployment, path } = base;
  const own = isDeployment && kinds.length > 0 ? [] : scenario.timeline;
  const timeline = [...own, ...faults];
  return { prepared: { scenario: { ...scenario, timeline }, isDeployment: false, path }, seed };
}

function runsAround(space: FaultsAround, seed: number, index: number): fc.Arbitrary<ArbitraryRun> {
  const { kinds, maxFaults, base } = space;
  if (kinds.length === 0) return fc.constant(around(space, seed, []));
  const untilMs = Math.max(1000, Math.min(FAULTS_MS, Math.floor(base.scenario.durationUs / 2000)));
  const heals = isQuiet(index);
  return faultsAround(base.scenario.deployment, { kinds, maxFaults, untilMs, heals }).map((faults) => {
    const run = around(space, seed, faults);
    return heals ? waiting(run) : run;
  });
}

function wholeClusters(index: number): fc.Arbitrary<ArbitraryRun> {
  if (!isQuiet(index)) return clusterOf();
  return clusterOf({ heals: true, untilMs: FAULTS_MS }).map(waiting);
}

/** Run number `index`, first of all that it shrinks to. */
export function runsOf({ space, seed, requirements }: SearchPlan, index: number): fc.Arbitrary<ArbitraryRun> {
  const expect = requirements.map(({ expectation }) => expectation);
  const runs = space.kind === 'clusters' ? wholeClusters(index) : runsAround(space, seed + index, index);
  return runs.map(({ prepared, ...rest }) => {
    // In the order of a scenario file, so that the file of a counterexample plays the same run.
    const timeline = [...prepared.scenario.timeline].sort((a, b) => a.atUs - b.atUs);
    return { ...rest, prepared: { ...prepared, scenario: { ...prepared.scenario, timeline, expect } } };
  });
}

/** fast-check takes 32 bits; neighbouring seeds should have nothing in common. */
function mixed(seed: number): number {
  let bits = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** What fast-check needs to draw run `index` first. */
export function drawing({ seed }: SearchPlan, index: number): { seed: number; numRuns: number } {
  return { seed: mixed(seed + index), numRuns: 1 };
}

/** Run number `index` itself. */
export function drawn(plan: SearchPlan, index: number): ArbitraryRun {
  let first: ArbitraryRun | null = null;
  const keep = fc.property(runsOf(plan, index), (run) => {
    first ??= run;
  });
  fc.check(keep, drawing(plan, index));
  return first!;
}
