/** What a server brings along when it is started again: its role, and its data. */
import type { RedisState } from '../models/redis/index.ts';
import type { Keyspace } from '../models/redis/keyspace.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { aimedAt, type Restart, restartsOf } from './lives.ts';
import { eachServer } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

type ReplicaOf = RedisState['config']['replicaof'];

const textOf = (replicaof: ReplicaOf) => (replicaof === null ? 'a master' : `a replica of ${replicaof.host}`);

function isSame(one: ReplicaOf, other: ReplicaOf): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}

/** Servers whose file may not say what they are: an operator told them, or their disk was full. */
function unwritten({ timeline }: Scenario) {
  return timeline.flatMap(({ verb }) => {
    if (verb.do === 'disk') return [verb.target];
    const isRole = verb.do === 'command' && /^(REPLICAOF|SLAVEOF)$/i.test(verb.words[0] ?? '');
    return isRole ? [verb.target] : [];
  });
}

function roleChecker(context: CheckContext): Checker {
  const { scenario } = context.cluster;
  const findings = new Findings();
  const isUnknown = aimedAt(context, unwritten(scenario));
  const judge = ({ process, node, before, after }: Restart) => {
    const isWritten = before.configFile === 'writable';
    if (isWritten && isUnknown(node)) return;
    findings.witness();
    const file = isWritten ? before.config.replicaof : scenario.deployment.redis[process]!.config.replicaof;
    const role = after.config.replicaof;
    if (!isSame(role, file)) findings.violate(`${node} comes back as ${textOf(role)}, not ${textOf(file)}`);
  };
  return { announced: restartsOf(context, judge), end: () => findings.verdict() };
}

export const restartKeepsTheRole: Property = {
  name: 'restart-keeps-the-role',
  statement:
    'A server comes back with the role that it went down with, since whoever changed it had it written to its file; where that cannot be written, with the role that the operator wrote there.',
  assumptions: [
    'a server that may write its file is judged when no operator sends it REPLICAOF and its disk is never full',
  ],
  parameters: [],
  witness: 'a server was started again',
  rules: ['R-ROLE-6', 'R-LOSS-5', 'R-LOSS-14'],
  holds: true,
  hears: ['ready'],
  begin: roleChecker,
};

/** A data set by its size: writes come one after the other, so a smaller one is the beginning of a greater one. */
interface Size {
  readonly keys: number;
  readonly populated: number;
}

const NOTHING: Size = { keys: 0, populated: 0 };

const sizeOf = ({ map, populatedKeys }: Keyspace): Size => ({ keys: map.size, populated: populatedKeys });

/** How long before a power loss a write must have been made, at the least, to have been synced (R-AOF-3). */
const SYNCED_SEC = 2;

/** What the files of a server hold at least. */
class Files {
  /** The last RDB. */
  #rdb: Size = NOTHING;
  /** At the last look at which no child was writing. */
  #idle: Size = NOTHING;
  /** It had a place in a history at that look, which its next RDB is to have, too (R-RST-1). */
  #hasPlace = false;
  /** At the last looks of this life, a second apart, newest first. */
  #looks: Size[] = [];
  hasLostPower = false;
  isClockSet = false;

