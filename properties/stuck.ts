/** Documented states that a real cluster does not leave by itself. */
import { writeDenial } from '../models/redis/refuse.ts';
import { O_DOWN, S_DOWN } from '../models/sentinel/flags.ts';
import type { Instance, SentinelState } from '../models/sentinel/state.ts';
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
  /** A leader whose replica was promoted had a greater configuration epoch than its failover. */
  readonly wasOvertaken: boolean;
  /** One epoch had two leaders, or one twice: by an older own vote (S-ELECT-7), or one not saved (S-VOTE-5). */
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

/** True when there is a server that no Sentinel names or lists. */
function isForgotten(context: CheckContext): boolean {
  const known = new Set(
    watched(context).flatMap(({ master, replicas }) =>
      [master, ...replicas].map(({ address }) => nodeAt(context.cluster, address.ip)),
    ),
  );
  return mayForget(context) && servers(context.cluster).some(({ process }) => !known.has(process.name));
}

/** A Sentinel may have forgotten servers: told so, or restarted with a file that it cannot replace (S-PERSIST-9). */
function mayForget(context: CheckContext): boolean {
  const { sentinels: all } = context.cluster.scenario.deployment;
  return isOperated(context) || all.some(({ configFile }) => configFile !== 'writable');
}

/** What a hello of this Sentinel about this master reaches: servers, and Sentinels that it knows (S-HELLO-2). */
function reached({ cluster }: CheckContext, state: SentinelState, master: Instance): Set<string> {
  const ids = [master.id, ...master.replicaIds, ...master.sentinelIds];
  return new Set(ids.flatMap((id) => nodeAt(cluster, state.instances[id]!.address.ip) ?? []));
}

/** True when some Sentinels of a master share no server with the others, nor know them. */
function isApart(context: CheckContext): boolean {
  const groups = new Map<string, Set<string>[]>();
  for (const { process, state } of sentinels(context.cluster)) {
    for (const id of state.masterIds) {
      const master = state.instances[id]!;
      const own = reached(context, state, master).add(process.name);
      const others = groups.get(master.name) ?? [];
      const joined = others.filter((group) => [...group].some((name) => own.has(name)));
      const rest = others.filter((group) => !joined.includes(group));
      groups.set(master.name, [...rest, new Set([...own, ...joined.flatMap((group) => [...group])])]);
    }
  }
  return mayForget(context) && [...groups.values()].some(({ length }) => length > 1);
}

/** True when some master is to be replaced, and none of its replicas may be chosen. */
function isWithoutCandidates(context: CheckContext): boolean {
  return watched(context).some(
    ({ master, replicas }) =>
      (master.flags & O_DOWN) !== 0 && replicas.every(({ slavePriority }) => slavePriority === 0),
  );
}

/** True when a master that is down for a Sentinel is never down beyond doubt: it asks for more Sentinels than it knows. */
function isWithoutQuorum(context: CheckContext): boolean {
  return watched(context).some(
    ({ master }) => (master.flags & S_DOWN) !== 0 && master.quorum > master.sentinelIds.length + 1,
  );
}

function hadFullDisk({ cluster }: CheckContext): boolean {
  return cluster.scenario.timeline.some(({ verb }) => verb.do === 'disk' && verb.full);
}

/** A file that CONFIG REWRITE cannot change gives a restarted server its first role again (M-05). */
function hasFixedFiles({ cluster }: CheckContext): boolean {
  return cluster.scenario.deployment.redis.some(({ configFile }) => configFile !== 'writable');
}

/** A server follows itself, or by command or an old file one that follows it, and no link stands. */
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
  const ring = [...asked.keys()].find(comesBack);
  const isDrawn = isTold(context, /^(REPLICAOF|SLAVEOF)$/i) || hadFullDisk(context) || hasFixedFiles(context);
  return ring !== undefined && (asked.get(ring) === ring || isDrawn);
}

/** True when some server answers MISCONF, although its disk takes data again. */
function hasFailedSave({ cluster }: CheckContext): boolean {
  return servers(cluster).some(({ state }) => writeDenial(state) !== null);
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
    name: 'forgotten server',
    meaning:
      'a RESET forgot a server that was not linked to the master, and it came back as a master, or follows another replica for good',
    rules: ['S-SWITCH-6', 'S-ROLE-5', 'S-ROLE-6'],
    applies: isForgotten,
  },
  {
    name: 'Sentinels apart',
    meaning:
      'a RESET, or REMOVE and MONITOR, made Sentinels forget each other and every server that they share: none hears of the master that the others name',
    rules: ['S-SWITCH-6', 'S-SWITCH-7', 'S-HELLO-2'],
    applies: isApart,
  },
  {
    name: 'no candidate',
    meaning: 'the master is down and every replica has replica-priority 0',
    rules: ['S-SELECT-2'],
    applies: isWithoutCandidates,
  },
  {
    name: 'no quorum',
    meaning: 'the master is down for a Sentinel that was told to ask for more Sentinels than it knows',
    rules: ['S-ODOWN-1', 'S-ELECT-2'],
    applies: isWithoutQuorum,
  },
  {
    name: 'ring of replicas',
    meaning:
      'a master that was told to follow its own replica, by an operator or by a file that a full disk, or no right to write, kept as it was, before that one had come back to it: each answers the other’s PSYNC with NOMASTERLINK, and by the time that the master is down for reporting slave the link of its replica has been down for too long',
    rules: ['R-RSM-5', 'S-SDOWN-5', 'S-SELECT-2'],
    applies: isRing,
  },
  {
    name: 'failed save',
    meaning:
      'since a save failed a server answers MISCONF to PING until its next save point, or since the first rewrite of its AOF failed until the AOF is started anew: its replicas cannot connect, it stays down, and a failover to it does not end',
    rules: ['R-RDB-3', 'R-AOF-6', 'R-RSM-6', 'S-RECONF-8'],
    applies: hasFailedSave,
  },
];

export function stuckStates(context: CheckContext, past: Past): StuckState[] {
  return STUCK_STATES.filter(({ applies }) => applies(context, past));
}
