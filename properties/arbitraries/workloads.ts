/** Arbitrary clients and data sets. */
import fc from 'fast-check';
import type { Deployment } from '../../src/config/deployment.ts';
import type { ClientPlan, Scenario } from '../../src/scenario/scenario.ts';

/** Numbers that become the clients of whatever deployment. */
export interface Workload {
  readonly writeMs: number;
  readonly timeoutMs: number;
  readonly subscribe: boolean;
  readonly rediscover: ClientPlan['rediscover'];
  /** Asks the last Sentinel alone. */
  readonly narrow: boolean;
  /** A second client beside the first server that talks to it alone. */
  readonly pinned: boolean;
  readonly keys: number;
}

export const workload: fc.Arbitrary<Workload> = fc.record({
  writeMs: fc.constantFrom(200, 100, 50),
  timeoutMs: fc.constantFrom(1000, 250, 3000),
  subscribe: fc.boolean(),
  rediscover: fc.constantFrom('on-error', 'on-error', 'always'),
  narrow: fc.constantFrom(false, false, false, true),
  pinned: fc.boolean(),
  keys: fc.constantFrom(0, 0, 1000, 100_000),
});

const FROM_US = -2_000_000;

/** One client that asks the Sentinels; perhaps one that is pinned beside the first server. */
export function clientsOf(deployment: Deployment, load: Workload): ClientPlan[] {
  const first = deployment.redis[0]!;
  const last = deployment.sentinels.at(-1)?.name;
  const app: ClientPlan = {
    name: 'app',
    at: null,
    discover: load.narrow && last !== undefined ? [last] : 'sentinel',
    connect: null,
    rediscover: load.rediscover,
    writeUs: load.writeMs * 1000,
    readsUs: null,
    timeoutUs: load.timeoutMs * 1000,
    subscribe: load.subscribe,
    user: null,
    password: first.config.requirepass === '' ? null : first.config.requirepass,
    fromUs: FROM_US,
  };
  const pinned = {
    ...app,
    name: 'pinned',
    at: first.name,
    discover: null,
    connect: first.name,
    subscribe: false,
  };
  return load.pinned ? [app, pinned] : [app];
}

export function datasetOf({ keys }: Workload): Scenario['dataset'] {
  return { keys, valueBytes: 100 };
}
