/** A run: a pure function of (deployment, scenario, seed). */
import type { ClientState } from '../../models/client/state.ts';
import { createStream, drawFrom } from '../../models/random.ts';
import { hasKey, type RedisState } from '../../models/redis/index.ts';
import type { SentinelDisk } from '../../models/sentinel/index.ts';
import { measureClient } from '../measure/clients.ts';
import { failoversOf } from '../measure/failovers.ts';
import { lostWrites } from '../measure/lostWrites.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Recorder, toRunEvents } from '../trace/recorder.ts';
import { VERSION } from '../version.ts';
import { type Cluster, createCluster, type SimulationMode } from './cluster.ts';
import type { RunClient, RunDocument, RunEvent } from './document.ts';
import { judgeExpectations } from './expectations.ts';
import { FailoverTest, RESTART_US } from './failoverTest.ts';
import { finalViews } from './finalViews.ts';
import type { PreparedRun } from './prepare.ts';
import { processOf, singleMaster } from './roles.ts';
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

/** Simulates one run. */
export function simulate(
  prepared: PreparedRun,
  seed: number,
  mode = DEFAULT_MODE,
  watch: Watch = () => {},
): RunResult {
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

  const fromUs = scenario.timeline.length === 0 ? 0 : zeroUs;
  const naming = { names: namesOf(cluster) };
  const events = toRunEvents(recorder.announcements, naming, zeroUs, fromUs);
  const document = describeRun({ cluster, seed, zeroUs, endUs, events, timeline, clients });
  return {
    document,
    steps: test === null ? [] : test.verdicts(document),
    simulatedMs: endUs / 1000,
    handledEvents: world.handled,
  };
}

interface StartedClient {
  readonly name: string;
  readonly startUs: number;
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

/** Everything that appears in messages as an address or an id, with the name of its node. */
function namesOf(cluster: Cluster): Map<string, string> {
  const names = new Map(cluster.nameByAddress);
  for (const { name } of cluster.scenario.deployment.sentinels) {
    const id = (processOf(cluster, name).disk as SentinelDisk).saved?.myId;
    if (id !== undefined) names.set(id, name);
  }
  return names;
}

interface FinishedRun {
  readonly cluster: Cluster;
  readonly seed: number;
  readonly zeroUs: number;
  readonly endUs: number;
  readonly events: readonly RunEvent[];
  readonly timeline: Timeline;
  readonly clients: readonly StartedClient[];
}

function describeRun(run: FinishedRun): RunDocument {
  const { cluster, seed, events } = run;
  const { scenario } = cluster;
  const actions = run.timeline.actions();
  const failovers = failoversOf(
    events,
    scenario.deployment.sentinels.map(({ name }) => name),
  );
  const clients = measureClients(run, actions);
  const final = finalViews(cluster);
  return {
    schema: 'sentinelsim/run/1',
    scenario: scenario.name,
    about: scenario.about,
    seed,
    source: `sentinelsim ${VERSION}`,
    durationMs: scenario.durationUs / 1000,
    events,
    actions,
    failovers,
    clients,
    final,
    expectations: judgeExpectations(scenario.expect, { events, actions, failovers, clients, final }),
    unmodelled: unmodelledOf(scenario),
  };
}

function measureClients(run: FinishedRun, actions: RunDocument['actions']): RunClient[] {
  const { cluster, zeroUs, endUs, events } = run;
  const master = singleMaster(cluster);
  const masterState = master === null ? null : (processOf(cluster, master).state as RedisState);
  const history = { events, actions, zeroUs, nameByAddress: cluster.nameByAddress };
  return run.clients.flatMap(({ name, startUs }) => {
    const state = processOf(cluster, name).state as ClientState | null;
    if (state === null) return [];
    const lost = masterState === null ? null : lostWrites(state, (key) => hasKey(masterState, key), history);
    return [measureClient(state, lost, { zeroUs, startUs, endUs })];
  });
}

function unmodelledOf(scenario: Scenario): string[] {
  const notes = scenario.deployment.notes.filter(({ severity }) => severity === 'note');
  return [...new Set(notes.map(({ message }) => message))];
}
