/** Every node's own view at the end, asked through its Unix socket. */
import type { Reply } from '../../models/commands.ts';
import type { RedisNode, SentinelNode } from '../../src/config/deployment.ts';
import type { FinalView } from '../../src/run/document.ts';
import { replyJson } from '../../src/trace/replyJson.ts';
import { converse, infoFields } from './control.ts';
import type { Plan } from './plan.ts';
import type { Servers } from './servers.ts';

type NameOf = ReadonlyMap<string, string>;

export async function finalViews(plan: Plan, servers: Servers, nameOf: NameOf): Promise<FinalView[]> {
  const views = await Promise.all(plan.nodes.map((node) => finalView(node, servers, nameOf)));
  return views.flat();
}

async function finalView(
  node: RedisNode | SentinelNode,
  servers: Servers,
  nameOf: NameOf,
): Promise<FinalView[]> {
  const down: FinalView[] = [{ node: node.name, down: true }];
  if (!servers.isAwake(node.name)) return down;
  const requests = node.kind === 'redis' ? [['INFO'], ['DBSIZE']] : [['SENTINEL', 'MASTERS']];
  const replies = await converse(servers.controlOf(node.name), requests);
  if (replies === null) return down;
  return node.kind === 'redis'
    ? [redisView(node.name, replies, nameOf)]
    : sentinelViews(node.name, replies[0]!, nameOf);
}

/** What a data node says of itself: its replies to INFO and DBSIZE. */
export function redisView(node: string, [info, size]: readonly Reply[], nameOf: NameOf): FinalView {
  const fields = infoFields(replyJson(info!));
  const isReplica = fields.get('role') === 'slave';
  const host = fields.get('master_host') ?? '';
  return {
    node,
    role: isReplica ? 'replica' : 'master',
    master: isReplica ? (nameOf.get(host) ?? host) : null,
    link: isReplica ? (fields.get('master_link_status') === 'up' ? 'up' : 'down') : null,
    offset: Number(fields.get('master_repl_offset') ?? 0),
    keys: size?.kind === 'integer' ? size.value : 0,
    replicas: Number(fields.get('connected_slaves') ?? 0),
  };
}

/** What a Sentinel says of its masters: its reply to SENTINEL MASTERS. */
export function sentinelViews(node: string, masters: Reply, nameOf: NameOf): FinalView[] {
  const records = replyJson(masters);
  if (!Array.isArray(records)) return [];
  return records.map((record) => {
    const words = (record as readonly string[]).map(String);
    const field = (name: string) => words[words.indexOf(name) + 1] ?? '';
    return {
      node,
      name: field('name'),
      master: nameOf.get(field('ip')) ?? field('ip'),
      configEpoch: Number(field('config-epoch')),
      flags: field('flags').split(','),
      replicas: Number(field('num-slaves')),
      sentinels: Number(field('num-other-sentinels')),
    };
  });
}

/** The one live master; null when there is none or more than one. */
export function singleMasterOf(views: readonly FinalView[]): string | null {
  const masters = views.filter((view) => 'role' in view && view.role === 'master');
  return masters.length === 1 ? masters[0]!.node : null;
}
