/** The directives that have an effect here: name, aliases, type, range and the field that holds them (section 9.2). */
import type { RedisConfig } from './config.ts';
import { INT_MAX, LONG_MAX, UINT_MAX } from './directiveValues.ts';

/** The type of a directive's value: B, I, M, S or E of section 9.2, or a syntax of its own. */
export type ValueType =
  | { readonly type: 'boolean' }
  /** `clamp`: what lies outside is taken, and counts as the nearest of these. */
  | {
      readonly type: 'integer';
      readonly min: number;
      readonly max: number;
      readonly clamp?: readonly [number, number];
    }
  | { readonly type: 'memory'; readonly min: number; readonly max: number }
  | { readonly type: 'string' }
  /** A name without a directory. */
  | { readonly type: 'file name'; readonly noun: 'filename' | 'dirname' }
  | { readonly type: 'enum'; readonly words: readonly string[] }
  /** One or more words of a set. */
  | { readonly type: 'flags'; readonly words: readonly string[] }
  | { readonly type: 'octal' }
  | { readonly type: 'memory or percent' }
  /** Any number of decimal numbers. */
  | { readonly type: 'numbers'; readonly min: number; readonly max: number }
  /** Read by a function of its own in directiveSpecials. */
  | { readonly type: 'special' };

export interface Directive {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly value: ValueType;
  /** Where the value stands in the configuration; null: kept as text, without effect. */
  readonly field: keyof RedisConfig | null;
  /** What CONFIG GET shows while the directive is not set; only used without a field. */
  readonly initial: string;
  /** Whether CONFIG SET takes it: never, or not without `enable-protected-configs`. */
  readonly change: 'free' | 'immutable' | 'protected';
  /** CONFIG GET shows it only when asked for by its full name. */
  readonly hidden: boolean;
}

export const BOOLEAN: ValueType = { type: 'boolean' };
export const STRING: ValueType = { type: 'string' };
const SPECIAL: ValueType = { type: 'special' };
const COUNT: ValueType = { type: 'integer', min: 0, max: INT_MAX };
const POSITIVE: ValueType = { type: 'integer', min: 1, max: INT_MAX };
const PORT: ValueType = { type: 'integer', min: 0, max: 65_535 };
const SHUTDOWN_FLAGS: ValueType = { type: 'flags', words: ['default', 'save', 'nosave', 'now', 'force'] };

const EVICTION_POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
];

function modelled(
  name: string,
  field: keyof RedisConfig,
  value: ValueType,
  aliases: readonly string[] = [],
): Directive {
  return { name, aliases, value, field, initial: '', change: 'free', hidden: false };
}

function special(name: string, field: keyof RedisConfig, aliases: readonly string[] = []): Directive {
  return modelled(name, field, SPECIAL, aliases);
}

export const MODELLED: readonly Directive[] = [
  { ...special('replicaof', 'replicaof', ['slaveof']), change: 'immutable' },
  modelled('masterauth', 'masterauth', STRING),
  modelled('masteruser', 'masteruser', STRING),
  modelled('requirepass', 'requirepass', STRING),
  modelled('replica-serve-stale-data', 'replicaServeStaleData', BOOLEAN, ['slave-serve-stale-data']),
  modelled('replica-read-only', 'replicaReadOnly', BOOLEAN, ['slave-read-only']),
  modelled('replica-priority', 'replicaPriority', COUNT, ['slave-priority']),
  modelled('replica-announced', 'replicaAnnounced', BOOLEAN),
  modelled('replica-announce-ip', 'replicaAnnounceIp', STRING, ['slave-announce-ip']),
  modelled('replica-announce-port', 'replicaAnnouncePort', PORT, ['slave-announce-port']),
  modelled('replica-lazy-flush', 'replicaLazyFlush', BOOLEAN, ['slave-lazy-flush']),
  modelled('replica-ignore-disk-write-errors', 'replicaIgnoreDiskWriteErrors', BOOLEAN),
  modelled('repl-timeout', 'replTimeoutSec', POSITIVE),
  modelled('repl-ping-replica-period', 'replPingReplicaPeriodSec', POSITIVE, ['repl-ping-slave-period']),
  modelled('repl-backlog-size', 'replBacklogSizeBytes', { type: 'memory', min: 1, max: LONG_MAX }),
  modelled('repl-backlog-ttl', 'replBacklogTtlSec', { type: 'integer', min: 0, max: LONG_MAX }),
  modelled('repl-diskless-sync', 'replDisklessSync', BOOLEAN),
  modelled('repl-diskless-sync-delay', 'replDisklessSyncDelaySec', COUNT),
  modelled('repl-diskless-sync-max-replicas', 'replDisklessSyncMaxReplicas', COUNT),
  modelled('repl-diskless-load', 'replDisklessLoad', {
    type: 'enum',
    words: ['disabled', 'on-empty-db', 'swapdb'],
  }),
  modelled('min-replicas-to-write', 'minReplicasToWrite', COUNT, ['min-slaves-to-write']),
  modelled('min-replicas-max-lag', 'minReplicasMaxLagSec', COUNT, ['min-slaves-max-lag']),
  special('client-output-buffer-limit', 'outputBufferLimits'),
  special('save', 'save'),
  modelled('stop-writes-on-bgsave-error', 'stopWritesOnBgsaveError', BOOLEAN),
  modelled('rdb-del-sync-files', 'rdbDelSyncFiles', BOOLEAN),
  modelled('appendonly', 'appendonly', BOOLEAN),
  modelled('appendfsync', 'appendfsync', { type: 'enum', words: ['everysec', 'always', 'no'] }),
  modelled('no-appendfsync-on-rewrite', 'noAppendfsyncOnRewrite', BOOLEAN),
  modelled('auto-aof-rewrite-percentage', 'autoAofRewritePercentage', COUNT),
  modelled('auto-aof-rewrite-min-size', 'autoAofRewriteMinSizeBytes', {
    type: 'memory',
    min: 0,
    max: LONG_MAX,
  }),
  modelled('maxmemory', 'maxmemoryBytes', { type: 'memory', min: 0, max: LONG_MAX }),
  modelled('maxmemory-policy', 'maxmemoryPolicy', { type: 'enum', words: EVICTION_POLICIES }),
  modelled('maxclients', 'maxclients', { type: 'integer', min: 1, max: UINT_MAX }),
  modelled('port', 'port', PORT),
  special('bind', 'bind'),
  modelled('protected-mode', 'protectedMode', BOOLEAN),
  modelled('timeout', 'timeoutSec', COUNT),
  modelled('shutdown-timeout', 'shutdownTimeoutSec', COUNT),
  modelled('shutdown-on-sigterm', 'shutdownOnSigterm', SHUTDOWN_FLAGS),
  modelled('hz', 'hz', { type: 'integer', min: 0, max: INT_MAX, clamp: [1, 500] }),
  {
    ...modelled('key-load-delay', 'keyLoadDelayUs', { type: 'integer', min: -INT_MAX - 1, max: INT_MAX }),
    hidden: true,
  },
  {
    ...modelled('loading-process-events-interval-bytes', 'loadingProcessEventsIntervalBytes', {
      type: 'integer',
      min: 1_024,
      max: INT_MAX,
    }),
    hidden: true,
  },
];
