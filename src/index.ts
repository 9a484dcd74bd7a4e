/** sentinelsim as a library: read a deployment or scenario, simulate it from a seed, look at the document. */
export type { Deployment, RedisNode, SentinelNode } from './config/deployment.ts';
export { type Diagnostic, formatDiagnostic, InputError, type Position } from './config/diagnostic.ts';
export { loadDeployment } from './config/loadDeployment.ts';
export type { Program, WorldPlan } from './engine/program.ts';
export { type Announcement, World, type WorldEvents } from './engine/world.ts';
export { type Cluster, createCluster, type SimulationMode } from './run/cluster.ts';
export type * from './run/document.ts';
export { type PreparedRun, prepare } from './run/prepare.ts';
export { type RunResult, simulate } from './run/simulate.ts';
export type { StepVerdict } from './run/steps.ts';
export { loadScenario, parseScenario } from './scenario/load.ts';
export type * from './scenario/scenario.ts';
export { VERSION } from './version.ts';
