/** Brings a real cluster up in the order in which src/run/start.ts brings a simulated one up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, converse, infoFields } from './control.ts';
import type { Plan } from './plan.ts';
import type { Servers } from './servers.ts';

const POLL_MS = 100;
const LIMIT_MS = 60_000;

/** Starts the data nodes, masters first, loads the data set and lets the replicas synchronise. */
export async function startDataNodes(plan: Plan, servers: Servers, interrupted: AbortSignal): Promise<void> {
  const { redis } = plan.scenario.deployment;
  const masters = redis.filter(({ config }) => config.replicaof === null).map(({ name }) => name);
  const replicas = redis.filter(({ config }) => config.replicaof !== null).map(({ name }) => name);
  for (const name of masters) servers.start(name);
  for (const name of masters) await until(() => answers(servers, name), interrupted);
  for (const name of masters) await loadDataset(plan, servers, name, interrupted);
  for (const name of replicas) servers.start(name);
  for (const name of replicas)
    await until(() => hasField(servers, name, 'master_link_status', 'up'), interrupted);
}

export function startSentinels(plan: Plan, servers: Servers): void {
  for (const { name } of plan.scenario.deployment.sentinels) servers.start(name);
}

/** A node that never gets there is part of what is recorded, as it is of what is simulated. */
async function until(isSo: () => Promise<boolean>, interrupted: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS && !(await isSo()); waitedMs += POLL_MS) {
    await sleep(POLL_MS, undefined, { signal: interrupted });
  }
}

async function answers(servers: Servers, name: string): Promise<boolean> {
  return (await ask(servers.controlOf(name), ['PING'])) === 'PONG';
}

async function hasField(servers: Servers, name: string, field: string, value: string): Promise<boolean> {
  const info = await ask(servers.controlOf(name), ['INFO']);
  return infoFields(info).get(field) === value;
}

/** The keys are no writes: no save point counts them, and only a rewrite brings them into the append-only file. */
async function loadDataset(
  plan: Plan,
  servers: Servers,
  name: string,
  interrupted: AbortSignal,
): Promise<void> {
  const { keys, valueBytes } = plan.scenario.dataset;
  const node = servers.node(name);
  if (keys === 0 || node.kind !== 'redis') return;
  const point = servers.controlOf(name);
  await converse(point, [['DEBUG', 'POPULATE', String(keys), 'key', String(valueBytes)]], LIMIT_MS);
  if (!node.config.appendonly) return;
  await converse(point, [['BGREWRITEAOF']]);
  await until(() => hasField(servers, name, 'aof_rewrite_scheduled', '0'), interrupted);
  await until(() => hasField(servers, name, 'aof_rewrite_in_progress', '0'), interrupted);
}
