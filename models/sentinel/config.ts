/**
 * A Sentinel's configuration, which is also its saved state: Sentinel rewrites its own file (S-PERSIST-1, S-PERSIST-4).
 */

/** `known-replica`. */
export interface KnownReplica {
  readonly host: string;
  readonly port: number;
  /** Written as `known-slave`, a line that no rewrite touches (S-CONF-5). */
  readonly isAlias?: true;
}

/** `known-sentinel`; the form without a run id is ignored by Redis and never stored. */
export interface KnownSentinel {
  readonly host: string;
  readonly port: number;
  readonly runId: string;
}

/** One `sentinel monitor` with all per-master directives (S-CONF-2). */
export interface MonitoredMaster {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  readonly masterRebootDownAfterMs: number;
  /** Empty: none. */
  readonly authPass: string;
  readonly authUser: string;
  readonly notificationScript: string;
  readonly clientReconfigScript: string;
  /** Command name in upper case → the name to send. */
  readonly renamedCommands: Readonly<Record<string, string>>;
  readonly configEpoch: number;
  readonly leaderEpoch: number;
  readonly knownReplicas: readonly KnownReplica[];
  readonly knownSentinels: readonly KnownSentinel[];
}

export interface SentinelConfig {
  readonly port: number;
  readonly requirepass: string;
  /** 40 characters, or empty: drawn and saved at the first start. */
  readonly myId: string;
  readonly currentEpoch: number;
  /** Null: not set (an empty text is kept as such, S-CMD-CONFIG-3). */
  readonly announceIp: string | null;
  readonly announcePort: number;
  readonly resolveHostnames: boolean;
  readonly announceHostnames: boolean;
  readonly denyScriptsReconfig: boolean;
  readonly sentinelUser: string;
  readonly sentinelPass: string;
  readonly masters: readonly MonitoredMaster[];
}

export const DEFAULT_DOWN_AFTER_MS = 30_000;
export const DEFAULT_FAILOVER_TIMEOUT_MS = 180_000;

/** A master record as `sentinel monitor` alone creates it. */
export function defaultMonitoredMaster(
  name: string,
  host: string,
  port: number,
  quorum: number,
): MonitoredMaster {
  return {
    name,
    host,
    port,
    quorum,
    downAfterMs: DEFAULT_DOWN_AFTER_MS,
    failoverTimeoutMs: DEFAULT_FAILOVER_TIMEOUT_MS,
    parallelSyncs: 1,
    masterRebootDownAfterMs: 0,
    authPass: '',
    authUser: '',
    notificationScript: '',
    clientReconfigScript: '',
    renamedCommands: {},
    configEpoch: 0,
    leaderEpoch: 0,
    knownReplicas: [],
    knownSentinels: [],
  };
}

export function defaultSentinelConfig(): SentinelConfig {
  return {
    port: 26_379,
    requirepass: '',
    myId: '',
    currentEpoch: 0,
    announceIp: null,
    announcePort: 0,
    resolveHostnames: false,
    announceHostnames: false,
    denyScriptsReconfig: true,
    sentinelUser: '',
    sentinelPass: '',
    masters: [],
  };
}