  look(state: RedisState): void {
    if (state.load !== null) return;
    const size = sizeOf(state.keyspace);
    if (state.child === null) {
      this.#idle = size;
      this.#hasPlace = hasPlace(state);
    }
    // What the disk has refused is written later.
    if (!state.persistence.aofWriteOk) this.#looks = [];
    else if (this.#looks.unshift(size) > SYNCED_SEC + 1) this.#looks.pop();
  }

  /** The save began after the last look without a child. False when it lacks the place in the history. */
  saved({ disk }: RedisState): boolean {
    this.#rdb = this.#idle;
    return !this.#hasPlace || (disk.rdb !== null && disk.rdb.repl !== null);
  }

  /** R-RDB-2: the received file becomes the RDB. */
  replaced({ keyspace, config }: RedisState, diskWritable: boolean): void {
    this.#idle = sizeOf(keyspace);
    this.#rdb = diskWritable && config.replDisklessLoad === 'disabled' ? this.#idle : NOTHING;
    this.#looks = [];
  }

  /** An RDB is still there; what the server holds now may be more, by what clients wrote during the load. */
  restarted({ keyspace, config }: RedisState, had: Size): void {
    this.#idle = sizeOf(keyspace);
    if (!config.appendonly) this.#rdb = had;
    this.#looks = [];
    this.#hasPlace = false;
    this.hasLostPower = false;
    this.isClockSet = false;
  }

  /** What the next life has at least. */
  promised(before: RedisState, after: RedisState): Size {
    // The files of a full sync are in between (R-AOF-6, R-FULL-8).
    if (before.load !== null) return NOTHING;
    if (after.config.appendonly) return this.#appended(before);
    return isSavedAtTheEnd(before) ? sizeOf(before.keyspace) : this.#rdb;
  }

  #appended({ config, persistence, keyspace }: RedisState): Size {
    const { aof, aofWriteOk } = persistence;
    if (!config.appendonly || aof === 'wait-rewrite' || !aofWriteOk) return NOTHING;
    if (!this.hasLostPower || config.appendfsync === 'always') return sizeOf(keyspace);
    return config.appendfsync === 'everysec' && !this.isClockSet
      ? (this.#looks[SYNCED_SEC] ?? NOTHING)
      : NOTHING;
  }
}

/** A master with a backlog, or a replica that is linked or was (R-RST-1). */
function hasPlace({ config, link, backlog }: RedisState): boolean {
  if (backlog === null || config.replicaof === null) return backlog !== null;
  return link.phase === 'connected' || link.cached !== null;
}

/** It shut itself down, with a last save (R-SHUT-3). */
function isSavedAtTheEnd({ exited, shutdown, config, persistence }: RedisState): boolean {
  const { lastSaveOk, aofWriteOk } = persistence;
  return (
    exited &&
    lastSaveOk &&
    aofWriteOk &&
    shutdown.phase !== 'none' &&
    (shutdown.save ?? config.save.length > 0)
  );
}

/** How many of the first keys are missing. */
function missing({ map, populatedKeys }: Keyspace, expected: Keyspace, { keys, populated }: Size): number {
  let count = Math.max(0, populated - populatedKeys);
  let left = keys;
  for (const key of expected.map.keys()) {
    if (left-- <= 0) break;
    if (!map.has(key)) count++;
  }
  return count;
}

function dataChecker(context: CheckContext): Checker {
  const { cluster } = context;
  const { network, machines, processes } = cluster.world.state;
  const { redis } = cluster.scenario.deployment;
  const findings = new Findings();
  const isRestored = aimedAt(
    context,
    cluster.scenario.timeline.flatMap(({ verb }) => (verb.do === 'restore' ? [verb.target] : [])),
  );
  const files = redis.map(() => new Files());
  const offsets = machines.map(({ clockOffsetUs }) => clockOffsetUs);
  const judge = ({ process, node, before, after }: Restart) => {
    const own = files[process]!;
    const size = own.promised(before, after);
    own.restarted(after, size);
    if (isRestored(node) || size.keys + size.populated === 0) return;
    findings.witness();
    const gone = missing(after.keyspace, before.keyspace, size);
    if (gone > 0) findings.violate(`${node} comes back without ${gone} keys that were on its disk`);
  };
  const restarted = restartsOf(context, judge);
  return {
    announced(announcement) {
      const { event, process, node } = announcement;
      if (event === 'ready') {
        restarted(announcement);
        return;
      }
      const { state, machine } = processes[process]!;
      const own = files[process]!;
      if (event === 'full-resync-done') {
        own.replaced(state as RedisState, machines[machine]!.diskWritable);
      } else if (!own.saved(state as RedisState)) {
        findings.violate(`${node} saves its data without its place in the history`);
      }
    },
    probed() {
      eachServer(cluster, (state, _process, index) => files[index]!.look(state));
    },
    acted() {
      for (let process = 0; process < redis.length; process++) {
        const { machine } = processes[process]!;
        if (network.off[machine] === true) files[process]!.hasLostPower = true;
        if (machines[machine]!.clockOffsetUs < offsets[machine]!) files[process]!.isClockSet = true;
      }
      machines.forEach(({ clockOffsetUs }, machine) => {
        offsets[machine] = clockOffsetUs;
      });
    },
    end: () => findings.verdict(),
  };
}

export const restartKeepsTheData: Property = {
  name: 'restart-keeps-the-data',
  statement:
    'A server that is started again has every key that its persistence promises: with an AOF all of them, or after a power loss those that were synced; with an RDB those of its last save, full sync or shutdown with a save. A save has the place in the history, too.',
  assumptions: [
    'nothing is promised while a full sync is loaded and until its first AOF is written (R-AOF-6), after the AOF could not be written, where an operator restores a backup, or after a power loss with appendfsync everysec where the clock was set back: nothing is synced until it has caught up (R-AOF-3)',
    'fsyncs are fast (R-AOF-2)',
  ],
  parameters: ['appendonly', 'appendfsync', 'save'],
  formula:
    'writes that may be missing after a power loss: with appendfsync everysec those of its last 2 s, with always none; a save holds what there was up to a second before it',
  witness: 'a server with something on its disk was started again',
  rules: ['R-AOF-2', 'R-AOF-3', 'R-AOF-6', 'R-AOF-7', 'R-AOF-9', 'R-RDB-1', 'R-RDB-2', 'R-RST-1', 'R-SHUT-3'],
  holds: true,
  hears: ['ready', 'saved-rdb', 'full-resync-done'],
  begin: dataChecker,
};
