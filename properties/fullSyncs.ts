/** When a replica needs everything: only when its master cannot continue its history. */
import type { RedisDisk } from '../models/redis/spec.ts';
import type { RedisState } from '../models/redis/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { servers } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

/** The history that a master began with, up to its last offset. */
interface Former {
  readonly replId: string;
  readonly offset: number;
}

/** What is known of one server in its present life, from outside. */
interface Known {
  isMaster: boolean;
  /** Its id and offset name a place in a history: it was a master, was linked, or came back with them (R-RST-2). */
  hasPlace: boolean;
  former: Former | null;
}

/** What it starts with (R-RST-2); with an AOF neither id nor offset (R-AOF-7). */
function knownAtStart(isMaster: boolean, appendonly: boolean, { rdb }: RedisDisk): Known {
  const repl = appendonly ? null : (rdb?.repl ?? null);
  return { isMaster, hasPlace: isMaster || repl !== null, former: isMaster ? repl : null };
}

/** Why the master cannot go on where the replica stopped (R-PSYNC-1); null: it can. */
function reason(replica: RedisState, master: RedisState, former: Former | null): string | null {
  const isOwn = replica.replId === master.replId;
  const isFormer = replica.replId === former?.replId && replica.offset <= former.offset;
  if (!isOwn && !isFormer) return 'another history';
  // R-BKLG-1, by the bytes that are held.
  const held = master.backlog === null ? Number.NEGATIVE_INFINITY : master.backlog.histlen;
  return replica.offset < master.offset - held ? 'not in the backlog' : null;
}

function fullSyncChecker({ cluster }: CheckContext): Checker {
  const { processes } = cluster.world.state;
  const { redis } = cluster.scenario.deployment;
  const findings = new Findings();
  const known: (Known | undefined)[] = [];
  for (const { process, state } of servers(cluster)) {
    const isMaster = state.config.replicaof === null;
    known[cluster.processByName.get(process.name)!] = { isMaster, hasPlace: isMaster, former: null };
  }
  const judge = ({ process, node }: Announcement) => {
    const replica = processes[process]!.state as RedisState;
    const { connection, syncSent } = replica.link;
    const end = connection === null ? null : processes[process]!.ends[connection];
    const above = end?.peer.process ?? -1;
    const master = (processes[above]?.state ?? null) as RedisState | null;
    const its = known[above];
    // SYNC asks for everything (R-RSM-5).
    if (!known[process]?.hasPlace || syncSent || master === null || !its?.isMaster) return;
    if (master.load !== null || master.backlog === null) return;
    findings.witness();
    if (reason(replica, master, its.former) !== null) return;
    findings.violate(
      `${node} at ${replica.replId} ${replica.offset} gets everything although ${processes[above]!.name} can continue`,
    );
  };
  return {
    announced(announcement) {
      const { event, process, message } = announcement;
      if (process >= redis.length) return;
      const { disk, state } = processes[process]!;
      if (event === 'ready') {
        const config = (disk as RedisDisk).config ?? redis[process]!.config;
        known[process] = knownAtStart(config.replicaof === null, config.appendonly, disk as RedisDisk);
        return;
      }
      const own = known[process];
      if (own === undefined) return;
      if (event === 'full-resync-started') judge(announcement);
      else if (event !== 'role-changed') {
        own.hasPlace = true;
        own.former = null;
      } else if (message === 'master') {
        const { replId2: replId, offset, backlog } = state as RedisState;
        // R-BKLG-2: without a backlog it forgets them when its first replica comes.
        const former = backlog === null ? null : { replId, offset };
        known[process] = { isMaster: true, hasPlace: true, former };
      } else {
        own.isMaster = false;
      }
    },
    end: () => findings.verdict(),
  };
}

export const fullSyncForAReason: Property = {
  name: 'full-sync-for-a-reason',
  statement:
    'A replica that knows its place in a history gets the whole data set only when its master cannot continue it: it has another history, had left this one before, or no longer holds the bytes in its backlog.',
  assumptions: [
    'the place is kept by a lost link, by a demotion, and by a restart from an RDB without AOF; the master is one',
  ],
  parameters: ['repl-backlog-size', 'appendonly'],
  formula:
    'replication id of the replica = that of the master, or the former one with offset ≤ that of the promotion; and its offset ≥ offset of the master − bytes in the backlog: continues',
  witness: 'a replica that knew its place began to receive everything',
  rules: [
    'R-PSYNC-1',
    'R-BKLG-1',
    'R-BKLG-2',
    'R-RSM-3',
    'R-CACHE-1',
    'R-DEMOTE-1',
    'R-PROMOTE-1',
    'R-RST-2',
    'R-RST-3',
  ],
  holds: true,
  hears: ['ready', 'role-changed', 'partial-resync', 'full-resync-done', 'full-resync-started'],
  begin: fullSyncChecker,
};
