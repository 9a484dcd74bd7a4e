/** What becomes of a cluster once everything is healed, and how soon the loss of a master is noticed. */
import { isReplica } from '../models/redis/state.ts';
import { sentinelViews } from '../models/sentinel/index.ts';
import type { RunDocument } from '../src/run/document.ts';
import { nodeAt } from '../src/run/roles.ts';
import { greatest, groupOf } from './groups.ts';
import { sentinels, servers } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';

/** TILT, the limits of roles, time-outs of links, and three attempts with everything that may wait. */
function convergenceMs({ cluster }: CheckContext): number {
  const { deployment } = cluster.scenario;
  return 90_000 + 2 * greatest(deployment, 'downAfterMs') + 10 * greatest(deployment, 'failoverTimeoutMs');
}

/** True when nothing that the timeline did is left. */
function isHealed({ cluster }: CheckContext): boolean {
  const { deployment } = cluster.scenario;
  const { network, machines } = cluster.world.state;
  const everybody = deployment.redis.length + deployment.sentinels.length;
  return (
    servers(cluster).length + sentinels(cluster).length === everybody &&
    network.paths.every(({ cuts }) => cuts === 0) &&
    network.isolation.every((number) => number === 0) &&
    machines.every(({ diskWritable }) => diskWritable)
  );
}

/** What is wrong in the end with the servers of one group, and with the Sentinels that watch them. */
function faultsOf({ cluster }: CheckContext): string[] {
  const groups = groupOf(cluster);
  const faults: string[] = [];
  const masters = new Map<string, string[]>();
  for (const { process, state } of servers(cluster)) {
    const group = groups.get(process.name)!;
    if (!masters.has(group)) masters.set(group, []);
    if (!isReplica(state)) masters.get(group)!.push(process.name);
    else if (state.link.phase !== 'connected') faults.push(`${process.name} has no link to its master`);
  }
  for (const [group, names] of masters) {
    if (names.length !== 1) faults.push(`${names.length} masters where ${group} began: ${names.join(', ')}`);
  }
  for (const { process, state } of sentinels(cluster)) {
    for (const view of sentinelViews(state)) {
      const named = nodeAt(cluster, view.address.ip) ?? view.address.host;
      if (!(masters.get(groups.get(named) ?? '') ?? []).includes(named)) {
        faults.push(`${process.name} names ${named} as ${view.name}`);
      }
      if (view.flags.includes('s_down')) faults.push(`${process.name} holds ${named} for down`);
    }
  }
  return faults;
}

/** Documented states that a real cluster does not leave by itself; null: none. */
function stuckState({ cluster }: CheckContext, run: RunDocument): string | null {
  const named = new Map<string, Set<string>>();
  for (const { state } of sentinels(cluster)) {
    for (const view of sentinelViews(state)) {
      const key = `${view.name} ${view.configEpoch}`;
      if (!named.has(key)) named.set(key, new Set());
      named.get(key)!.add(view.address.ip);
    }
  }
  const forced = run.events.some(({ event }) => event === 'user-failover' || event === '+reset-master');
  const split = [...named.values()].some((addresses) => addresses.size > 1);
  return forced && split ? 'two addresses under one configuration epoch (S-FORCE-4, S-SWITCH-8)' : null;
}

function lastActionMs(run: RunDocument): number {
  return Math.max(0, ...run.actions.map(({ t }) => t));
}

function judge(context: CheckContext, run: RunDocument, allowStuck: boolean) {
  const findings = new Findings();
  const waited = run.durationMs - lastActionMs(run) >= convergenceMs(context);
  if (run.actions.length === 0 || !waited || !isHealed(context)) return findings.verdict();
  findings.witness();
  const faults = faultsOf(context);
  if (faults.length === 0 || (allowStuck && stuckState(context, run) !== null)) return findings.verdict();
  findings.violate(faults.join('; '));
  return findings.verdict();
}

const HORIZON = '90 s + 2 × down-after-milliseconds + 10 × failover-timeout after the last action';
const COMMON = {
  parameters: ['down-after-milliseconds', 'failover-timeout'],
  formula: HORIZON,
  hears: [],
} as const;

