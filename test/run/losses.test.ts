/** The ways in which acknowledged writes are lost (R-LOSS), played on 1 master, 2 replicas and 3 sentinels. */
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { APP, final, play, told } from '../support/play.ts';

const PINNED = { name: 'pinned', at: 'r1', connect: 'r1', write: '20ms' };
const AOF = ['appendonly yes', 'save ""'];
const NO_PERSISTENCE = ['save ""'];

const lostBy = (run: RunDocument, client = 0) => run.clients[client]!.lost!;
const keysOf = (run: RunDocument, node: string) => (final(run, node) as { keys: number }).keys;

describe('a failover', () => {
  test('a crash loses what was on its way to the promoted replica, which on a quick network is nothing (R-LOSS-1, R-LOSS-10)', () => {
    const near = play({ redis: AOF, timeline: [{ at: '0s', kill: 'r1' }] });
    expect(lostBy(near).count).toBe(0);
    const cutShort = play({
      timeline: [
        { at: '-500ms', cut: [['r1'], ['r2', 'r3']] },
        { at: '0s', 'power-off': 'r1' },
      ],
    });
    const lost = lostBy(cutShort);
    expect(lost.count).toBeGreaterThan(20);
    expect(lost.count).toBeLessThan(27);
    expect(lost.first!).toBeGreaterThan(-520);
  });

  test('the replica with the higher priority is promoted although another is ahead (R-LOSS-2)', () => {
    const run = play({
      r3: ['replica-priority 10'],
      timeline: [
        { at: '-3s', pause: 'r3' },
        { at: '0s', kill: 'r1' },
        { at: '500ms', resume: 'r3' },
      ],
    });
    expect(run.failovers[0]!.to).toBe('r3');
    expect(final(run, 'r2')).toMatchObject({ master: 'r3', link: 'up' });
  });

  test('an isolated master acknowledges until min-replicas-max-lag and up to two seconds more have passed (R-LOSS-3, R-MINREP-6)', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const run = play({
        redis: ['min-replicas-to-write 1'],
        clients: [APP, PINNED],
        timeline: [{ at: '0s', isolate: 'r1', for: '40s' }],
        durationS: 70,
        seed,
      });
      const lost = lostBy(run, 1);
      expect(lost.last!).toBeGreaterThan(9000);
      expect(lost.last!).toBeLessThan(12_000);
      expect(lost.reasons).toEqual({ 'isolated-master': lost.count });
      expect(lostBy(run).count).toBe(0);
    }
  });

  test('without min-replicas an isolated master acknowledges until it is demoted (R-LOSS-3)', () => {
    const run = play({
      clients: [APP, PINNED],
      timeline: [{ at: '0s', isolate: 'r1', for: '40s' }],
      durationS: 70,
    });
    expect(lostBy(run, 1).last!).toBeGreaterThan(49_000);
  });

  test('a master is isolated that cannot reach the one whose data is left, not one that is cut off from a Sentinel or another replica (R-LOSS-3, R-LOSS-15)', () => {
    for (const [cut, reason] of [
      [[['r1'], ['s1']], 'old-master-still-writable'],
      [[['r1'], ['r3']], 'old-master-still-writable'],
      [[['r1'], ['r2']], 'isolated-master'],
    ] as const) {
      const run = play({
        r3: ['replica-priority 200'],
        timeline: [
          { at: '-500ms', cut },
          { at: '0s', command: ['s2', 'SENTINEL', 'FAILOVER', 'mymaster'] },
        ],
      });
      const lost = lostBy(run);
      expect(run.failovers[0]!.to).toBe('r2');
      expect(lost.count).toBeGreaterThan(0);
      expect(lost.reasons).toEqual({ [reason]: lost.count });
    }
  });

  test('a returning master takes writes of fixed clients for ten seconds (R-LOSS-5, R-SENT-3)', () => {
    const run = play({
      redis: AOF,
      clients: [APP, PINNED],
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '30s', start: 'r1' },
      ],
      durationS: 60,
    });
    const lost = lostBy(run, 1);
    expect(lost.first!).toBeGreaterThan(30_000);
    expect(lost.last! - lost.first!).toBeGreaterThan(9900);
    expect(lost.last! - lost.first!).toBeLessThan(11_300);
    expect(lost.reasons).toEqual({ 'old-master-still-writable': lost.count });
  });

  test('an old master that is killed before its demotion lost what it took after the promotion (R-LOSS-15)', () => {
    const run = play({
      timeline: [
        { at: '0s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] },
        { at: '800ms', kill: 'r1' },
      ],
      durationS: 30,
    });
    const lost = lostBy(run, 0);
    expect(lost.count).toBeGreaterThan(0);
    expect(lost.reasons).toEqual({ 'old-master-still-writable': lost.count });
  });

  test('a planned failover loses a second of writes, and min-replicas refuses the next ten (R-LOSS-15, S-FORCE-3)', () => {
    const run = play({
      redis: ['min-replicas-to-write 1'],
      timeline: [{ at: '0s', command: ['s1', 'SENTINEL', 'FAILOVER', 'mymaster'] }],
    });
    const [app] = run.clients;
    expect(app!.lost!.count).toBeGreaterThan(10);
    expect(app!.lost!.count).toBeLessThan(70);
    const [from, to] = app!.refusedAt.NOREPLICAS!;
    expect(to - from).toBeGreaterThan(9500);
    expect(to - from).toBeLessThan(10_600);
  });

  test('a master that was paused executes a little when it goes on, is fenced, and is demoted (R-LOSS-4, R-MINREP-11)', () => {
    const run = play({
      redis: ['min-replicas-to-write 1'],
      clients: [APP, PINNED],
      timeline: [{ at: '0s', pause: 'r1', for: '25s' }],
      durationS: 60,
    });
    const demoted = told(run, 'role-changed', 'r1')[0]!.t;
    expect(demoted - 25_000).toBeGreaterThan(9900);
    expect(demoted - 25_000).toBeLessThan(11_300);
    expect(lostBy(run, 1).count).toBeLessThan(3);
  });
});

