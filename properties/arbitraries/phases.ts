/** Runs in three phases: chaos, in which faults begin; healing, in which all of them end; quiet, in which nothing is done. */
import type fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import { clusterOf, runOf } from './clusters.ts';
import type { FaultConstraints } from './faults.ts';
import { HEALING_MS } from './healing.ts';
import type { ArbitraryRun } from './printed.ts';
import type { TopologyConstraints } from './topologies.ts';

export interface PhaseConstraints extends Pick<FaultConstraints, 'kinds' | 'maxFaults'> {
  /** Faults begin and, as far as they last, end in these; default 20,000. */
  readonly chaosMs?: number;
  /** After healing, which takes up to 40 s; default 130,000: what `convergence` asks for where down-after is 1 s and failover-timeout 3 s. */
  readonly quietMs?: number;
}

function constraintsOf({ chaosMs = 20_000, quietMs = 130_000, ...faults }: PhaseConstraints) {
  return { ...faults, heals: true, untilMs: chaosMs, durationMs: chaosMs + HEALING_MS + quietMs };
}

/** Chaos, healing and quiet around this deployment. */
export function phasedRunOf(
  deployment: Deployment,
  phases: PhaseConstraints = {},
): fc.Arbitrary<ArbitraryRun> {
  return runOf(deployment, constraintsOf(phases));
}

/** Chaos, healing and quiet of whole clusters. */
export function phasedClusterOf({
  masters,
  replicas,
  sentinels,
  downAfterMs = [1000],
  failoverTimeoutMs = [3000],
  ...phases
}: PhaseConstraints & TopologyConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  const topology = { masters, replicas, sentinels };
  const given = Object.fromEntries(Object.entries(topology).filter(([, span]) => span !== undefined));
  return clusterOf({ ...given, downAfterMs, failoverTimeoutMs, ...constraintsOf(phases) });
}
