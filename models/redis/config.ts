/** A Redis server's configuration as it is in force: typed, with Redis 7.0.15's defaults (R-CONF, section 9.2). */

/** `save <seconds> <changes>`. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** One class of `client-output-buffer-limit`, in bytes and seconds; 0 is "no limit". */
export interface OutputBufferLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

export interface RedisConfig {
  port: number;
  /** Null: this node is a master. */
  replicaof: { readonly host: string; readonly port: number } | null;
  masterauth: string;
  masteruser: string;
  requirepass: string;
  protectedMode: boolean;
  bind: readonly string[];
  replicaServeStaleData: boolean;
  replicaReadOnly: boolean;
  replicaPriority: number;
  replicaAnnounced: boolean;
  /** Empty: the peer address is used. */
  replicaAnnounceIp: string;
  /** 0: the port is used. */
  replicaAnnouncePort: number;
  replicaLazyFlush: boolean;
  replicaIgnoreDiskWriteErrors: boolean;
  replTimeoutSec: number;
  replPingReplicaPeriodSec: number;
  replBacklogSizeBytes: number;
  replBacklogTtlSec: number;
  replDisklessSync: boolean;
  replDisklessSyncDelaySec: number;
  replDisklessSyncMaxReplicas: number;
  replDisklessLoad: 'disabled' | 'on-empty-db' | 'swapdb';
  minReplicasToWrite: number;
  minReplicasMaxLagSec: number;
  outputBufferLimits: {
    normal: OutputBufferLimit;
    replica: OutputBufferLimit;
    pubsub: OutputBufferLimit;
  };
  save: readonly SavePoint[];
  stopWritesOnBgsaveError: boolean;
  rdbDelSyncFiles: boolean;
  appendonly: boolean;
  appendfsync: 'always' | 'everysec' | 'no';
  noAppendfsyncOnRewrite: boolean;
  autoAofRewritePercentage: number;
  autoAofRewriteMinSizeBytes: number;
  /** 0: no limit. */
  maxmemoryBytes: number;
  maxmemoryPolicy: string;
  maxclients: number;
  /** Idle time-out of normal clients; 0: never. */
  timeoutSec: number;
  shutdownTimeoutSec: number;
  shutdownOnSigterm: readonly string[];
  hz: number;
  /** Hidden option, microseconds a key: slows a load down (`key-load-delay`). */
  keyLoadDelayUs: number;
  /** Hidden option: bytes of RDB between two progress callbacks of a load (R-CLK-5). */
  loadingProcessEventsIntervalBytes: number;
  /** Command name in upper case → new name; an empty name disables it. */
  renamedCommands: Record<string, string>;
  /** Directives that are accepted and remembered for CONFIG GET, but have no effect here. */
  unmodelled: Record<string, string>;
}

export function defaultRedisConfig(): RedisConfig {
  return {
    port: 6379,
    replicaof: null,
    masterauth: '',
    masteruser: '',
    requirepass: '',
    protectedMode: true,
    bind: ['*', '-::*'],
    replicaServeStaleData: true,
    replicaReadOnly: true,
    replicaPriority: 100,
    replicaAnnounced: true,
    replicaAnnounceIp: '',
    replicaAnnouncePort: 0,
    replicaLazyFlush: false,
    replicaIgnoreDiskWriteErrors: false,
    replTimeoutSec: 60,
    replPingReplicaPeriodSec: 10,
    replBacklogSizeBytes: 1_048_576,
    replBacklogTtlSec: 3600,
    replDisklessSync: true,
    replDisklessSyncDelaySec: 5,
    replDisklessSyncMaxReplicas: 0,
    replDisklessLoad: 'disabled',
    // R-MINREP-4.
    minReplicasToWrite: 0,
    minReplicasMaxLagSec: 10,
    outputBufferLimits: {
      normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
      replica: { hardBytes: 268_435_456, softBytes: 67_108_864, softSeconds: 60 },
      pubsub: { hardBytes: 33_554_432, softBytes: 8_388_608, softSeconds: 60 },
    },
    save: [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10_000 },
    ],
    stopWritesOnBgsaveError: true,
    rdbDelSyncFiles: false,
    appendonly: false,
    appendfsync: 'everysec',
    noAppendfsyncOnRewrite: false,
    autoAofRewritePercentage: 100,
    autoAofRewriteMinSizeBytes: 67_108_864,
    maxmemoryBytes: 0,
    maxmemoryPolicy: 'noeviction',
    maxclients: 10_000,
    timeoutSec: 0,
    shutdownTimeoutSec: 10,
    shutdownOnSigterm: ['default'],
    hz: 10,
    keyLoadDelayUs: 0,
    loadingProcessEventsIntervalBytes: 2_097_152,
    renamedCommands: {},
    unmodelled: {},
  };
}