describe('a restart that is quicker than down-after', () => {
  test('without persistence wipes every replica (R-LOSS-7)', () => {
    const run = play({
      redis: NO_PERSISTENCE,
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '1s', start: 'r1' },
      ],
    });
    expect(run.failovers).toEqual([]);
    expect(lostBy(run).reasons).toEqual({ 'restarted-with-older-data': lostBy(run).count });
    expect(lostBy(run).count).toBeGreaterThan(90);
    for (const node of ['r2', 'r3']) {
      expect(keysOf(run, node)).toBe(keysOf(run, 'r1'));
      const [wiped] = told(run, 'full-resync-done', node);
      expect(wiped!.t).toBeGreaterThan(5000);
      expect(wiped!.t).toBeLessThan(8500);
    }
  });

  test('with an older RDB throws the replicas back to it (R-LOSS-6, R-LOSS-11, R-RST-4)', () => {
    const run = play({
      timeline: [
        { at: '0s', command: ['r1', 'SAVE'] },
        { at: '5s', kill: 'r1' },
        { at: '6s', start: 'r1' },
      ],
    });
    const lost = lostBy(run);
    expect(lost.first!).toBeGreaterThan(-50);
    expect(lost.last!).toBeLessThan(5000);
    expect(lost.count).toBeGreaterThan(200);
    expect(told(run, 'partial-resync-refused', 'r1').length).toBeGreaterThan(0);
  });

  test('with AOF loses nothing, and costs five to seven seconds of refused writes (R-LOSS-10, R-RST-2)', () => {
    const run = play({
      redis: [...AOF, 'min-replicas-to-write 1'],
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '1s', start: 'r1' },
      ],
    });
    const [app] = run.clients;
    expect(app!.lost!.count).toBe(0);
    const [[from, to]] = app!.gaps as [[number, number]];
    expect(to - from).toBeGreaterThan(5000);
    expect(to - from).toBeLessThan(8200);
  });
});

describe('power and files', () => {
  test('power loss with AOF everysec loses at most two seconds, on every node of the machine (R-LOSS-8, R-AOF-3)', () => {
    const run = play({
      redis: AOF,
      timeline: [
        { at: '10s', 'power-off': ['r1', 'r2', 'r3'] },
        { at: '11s', start: ['r1', 'r2', 'r3'] },
      ],
      durationS: 25,
    });
    const lost = lostBy(run);
    expect(lost.count).toBeGreaterThan(0);
    expect(lost.first!).toBeGreaterThan(7900);
    expect(lost.last!).toBeLessThan(10_001);
  });

  test('power loss with appendfsync no loses what the kernel had not written back (R-LOSS-9, R-AOF-4)', () => {
    const run = play({
      redis: [...AOF, 'appendfsync no'],
      timeline: [
        { at: '10s', 'power-off': ['r1', 'r2', 'r3'] },
        { at: '11s', start: ['r1', 'r2', 'r3'] },
      ],
      durationS: 25,
    });
    expect(lostBy(run).count).toBeGreaterThan(400);
  });

  test('the only candidate is a replica that came back empty, and it is promoted (R-LOSS-12, R-CACHE-2)', () => {
    const run = play({
      redis: NO_PERSISTENCE,
      timeline: [
        { at: '0s', kill: ['r1', 'r3'] },
        { at: '100ms', kill: 'r2' },
        { at: '1s', start: 'r2' },
      ],
    });
    expect(run.failovers[0]).toMatchObject({ to: 'r2', outcome: 'completed' });
    expect(lostBy(run).count).toBeGreaterThan(90);
  });

  test('a data set that was only in an RDB is gone when appendonly is found at the next start (R-LOSS-17, R-AOF-7)', () => {
    const run = play({
      redis: ['appendonly yes'],
      timeline: [
        { at: '0s', command: ['r1', 'SAVE'] },
        { at: '1s', kill: ['r1', 'r2', 'r3'] },
        { at: '2s', restore: { node: 'r1', backup: 0 } },
        { at: '2s', start: 'r1' },
      ],
      durationS: 5,
    });
    expect(keysOf(run, 'r1')).toBe(run.clients[0]!.acked);
  });
});

