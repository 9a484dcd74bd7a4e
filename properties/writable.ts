/** When a server takes writes: min-replicas-to-write, and the law that people expect of masters. */
import type { RedisState } from '../models/redis/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { groupOf } from './groups.ts';
import { servers, wallAt } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property, UNJUDGED } from './property.ts';

function isDemanding({ config }: RedisState): boolean {
  return config.minReplicasToWrite > 0 && config.minReplicasMaxLagSec > 0;
}

/** How old the ACK of the last replica that is needed is, in whole seconds (R-CLK-1). */
function lagSec({ replicas, config }: RedisState, wallUs: number): number {
  const acks = replicas.filter(({ phase }) => phase === 'online').map(({ ackSec }) => ackSec);
  const needed = acks.sort((a, b) => b - a)[config.minReplicasToWrite - 1];
  return needed === undefined ? Number.POSITIVE_INFINITY : Math.floor(wallUs / 1_000_000) - needed;
}

function goodReplicaChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const { processes } = cluster.world.state;
  /** Keys of a server when it began to refuse writes. */
  const refusing = new Map<number, number>();
  const compare = (process: number, { keyspace }: RedisState) => {
    const taken = keyspace.map.size - (refusing.get(process) ?? Number.POSITIVE_INFINITY);
    if (taken > 0) findings.violate(`${processes[process]!.name} took ${taken} writes while it refused them`);
  };
  return {
    announced({ event, node, process, atUs }) {
      const target = processes[process]!;
      const state = target.state as RedisState | null;
      if (state !== null && event === 'writes-accepted') {
        compare(process, state);
        const tooOld = lagSec(state, wallAt(cluster, target, atUs)) > state.config.minReplicasMaxLagSec;
        if (isDemanding(state) && tooOld)
          findings.violate(`${node} accepts writes with too few good replicas`);
      }
      refusing.delete(process);
      if (state === null || event !== 'writes-refused') return;
      findings.witness();
      refusing.set(process, state.keyspace.map.size);
    },
    end() {
      for (const process of refusing.keys()) {
        const { status, state } = processes[process]!;
        if (status === 'running') compare(process, state as RedisState);
      }
      return findings.verdict();
    },
  };
}

export const acknowledgedWithGoodReplicas: Property = {
  name: 'acknowledged-with-good-replicas',
  statement:
    'A master takes no write from the moment it counts too few good replicas until it counts enough: online, with an ACK of at most min-replicas-max-lag whole seconds.',
  assumptions: [
    'the count is as old as its last refresh, up to a second of the server’s running time (R-MINREP-2)',
  ],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula: 'good replicas ≥ min-replicas-to-write',
  witness: 'a master began to refuse writes',
  rules: ['R-MINREP-1', 'R-MINREP-2', 'R-MINREP-3'],
  holds: true,
  hears: ['writes-refused', 'writes-accepted', 'role-changed', 'ready', 'loaded', 'full-resync-done'],
  begin: goodReplicaChecker,
};

const SECOND_US = 1_000_000;
/** The count is made once a second, by a cron that drifts late by its own cost (R-CLK-2, R-CLK-3). */
const COUNT_US = 1_200_000;

/** True when some server may demand replicas. */
function mayDemand({ deployment, timeline }: Scenario): boolean {
  return (
    deployment.redis.some(({ config }) => config.minReplicasToWrite > 0) ||
    timeline.some(({ verb }) => verb.do === 'command' && verb.words.includes('min-replicas-to-write'))
  );
}

