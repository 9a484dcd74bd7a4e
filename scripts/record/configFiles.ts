/** Typed configurations → the lines of redis.conf and sentinel.conf, with addresses in place of host names. */
import { defaultRedisConfig, type RedisConfig } from '../../models/redis/config.ts';
import { canonicalDirective, getDirectives } from '../../models/redis/directives.ts';
import type { MonitoredMaster, SentinelConfig } from '../../models/sentinel/config.ts';

/** The real address for a host name; what is unknown stays as it is. */
export type Resolve = (host: string) => string;

/** What the recording itself decides: where a process listens, writes and logs. */
export interface Place {
  readonly socketPath: string;
  readonly folder: string;
  /** The one address to listen on and to call from; null: all. */
  readonly bind: string | null;
}

const DECIDED = new Set([
  'aclfile',
  'bind',
  'bind-source-addr',
  'daemonize',
  'dir',
  'include',
  'loadmodule',
  'logfile',
  'pidfile',
  'port',
  'proc-title-template',
  'replicaof',
  'supervised',
  'syslog-enabled',
  'unixsocket',
  'unixsocketperm',
]);

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

function placeLines(port: number, { socketPath, folder, bind }: Place): string[] {
  return [
    `port ${port}`,
    `dir ${quote(folder)}`,
    `unixsocket ${quote(socketPath)}`,
    ...(bind === null ? [] : [`bind ${bind}`, `bind-source-addr ${bind}`]),
  ];
}

/** The directives that differ from Redis's defaults, and those that CONFIG GET does not list. */
function changedLines(config: RedisConfig): string[] {
  const defaults = new Map(getDirectives(defaultRedisConfig(), '*'));
  const changed = getDirectives(config, '*').filter(
    ([name, value]) =>
      canonicalDirective(name) === name && !DECIDED.has(name) && value !== defaults.get(name),
  );
  const renamed = Object.entries(config.renamedCommands);
  const users = config.unmodelled.user?.split('\n') ?? [];
  return [
    ...changed.map(([name, value]) => `${name} ${quote(value)}`),
    ...renamed.map(([command, name]) => `rename-command ${command} ${quote(name)}`),
    ...users.map((user) => `user ${user}`),
    `key-load-delay ${config.keyLoadDelayUs}`,
    `loading-process-events-interval-bytes ${config.loadingProcessEventsIntervalBytes}`,
  ];
}

export function redisConfLines(config: RedisConfig, place: Place, resolve: Resolve): string[] {
  const { replicaof } = config;
  return [
    ...placeLines(config.port, place),
    // The timeline may say DEBUG SLEEP, and the data set is made by DEBUG POPULATE.
    'enable-debug-command yes',
    ...changedLines(config),
    ...(replicaof === null ? [] : [`replicaof ${resolve(replicaof.host)} ${replicaof.port}`]),
  ];
}

function masterLines(master: MonitoredMaster, resolve: Resolve): string[] {
  const { name } = master;
  const set = (option: string, value: string | number) => `sentinel ${option} ${name} ${value}`;
  return [
    set('monitor', `${resolve(master.host)} ${master.port} ${master.quorum}`),
    set('down-after-milliseconds', master.downAfterMs),
    set('failover-timeout', master.failoverTimeoutMs),
    set('parallel-syncs', master.parallelSyncs),
    ...(master.masterRebootDownAfterMs === 0
      ? []
      : [set('master-reboot-down-after-period', master.masterRebootDownAfterMs)]),
    ...(master.authPass === '' ? [] : [set('auth-pass', quote(master.authPass))]),
    ...(master.authUser === '' ? [] : [set('auth-user', quote(master.authUser))]),
    ...(master.configEpoch === 0 ? [] : [set('config-epoch', master.configEpoch)]),
    ...(master.leaderEpoch === 0 ? [] : [set('leader-epoch', master.leaderEpoch)]),
    ...Object.entries(master.renamedCommands).map(([from, to]) => set('rename-command', `${from} ${to}`)),
    ...master.knownReplicas.map(({ host, port }) => set('known-replica', `${resolve(host)} ${port}`)),
    ...master.knownSentinels.map(({ host, port, runId }) =>
      set('known-sentinel', `${resolve(host)} ${port} ${runId}`),
    ),
  ];
}

export function sentinelConfLines(config: SentinelConfig, place: Place, resolve: Resolve): string[] {
  const yes = (on: boolean) => (on ? 'yes' : 'no');
  return [
    ...placeLines(config.port, place),
    ...(config.requirepass === '' ? [] : [`requirepass ${quote(config.requirepass)}`]),
    `sentinel resolve-hostnames ${yes(config.resolveHostnames)}`,
    `sentinel announce-hostnames ${yes(config.announceHostnames)}`,
    `sentinel deny-scripts-reconfig ${yes(config.denyScriptsReconfig)}`,
    ...(config.myId === '' ? [] : [`sentinel myid ${config.myId}`]),
    ...(config.currentEpoch === 0 ? [] : [`sentinel current-epoch ${config.currentEpoch}`]),
    ...(config.announceIp === null ? [] : [`sentinel announce-ip ${quote(resolve(config.announceIp))}`]),
    ...(config.announcePort === 0 ? [] : [`sentinel announce-port ${config.announcePort}`]),
    ...(config.sentinelUser === '' ? [] : [`sentinel sentinel-user ${quote(config.sentinelUser)}`]),
    ...(config.sentinelPass === '' ? [] : [`sentinel sentinel-pass ${quote(config.sentinelPass)}`]),
    ...config.masters.flatMap((master) => masterLines(master, resolve)),
  ];
}
