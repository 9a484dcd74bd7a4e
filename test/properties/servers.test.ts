/** Properties of servers that are not in the catalogue: they hold under random faults, are put to the test, and catch what breaks them. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RedisState } from '../../models/redis/index.ts';
import { runOf } from '../../properties/arbitraries/clusters.ts';
import { checkRun, inspect } from '../../properties/checkRun.ts';
import type { Property } from '../../properties/property.ts';
import { refusedForAReason } from '../../properties/refusals.ts';
import { sameDataAtTheSameOffset } from '../../properties/sameData.ts';
import { prepare } from '../../src/run/prepare.ts';
import { processOf } from '../../src/run/roles.ts';
import { simulate } from '../../src/run/simulate.ts';

const isolatedMaster = prepare('test/properties/mutants/isolated-master.yaml');
const { deployment } = prepare('examples/redis-ha').scenario;

/** Judges a run in which the state of servers is changed: with an announcement, or at the end. */
function judge(
  property: Property,
  change: {
    readonly at?: string;
    readonly nodes: readonly string[];
    readonly state: (state: RedisState) => void;
  },
) {
  const tamper = () => {
    for (const node of change.nodes)
      change.state(processOf(inspection.context.cluster, node).state as RedisState);
  };
  const inspection = inspect(isolatedMaster, 1, [property], (announcement, _context, hear) => {
    if (announcement.event === change.at) tamper();
    hear(announcement);
  });
  const { document } = simulate(isolatedMaster, 1, undefined, inspection.watch);
  if (change.at === undefined) tamper();
  return inspection.judge(document)[0]!.verdict.violation;
}

describe.each([sameDataAtTheSameOffset, refusedForAReason])(
  '1 master, 2 replicas, 3 sentinels: $name',
  (property) => {
    test('holds under random faults, and is put to the test', () => {
      let witnesses = 0;
      fc.assert(
        fc.property(runOf(deployment), ({ prepared, seed }) => {
          const { verdict } = checkRun(prepared, seed, [property]).judgements[0]!;
          expect(verdict.violation).toBeNull();
          if (verdict.witnessed) witnesses++;
        }),
        { numRuns: 60 },
      );
      expect(witnesses).toBeGreaterThan(10);
    });
  },
);

describe('1 master, 2 replicas, 3 sentinels: what breaks them is caught', () => {
  test('a replica that lacks a key (R-OFF-5)', () => {
    const forget = ({ keyspace }: RedisState) => {
      keyspace.map = new Map([...keyspace.map].slice(1));
    };
    expect(judge(sameDataAtTheSameOffset, { nodes: ['r3'], state: forget })).toMatch(/keys on one/);
  });

  test('a replica with another value (R-OFF-5)', () => {
    const forge = ({ keyspace }: RedisState) => {
      const [key] = keyspace.map.keys();
      keyspace.map = new Map(keyspace.map).set(key!, 'forged');
    };
    expect(judge(sameDataAtTheSameOffset, { nodes: ['r3'], state: forge })).toMatch(/another value of/);
  });

  test('a refusal with enough good replicas (R-MINREP-3)', () => {
    const satisfy = ({ config }: RedisState) => {
      config.minReplicasToWrite = 0;
    };
    expect(
      judge(refusedForAReason, { at: 'writes-refused', nodes: ['r1', 'r2', 'r3'], state: satisfy }),
    ).toMatch(/refuses writes with 0 good replicas of 0/);
  });
});
