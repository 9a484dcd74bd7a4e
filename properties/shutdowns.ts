/** How a server ends that is told to: not before its replicas have everything. */
import type { RedisState } from '../models/redis/index.ts';
import type { Announcement } from '../src/engine/world.ts';
import { wallOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

/** A shutdown under way. */
interface Begun {
  /** By the wall clock of the server. */
  readonly wallUs: number;
  /** Keys of a master that takes no more writes; null: it is none, or does not wait. */
  readonly keys: number | null;
}

function shutdownChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const { processes } = cluster.world.state;
  const { redis } = cluster.scenario.deployment;
  const begun = new Map<number, Begun>();
  const compare = (process: number, { keys }: Begun) => {
    const { name, state } = processes[process]!;
    if (keys === null || state === null) return;
    const taken = (state as RedisState).keyspace.map.size - keys;
    if (taken > 0) findings.violate(`${name} took ${taken} writes while it shut down`);
  };
  const judge = (announcement: Announcement, since: Begun) => {
    const { process, node } = announcement;
    const { shutdown, config, load, replicas, offset } = processes[process]!.state as RedisState;
    compare(process, since);
    if (shutdown.now || load !== null || replicas.length === 0) return;
    findings.witness();
    const behind = replicas.filter(({ ackOffset }) => ackOffset !== offset).length;
    if (behind > 0 && wallOf(cluster, announcement) - since.wallUs < config.shutdownTimeoutSec * 1_000_000) {
      findings.violate(`${node} ends before ${behind} of its replicas have everything`);
    }
  };
  return {
    announced(announcement) {
      const { event, process, message } = announcement;
      // Sentinels shut down, too.
      if (process >= redis.length) return;
      const since = begun.get(process);
      const wallUs = wallOf(cluster, announcement);
      if (event === 'shutdown-requested') {
        begun.set(process, { wallUs, keys: null });
      } else if (event === 'shutdown-waits') {
        const { config, keyspace } = processes[process]!.state as RedisState;
        begun.set(process, { wallUs, keys: config.replicaof === null ? keyspace.map.size : null });
      } else {
        // Any other status is no shutdown: R-RDB-3 ends a replica that cannot write.
        if (event === 'exited' && message === '0' && since !== undefined) judge(announcement, since);
        begun.delete(process);
      }
    },
    probed() {
      for (const [process, since] of begun) {
        const state = processes[process]!.state as RedisState | null;
        // SHUTDOWN ABORT says nothing.
        if (state?.shutdown.phase === 'none') begun.delete(process);
        else compare(process, since);
      }
    },
    end: () => findings.verdict(),
  };
}

export const shutdownWaits: Property = {
  name: 'shutdown-waits',
  statement:
    'A server that is told to shut down ends only when its replicas have acknowledged everything, or after shutdown-timeout; a master that waits for them takes no more writes.',
  assumptions: ['not with NOW, and not while it loads (R-SHUT-1)'],
  parameters: ['shutdown-timeout'],
  formula:
    'offset acknowledged by each replica = offset, or shutdown-timeout since it was told, by its wall clock',
  witness: 'a server with replicas ended by itself',
  rules: ['R-SHUT-1', 'R-SHUT-2', 'R-SHUT-7'],
  holds: true,
  hears: ['shutdown-requested', 'shutdown-waits', 'shutdown-refused', 'exited', 'ready', 'role-changed'],
  begin: shutdownChecker,
};
