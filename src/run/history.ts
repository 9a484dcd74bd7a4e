/** What the losses of a simulated run are judged by. */
import type { History } from '../measure/lostWrites.ts';
import type { Cluster } from './cluster.ts';
import type { RunDocument } from './document.ts';

export function historyOf(
  cluster: Cluster,
  zeroUs: number,
  { events, actions }: Pick<RunDocument, 'events' | 'actions'>,
  master: string,
): History {
  const { nameByAddress, scenario } = cluster;
  const servers = scenario.deployment.redis.map(({ name }) => name);
  return { events, actions, zeroUs, nameByAddress, servers, master };
}