export const convergence: Property = {
  ...COMMON,
  name: 'convergence',
  statement:
    'When everything is healed there is, in time, one master in each group, named by every Sentinel, with all others linked; or the cluster is in a documented stuck state: two addresses under one configuration epoch (S-FORCE-4, S-SWITCH-8).',
  assumptions: ['every process runs again, no cut, isolation or full disk is left'],
  rules: ['S-HELLO-10', 'S-ROLE-5', 'S-ROLE-6', 'S-FORCE-4', 'S-SWITCH-8'],
  holds: true,
  begin: (context) => ({ announced() {}, end: (run) => judge(context, run, true) }),
};

export const convergenceAlways: Property = {
  ...COMMON,
  name: 'convergence-always',
  statement:
    'When everything is healed there is, in time, one master in each group, whatever was done before.',
  assumptions: ['every process runs again, no cut, isolation or full disk is left'],
  rules: ['S-FORCE-4', 'S-SWITCH-8'],
  holds: false,
  counterexample: 'convergence-always',
  begin: (context) => ({ announced() {}, end: (run) => judge(context, run, false) }),
};

const LOSSES: ReadonlySet<string> = new Set(['kill', 'pause', 'isolate', 'power-off']);
/** Two ticks and what a kernel needs to reset connections; then one more question and its tick. */
const NOTICE_MS = 300;
const ASK_MS = 1200;

/** From the loss of a master, the only fault in a healthy and lossless cluster, to the first O_DOWN. */
function judgeNotice({ cluster }: CheckContext, run: RunDocument) {
  const findings = new Findings();
  const { deployment, network } = cluster.scenario;
  const [loss, next] = run.actions;
  const masters = deployment.redis.filter(({ config }) => config.replicaof === null);
  const disturbed =
    (network.lossPerMillion ?? 0) > 0 || network.overrides.length > 0 || (network.jitterUs ?? 0) > 0;
  if (loss === undefined || disturbed || masters.length !== 1 || !LOSSES.has(loss.do))
    return findings.verdict();
  if (loss.args.length !== 1 || loss.args[0] !== masters[0]!.name) return findings.verdict();
  const troubled = run.events.some(
    ({ t, event }) => t <= loss.t && (event === '+sdown' || event === '+tilt'),
  );
  const downAfterMs = greatest(deployment, 'downAfterMs');
  const latencyMs = (network.latencyUs ?? 0) / 1000;
  const limitMs = downAfterMs + Math.min(downAfterMs, 1000) + NOTICE_MS + ASK_MS + 8 * latencyMs;
  const untilMs = Math.min(next?.t ?? run.durationMs, run.durationMs);
  const shared = deployment.sentinels.every(({ config }) =>
    config.masters.every(({ quorum }) => quorum <= deployment.sentinels.length),
  );
  if (troubled || !shared || untilMs < loss.t + limitMs) return findings.verdict();
  const odown = run.events.find(({ event, t }) => event === '+odown' && t >= loss.t);
  findings.within(((odown?.t ?? Number.POSITIVE_INFINITY) - loss.t) * 1000, limitMs * 1000, 'O_DOWN');
  return findings.verdict();
}

export const odownWithin: Property = {
  name: 'odown-within',
  statement: 'The loss of a master in a healthy cluster is O_DOWN in time.',
  assumptions: [
    'one master; its kill, pause, isolation or power-off is the first fault, and no other comes before the limit',
    'a steady network without loss; at least quorum Sentinels',
  ],
  parameters: ['down-after-milliseconds', 'quorum'],
  formula: 'down-after-milliseconds + min(down-after-milliseconds, 1 s) + 0.3 s + 1.2 s + 8 × latency',
  rules: ['S-SDOWN-1', 'S-SDOWN-2', 'S-PERIOD-5', 'S-ASK-4', 'S-ODOWN-1'],
  holds: true,
  hears: [],
  begin: (context) => ({ announced() {}, end: (run) => judgeNotice(context, run) }),
};
