import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';

const BIG = { keys: 3_000_000, valueBytes: 100 };

describe('output buffer of a replica', () => {
  /** A replica whose full synchronisation takes 3 s, while the master writes this many KB a second. */
  const flooded = (limit: string, kbPerSecond: number, seconds: number) => {
    const lab = new RedisLab(
      {
        r1: [
          'repl-diskless-sync no',
          'repl-backlog-size 16384',
          `client-output-buffer-limit replica ${limit}`,
        ],
      },
      { dataset: BIG },
    );
    const replica = lab.connect('r1').send({ kind: 'SYNC' });
    const writer = lab.connect('r1');
    for (let i = 0; i < seconds * 10 && !replica.closed; i++) {
      writer.send(`SET k ${'x'.repeat(kbPerSecond * 100)}`);
      lab.run(0.1);
    }
    return { lab, replica };
  };

  test('1 master, 1 syncing replica: dropped once it has as much as the hard limit (R-OBUF-1)', () => {
    const { lab, replica } = flooded('100kb 0 0', 100, 2.5);
    expect(replica.closed).toBe(true);
    expect(lab.now).toBeLessThan(3.5);
  });

  test('1 master, 1 syncing replica: a hard limit below the backlog size counts as that size (R-OBUF-1)', () => {
    expect(flooded('1kb 0 0', 4, 2.5).replica.closed).toBe(false);
  });

  test.each([
    ['for longer than its seconds', 1, true],
    ['for less than its seconds', 5, false],
  ])('1 master, 1 syncing replica: over the soft limit %s (R-OBUF-1)', (_, seconds, closed) => {
    expect(flooded(`0 20kb ${seconds}`, 50, 2.8).replica.closed).toBe(closed);
  });

  test('1 master, 1 syncing replica: whole seconds count, and exactly its seconds are not longer than them (R-OBUF-1)', () => {
    const lines = [
      'repl-diskless-sync no',
      'repl-backlog-size 16384',
      'client-output-buffer-limit replica 0 20kb 1',
    ];
    const lab = new RedisLab({ r1: lines }, { dataset: BIG });
    const replica = lab.connect('r1').send({ kind: 'SYNC' });
    const write = (bytes: number) => lab.ask('r1', `SET k ${'x'.repeat(bytes)}`);
    lab.run(0.1).toPhase('r1', 0.5);
    write(30_000);
    lab.toPhase('r1', 0.9);
    lab.toPhase('r1', 0.95);
    lab.run(0.9);
    write(10);
    expect(replica.closed).toBe(false);
    lab.toPhase('r1', 0.1);
    write(10);
    lab.run(0.01);
    expect(replica.closed).toBe(true);
  });

  test('1 master, 1 syncing replica: no limit at all (R-OBUF-1)', () => {
    expect(flooded('0 0 0', 500, 2.8).replica.closed).toBe(false);
  });
});

describe('replicas that are gone', () => {
  test('1 master, 2 replicas, one killed: removed and not counted from that instant on (R-MREP-1, R-MINREP-2)', () => {
    const lab = group(2, ['min-replicas-to-write 2']);
    expect(lab.ask('r1', 'SET a 1')).toBe('OK');
    lab.kill('r3').run(0.01);
    expect(lab.info('r1')).toMatchObject({ connected_slaves: 1, min_slaves_good_slaves: 1 });
    expect(lab.ask('r1', 'SET a 1')).toMatch(/^-NOREPLICAS/);
  });

  test('1 master, 1 replica whose machine lost power and came back: listed twice until the time-out (R-MREP-1)', () => {
    const lab = group(1, [
      'min-replicas-to-write 1',
      'min-replicas-max-lag 10',
      'repl-timeout 20',
      'repl-ping-replica-period 3600',
    ]);
    lab.toPhase('r1', 0.5).powerOff('r2').run(3).start('r2').run(2);
    expect(lab.info('r1')).toMatchObject({ connected_slaves: 2, min_slaves_good_slaves: 2 });
    lab.run(8);
    expect(lab.info('r1').connected_slaves).toBe(2);
    expect(lab.info('r1').min_slaves_good_slaves).toBe(1);
    lab.run(12);
    expect(lab.info('r1').connected_slaves).toBe(1);
  });

  test('1 master: whoever sends SYNC is a connected replica (R-MREP-2)', () => {
    const lab = group(1);
    lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.01);
    expect(lab.info('r1').connected_slaves).toBe(2);
  });
});
