/** Arbitrary deployments: how many of what, how configured, and on which box. */
import fc from 'fast-check';
import { defaultRedisConfig, type RedisConfig } from '../../models/redis/config.ts';
import {
  defaultMonitoredMaster,
  defaultSentinelConfig,
  type MonitoredMaster,
} from '../../models/sentinel/config.ts';
import type { Deployment, RedisNode, SentinelNode } from '../../src/config/deployment.ts';

export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface TopologyConstraints {
  /** Default 1 to 3. */
  readonly masters?: Span;
  /** Of each master; default 0 to 6. */
  readonly replicas?: Span;
  /** Default 1 to 9. */
  readonly sentinels?: Span;
  /** `down-after-milliseconds`, from these; default 1 to 10 s. */
  readonly downAfterMs?: readonly number[];
  /** `failover-timeout`, from these; default 3 to 30 s. */
  readonly failoverTimeoutMs?: readonly number[];
}

const STOP_GRACE_MS = 10_000;
const NOWHERE = { file: '(arbitrary)', line: 1, column: 1 };
const NAMES = ['mymaster', 'second', 'third'] as const;

interface ServerSettings {
  readonly priorities: readonly number[];
  readonly minReplicas: number;
  readonly maxLagSec: number;
  readonly backlogBytes: number;
  readonly appendonly: boolean;
  readonly snapshots: boolean;
  readonly diskless: boolean;
}

interface SentinelSettings {
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
}

const serverSettings: fc.Arbitrary<ServerSettings> = fc.record({
  priorities: fc.array(fc.constantFrom(100, 100, 100, 50, 1, 0), { minLength: 7, maxLength: 7 }),
  minReplicas: fc.nat(2),
  maxLagSec: fc.constantFrom(10, 5, 2, 1),
  backlogBytes: fc.constantFrom(1_048_576, 16_384, 65_536),
  appendonly: fc.boolean(),
  snapshots: fc.boolean(),
  diskless: fc.boolean(),
});

function sentinelSettings(constraints: TopologyConstraints): fc.Arbitrary<SentinelSettings> {
  const { downAfterMs = [5000, 1000, 3000, 10_000], failoverTimeoutMs = [10_000, 3000, 5000, 30_000] } =
    constraints;
  return fc.record({
    quorum: fc.nat(8),
    downAfterMs: fc.constantFrom(...downAfterMs),
    failoverTimeoutMs: fc.constantFrom(...failoverTimeoutMs),
    parallelSyncs: fc.integer({ min: 1, max: 3 }),
  });
}

function server(name: string, master: string | null, index: number, settings: ServerSettings): RedisNode {
  const config: RedisConfig = {
    ...defaultRedisConfig(),
    protectedMode: false,
    replicaof: master === null ? null : { host: master, port: 6379 },
    replicaPriority: settings.priorities[index % settings.priorities.length]!,
    minReplicasToWrite: settings.minReplicas,
    minReplicasMaxLagSec: settings.maxLagSec,
    replBacklogSizeBytes: settings.backlogBytes,
    appendonly: settings.appendonly,
    replDisklessSync: settings.diskless,
    ...(settings.snapshots ? {} : { save: [] }),
  };
  return { kind: 'redis', name, config, configFile: 'writable', stopGraceMs: STOP_GRACE_MS, at: NOWHERE };
}

function monitored(index: number, sentinels: number, settings: SentinelSettings): MonitoredMaster {
  return {
    ...defaultMonitoredMaster(NAMES[index]!, serverName(index, 0), 6379, 1 + (settings.quorum % sentinels)),
    downAfterMs: settings.downAfterMs,
    failoverTimeoutMs: settings.failoverTimeoutMs,
    parallelSyncs: settings.parallelSyncs,
  };
}

/** `a1` is the first master, `a2` its first replica, `b1` the second master. */
function serverName(master: number, index: number): string {
  return `${'abc'[master]}${index + 1}`;
}

function sentinel(index: number, masters: readonly MonitoredMaster[]): SentinelNode {
  const config = { ...defaultSentinelConfig(), resolveHostnames: true, masters };
  return {
    kind: 'sentinel',
    name: `s${index + 1}`,
    config,
    configFile: 'writable',
    stopGraceMs: STOP_GRACE_MS,
    at: NOWHERE,
  };
}

/** Node `i` stands on box `i mod boxes`. */
function placed(names: readonly string[], boxes: number): Deployment['boxes'] {
  return Object.fromEntries(
    Array.from({ length: boxes }, (_, box) => [
      `box${box + 1}`,
      names.filter((_name, index) => index % boxes === box),
    ]),
  );
}

/** Deployments that shrink to few nodes in one box and to usual settings. */
export function deploymentOf(constraints: TopologyConstraints = {}): fc.Arbitrary<Deployment> {
  const {
    masters = { min: 1, max: 3 },
    replicas = { min: 0, max: 6 },
    sentinels = { min: 1, max: 9 },
  } = constraints;
  return fc
    .record({
      masters: fc.integer(masters),
      replicas: fc.array(fc.integer(replicas), { minLength: 3, maxLength: 3 }),
      sentinels: fc.integer(sentinels),
      boxes: fc.integer({ min: 1, max: 3 }),
      servers: serverSettings,
      settings: sentinelSettings(constraints),
    })
    .map((plan) => {
      const groups = Array.from({ length: plan.masters }, (_, index) => index);
      const redis = groups.flatMap((group) =>
        Array.from({ length: 1 + plan.replicas[group]! }, (_, index) =>
          server(serverName(group, index), index === 0 ? null : serverName(group, 0), index, plan.servers),
        ),
      );
      const records = groups.map((group) => monitored(group, plan.sentinels, plan.settings));
      const watchers = Array.from({ length: plan.sentinels }, (_, index) => sentinel(index, records));
      const names = [...redis, ...watchers].map(({ name }) => name);
      return {
        name: 'arbitrary',
        redis,
        sentinels: watchers,
        boxes: plan.boxes === 1 ? {} : placed(names, plan.boxes),
        aliases: {},
        addresses: {},
        notes: [],
      };
    });
}
