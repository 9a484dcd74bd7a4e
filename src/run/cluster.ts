/** From a scenario to a world: machines, addresses, processes and the state they start from. */
import { clientBehaviour } from '../../models/client/client.ts';
import { operatorBehaviour } from '../../models/client/operator.ts';
import type { ClientSpec, SentinelAddress } from '../../models/client/state.ts';
import { DEFAULT_MACHINE, type Machine } from '../../models/machine.ts';
import { setConditions } from '../../models/network/conditions.ts';
import { createStream, drawBelow } from '../../models/random.ts';
import { type RedisSpec, redisBehaviour } from '../../models/redis/index.ts';
import { type SentinelSpec, sentinelBehaviour } from '../../models/sentinel/index.ts';
import type { RedisNode, SentinelNode } from '../config/deployment.ts';
import type { Program } from '../engine/program.ts';
import { World } from '../engine/world.ts';
import type { ClientPlan, Scenario } from '../scenario/scenario.ts';

/** How a run is simulated; the results must not depend on it. */
export interface SimulationMode {
  /** Every timer tick is an event of its own, as in the real programs. */
  readonly literalTicks: boolean;
}

/** A world with what a run needs to know about it. */
export interface Cluster {
  readonly world: World;
  readonly scenario: Scenario;
  /** Node or client name → process. */
  readonly processByName: ReadonlyMap<string, number>;
  /** Node name → the process of the operator at its command line. */
  readonly operators: ReadonlyMap<string, number>;
  /** Numeric address → node name. */
  readonly nameByAddress: ReadonlyMap<string, string>;
}

const DEFAULT_LATENCY_US = 50;
const NO_BOOT_TIME = { min: 0, max: 0 };

interface Site {
  readonly name: string;
  readonly address: string;
}

function sitesOf(scenario: Scenario): Site[] {
  const { deployment } = scenario;
  const names = [
    ...deployment.redis.map((node) => node.name),
    ...deployment.sentinels.map((node) => node.name),
    ...scenario.clients.filter((client) => client.at === null).map((client) => client.name),
  ];
  const taken = new Set(Object.values(deployment.addresses));
  let next = 1;
  const freeAddress = (): string => {
    for (;;) {
      const address = `10.77.${Math.floor(next / 250)}.${(next % 250) + 1}`;
      next++;
      if (!taken.has(address)) return address;
    }
  };
  return names.map((name) => ({ name, address: deployment.addresses[name] ?? freeAddress() }));
}

function redisProgram(node: RedisNode, machine: number, scenario: Scenario, mode: SimulationMode): Program {
  const spec: RedisSpec = {
    config: node.config,
    configFile: node.configFile,
    machine: DEFAULT_MACHINE,
    dataset: scenario.dataset,
    literalCron: mode.literalTicks,
  };
  return program(node.name, machine, node.config.port, redisBehaviour, spec, DEFAULT_MACHINE);
}

function sentinelProgram(node: SentinelNode, machine: number, mode: SimulationMode): Program {
  const spec: SentinelSpec = {
    config: node.config,
    configFile: node.configFile,
    machine: DEFAULT_MACHINE,
    literalTicks: mode.literalTicks,
  };
  return program(node.name, machine, node.config.port, sentinelBehaviour, spec, DEFAULT_MACHINE);
}

function program(
  name: string,
  machine: number,
  port: number,
  behaviour: Program['behaviour'],
  spec: unknown,
  { bootUs, killTeardownUs }: Pick<Machine, 'bootUs' | 'killTeardownUs'>,
): Program {
  return { name, machine, port, behaviour, spec, bootUs, killTeardownUs };
}

function clientSpec(plan: ClientPlan, scenario: Scenario, seed: number): ClientSpec | null {
  const { redis, sentinels } = scenario.deployment;
  if (plan.writeUs === null && plan.readsUs === null) return null;
  const asked =
    plan.discover === null ? [] : plan.discover === 'sentinel' ? sentinels : namedSentinels(plan, sentinels);
  const direct = redis.find((node) => node.name === plan.connect);
  return {
    name: plan.name,
    masterName: sentinels[0]?.config.masters[0]?.name ?? 'mymaster',
    sentinels: asked.map(sentinelAddress),
    direct: direct === undefined ? null : { host: direct.name, port: direct.config.port },
    rediscover: plan.rediscover,
    writeUs: plan.writeUs,
    timeoutUs: plan.timeoutUs,
    subscribe: plan.subscribe,
    user: plan.user,
    password: plan.password,
    firstWriteUs: firstWithin(plan.writeUs ?? 1, `${plan.name}/start`, seed),
    reads:
      plan.readsUs === null
        ? null
        : { everyUs: plan.readsUs, firstUs: firstWithin(plan.readsUs, `${plan.name}/first-read`, seed) },
  };
}

