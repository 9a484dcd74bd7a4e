/** A deployment as the `topology:` of a scenario file: the lines that differ from the defaults. */
import { defaultRedisConfig, type RedisConfig } from '../../models/redis/config.ts';
import { defaultMonitoredMaster, type MonitoredMaster } from '../../models/sentinel/config.ts';
import type { Deployment, RedisNode, SentinelNode } from '../config/deployment.ts';

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

/** Directives that arbitrary clusters vary, with the value that a configuration has. */
const DIRECTIVES: readonly (readonly [string, (config: RedisConfig) => string])[] = [
  ['replica-priority', ({ replicaPriority }) => String(replicaPriority)],
  ['min-replicas-to-write', ({ minReplicasToWrite }) => String(minReplicasToWrite)],
  ['min-replicas-max-lag', ({ minReplicasMaxLagSec }) => String(minReplicasMaxLagSec)],
  ['repl-backlog-size', ({ replBacklogSizeBytes }) => String(replBacklogSizeBytes)],
  ['repl-diskless-sync', ({ replDisklessSync }) => yesNo(replDisklessSync)],
  ['appendonly', ({ appendonly }) => yesNo(appendonly)],
  ['requirepass', ({ requirepass }) => requirepass],
  ['masterauth', ({ masterauth }) => masterauth],
];

function redisLines({ config }: RedisNode): string[] {
  const usual = defaultRedisConfig();
  const { replicaof, save } = config;
  return [
    ...(replicaof === null ? [] : [`replicaof ${replicaof.host} ${replicaof.port}`]),
    ...DIRECTIVES.filter(([, value]) => value(config) !== value(usual)).map(
      ([directive, value]) => `${directive} ${value(config)}`,
    ),
    ...(save.length === 0 ? ['save ""'] : []),
  ];
}

function masterLines(master: MonitoredMaster): string[] {
  const { name, host, port, quorum } = master;
  const usual = defaultMonitoredMaster(name, host, port, quorum);
  const options = [
    ['down-after-milliseconds', 'downAfterMs'],
    ['failover-timeout', 'failoverTimeoutMs'],
    ['parallel-syncs', 'parallelSyncs'],
  ] as const;
  return [
    `sentinel monitor ${name} ${host} ${port} ${quorum}`,
    ...options
      .filter(([, key]) => master[key] !== usual[key])
      .map(([directive, key]) => `sentinel ${directive} ${name} ${master[key]}`),
  ];
}

function sentinelLines({ config }: SentinelNode): string[] {
  return [
    ...(config.resolveHostnames ? ['sentinel resolve-hostnames yes'] : []),
    ...config.masters.flatMap(masterLines),
  ];
}

/** The same lines are the same list, which YAML writes once, with an anchor. */
function sharing(): (lines: readonly string[]) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (lines) => {
    const key = lines.join('\n');
    if (!known.has(key)) known.set(key, lines);
    return known.get(key)!;
  };
}

/** The value of `topology:` for a deployment that `deploymentOf` drew. */
export function topologyValue({ redis, sentinels, boxes }: Deployment): Record<string, unknown> {
  const shared = sharing();
  return {
    redis: Object.fromEntries(redis.map((node) => [node.name, shared(redisLines(node))])),
    sentinels: Object.fromEntries(sentinels.map((node) => [node.name, shared(sentinelLines(node))])),
    ...(Object.keys(boxes).length === 0 ? {} : { boxes }),
  };
}
