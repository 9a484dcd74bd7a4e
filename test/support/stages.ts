/** Settled labs: a cluster of real nodes, and a stage on which one real Sentinel meets scripted neighbours. */
import { Lab } from './sentinelLab.ts';
import type { LabPlan } from './sentinelWorld.ts';
import { addressOf, downAnswer, idOf, masterInfo, portOf, replicaInfo } from './wire.ts';

export interface Sizes {
  readonly replicas?: number;
  readonly sentinels?: number;
  readonly peers?: number;
  readonly quorum?: number;
  readonly downAfterMs?: number;
  readonly failoverTimeoutMs?: number;
  /** Further lines of every sentinel.conf. */
  readonly lines?: readonly string[];
  /** Further lines of one node's configuration. */
  readonly nodeLines?: { readonly [name: string]: readonly string[] };
}

export type Setting = Sizes & Omit<LabPlan, 'redis' | 'sentinels' | 'actors'>;

export const names = (letter: string, count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `${letter}${from + index}`);

/** `sentinel monitor mymaster` and its settings. */
export function monitorLines(master: string, sizes: Sizes = {}): string[] {
  return [
    `sentinel monitor mymaster ${addressOf(master)} ${portOf(master)} ${sizes.quorum ?? 2}`,
    `sentinel down-after-milliseconds mymaster ${sizes.downAfterMs ?? 3000}`,
    `sentinel failover-timeout mymaster ${sizes.failoverTimeoutMs ?? 20_000}`,
    ...(sizes.lines ?? []),
  ];
}

/** Redis nodes `r1` (the master), `r2`…, and Sentinels `s1`…; everybody knows everybody, nothing has failed. */
export function cluster(setting: Setting = {}): Lab {
  const redisNames = names('r', 1 + (setting.replicas ?? 2));
  const sentinelNames = names('s', setting.sentinels ?? 3);
  const own = (name: string) => setting.nodeLines?.[name] ?? [];
  const lab = new Lab({
    ...setting,
    redis: Object.fromEntries(
      redisNames.map((name) => [
        name,
        [...(name === 'r1' ? [] : [`replicaof ${addressOf('r1')} 6379`]), ...own(name)],
      ]),
    ),
    sentinels: Object.fromEntries(
      sentinelNames.map((name) => [name, [...monitorLines('r1', setting), ...own(name)]]),
    ),
  });
  lab.start(...redisNames, 'c1').run(8000);
  lab.start(...sentinelNames).run(22_000);
  return lab.hush();
}

/**
 * One real Sentinel `s1`; a scripted master `n1`, scripted replicas `n2`…, and scripted Sentinels `p1`… that it knows
 * from its configuration file. Everything is connected, and INFO of all nodes has been read.
 */
export function stage(setting: Setting & { readonly settleMs?: number } = {}): Lab {
  const replicas = names('n', setting.replicas ?? 2, 2);
  const peers = names('p', setting.peers ?? 2);
  const known = peers.map(
    (peer) => `sentinel known-sentinel mymaster ${addressOf(peer)} ${portOf(peer)} ${idOf(peer)}`,
  );
  const lab = new Lab({
    ...setting,
    sentinels: { s1: [...monitorLines('n1', setting), ...known, ...(setting.nodeLines?.s1 ?? [])] },
    actors: {
      n1: { INFO: masterInfo('n1', replicas) },
      ...Object.fromEntries(replicas.map((name) => [name, { INFO: replicaInfo(name, 'n1') }])),
      ...Object.fromEntries(peers.map((name) => [name, { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(0) }])),
    },
  });
  lab.start('n1', ...replicas, ...peers, 'c1', 's1').run(setting.settleMs ?? 500);
  return lab.hush();
}
