/** Clients that read from replicas, on 1 master, 2 replicas and 3 sentinels. */
import { describe, expect, test } from 'vitest';
import { APP, play, told } from '../support/play.ts';

const READER = { ...APP, reads: '50ms' };

describe('a discovering client that reads', () => {
  test('reads from a replica, and looks for another one when that one dies: no read is refused twice', () => {
    const refusals = [1, 2, 3, 4, 5, 6].map((seed) => {
      const run = play({ clients: [READER], timeline: [{ at: '0s', kill: 'r2' }], seed, durationS: 20 });
      const { CLOSED = 0, REFUSED = 0, ...others } = run.clients[0]!.refused;
      expect(others).toEqual({});
      return CLOSED + REFUSED;
    });
    expect(Math.max(...refusals)).toBeLessThanOrEqual(1);
  });

  test('changes nothing for its writes and for the cluster', () => {
    const plan = { timeline: [{ at: '0s', kill: 'r1' }], durationS: 20 };
    const without = play({ ...plan, clients: [APP] });
    const reading = play({ ...plan, clients: [READER] });
    expect(reading.events).toEqual(without.events);
    expect(reading.clients[0]!.gaps).toEqual(without.clients[0]!.gaps);
    expect(reading.unmodelled).toEqual([]);
  });

  test('gets -MASTERDOWN while the link is down and replica-serve-stale-data is no, and keeps its connection (R-ROLE-4)', () => {
    const plan = { clients: [READER], timeline: [{ at: '0s', kill: 'r1' }], durationS: 20 };
    const strict = play({ ...plan, redis: ['replica-serve-stale-data no'] });
    const lax = play(plan);
    const { refused, refusedAt } = strict.clients[0]!;
    expect(refused.MASTERDOWN).toBeGreaterThan(100);
    expect(refusedAt.MASTERDOWN![0]).toBeLessThan(100);
    const lastPromotion = told(strict, 'role-changed').at(-1)!.t;
    expect(refusedAt.MASTERDOWN![1]).toBeLessThan(lastPromotion + 7000);
    expect(lax.clients[0]!.refused.MASTERDOWN).toBeUndefined();
  });

  test('looks for another replica after -LOADING, and is refused again where there is none', () => {
    const run = play({
      redis: ['appendonly yes', 'key-load-delay 1000', 'loading-process-events-interval-bytes 1024'],
      dataset: { keys: 20_000, valueBytes: 10 },
      clients: [READER],
      timeline: [
        { at: '0s', kill: 'r3' },
        { at: '0.1s', start: 'r3' },
        { at: '5s', kill: 'r2' },
        { at: '10s', start: 'r2' },
      ],
      durationS: 15,
    });
    const [app] = run.clients;
    expect(app!.refused.LOADING).toBeGreaterThan(100);
    expect(app!.refusedAt.LOADING![1]).toBeGreaterThan(14_900);
  });

  test('reads from the master when no replica is left, and from nobody when the sentinels are gone too', () => {
    const run = play({
      clients: [{ name: 'reader', discover: 'sentinel', reads: '50ms' }],
      timeline: [
        { at: '0s', kill: ['r2', 'r3'] },
        { at: '10s', kill: ['@sentinels', 'r1'] },
      ],
      durationS: 20,
    });
    const [reader] = run.clients;
    expect(reader!.refusedAt.NOREPLICA![0]).toBeGreaterThan(10_000);
    expect(reader!.refused.NOREPLICA).toBeGreaterThan(150);
    expect(reader).toMatchObject({ acked: 0, gaps: [] });
  });

  test('waits 1 s for the reply of a paused replica', () => {
    const run = play({ clients: [READER], timeline: [{ at: '0s', pause: ['r2', 'r3'] }], durationS: 5 });
    const { refused, refusedAt } = run.clients[0]!;
    expect(refusedAt.TIMEOUT![0]).toBeGreaterThan(950);
    expect(refusedAt.TIMEOUT![0]).toBeLessThan(1060);
    expect(refused.TIMEOUT).toBeLessThan(6);
  });
});

describe('a client with a fixed address that reads', () => {
  test('gets -LOADING from its node while that loads, its own files and then its master’s (R-CLI-4)', () => {
    const run = play({
      redis: ['appendonly yes', 'key-load-delay 200', 'loading-process-events-interval-bytes 1024'],
      dataset: { keys: 20_000, valueBytes: 10 },
      clients: [{ name: 'fixed', connect: 'r3', reads: '50ms' }],
      timeline: [
        { at: '0s', kill: 'r3' },
        { at: '0.1s', start: 'r3' },
      ],
      durationS: 20,
    });
    const { refused, refusedAt } = run.clients[0]!;
    expect(refusedAt.LOADING![0]).toBeLessThan(250);
    expect(refusedAt.LOADING![1]).toBeGreaterThan(15_000);
    expect(refused.LOADING).toBeGreaterThan(180);
    expect(refused.LOADING).toBeLessThan(300);
  });
});
