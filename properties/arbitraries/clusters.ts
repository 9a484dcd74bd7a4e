/** Arbitrary runs: whole clusters with their faults, or faults around a given deployment. */
import fc from 'fast-check';
import type { Deployment, RedisNode } from '../../src/config/deployment.ts';
import type { PreparedRun } from '../../src/run/prepare.ts';
import type { ClientPlan, NetworkPlan, Scenario, TimelineEntry } from '../../src/scenario/scenario.ts';
import { type FaultConstraints, faultsAround } from './faults.ts';
import { deploymentOf, type TopologyConstraints } from './topologies.ts';

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

const SETTLE_US = { min: 15_000_000, max: 25_000_000 };
const FROM_US = -2_000_000;

const network: fc.Arbitrary<NetworkPlan> = fc
  .tuple(fc.constantFrom(50, 50, 500, 5000, 40_000), fc.constantFrom(0, 0, 10), fc.constantFrom(0, 0, 1000))
  .map(([latencyUs, jitterPercent, lossPerMillion]) => ({
    latencyUs,
    jitterUs: Math.floor((latencyUs * jitterPercent) / 100),
    lossPerMillion,
    overrides: [],
  }));

function client(name: string, first: RedisNode, isPinned: boolean, writeMs: number): ClientPlan {
  const beside = isPinned ? first.name : null;
  return {
    name,
    at: beside,
    discover: beside === null ? 'sentinel' : null,
    connect: beside,
    rediscover: 'on-error',
    writeUs: writeMs * 1000,
    readsUs: null,
    timeoutUs: 1_000_000,
    subscribe: false,
    user: null,
    password: first.config.requirepass === '' ? null : first.config.requirepass,
    fromUs: FROM_US,
  };
}

/** One client that asks the Sentinels; perhaps one that is pinned beside the first server. */
function workload(first: RedisNode): fc.Arbitrary<ClientPlan[]> {
  return fc
    .tuple(fc.constantFrom(200, 100, 50), fc.boolean())
    .map(([writeMs, pinned]) => [
      client('app', first, false, writeMs),
      ...(pinned ? [client('pinned', first, true, writeMs)] : []),
    ]);
}

function prepared(
  deployment: Deployment,
  timeline: readonly TimelineEntry[],
  plan: Pick<Scenario, 'network' | 'clients'>,
  durationMs: number,
): PreparedRun {
  const scenario: Scenario = {
    name: 'arbitrary',
    about: '',
    deployment,
    dataset: { keys: 0, valueBytes: 100 },
    settleUs: SETTLE_US,
    durationUs: durationMs * 1000,
    timeline,
    expect: [],
    ...plan,
  };
  return { scenario, isDeployment: false, path: '(arbitrary)' };
}

/** Runs of this deployment: faults, network, clients and seed vary. */
export function runOf(deployment: Deployment, constraints: RunConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  const { durationMs = 60_000 } = constraints;
  return fc
    .record({
      timeline: faultsAround(deployment, constraints),
      seed: fc.nat(1_000_000),
      network,
      clients: workload(deployment.redis[0]!),
    })
    .map(({ timeline, seed, ...plan }) => ({
      prepared: prepared(deployment, timeline, plan, durationMs),
      seed,
    }));
}

/** Whole clusters with their faults: topology, configuration, network, clients, timeline and seed vary. */
export function clusterOf(constraints: ClusterConstraints = {}): fc.Arbitrary<ArbitraryRun> {
  return deploymentOf(constraints).chain((deployment) => runOf(deployment, constraints));
}