function fenceChecker({ cluster, interference }: CheckContext): Checker {
  const findings = new Findings();
  const { processes } = cluster.world.state;
  const lostUs: number[] = [];
  /** By process: what it demands, and since when. */
  const demands: { readonly config: RedisState['config']; readonly sinceUs: number }[] = [];
  const demandedForUs = (process: number, { config }: RedisState, nowUs: number): number => {
    const last = demands[process];
    if (last?.config === config) return nowUs - last.sinceUs;
    demands[process] = { config, sinceUs: nowUs };
    return 0;
  };
  /** For how long it has been due to refuse writes; null: it is not, or nobody can tell. */
  const dueForUs = (process: number, state: RedisState, nowUs: number): number | null => {
    const demandedUs = demandedForUs(process, state, nowUs);
    if (!isDemanding(state) || state.config.replicaof !== null || state.load !== null) return null;
    const { busyUntilUs } = processes[process]!;
    const wallUs = wallAt(cluster, processes[process]!, nowUs);
    const lag = lagSec(state, wallUs);
    if (lag <= state.config.minReplicasMaxLagSec || lag === Number.POSITIVE_INFINITY) return null;
    const overdueSec = lag - state.config.minReplicasMaxLagSec - 1;
    // From when it could count: after CONFIG SET has changed what is demanded, and after the last stall.
    const ableUs = Math.min(demandedUs, nowUs - busyUntilUs);
    const dueUs = Math.min((wallUs % SECOND_US) + overdueSec * SECOND_US, ableUs);
    return interference.isFreeSince(process, nowUs - dueUs) ? dueUs : null;
  };
  const hold = (process: number, state: RedisState, nowUs: number) => {
    const dueUs = dueForUs(process, state, nowUs);
    if (dueUs === null) return;
    const lagUs = (state.config.minReplicasMaxLagSec + 1) * SECOND_US;
    findings.within(lagUs + dueUs, lagUs + COUNT_US, `${processes[process]!.name} refuses writes`);
  };
  const probe = (nowUs: number) => {
    for (const { process, state } of servers(cluster)) {
      if (!state.fenced && process.busyUntilUs <= nowUs) {
        hold(cluster.processByName.get(process.name)!, state, nowUs);
      }
    }
  };
  return {
    announced({ event, process, atUs }) {
      const state = processes[process]!.state as RedisState | null;
      // A fresh replica that leaves makes an older ACK the needed one, and is counted at once (R-MINREP-2).
      if (event === 'master-lost-replica') lostUs[process] = atUs;
      // What CONFIG SET lifts and demands again between two looks is counted anew (R-MINREP-2).
      else if (event === 'writes-accepted' && state !== null) {
        demands[process] = { config: state.config, sinceUs: atUs };
      } else if (state !== null && lostUs[process] !== atUs) hold(process, state, atUs);
    },
    ...(mayDemand(cluster.scenario) ? { probed: probe } : {}),
    end: () => findings.verdict(),
  };
}

export const fencedInTime: Property = {
  name: 'fenced-in-time',
  statement: 'A master that hears no ACK any more refuses writes in time.',
  assumptions: [
    'its process runs, and its clock is not set: what it finds in its sockets after a pause goes by the old count (R-MINREP-11)',
    'counted anew from the end of a stall and from a CONFIG SET of either option',
  ],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  formula:
    'min-replicas-max-lag + 2.2 s after the whole second of the last ACK that is needed: a second for the comparison of whole seconds, one until the next count, and 0.2 s by which the cron may be late',
  witness: 'an ACK that a master needs became too old',
  rules: ['R-MINREP-6', 'R-CLK-1', 'R-CLK-3'],
  holds: true,
  hears: ['writes-refused', 'writes-accepted', 'master-lost-replica'],
  begin: fenceChecker,
};

/** True when an operator makes masters by hand. */
function isManual({ timeline }: Scenario): boolean {
  return timeline.some(
    ({ verb }) => verb.do === 'command' && /^(REPLICAOF|SLAVEOF)$/i.test(verb.words[0] ?? ''),
  );
}

function writableChecker({ cluster }: CheckContext): Checker {
  if (isManual(cluster.scenario)) return UNJUDGED;
  const findings = new Findings();
  const groups = groupOf(cluster);
  const look = () => {
    const writable = new Map<string, string>();
    for (const { process, state } of servers(cluster)) {
      if (state.config.replicaof !== null || state.fenced || state.load !== null) continue;
      const group = groups.get(process.name)!;
      const other = writable.get(group);
      if (other !== undefined) findings.violate(`${other} and ${process.name} both take writes`);
      writable.set(group, process.name);
    }
  };
  return {
    announced({ event }) {
      if (event === 'role-changed') findings.witness();
      look();
    },
    acted: look,
    end: () => findings.verdict(),
  };
}

export const oneWritableMaster: Property = {
  name: 'one-writable-master',
  statement: 'At most one server of a master and its replicas takes writes at a time.',
  assumptions: ['a stopped process takes none', 'nobody sends REPLICAOF'],
  parameters: ['min-replicas-to-write', 'min-replicas-max-lag'],
  witness: 'a server took another role',
  rules: ['R-LOSS-3', 'R-LOSS-5', 'R-SENT-3', 'S-ROLE-5'],
  holds: false,
  counterexample: 'one-writable-master',
  hears: ['role-changed', 'writes-accepted', 'ready', 'loaded'],
  begin: writableChecker,
};
