/** A deployment while it is put together: its nodes with the lines that configured them. */
import type { RedisNode, SentinelNode } from './deployment.ts';
import type { Problems } from './problems.ts';
import type { Places } from './redisConf.ts';
import type { SentinelPlaces } from './sentinelConf.ts';

export interface RedisDraft {
  readonly node: RedisNode;
  readonly places: Places;
}

export interface SentinelDraft {
  readonly node: SentinelNode;
  readonly places: SentinelPlaces;
}

export interface DeploymentDraft {
  readonly file: string;
  readonly redis: readonly RedisDraft[];
  readonly sentinels: readonly SentinelDraft[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly addresses: Readonly<Record<string, string>>;
  readonly problems: Problems;
}

/** The name of the node that a host name or address stands for, seen from the node `from`; null: of none. */
export function nodeOfHost(draft: DeploymentDraft, host: string, from: string): string | null {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.startsWith('127.')) return from;
  const nodes = [...draft.redis, ...draft.sentinels].map(({ node }) => node.name);
  const named = nodes.find((node) => node.toLowerCase() === name);
  if (named !== undefined) return named;
  const alias = Object.keys(draft.aliases).find((known) => known.toLowerCase() === name);
  if (alias !== undefined) return draft.aliases[alias]!;
  return Object.keys(draft.addresses).find((node) => draft.addresses[node] === host) ?? null;
}

/** Every text that could stand for a node, for suggestions. */
export function hostNames(draft: DeploymentDraft): readonly string[] {
  return [...draft.redis.map(({ node }) => node.name), ...Object.keys(draft.aliases)];
}
