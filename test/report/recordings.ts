/** Recordings of real clusters as run documents, with the deployment that was recorded. */
import { readFileSync } from 'node:fs';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { defaultMonitoredMaster, defaultSentinelConfig } from '../../models/sentinel/config.ts';
import type { Deployment } from '../../src/config/deployment.ts';
import { failoversOf } from '../../src/measure/failovers.ts';
import type { RunDocument } from '../../src/run/document.ts';

export function recording(name: string): RunDocument {
  const url = new URL(`./fixtures/${name}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(url, 'utf8')) as RunDocument;
  const sentinels = document.final.flatMap((view) => ('configEpoch' in view ? [view.node] : []));
  return { ...document, failovers: failoversOf(document.events, sentinels) };
}

const at = { file: 'scenario.yaml', line: 1, column: 1 };

/** The recorded topology: r1 is the master, with min-replicas-to-write 1. */
export function recordedDeployment(sentinels: number, redis: number, quorum: number): Deployment {
  const master = {
    ...defaultMonitoredMaster('mymaster', 'r1', 6379, quorum),
    downAfterMs: 5000,
    failoverTimeoutMs: 10_000,
  };
  return {
    name: 'recorded',
    redis: Array.from({ length: redis }, (_, index) => ({
      kind: 'redis' as const,
      name: `r${index + 1}`,
      config: {
        ...defaultRedisConfig(),
        replicaof: index === 0 ? null : { host: 'r1', port: 6379 },
        minReplicasToWrite: index === 0 ? 1 : 0,
      },
      configFile: 'writable' as const,
      stopGraceMs: 10_000,
      at,
    })),
    sentinels: Array.from({ length: sentinels }, (_, index) => ({
      kind: 'sentinel' as const,
      name: `s${index + 1}`,
      config: { ...defaultSentinelConfig(), masters: [master] },
      configFile: 'writable' as const,
      stopGraceMs: 10_000,
      at,
    })),
    boxes: {},
    aliases: {},
    addresses: {},
    notes: [],
  };
}

/** The same run with other names, as a whole-word replacement. */
export function renamed(document: RunDocument, names: Readonly<Record<string, string>>): RunDocument {
  const text = JSON.stringify(document).replace(/\b[rs]\d\b/g, (name) => names[name] ?? name);
  return JSON.parse(text) as RunDocument;
}
