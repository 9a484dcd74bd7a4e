/** A run: a pure function of (deployment, scenario, seed). */
import { createStream, drawFrom } from '../../models/random.ts';
import { Recorder } from '../trace/recorder.ts';
import { type Cluster, createCluster, type SimulationMode } from './cluster.ts';
import type { RunDocument } from './document.ts';
import { FailoverTest, RESTART_US } from './failoverTest.ts';
import { PlayedRun, type StartedClient } from './playedRun.ts';
import type { PreparedRun } from './prepare.ts';
import { startDataNodes, startSentinels } from './start.ts';
import type { StepVerdict } from './steps.ts';
import { Timeline } from './timeline.ts';

export interface RunResult {
  readonly document: RunDocument;
  /** Verdicts of the built-in failover test; empty for a scenario. */
  readonly steps: readonly StepVerdict[];
  /** All simulated time, start-up and settling included. */
  readonly simulatedMs: number;
  /** Events that the engine handled. */
  readonly handledEvents: number;
}

const DEFAULT_MODE: SimulationMode = { literalTicks: false };

/** The last instant before time zero. */
const BEFORE_US = 1;
const TEST_DATA_US = 1_000_000;

/** Is shown the cluster before the sentinels boot, to subscribe or to look; it must not change anything. */
export type Watch = (cluster: Cluster, zeroUs: number) => void;

/** A played run, not yet described. */
export interface Played {
  readonly run: PlayedRun;
  readonly test: FailoverTest | null;
  readonly simulatedMs: number;
  readonly handledEvents: number;
}

/** Plays one run, and describes nothing. */
export function playRun(
  prepared: PreparedRun,
  seed: number,
  mode = DEFAULT_MODE,
  watch: Watch = () => {},
): Played {
  const { scenario, isDeployment } = prepared;
  const cluster = createCluster(scenario, seed, mode, isDeployment);
  const { world } = cluster;
  const recorder = new Recorder(world);
  startDataNodes(cluster);
  const sentinelsStartUs = world.nowUs;
  startSentinels(cluster);
  const zeroUs = sentinelsStartUs + drawFrom(createStream(seed, 'settle'), scenario.settleUs);
  const timeline = new Timeline(cluster, recorder, zeroUs);
  const clients = startClients(cluster, zeroUs);
  const test = isDeployment ? new FailoverTest(cluster) : null;
  const endUs = zeroUs + scenario.durationUs;
  watch(cluster, zeroUs);
  play(cluster, zeroUs, endUs, clients, test);
  recorder.stop();
  const run = new PlayedRun({ cluster, seed, zeroUs, endUs, recorder, timeline, clients });
  return { run, test, simulatedMs: endUs / 1000, handledEvents: world.handled };
}

/** Simulates one run. */
export function simulate(prepared: PreparedRun, seed: number, mode = DEFAULT_MODE, watch?: Watch): RunResult {
  const { run, test, simulatedMs, handledEvents } = playRun(prepared, seed, mode, watch);
  const document = run.document();
  const steps = test === null ? [] : test.verdicts(document);
  return { document, steps, simulatedMs, handledEvents };
}

function startClients(cluster: Cluster, zeroUs: number): StartedClient[] {
  return cluster.scenario.clients
    .filter(({ name }) => cluster.processByName.has(name))
    .map(({ name, fromUs }) => ({ name, startUs: Math.max(cluster.world.nowUs, zeroUs + fromUs) }));
}

/** Runs to the end, stopping where something has to be started or looked at. */
function play(
  { world, processByName }: Cluster,
  zeroUs: number,
  endUs: number,
  clients: readonly StartedClient[],
  test: FailoverTest | null,
): void {
  const stops: { atUs: number; act: () => void }[] = clients.map(({ name, startUs }) => ({
    atUs: startUs,
    act: () => world.start(processByName.get(name)!),
  }));
  if (test !== null) {
    stops.push({ atUs: zeroUs - TEST_DATA_US, act: () => test.begin() });
    stops.push({ atUs: zeroUs - BEFORE_US, act: () => test.countWritten() });
    stops.push({ atUs: zeroUs + RESTART_US - BEFORE_US, act: () => test.countFound() });
  }
  stops.sort((a, b) => a.atUs - b.atUs);
  for (const { atUs, act } of stops) {
    if (atUs > endUs) continue;
    world.runUntil(atUs);
    act();
  }
  world.runUntil(endUs);
}