function firstWithin(periodUs: number, concern: string, seed: number): number {
  return drawBelow(createStream(seed, concern), periodUs);
}

function namedSentinels(plan: ClientPlan, sentinels: readonly SentinelNode[]): readonly SentinelNode[] {
  const names = plan.discover as readonly string[];
  return names.flatMap((name) => sentinels.filter((sentinel) => sentinel.name === name));
}

function sentinelAddress(node: SentinelNode): SentinelAddress {
  return { host: node.name, port: node.config.port, password: node.config.requirepass };
}

/** Builds the world of a scenario; nothing has started yet. Operators come with `command` verbs or when asked for. */
export function createCluster(
  scenario: Scenario,
  seed: number,
  mode: SimulationMode,
  withOperators: boolean,
): Cluster {
  const sites = sitesOf(scenario);
  const machineOf = new Map(sites.map((site, index) => [site.name, index]));
  const { redis, sentinels } = scenario.deployment;
  const programs: Program[] = [
    ...redis.map((node) => redisProgram(node, machineOf.get(node.name)!, scenario, mode)),
    ...sentinels.map((node) => sentinelProgram(node, machineOf.get(node.name)!, mode)),
  ];
  for (const client of scenario.clients) {
    const spec = clientSpec(client, scenario, seed);
    if (spec === null) continue;
    const machine = machineOf.get(client.at ?? client.name)!;
    programs.push(
      program(client.name, machine, 0, clientBehaviour, spec, {
        bootUs: NO_BOOT_TIME,
        killTeardownUs: DEFAULT_MACHINE.killTeardownUs,
      }),
    );
  }
  const needsOperators = withOperators || scenario.timeline.some(({ verb }) => verb.do === 'command');
  const operators = needsOperators ? addOperators(programs, scenario, machineOf) : new Map<string, number>();
  const world = new World({
    seed,
    machines: sites,
    aliases: aliasesOf(scenario, sites),
    programs,
    network: {
      latencyUs: scenario.network.latencyUs ?? DEFAULT_LATENCY_US,
      jitterUs: scenario.network.jitterUs ?? 0,
      lossPerMillion: scenario.network.lossPerMillion ?? 0,
    },
  });
  const cluster: Cluster = {
    world,
    scenario,
    processByName: new Map(programs.map((each, index) => [each.name, index])),
    operators,
    nameByAddress: new Map(sites.map((site) => [site.address, site.name])),
  };
  applyOverrides(cluster);
  return cluster;
}

/** Commands of the timeline are typed at the node itself, so that a cut-off node can still be reached. */
function addOperators(
  programs: Program[],
  scenario: Scenario,
  machineOf: ReadonlyMap<string, number>,
): Map<string, number> {
  const operators = new Map<string, number>();
  for (const node of [...scenario.deployment.redis, ...scenario.deployment.sentinels]) {
    const { port, requirepass } = node.config;
    operators.set(node.name, programs.length);
    const spec = { port, password: requirepass === '' ? null : requirepass };
    programs.push(
      program(`operator@${node.name}`, machineOf.get(node.name)!, 0, operatorBehaviour, spec, {
        bootUs: NO_BOOT_TIME,
        killTeardownUs: NO_BOOT_TIME,
      }),
    );
  }
  return operators;
}

function aliasesOf(scenario: Scenario, sites: readonly Site[]): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const [alias, node] of Object.entries(scenario.deployment.aliases)) {
    const site = sites.find((candidate) => candidate.name === node);
    if (site !== undefined) aliases[alias] = site.address;
  }
  return aliases;
}

function applyOverrides({ scenario, world, processByName }: Cluster): void {
  const machinesOf = (names: readonly string[]) =>
    names
      .flatMap((name) => scenario.deployment.boxes[name] ?? [name])
      .flatMap((name) => {
        const process = processByName.get(name);
        return process === undefined ? [] : [world.plan.programs[process]!.machine];
      });
  for (const { between, ...conditions } of scenario.network.overrides) {
    for (const from of machinesOf(between[0])) {
      for (const to of machinesOf(between[1])) {
        setConditions(world.network, from, to, conditions);
        setConditions(world.network, to, from, conditions);
      }
    }
  }
}
