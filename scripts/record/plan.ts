/** What is to be built: the simulator's own plan of the cluster, so that both arms have the same nodes, addresses and clients. */
import type { ClientSpec } from '../../models/client/state.ts';
import { createStream, drawFrom } from '../../models/random.ts';
import type { RedisNode, SentinelNode } from '../../src/config/deployment.ts';
import { createCluster } from '../../src/run/cluster.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Network } from './network.ts';

/** A machine of the simulator: one network namespace, or one loopback address. */
export interface PlannedMachine {
  readonly name: string;
  /** The address that the simulator gives it. */
  readonly address: string;
}

export interface PlannedClient {
  readonly name: string;
  /** Name of the machine that it runs on. */
  readonly machine: string;
  readonly spec: ClientSpec;
  /** Microseconds relative to time zero. */
  readonly fromUs: number;
}

export interface Plan {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly settleUs: number;
  readonly machines: readonly PlannedMachine[];
  readonly nodes: readonly (RedisNode | SentinelNode)[];
  readonly clients: readonly PlannedClient[];
  /** Names, aliases and planned addresses → real address. */
  namesToAddresses(network: Network): Record<string, string>;
}

export function planOf(scenario: Scenario, seed: number): Plan {
  const { world, processByName } = createCluster(scenario, seed, { literalTicks: false }, false);
  const { machines, programs, aliases } = world.plan;
  const { deployment } = scenario;
  const clients = scenario.clients.flatMap(({ name, fromUs }): PlannedClient[] => {
    const process = processByName.get(name);
    if (process === undefined) return [];
    const { spec, machine } = programs[process]!;
    return [{ name, machine: machines[machine]!.name, spec: spec as ClientSpec, fromUs }];
  });
  return {
    scenario,
    seed,
    settleUs: drawFrom(createStream(seed, 'settle'), scenario.settleUs),
    machines,
    nodes: [...deployment.redis, ...deployment.sentinels],
    clients,
    namesToAddresses(network) {
      const names: Record<string, string> = {};
      for (const { name, address } of machines) {
        names[name] = network.addressOf(name);
        names[address] = network.addressOf(name);
      }
      for (const [alias, address] of Object.entries(aliases)) names[alias] = names[address]!;
      return names;
    },
  };
}
