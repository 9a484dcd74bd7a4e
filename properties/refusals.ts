/** The other side of the fence: when writes must not be refused. */
import type { ClientState } from '../models/client/state.ts';
import type { RedisState } from '../models/redis/index.ts';
import type { RedisDisk } from '../models/redis/spec.ts';
import type { Announcement } from '../src/engine/world.ts';
import { servers, wallAt } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';

/** Online replicas whose ACK is at most max-lag whole seconds old (R-MINREP-1). */
function goodReplicas({ replicas, config }: RedisState, wallUs: number): number {
  const nowSec = Math.floor(wallUs / 1_000_000);
  return replicas.filter(
    ({ phase, ackSec }) => phase === 'online' && nowSec - ackSec <= config.minReplicasMaxLagSec,
  ).length;
}

function judgeRefusal({ cluster }: CheckContext, { process, atUs, node }: Announcement, findings: Findings) {
  const server = cluster.world.state.processes[process]!;
  const state = server.state as RedisState | null;
  if (state === null) return;
  findings.witness();
  const good = goodReplicas(state, wallAt(cluster, server, atUs));
  const { minReplicasToWrite } = state.config;
  if (good >= minReplicasToWrite) {
    findings.violate(`${node} refuses writes with ${good} good replicas of ${minReplicasToWrite}`);
  }
}

/** When a server first refused writes, in microseconds: by its own word, or because it starts with a count of 0 (R-MINREP-2). */
class FirstRefusal {
  #us: number;
  readonly #context: CheckContext;

  constructor(context: CheckContext) {
    this.#context = context;
    const isRefusing = servers(context.cluster).some(({ state }) => state.fenced);
    this.#us = isRefusing ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  heard({ event, process, atUs }: Announcement): void {
    const { world, scenario } = this.#context.cluster;
    const written = scenario.deployment.redis[process]?.config;
    if (written === undefined) return;
    const { minReplicasToWrite } = (world.state.processes[process]!.disk as RedisDisk).config ?? written;
    if (event === 'writes-refused' || minReplicasToWrite > 0) this.#us = Math.min(this.#us, atUs);
  }

  /** Holds what the clients heard against it. */
  judge(findings: Findings): void {
    const { world, scenario, processByName } = this.#context.cluster;
    for (const { name } of scenario.clients) {
      const process = processByName.get(name);
      const state =
        process === undefined ? null : (world.state.processes[process]!.state as ClientState | null);
      const first = state?.refused.NOREPLICAS;
      if (first !== undefined && first.firstUs < this.#us) {
        findings.violate(`${name} hears -NOREPLICAS although no server refuses writes`);
      }
    }
  }
}

export const refusedForAReason: Property = {
  name: 'refused-for-a-reason',
  statement:
    'A master begins to refuse writes for want of replicas only when it has too few good ones, and no client hears -NOREPLICAS before a server began to refuse them.',
  assumptions: [
    'a server that starts has counted no replica yet, and refuses writes from its load on until it has (R-MINREP-2, R-ROLE-1)',
  ],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula: 'good replicas < min-replicas-to-write',
  witness: 'a master began to refuse writes',
  rules: ['R-MINREP-1', 'R-MINREP-2', 'R-MINREP-3', 'R-MINREP-4', 'R-ROLE-1'],
  holds: true,
  hears: ['writes-refused', 'loading', 'ready'],
  begin: (context) => {
    const findings = new Findings();
    const first = new FirstRefusal(context);
    return {
      announced(announcement) {
        first.heard(announcement);
        if (announcement.event === 'writes-refused') judgeRefusal(context, announcement, findings);
      },
      end() {
        first.judge(findings);
        return findings.verdict();
      },
    };
  },
};
