/** Documented states that a real cluster does not leave by itself. */
import { isReplica } from '../models/redis/state.ts';
import { O_DOWN } from '../models/sentinel/flags.ts';
import type { Instance } from '../models/sentinel/state.ts';
import { nodeAt } from '../src/run/roles.ts';
import { sentinels, servers } from './look.ts';
import type { CheckContext } from './property.ts';

export interface StuckState {
  readonly name: string;
  readonly meaning: string;
  readonly rules: readonly string[];
  applies(context: CheckContext, past: Past): boolean;
}

/** What the end of a run does not show. */
export interface Past {
  /** A leader ended its failover although its record had a greater configuration epoch by then. */
  readonly wasOvertaken: boolean;
  /** Two Sentinels led in one epoch, by an own vote of an earlier one (S-ELECT-7) or one that a full disk did not keep (S-VOTE-5). */
  readonly hadTwoLeaders: boolean;
}

interface Watched {
  readonly master: Instance;
  readonly replicas: readonly Instance[];
}

/** The master records of all Sentinels. */
function watched({ cluster }: CheckContext): Watched[] {
  return sentinels(cluster).flatMap(({ state }) =>
    state.masterIds.map((id) => {
      const master = state.instances[id]!;
      return { master, replicas: master.replicaIds.map((replica) => state.instances[replica]!) };
    }),
  );
}

/** True when the timeline has such a command. */
function isTold({ cluster }: CheckContext, name: RegExp): boolean {
  return cluster.scenario.timeline.some(
    ({ verb }) => verb.do === 'command' && name.test(verb.words[0] ?? ''),
  );
}

/** True when the timeline tells a Sentinel to fail over, or to forget. */
function isOperated(context: CheckContext): boolean {
  return isTold(context, /^SENTINEL$/i);
}

function isSplit(context: CheckContext, { wasOvertaken, hadTwoLeaders }: Past): boolean {
  const named = new Map<string, Set<string>>();
  for (const { master } of watched(context)) {
    const key = `${master.name} ${master.configEpoch}`;
    if (!named.has(key)) named.set(key, new Set());
    named.get(key)!.add(master.address.ip);
  }
  const mayBe = wasOvertaken || hadTwoLeaders || isOperated(context);
  return mayBe && [...named.values()].some((addresses) => addresses.size > 1);
}

/** True when some server is a master that no Sentinel names or lists. */
function isForgotten(context: CheckContext): boolean {
  const known = new Set(
    watched(context).flatMap(({ master, replicas }) =>
      [master, ...replicas].map(({ address }) => nodeAt(context.cluster, address.ip)),
    ),
  );
  const masters = servers(context.cluster).filter(({ state }) => !isReplica(state));
  return isOperated(context) && masters.some(({ process }) => !known.has(process.name));
}

/** True when some master is to be replaced, and none of its replicas may be chosen. */
function isWithoutCandidates(context: CheckContext): boolean {
  return watched(context).some(
    ({ master, replicas }) =>
      (master.flags & O_DOWN) !== 0 && replicas.every(({ slavePriority }) => slavePriority === 0),
  );
}

/** True when somebody told a server to follow one that follows it, and none of their links stands. */
function isRing(context: CheckContext): boolean {
  const { cluster } = context;
  const asked = new Map<string, string | undefined>();
  for (const { process, state } of servers(cluster)) {
    const { replicaof } = state.config;
    if (replicaof !== null && state.link.phase !== 'connected')
      asked.set(process.name, nodeAt(cluster, replicaof.host));
  }
  const comesBack = (name: string) => {
    let next = asked.get(name);
    for (let steps = 1; steps < asked.size && next !== undefined && next !== name; steps++)
      next = asked.get(next);
    return next === name;
  };
  return isTold(context, /^(REPLICAOF|SLAVEOF)$/i) && [...asked.keys()].some(comesBack);
}

/** True when some server answers MISCONF, although its disk takes data again. */
function hasFailedSave({ cluster }: CheckContext): boolean {
  return servers(cluster).some(
    ({ state: { config, persistence } }) =>
      !persistence.lastSaveOk && config.stopWritesOnBgsaveError && config.save.length > 0,
  );
}

export const STUCK_STATES: readonly StuckState[] = [
  {
    name: 'one epoch, two addresses',
    meaning:
      'after failovers that an operator forced, a RESET of the leader, two leaders of one epoch, or a second failover, back to the old master, that has overtaken the first at its leader',
    rules: ['S-FORCE-4', 'S-SWITCH-8', 'S-HELLO-10', 'S-SWITCH-2', 'S-ELECT-7'],
    applies: isSplit,
  },
  {
    name: 'forgotten master',
    meaning: 'a RESET forgot a server that was not linked, and it came back as a master',
    rules: ['S-SWITCH-6', 'S-ROLE-5'],
    applies: isForgotten,
  },
  {
    name: 'no candidate',
    meaning: 'the master is down and every replica has replica-priority 0',
    rules: ['S-SELECT-2'],
    applies: isWithoutCandidates,
  },
  {
    name: 'ring of replicas',
    meaning:
      'a master that an operator told to follow its own replica before that one had come back to it: each answers the other’s PSYNC with NOMASTERLINK, and by the time that the master is down for reporting slave the link of its replica has been down for too long',
    rules: ['R-RSM-5', 'S-SDOWN-5', 'S-SELECT-2'],
    applies: isRing,
  },
  {
    name: 'failed save',
    meaning:
      'since a save failed a server answers MISCONF to PING until its next save point: its replicas cannot connect, it stays down, and a failover to it does not end',
    rules: ['R-RDB-3', 'R-RSM-6', 'S-RECONF-8'],
    applies: hasFailedSave,
  },
];

export function stuckStates(context: CheckContext, past: Past): StuckState[] {
  return STUCK_STATES.filter(({ applies }) => applies(context, past));
}
