/** What a master does whose disk is full. */
import type { RedisState } from '../models/redis/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { servers } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property, UNJUDGED } from './property.ts';

function mayBeFull({ timeline }: Scenario): boolean {
  return timeline.some(({ verb }) => verb.do === 'disk' && verb.full);
}

/** Its last save failed (R-RDB-3), or its AOF could not be written (R-AOF-5). */
function hasFailed({ config, persistence }: RedisState): boolean {
  const { lastSaveOk, aof, aofWriteOk } = persistence;
  const wantsSaves = config.stopWritesOnBgsaveError && config.save.length > 0;
  return (wantsSaves && !lastSaveOk) || (aof !== 'off' && !aofWriteOk);
}

function diskChecker({ cluster }: CheckContext): Checker {
  if (!mayBeFull(cluster.scenario)) return UNJUDGED;
  const findings = new Findings();
  const { machines } = cluster.world.state;
  /** Keys of the masters that had failed at the last look, by a configuration that CONFIG SET replaces. */
  let failed = new Map<RedisState['config'], number>();
  return {
    announced() {},
    probed() {
      const now = new Map<RedisState['config'], number>();
      for (const { process, state } of servers(cluster)) {
        const { config, keyspace } = state;
        if (config.replicaof !== null || machines[process.machine]!.diskWritable || !hasFailed(state))
          continue;
        now.set(config, keyspace.map.size);
        const before = failed.get(config);
        if (before === undefined) continue;
        findings.witness();
        const taken = keyspace.map.size - before;
        if (taken > 0) findings.violate(`${process.name} took ${taken} writes with a full disk`);
      }
      failed = now;
    },
    // What is done may make room for a moment.
    acted() {
      failed.clear();
    },
    end: () => findings.verdict(),
  };
}

export const fullDiskTakesNoWrites: Property = {
  name: 'full-disk-takes-no-writes',
  statement:
    'A master that could not save, or could not write its AOF, takes no more writes while its disk is full.',
  assumptions: ['looked at every second; stop-writes-on-bgsave-error and a save point, or an AOF'],
  parameters: ['save', 'stop-writes-on-bgsave-error', 'appendonly'],
  witness: 'a master had a full disk for a second after it had failed to write',
  rules: ['R-RDB-3', 'R-AOF-5'],
  holds: true,
  hears: [],
  begin: diskChecker,
};
