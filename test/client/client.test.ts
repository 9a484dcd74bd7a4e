/** Clients, on 1 master, 2 replicas and 3 sentinels. */
import { describe, expect, test } from 'vitest';
import { APP, final, play, told } from '../support/play.ts';

const FENCED = ['min-replicas-to-write 1'];

describe('a discovering client', () => {
  test('finds the new master through the leader, before the first sentinel that it asks has switched (R-CLI-1)', () => {
    const early = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((seed) => {
      const run = play({ timeline: [{ at: '0s', kill: 'r1' }], seed, durationS: 10 });
      const back = run.clients[0]!.gaps[0]![1];
      const promoted = run.failovers[0]!.promotedAt!;
      const firstSwitch = Math.min(...told(run, '+switch-master').map(({ t }) => t));
      expect(back).toBeGreaterThan(promoted);
      expect(back).toBeLessThan(firstSwitch + 60);
      return back < firstSwitch;
    });
    expect(early.length).toBeGreaterThan(3);
  });

  test('waits 1 s for a reply and 500 ms for each sentinel’s answer to lead to a master', () => {
    const run = play({ timeline: [{ at: '0s', pause: 'r1' }], durationS: 5 });
    const { refusedAt } = run.clients[0]!;
    expect(refusedAt.TIMEOUT![0]).toBeGreaterThan(1000);
    expect(refusedAt.TIMEOUT![0]).toBeLessThan(1030);
    expect(refusedAt.NOMASTER![0] - refusedAt.TIMEOUT![0]).toBeGreaterThan(1500);
    expect(refusedAt.NOMASTER![0] - refusedAt.TIMEOUT![0]).toBeLessThan(1530);
  });

  test('keeps its connection after -NOREPLICAS, so it stays with an old master until Sentinel closes it (R-CLI-3)', () => {
    const run = play({
      redis: FENCED,
      timeline: [{ at: '0s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] }],
    });
    const [app] = run.clients;
    const demoted = told(run, '+convert-to-slave')[0]!.t;
    expect(app!.refused.NOREPLICAS).toBeGreaterThan(400);
    expect(app!.refused.NOMASTER).toBeUndefined();
    expect(app!.gaps.at(-1)![1] - demoted).toBeLessThan(100);
  });

  test('asked to discover before every write, it leaves the old master at once', () => {
    const run = play({
      redis: FENCED,
      clients: [{ ...APP, rediscover: 'always' }],
      timeline: [{ at: '0s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] }],
    });
    expect(run.clients[0]!.refused.NOREPLICAS ?? 0).toBeLessThan(260);
    expect(run.clients[0]!.lost!.count).toBeLessThan(60);
  });

  test('leaves a master that was demoted by hand at its first -READONLY, and believes no address without ROLE (R-CLI-1)', () => {
    const run = play({
      timeline: [{ at: '0s', command: ['r1', 'REPLICAOF', 'r2', '6379'] }],
      durationS: 10,
    });
    const { refused } = run.clients[0]!;
    expect(refused.READONLY).toBe(1);
    expect(refused.NOMASTER).toBeGreaterThan(100);
  });

  test('that listens for +switch-master drops its connection then (R-CLI-2)', () => {
    const plan = { timeline: [{ at: '0s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] }] };
    const deaf = play(plan);
    const listening = play({ ...plan, clients: [{ ...APP, subscribe: true }] });
    expect(deaf.clients[0]!.lost!.count).toBeGreaterThan(300);
    expect(listening.clients[0]!.lost!.count).toBeLessThan(100);
  });

  test('that listens does so again when sentinels were restarted (R-CLI-2)', () => {
    const run = play({
      clients: [{ ...APP, subscribe: true }],
      timeline: [
        { at: '0s', kill: ['s1', 's2', 's3'] },
        { at: '1s', start: ['s1', 's2', 's3'] },
        { at: '10s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] },
      ],
    });
    expect(run.failovers.length).toBe(1);
    expect(run.clients[0]!.lost!.count).toBeLessThan(100);
  });

  test('that knows one sentinel alone finds no master while that one is down', () => {
    const run = play({
      clients: [{ ...APP, discover: ['s3'] }],
      timeline: [
        { at: '0s', kill: ['s3', 'r1'] },
        { at: '15s', start: 's3' },
      ],
    });
    const [[from, to]] = run.clients[0]!.gaps as [[number, number]];
    expect(from).toBeLessThan(20);
    expect(to).toBeGreaterThan(15_000);
    expect(to).toBeLessThan(18_500);
  });
});

describe('a client with a fixed address', () => {
  test('is refused while its node is down, writes to it when it is back, and then gets -READONLY for ever (R-CLI-4)', () => {
    const run = play({
      clients: [APP, { name: 'fixed', connect: 'r1', write: '20ms' }],
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '20s', start: 'r1' },
      ],
      durationS: 40,
    });
    const fixed = run.clients[1]!;
    expect(fixed.refused.REFUSED).toBeGreaterThan(900);
    expect(fixed.lost!.count).toBeGreaterThan(400);
    expect(fixed.refusedAt.READONLY![1]).toBeGreaterThan(39_900);
    expect(final(run, 'r1')).toMatchObject({ role: 'replica' });
  });

  test('its writes are followed by name: each is on the final master, or counted as lost (R-ACKW-2)', () => {
    const run = play({
      clients: [{ name: 'fixed', connect: 'r1', write: '20ms' }],
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '20s', start: 'r1' },
      ],
      durationS: 40,
    });
    const { acked, lost } = run.clients[0]!;
    const master = run.final.find((view) => 'role' in view && view.role === 'master') as { keys: number };
    expect(master.keys).toBe(acked - lost!.count);
  });
});