describe('what Sentinel cannot see', () => {
  test('a master that loads its data answers PING and is never failed over (R-LOAD-2)', () => {
    const run = play({
      redis: ['appendonly yes', 'key-load-delay 1000', 'loading-process-events-interval-bytes 1024'],
      dataset: { keys: 20_000, valueBytes: 10 },
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '1s', start: 'r1' },
      ],
      durationS: 18,
    });
    expect(run.failovers).toEqual([]);
    expect(told(run, '+sdown')).toEqual([]);
    expect(run.clients[0]!.acked).toBeLessThan(150);
  });

  test('FAILOVER behind its back: its clients are sent to a read-only node for about 30 s (R-FO-3)', () => {
    const run = play({
      downAfterMs: 3000,
      timeline: [{ at: '0s', command: ['r1', 'FAILOVER'] }],
      durationS: 60,
    });
    expect(told(run, 'role-changed', 'r1')[0]!.t).toBeLessThan(500);
    const [switched] = told(run, '+switch-master');
    expect(switched!.t).toBeGreaterThan(23_000);
    expect(switched!.t).toBeLessThan(36_000);
  });

  test('FAILOVER TO a node of the scenario means its address (R-FO-1)', () => {
    const run = play({
      timeline: [{ at: '0s', command: ['r1', 'FAILOVER', 'TO', 'r3', '6379', 'TIMEOUT', '3000'] }],
      durationS: 5,
    });
    expect(run.actions[0]!.reply).toBe('OK');
    expect(told(run, 'role-changed', 'r3').map(({ message }) => message)).toEqual(['master']);
  });

  test('a shutdown that waits for a hung replica holds PINGs too: a failover while the old master lives (R-SHUT-7)', () => {
    const run = play({
      downAfterMs: 3000,
      timeline: [
        { at: '-1s', pause: 'r3' },
        { at: '0s', stop: 'r1' },
      ],
      durationS: 30,
    });
    const [down] = told(run, '+sdown').filter(({ message }) => message.startsWith('master'));
    expect(down!.t).toBeGreaterThan(3000);
    expect(down!.t).toBeLessThan(9000);
    expect(told(run, '+switch-master')[0]!.t).toBeLessThan(10_000);
  });
});

test('2 groups, the master of one stays down: nobody says what is lost, as the other master never had those writes', () => {
  const monitor = (master: string, node: string) => [
    `sentinel monitor ${master} ${node} 6379 1`,
    `sentinel down-after-milliseconds ${master} 5000`,
  ];
  const text = JSON.stringify({
    name: 'two-groups',
    topology: {
      redis: { a1: [], b1: [] },
      sentinels: { s1: ['sentinel resolve-hostnames yes', ...monitor('a', 'a1'), ...monitor('b', 'b1')] },
    },
    clients: [{ name: 'app', discover: 'sentinel', write: '20ms' }],
    timeline: [{ at: '5s', kill: 'a1' }],
    duration: '10s',
  });
  const scenario = parseScenario(text, 'two-groups.yaml');
  const [app] = simulate({ scenario, isDeployment: false, path: '' }, 1).document.clients;
  expect(app!.acked).toBeGreaterThan(100);
  expect(app!.lost).toBeNull();
});

test('3 servers, a first failover that a second one overtakes, back to a master that had lost its data: each loss has its class (R-LOSS-6, R-LOSS-1, R-LOSS-15)', () => {
  const lost = lostBy(simulate(prepare('examples/surprises/overtaken-failover.yaml'), 1).document);
  const [restarted, unsent, after] = [98, 325, 498];
  expect(lost.reasons).toEqual({
    'restarted-with-older-data': restarted,
    'not-replicated': unsent,
    'old-master-still-writable': after,
  });
  expect(lost.count).toBe(restarted + unsent + after);
});
