/** The laws of Sentinel, and arbitrary clusters and faults to test them with, for fast-check. */
export {
  type ClusterConstraints,
  clusterOf,
  type RunConstraints,
  runOf,
} from './arbitraries/clusters.ts';
export { type FaultConstraints, faultsAround } from './arbitraries/faults.ts';
export { FAULT_KINDS, type FaultKind } from './arbitraries/kinds.ts';
export { type PhaseConstraints, phasedClusterOf, phasedRunOf } from './arbitraries/phases.ts';
export type { ArbitraryRun } from './arbitraries/printed.ts';
export { deploymentOf, type TopologyConstraints } from './arbitraries/topologies.ts';
export { catalogue } from './catalogue.ts';
export { type CheckedRun, checkRun, type JudgedRun, type Judgement, judgeRun } from './checkRun.ts';
export { type DeploymentProperty, propertiesOf, violationOf } from './propertiesOf.ts';
export type { CheckContext, Checker, Observed, Property, Verdict } from './property.ts';
