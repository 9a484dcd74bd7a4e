/**
 * The built-in failover test of a deployment, in eight steps: current master, test data, stop the master, wait for
 * the failover, the new master, the data, restart the old master, the final state.
 */
import { type OperatorState, operate } from '../../models/client/operator.ts';
import type { Request } from '../../models/commands.ts';
import { hasKey, redisView } from '../../models/redis/index.ts';
import { sentinelViews } from '../../models/sentinel/index.ts';
import type { Deployment } from '../config/deployment.ts';
import type { ClientPlan, Scenario } from '../scenario/scenario.ts';
import type { Cluster } from './cluster.ts';
import type { RunDocument } from './document.ts';
import { failoverTimeMs } from './expectations.ts';
import { currentMaster, nodeAt, runningRedis, runningSentinels, singleMaster } from './roles.ts';
import type { StepVerdict } from './steps.ts';

const SECOND_US = 1_000_000;
/** When the old master is started again. */
export const RESTART_US = 30 * SECOND_US;
const DURATION_US = 60 * SECOND_US;
const TEST_KEYS = 100;
const TEST_DATA = Array.from({ length: TEST_KEYS }, (_, index) => `failover-test:${index}`);
/** The failover must be over by then (the usual claim of a deployment with down-after 5 s). */
const WITHIN_MS = 10_000;

/** The scenario that the test plays on a deployment. */
export function failoverTest(deployment: Deployment): Scenario {
  const master = firstMaster(deployment);
  const password = deployment.redis.find(({ name }) => name === master)?.config.requirepass ?? '';
  return {
    name: deployment.name,
    about: 'the built-in failover test: the master crashes and is started again 30 s later',
    deployment,
    network: { overrides: [] },
    dataset: { keys: 0, valueBytes: 0 },
    settleUs: { min: 15 * SECOND_US, max: 25 * SECOND_US },
    durationUs: DURATION_US,
    clients: [appClient(password === '' ? null : password)],
    timeline: [
      { atUs: 0, verb: { do: 'kill', target: [master] } },
      { atUs: RESTART_US, verb: { do: 'start', target: [master] } },
    ],
    expect: [],
  };
}

/** The node that the first monitor line of the first sentinel names. */
export function firstMaster({ redis, sentinels, aliases, addresses }: Deployment): string {
  const host = sentinels[0]?.config.masters[0]?.host ?? '';
  const byAddress = Object.entries(addresses).find(([, address]) => address === host)?.[0];
  const name = aliases[host] ?? byAddress ?? host;
  return redis.find((node) => node.name === name)?.name ?? redis[0]!.name;
}

function appClient(password: string | null): ClientPlan {
  return {
    name: 'app',
    at: null,
    discover: 'sentinel',
    connect: null,
    rediscover: 'on-error',
    writeUs: 100_000,
    readsUs: null,
    timeoutUs: SECOND_US,
    subscribe: false,
    user: null,
    password,
    fromUs: -2 * SECOND_US,
  };
}

