/** Arbitrary runs: whole clusters with their faults, or faults around a given deployment. */
import fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import { type PreparedRun, prepare } from '../../src/run/prepare.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type FaultConstraints, faultPlans, timelineOf } from './faults.ts';
import { network, networkOf } from './networks.ts';
import { type ArbitraryRun, type PrintedOrigin, printedRun } from './printed.ts';
import { deploymentOf, type TopologyConstraints } from './topologies.ts';
import { clientsOf, datasetOf, workload } from './workloads.ts';

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
  origin: PrintedOrigin,
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
      // In the order of a scenario file, so that the printed one plays the same run.
      const timeline = timelineOf(deployment, faults, constraints).sort((a, b) => a.atUs - b.atUs);
      const clients = clientsOf(deployment, load);
      const plan = { network: networkOf(deployment, drawn), clients, dataset: datasetOf(load) };
      return printedRun(prepared({ deployment, timeline, ...plan }, durationMs), seed, origin);
    });
}

/**
 * Runs of this deployment: faults, network, clients and seed vary.
 * @param deployment itself, or the path of its compose file or folder
 * @throws InputError when the files cannot be used
 */
export function runOf(
  deployment: Deployment | string,
  constraints: RunConstraints = {},
): fc.Arbitrary<ArbitraryRun> {
  if (typeof deployment !== 'string') return runs(fc.constant(deployment), constraints, 'given');
  const read = prepare(deployment).scenario.deployment;
  return runs(fc.constant(read), constraints, { path: deployment });
}

/** Whole clusters with their faults: topology, configuration, network, clients, timeline and seed vary. */
export function clusterOf(constraints: ClusterConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  return runs(deploymentOf(constraints), constraints, 'drawn');
}
