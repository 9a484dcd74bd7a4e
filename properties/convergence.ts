/** What becomes of a cluster once everything is healed. */
import type { ClientState } from '../models/client/state.ts';
import { isReplica } from '../models/redis/state.ts';
import { RECONF_SLAVES } from '../models/sentinel/flags.ts';
import { type SentinelState, sentinelViews } from '../models/sentinel/index.ts';
import { masterByName } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { nodeAt } from '../src/run/roles.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { masterNamed } from './courses.ts';
import { greatest, groupOf } from './groups.ts';
import { entries, sentinelOf, sentinels, servers, speakerOf } from './look.ts';
import {
  type CheckContext,
  type Checker,
  Findings,
  type Property,
  UNJUDGED,
  type Verdict,
} from './property.ts';
import { type Past, STUCK_STATES, stuckStates } from './stuck.ts';

/** TILT, the limits of roles, time-outs of links, and three attempts with everything that may wait. */
function convergenceUs({ deployment, timeline }: Scenario): number {
  const downAfterMs = Math.max(
    greatest(deployment, 'downAfterMs'),
    ...setTo(timeline, 'down-after-milliseconds'),
  );
  const failoverTimeoutMs = Math.max(
    greatest(deployment, 'failoverTimeoutMs'),
    ...setTo(timeline, 'failover-timeout'),
  );
  return 90_000_000 + 2000 * downAfterMs + 10_000 * failoverTimeoutMs;
}

/** The values that SENTINEL SET gives this option. */
function setTo(timeline: Scenario['timeline'], option: string): number[] {
  return timeline.flatMap(({ verb }) => {
    if (verb.do !== 'command' || !/^SENTINEL SET$/i.test(verb.words.slice(0, 2).join(' '))) return [];
    const place = verb.words.indexOf(option);
    return place < 0 ? [] : [Number(verb.words[place + 1])];
  });
}

/** When the timeline is over, in microseconds after time zero. */
function lastActionUs({ timeline }: Scenario): number {
  return timeline.reduce(
    (latest, { atUs, verb }) => Math.max(latest, atUs + (('forUs' in verb ? verb.forUs : null) ?? 0)),
    0,
  );
}

/** The conditions of every path, as one text. */
function conditionsOf({ cluster }: CheckContext): string {
  const { paths } = cluster.world.network;
  return paths.map((path) => `${path.latencyUs} ${path.jitterUs} ${path.lossPerMillion}`).join();
}

/** A MONITOR that was refused, or sent to a Sentinel that was down, leaves it without that master. */
function watchesAll(
  { sentinels: all }: Scenario['deployment'],
  sentinel: string,
  state: SentinelState,
): boolean {
  const own = all.find(({ name }) => name === sentinel)!.config.masters;
  return own.length > 0 && own.every(({ name }) => masterByName(state, name) !== null);
}

