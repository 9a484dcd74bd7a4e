import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { group, type RedisLab } from '../support/redisLab.ts';

const QUICK = ['repl-diskless-sync-delay 0'];

const keysOf = (lab: RedisLab, node: string) => [...lab.state(node).keyspace.map.keys()].sort();

/** Writes keys with this prefix; the keys that were acknowledged. */
function write(lab: RedisLab, node: string, prefix: string, count: number): string[] {
  const session = lab.connect(node);
  const keys = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  return keys.filter((key) => session.ask(`SET ${key} v`) === 'OK');
}

describe('branches of a history', () => {
  test('1 master, 2 replicas, the one behind is promoted: the one ahead goes back to it (R-LOSS-2, R-PSYNC-1)', () => {
    const lab = group(2, QUICK);
    write(lab, 'r1', 'both', 3);
    lab.run(1.5).cut('r1', 'r3');
    write(lab, 'r1', 'ahead', 3);
    lab.run(0.1).kill('r1').run(0.1);
    lab.ask('r3', 'REPLICAOF NO ONE');
    lab.ask('r2', 'REPLICAOF r3 6379');
    lab.run(3);
    expect(lab.messages('r3', 'partial-resync-refused')[0]).toMatch(/^Requested offset for second ID was/);
    expect(keysOf(lab, 'r2')).toEqual(['both0', 'both1', 'both2']);
  });

  test('1 master, 1 replica, files that cannot be rewritten: a restart of all brings the first master back (R-LOSS-14)', () => {
    const lab = group(1, [...QUICK, 'appendonly yes', 'save ""'], { configFile: 'read-only' });
    write(lab, 'r1', 'first', 2);
    lab.run(0.5).kill('r1').run(0.1);
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r2', 'CONFIG REWRITE');
    expect(write(lab, 'r2', 'second', 3)).toHaveLength(3);
    lab.run(2).kill('r2').run(1).start('r1').start('r2').settle();
    expect(lab.view('r1').role).toBe('master');
    for (const node of ['r1', 'r2']) expect(keysOf(lab, node)).toEqual(['first0', 'first1']);
  });

  test('1 master, 1 replica, files that can: the second master stays one (R-LOSS-14)', () => {
    const lab = group(1, [...QUICK, 'appendonly yes', 'save ""']);
    lab.kill('r1').run(0.1);
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r2', 'CONFIG REWRITE');
    const kept = write(lab, 'r2', 'second', 3);
    lab.run(2).restart('r2').run(1);
    expect(lab.view('r2').role).toBe('master');
    expect(keysOf(lab, 'r2')).toEqual(kept);
  });

  test('2 nodes, A to B to A: each full resync discards one branch whole, nothing is merged (R-LOSS-21, R-LOSS-22)', () => {
    const lab = group(1, QUICK);
    write(lab, 'r1', 'common', 2);
    lab.run(0.1).ask('r2', 'REPLICAOF NO ONE');
    write(lab, 'r1', 'a', 2);
    write(lab, 'r2', 'b', 2);
    lab.ask('r1', 'REPLICAOF r2 6379');
    lab.run(3);
    expect(keysOf(lab, 'r1')).toEqual(['b0', 'b1', 'common0', 'common1']);
    lab.ask('r1', 'REPLICAOF NO ONE');
    write(lab, 'r1', 'c', 1);
    write(lab, 'r2', 'd', 2);
    lab.ask('r2', 'REPLICAOF r1 6379');
    lab.run(3);
    expect(keysOf(lab, 'r2')).toEqual(['b0', 'b1', 'c0', 'common0', 'common1']);
    expect(keysOf(lab, 'r1')).toEqual(keysOf(lab, 'r2'));
  });

  test('1 master, 2 replicas, broken links: a partial resync loses nothing, same offset means same data (R-LOSS-20, R-OFF-5)', () => {
    const fault = fc.record({
      writes: fc.integer({ min: 0, max: 6 }),
      waitMs: fc.integer({ min: 1, max: 3000 }),
      node: fc.constantFrom('r2', 'r3'),
      kind: fc.constantFrom('repoint', 'kill-link', 'pause', 'none'),
    });
    fc.assert(
      fc.property(fc.array(fault, { minLength: 1, maxLength: 10 }), fc.nat(1000), (faults, seed) => {
        const lab = group(2, [], { seed });
        const acked: string[] = [];
        for (const [index, { writes, waitMs, node, kind }] of faults.entries()) {
          if (kind === 'repoint') {
            const byName = lab.view(node).masterHost === 'r1';
            lab.ask(node, `REPLICAOF ${byName ? lab.address('r1') : 'r1'} 6379`);
          } else if (kind === 'kill-link') lab.ask('r1', 'CLIENT KILL TYPE replica');
          else if (kind === 'pause') lab.pause(node);
          acked.push(...write(lab, 'r1', `${index}-`, writes));
          lab.run(waitMs / 1000);
          for (const each of ['r2', 'r3']) lab.resume(each);
        }
        lab.run(3);
        for (const node of ['r1', 'r2', 'r3']) {
          expect(keysOf(lab, node)).toEqual(acked.sort());
          expect(lab.view(node)).toMatchObject({
            offset: lab.view('r1').offset,
            replId: lab.view('r1').replId,
          });
        }
        expect(lab.info('r1').sync_full).toBe(2);
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});
