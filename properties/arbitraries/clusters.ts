/** Arbitrary runs: whole clusters with their faults, or faults around a given deployment. */
import fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import type { PreparedRun } from '../../src/run/prepare.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type FaultConstraints, faultPlans, timelineOf } from './faults.ts';
import { network, networkOf } from './networks.ts';
import { deploymentOf, type TopologyConstraints } from './topologies.ts';
import { clientsOf, datasetOf, workload } from './workloads.ts';

/** Everything that a run is a function of. */
export interface ArbitraryRun {
  readonly prepared: PreparedRun;
  readonly seed: number;
}

export interface RunConstraints extends FaultConstraints {
  /** Simulated after time zero; default 60,000. */
  readonly durationMs?: number;
}

export interface ClusterConstraints extends TopologyConstraints, RunConstraints {}

const DURATION_MS = 60_000;
const SETTLE_US = { min: 15_000_000, max: 25_000_000 };
const LARGEST_SEED = 1_000_000;

type Drawn = Pick<Scenario, 'deployment' | 'timeline' | 'network' | 'clients' | 'dataset'>;

function prepared(drawn: Drawn, durationMs: number): PreparedRun {
  const scenario: Scenario = {
    name: 'arbitrary',
    about: '',
    settleUs: SETTLE_US,
    durationUs: durationMs * 1000,
    expect: [],
    ...drawn,
  };
  return { scenario, isDeployment: false, path: '(arbitrary)' };
}

/** Nothing that is drawn knows the deployment, so it shrinks, and the rest stays as it is while the deployment does. */
function runs(
  deployments: fc.Arbitrary<Deployment>,
  constraints: RunConstraints,
): fc.Arbitrary<ArbitraryRun> {
  const { durationMs = DURATION_MS } = constraints;
  return fc
    .record({
      // No other seed is plainer.
      seed: fc.noShrink(fc.nat(LARGEST_SEED)),
      network,
      load: workload,
      deployment: deployments,
      faults: faultPlans(constraints),
    })
    .map(({ faults, deployment, load, seed, network: drawn }) => {
      const timeline = timelineOf(deployment, faults, constraints);
      const clients = clientsOf(deployment, load);
      const plan = { network: networkOf(deployment, drawn), clients, dataset: datasetOf(load) };
      return { prepared: prepared({ deployment, timeline, ...plan }, durationMs), seed };
    });
}

/** Runs of this deployment: faults, network, clients and seed vary. */
export function runOf(deployment: Deployment, constraints: RunConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  return runs(fc.constant(deployment), constraints);
}

/** Whole clusters with their faults: topology, configuration, network, clients, timeline and seed vary. */
export function clusterOf(constraints: ClusterConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  return runs(deploymentOf(constraints), constraints);
}