/** What is looked at while the test runs; the run calls each at its time. */
export class FailoverTest {
  readonly #cluster: Cluster;
  readonly #master: string;
  #namedBy = 0;
  #named: string | null = null;
  #written = 0;
  #found = 0;
  #dataHolder: string | null = null;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#master = firstMaster(cluster.scenario.deployment);
  }

  /** A second before the crash: who is the master, and writes the test data there. */
  begin(): void {
    this.#named = currentMaster(this.#cluster);
    this.#namedBy = this.#sentinelsNaming(this.#named);
    const operator = this.#cluster.operators.get(this.#master)!;
    const writes: Request[] = TEST_DATA.map((key) => ({ kind: 'SET', key, value: 'x' }));
    this.#cluster.world.interact<OperatorState>(operator, (state, host) => operate(state, host, 0, writes));
  }

  /** Just before the crash: how much of it was acknowledged. */
  countWritten(): void {
    const operator = this.#cluster.operators.get(this.#master)!;
    const state = this.#cluster.world.state.processes[operator]!.state as OperatorState;
    const replies = state.jobs.flatMap((job) => job.replies);
    this.#written = replies.filter(({ kind }) => kind === 'status').length;
  }

  /** Just before the restart: what the new master has of it. */
  countFound(): void {
    this.#dataHolder = currentMaster(this.#cluster);
    const holder = runningRedis(this.#cluster).find(({ name }) => name === this.#dataHolder);
    if (holder === undefined) return;
    this.#found = TEST_DATA.filter((key) => hasKey(holder.state, key)).length;
  }

  /** The verdicts, once the run is over. */
  verdicts(run: RunDocument): StepVerdict[] {
    return [
      this.#currentMasterStep(),
      {
        text: 'test data written',
        verdict: this.#written === TEST_KEYS,
        detail: `${this.#written} of ${TEST_KEYS} keys acknowledged`,
      },
      { text: `${this.#master} stopped`, verdict: true, detail: 'SIGKILL' },
      ...this.#failoverSteps(run),
      {
        text: 'the data is intact',
        verdict: this.#written === 0 ? null : this.#found === this.#written,
        detail: `${this.#found} of ${this.#written} keys on ${this.#dataHolder ?? 'no node'}`,
      },
      this.#returnStep(run),
      this.#finalStep(),
    ];
  }

  #sentinelsNaming(name: string | null): number {
    return runningSentinels(this.#cluster).filter(
      ({ state }) => nodeAt(this.#cluster, sentinelViews(state)[0]?.address.ip ?? '') === name,
    ).length;
  }

  #currentMasterStep(): StepVerdict {
    const total = this.#cluster.scenario.deployment.sentinels.length;
    return {
      text: `the sentinels name ${this.#master} as master`,
      verdict: this.#named === this.#master && this.#namedBy === total,
      detail: `${this.#namedBy} of ${total}`,
    };
  }

  #failoverSteps(run: RunDocument): StepVerdict[] {
    const failover = run.failovers.find(({ promotedAt }) => promotedAt !== null);
    const tookMs = failover === undefined ? null : failoverTimeMs(failover, run);
    const took = tookMs === null ? 'no failover' : `${(tookMs / 1000).toFixed(2)} s`;
    return [
      { text: 'failover within 10 s', verdict: tookMs !== null && tookMs <= WITHIN_MS, detail: took },
      {
        text: 'a new master is promoted',
        verdict: failover !== undefined && failover.to !== this.#master,
        detail: failover?.to ?? 'none',
      },
    ];
  }

  #returnStep(run: RunDocument): StepVerdict {
    const back = run.events.find(({ node, event }) => node === this.#master && event === 'ready');
    const demoted = run.events.find(
      ({ node, event, message, t }) =>
        node === this.#master && event === 'role-changed' && message !== 'master' && t > (back?.t ?? 0),
    );
    const view = runningRedis(this.#cluster).find(({ name }) => name === this.#master);
    const isReplica = view !== undefined && redisView(view.state).role === 'replica';
    const seconds = back === undefined || demoted === undefined ? 0 : (demoted.t - back.t) / 1000;
    const asMaster = seconds > 0.5 ? `after ${seconds.toFixed(1)} s as a master` : '';
    return { text: 'the old master returns as a replica', verdict: isReplica, detail: asMaster };
  }

  #finalStep(): StepVerdict {
    const master = singleMaster(this.#cluster);
    const nodes = runningRedis(this.#cluster);
    const inSync = nodes.filter(({ state }) => redisView(state).link === 'up').length;
    const agree = this.#sentinelsNaming(master);
    const { redis, sentinels } = this.#cluster.scenario.deployment;
    return {
      text: `one master, ${redis.length - 1} ${redis.length === 2 ? 'replica' : 'replicas'} in sync, ${sentinels.length} sentinels agree`,
      verdict: master !== null && inSync === redis.length - 1 && agree === sentinels.length,
      detail: `${master === null ? 'no single master' : master}, ${inSync} in sync, ${agree} agree`,
    };
  }
}
