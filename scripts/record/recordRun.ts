/** Plays one scenario on real processes: start, settle, timeline, end, and what was seen as a run document. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientState, writeKey } from '../../models/client/state.ts';
import type { Reply } from '../../models/commands.ts';
import type { FinalView, RunDocument } from '../../src/run/document.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Clients } from './clients.ts';
import { nowUs, waitUntil } from './clock.ts';
import { converse } from './control.ts';
import { documentOf, type SeenClient } from './document.ts';
import { finalViews, singleMasterOf } from './finalViews.ts';
import { type LoggedEvent, readLog } from './logEvents.ts';
import { openLoopback } from './loopback.ts';
import { openNamespaces } from './namespaces.ts';
import type { Network } from './network.ts';
import { type Plan, planOf } from './plan.ts';
import type { Programs } from './programs.ts';
import { Roles } from './roles.ts';
import { Servers } from './servers.ts';
import { startDataNodes, startSentinels } from './start.ts';
import { Timeline } from './timeline.ts';

/** What all runs of a recording share. */
export interface Studio {
  readonly scenario: Scenario;
  readonly programs: Programs;
  readonly hasNamespaces: boolean;
  readonly interrupted: AbortSignal;
  tell(seed: number, text: string): void;
}

/** A cluster that is up. */
interface Session {
  readonly studio: Studio;
  readonly plan: Plan;
  readonly network: Network;
  readonly servers: Servers;
  readonly clients: Clients;
}

/**
 * Records one run; `slot` tells it from the runs beside it. Everything that it starts or makes is gone when it ends, however it ends.
 * @throws the interruption's reason, or an Error that says what the system refused.
 */
export async function recordRun(studio: Studio, seed: number, slot: number): Promise<RunDocument> {
  const plan = planOf(studio.scenario, seed);
  const folder = mkdtempSync(join(tmpdir(), 'sentinelsim-record-'));
  const clients = new Clients();
  let network: Network | null = null;
  let servers: Servers | null = null;
  try {
    network = studio.hasNamespaces
      ? await openNamespaces(`sentinelsim-${process.pid}-${slot}`, plan.machines)
      : openLoopback(slot, plan.machines);
    servers = new Servers(plan, network, studio.programs, folder);
    return await play({ studio, plan, network, servers, clients });
  } finally {
    clients.kill();
    await servers?.killAll();
    await network?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const BUSY_US = 20_000;

async function play(session: Session): Promise<RunDocument> {
  const { studio, plan, network, servers, clients } = session;
  const { scenario } = plan;
  clients.launch(plan, network);
  await startDataNodes(plan, servers, studio.interrupted);
  const zeroUs = Math.ceil((nowUs() + plan.settleUs) / 1000) * 1000;
  startSentinels(plan, servers);
  studio.tell(plan.seed, `settling for ${(plan.settleUs / 1e6).toFixed(1)} s`);

  const endUs = zeroUs + scenario.durationUs;
  const started = plan.clients.map((client) => {
    const startUs = Math.max(nowUs(), zeroUs + client.fromUs);
    clients.begin(client, plan, network, { startUs, endUs });
    return { name: client.name, startUs };
  });
  const addresses = plan.namesToAddresses(network);
  const nameOf = new Map(plan.machines.map(({ name }) => [network.addressOf(name), name]));
  const roles = new Roles(plan, servers, nameOf);
  const timeline = new Timeline({ servers, network, roles, addresses }, zeroUs);
  const entries = scenario.timeline.filter(({ atUs }) => atUs <= scenario.durationUs);
  // What is to happen before time zero happens then.
  await Promise.all([timeline.play(entries, studio.interrupted), tellStart(session, zeroUs)]);
  await waitUntil(endUs, studio.interrupted);
  if (timeline.latenessUs > BUSY_US) {
    const lateMs = Math.round(timeline.latenessUs / 1000);
    studio.tell(plan.seed, `this machine is busy: what the timeline does was up to ${lateMs} ms late`);
  }

  const final = await finalViews(plan, servers, nameOf);
  return documentOf(plan, {
    version: studio.programs.version,
    zeroUs,
    endUs,
    logged: logged(plan, servers),
    actions: await timeline.actions(),
    clients: await seenClients(session, started, final),
    final,
    names: new Map([...nameOf, ...idsOf(plan, servers)]),
  });
}

async function tellStart({ studio, plan }: Session, zeroUs: number): Promise<void> {
  await waitUntil(zeroUs, studio.interrupted);
  studio.tell(plan.seed, `recording for ${(plan.scenario.durationUs / 1e6).toFixed(1)} s`);
}

function logged(plan: Plan, servers: Servers): LoggedEvent[] {
  const exits = servers.exits.map(
    ({ node, atUs, status }): LoggedEvent => ({ atUs, node, event: 'exited', message: String(status) }),
  );
  return [...plan.nodes.flatMap(({ name }) => readLog(servers.log(name), name)), ...exits];
}

function idsOf(plan: Plan, servers: Servers): [string, string][] {
  return plan.scenario.deployment.sentinels.flatMap(({ name }): [string, string][] => {
    const id = servers.idOf(name);
    return id === null ? [] : [[id, name]];
  });
}

const KEYS_WITHIN_MS = 60_000;

async function seenClients(
  { clients, servers }: Session,
  started: readonly { readonly name: string; readonly startUs: number }[],
  final: readonly FinalView[],
): Promise<SeenClient[]> {
  const master = singleMasterOf(final);
  return Promise.all(
    started.map(async ({ name, startUs }) => {
      const state = await clients.finish(name);
      return { state, startUs, kept: master === null ? null : await keptBy(servers, master, state) };
    }),
  );
}

/** Those of the client's acknowledged keys that the master has. */
async function keptBy(servers: Servers, master: string, state: ClientState): Promise<ReadonlySet<string>> {
  const keys = state.ackedSequences.map((sequence) => writeKey(state.name, sequence));
  if (keys.length === 0) return new Set();
  const requests = keys.map((key) => ['EXISTS', key]);
  const replies = await converse(servers.controlOf(master), requests, KEYS_WITHIN_MS);
  if (replies === null) throw new Error(`${master} did not answer when it was asked for its keys`);
  const isThere = (reply: Reply | undefined) => reply?.kind === 'integer' && reply.value === 1;
  return new Set(keys.filter((_, index) => isThere(replies[index])));
}