/** True when nothing that the timeline did is left. */
function isHealed(context: CheckContext, atFirst: string): boolean {
  const { cluster } = context;
  const { deployment } = cluster.scenario;
  const { network, machines, names } = cluster.world.state;
  const everybody = deployment.redis.length + deployment.sentinels.length;
  return (
    servers(cluster).length + sentinels(cluster).length === everybody &&
    network.paths.every(({ cuts }) => cuts === 0) &&
    conditionsOf(context) === atFirst &&
    network.isolation.every((number) => number === 0) &&
    machines.every(({ diskWritable, name }) => diskWritable && names.has(name)) &&
    sentinels(cluster).every(
      ({ process, state }) => !state.tilt && watchesAll(deployment, process.name, state),
    )
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

/** A client that can find the master writes at least this often; an acknowledgement may be refused now and then (R-MINREP-10). */
const FLOWS_US = 10_000_000;

/** True when a master refuses writes for want of replicas that its group does not have, or for a lag that flaps. */
function refusesForGood({ cluster }: CheckContext): boolean {
  const groups = groupOf(cluster);
  return servers(cluster).some(({ process, state }) => {
    const group = groups.get(process.name);
    const others = [...groups.values()].filter((each) => each === group).length - 1;
    const { minReplicasToWrite, minReplicasMaxLagSec } = state.config;
    return !isReplica(state) && (minReplicasToWrite > others || minReplicasMaxLagSec <= 1);
  });
}

/** Clients that ask the Sentinels, give up on silence, and have had no acknowledgement for long. */
function stalledClients(context: CheckContext): string[] {
  const { cluster } = context;
  const { state: world } = cluster.world;
  if (refusesForGood(context)) return [];
  return cluster.scenario.clients.flatMap(({ name, discover, timeoutUs, writeUs }) => {
    const process = cluster.processByName.get(name);
    if (process === undefined || discover === null || timeoutUs === null || writeUs === null) return [];
    const { ackedAtUs } = world.processes[process]!.state as ClientState;
    const last = ackedAtUs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return world.nowUs - last > FLOWS_US + 2 * writeUs ? [`${name} has no write acknowledged`] : [];
  });
}

/** A Sentinel whose failover has promoted, with a greater configuration epoch than that of the failover (S-HELLO-10). */
function isOvertaken(context: CheckContext, announcement: Announcement): boolean {
  const state = sentinelOf(context.cluster, announcement);
  if (state === null) return false;
  return entries(state, state.masterIds).some(
    ({ failoverState, configEpoch, failoverEpoch }) =>
      failoverState >= RECONF_SLAVES && configEpoch > failoverEpoch,
  );
}

function judge(context: CheckContext, atFirst: string, allowStuck: boolean, past: Past): Verdict {
  const findings = new Findings();
  if (!isHealed(context, atFirst)) return findings.verdict();
  findings.witness();
  const faults = [...faultsOf(context), ...stalledClients(context)];
  const stuck = faults.length === 0 ? [] : stuckStates(context, past);
  if (faults.length === 0 || (allowStuck && stuck.length > 0)) return findings.verdict();
  findings.violate(
    [...faults, ...stuck.map(({ name, rules }) => `${name} (${rules.join(', ')})`)].join('; '),
  );
  return findings.verdict();
}

/** Only a run that was disturbed and has time enough afterwards can be judged. */
function checker(context: CheckContext, allowStuck: boolean): Checker {
  const { scenario } = context.cluster;
  const waits = scenario.durationUs - lastActionUs(scenario) >= convergenceUs(scenario);
  if (scenario.timeline.length === 0 || !waits) return UNJUDGED;
  const atFirst = conditionsOf(context);
  let wasOvertaken = false;
  let hadTwoLeaders = false;
  const terms = new Set<string>();
  const elected = (announcement: Announcement) => {
    const epoch = speakerOf(context.cluster, announcement)?.master.failoverEpoch;
    const term = `${masterNamed(announcement)} ${epoch}`;
    hadTwoLeaders ||= terms.has(term);
    terms.add(term);
  };
  return {
    announced(announcement) {
      if (announcement.event === '+elected-leader') elected(announcement);
      else wasOvertaken ||= isOvertaken(context, announcement);
    },
    end: () => judge(context, atFirst, allowStuck, { wasOvertaken, hadTwoLeaders }),
  };
}

const COMMON = {
  parameters: ['down-after-milliseconds', 'failover-timeout', 'min-replicas-to-write'],
  formula: '90 s + 2 × down-after-milliseconds + 10 × failover-timeout after the last action',
  witness: 'something was done, all of it was undone, and the time has passed',
  assumptions: [
    'every process runs again, no cut, isolation or full disk is left, the network is as it was, every name resolves, and every Sentinel watches its masters',
    'writes flow to clients that ask the Sentinels and give up on silence: one is acknowledged in the last 10 s, unless min-replicas-to-write asks for more replicas than there are or min-replicas-max-lag is 1 (R-MINREP-10)',
  ],
  // Those that go with a flush, which keeps what a leader has taken over (S-PERSIST-4).
  hears: [
    '+elected-leader',
    '+new-epoch',
    '+vote-for-leader',
    '+slave',
    '+sentinel',
    '+promoted-slave',
    '+switch-master',
  ],
} as const;

export const convergence: Property = {
  ...COMMON,
  name: 'convergence',
  statement: `When everything is healed there is, in time, one master in each group, named by every Sentinel, with all others linked, and writes flow; or the cluster is in a documented stuck state: ${STUCK_STATES.map(({ name, meaning, rules }) => `${name}, ${meaning} (${rules.join(', ')})`).join('; ')}.`,
  rules: [...new Set(['S-HELLO-10', 'S-ROLE-5', 'S-ROLE-6', ...STUCK_STATES.flatMap(({ rules }) => rules)])],
  holds: true,
  begin: (context) => checker(context, true),
};

export const convergenceAlways: Property = {
  ...COMMON,
  name: 'convergence-always',
  statement:
    'When everything is healed there is, in time, one master in each group, named by every Sentinel, and writes flow, whatever was done before.',
  rules: ['S-FORCE-4', 'S-SWITCH-8', 'S-HELLO-10'],
  holds: false,
  counterexample: 'convergence-always',
  begin: (context) => checker(context, false),
};
