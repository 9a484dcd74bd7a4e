/** The other side of the fence: when writes must not be refused. */
import type { RedisState } from '../models/redis/index.ts';
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

export const refusedForAReason: Property = {
  name: 'refused-for-a-reason',
  statement:
    'A master begins to refuse writes for want of replicas only when it has too few good ones, and no client hears -NOREPLICAS from one that does not refuse.',
  assumptions: [],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula: 'good replicas < min-replicas-to-write',
  witness: 'a master that begins to refuse writes',
  rules: ['R-MINREP-1', 'R-MINREP-3', 'R-MINREP-4'],
  holds: true,
  hears: ['writes-refused'],
  begin: (context) => {
    const findings = new Findings();
    let refused = servers(context.cluster).some(({ state }) => state.fenced);
    return {
      announced(announcement) {
        refused = true;
        judgeRefusal(context, announcement, findings);
      },
      end({ clients }) {
        const heard = clients.find(({ refused: kinds }) => 'NOREPLICAS' in kinds);
        if (heard !== undefined && !refused) {
          findings.violate(`${heard.name} hears -NOREPLICAS although no server refuses writes`);
        }
        return findings.verdict();
      },
    };
  },
};
