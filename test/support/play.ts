/** Plays a timeline on 1 master, 2 replicas and 3 sentinels, and gives the run document. */
import type { FinalView, RunDocument, RunEvent } from '../../src/run/document.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';

export interface Plan {
  readonly timeline: readonly object[];
  /** Lines of every data node, and of single ones. */
  readonly redis?: readonly string[];
  readonly r1?: readonly string[];
  readonly r2?: readonly string[];
  readonly r3?: readonly string[];
  readonly downAfterMs?: number;
  readonly boxes?: Readonly<Record<string, readonly string[]>>;
  readonly clients?: readonly object[];
  readonly durationS?: number;
  readonly dataset?: { readonly keys: number; readonly valueBytes: number };
  readonly seed?: number;
}

export const APP = { name: 'app', discover: 'sentinel', write: '20ms' };

export function play(plan: Plan): RunDocument {
  const { redis = [], clients = [APP], durationS = 30, downAfterMs = 5000 } = plan;
  const sentinel = [
    'sentinel resolve-hostnames yes',
    'sentinel monitor mymaster r1 6379 2',
    `sentinel down-after-milliseconds mymaster ${downAfterMs}`,
    'sentinel failover-timeout mymaster 10000',
  ];
  const text = JSON.stringify({
    name: 'play',
    topology: {
      redis: {
        r1: [...redis, ...(plan.r1 ?? [])],
        r2: ['replicaof r1 6379', ...redis, ...(plan.r2 ?? [])],
        r3: ['replicaof r1 6379', ...redis, ...(plan.r3 ?? [])],
      },
      sentinels: { s1: sentinel, s2: sentinel, s3: sentinel },
      ...(plan.boxes === undefined ? {} : { boxes: plan.boxes }),
    },
    ...(plan.dataset === undefined ? {} : { dataset: plan.dataset }),
    clients,
    timeline: plan.timeline,
    duration: `${durationS}s`,
  });
  const scenario = parseScenario(text, 'play.yaml');
  return simulate({ scenario, isDeployment: false, path: '' }, plan.seed ?? 1).document;
}

export const told = (run: RunDocument, event: string, node?: string): RunEvent[] =>
  run.events.filter((each) => each.event === event && (node === undefined || each.node === node));

export const final = (run: RunDocument, node: string): FinalView =>
  run.final.find((view) => view.node === node)!;
