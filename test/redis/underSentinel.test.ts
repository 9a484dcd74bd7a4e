/** What the replication reference says about data nodes and their clients when there are sentinels. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { APP, final, play, told } from '../support/play.ts';

const PINNED = { name: 'pinned', at: 'r1', connect: 'r1', write: '20ms' };
const SENTINEL = [
  'sentinel resolve-hostnames yes',
  'sentinel monitor mymaster r1 6379 2',
  'sentinel down-after-milliseconds mymaster 5000',
  'sentinel failover-timeout mymaster 10000',
];

describe('1 master, 2 replicas, 3 sentinels', () => {
  test.each([1, 2, 3])(
    'files that cannot be rewritten, seed %i: the restart of a promoted node makes a cycle, half a minute without a master (R-CHAIN-3)',
    (seed) => {
      const text = JSON.stringify({
        name: 'cycle',
        topology: {
          redis: { r1: [], r2: ['replicaof r1 6379'], r3: ['replicaof r1 6379', 'replica-priority 0'] },
          sentinels: { s1: SENTINEL, s2: SENTINEL, s3: SENTINEL },
        },
        clients: [{ ...APP }],
        timeline: [
          { at: '0s', kill: 'r1' },
          { at: '20s', start: 'r1' },
          { at: '60s', kill: 'r2' },
          { at: '61s', start: 'r2' },
        ],
        duration: '120s',
      });
      const scenario = parseScenario(text, 'cycle.yaml');
      const redis = scenario.deployment.redis.map((node) => ({ ...node, configFile: 'read-only' as const }));
      const fixed = { ...scenario, deployment: { ...scenario.deployment, redis } };
      const run = simulate({ scenario: fixed, isDeployment: false, path: '' }, seed).document;
      expect(run.failovers[0]).toMatchObject({ to: 'r2' });
      const [from, to] = run.clients[0]!.gaps.find(([start]) => start > 59_000)!;
      expect(from).toBeLessThan(60_100);
      expect(to - from).toBeGreaterThan(25_000);
      expect(to - from).toBeLessThan(40_000);
    },
  );

  test('while the leader reconfigures the replicas it names the promoted one, though it has not switched (R-CLI-1)', () => {
    const asked = (at: number) => {
      const timeline: object[] = [{ at: '0s', kill: 'r1' }];
      for (const sentinel of ['s1', 's2', 's3']) {
        for (const words of ['get-master-addr-by-name', 'MASTER'])
          timeline.push({ at: `${at}ms`, command: [sentinel, 'SENTINEL', words, 'mymaster'] });
      }
      return play({ timeline });
    };
    const [first] = asked(29_000).failovers;
    const { promotedAt, switchAt, leader, to } = first!;
    expect(switchAt! - promotedAt!).toBeGreaterThan(100);
    const run = asked(Math.round(promotedAt! + 2));
    const replies = run.actions
      .filter(({ args }) => args[0] === leader)
      .map(({ reply }) => reply as string[]);
    const late = asked(29_000)
      .actions.filter(({ args }) => args[0] === leader)
      .map(({ reply }) => reply as string[]);
    expect(run.failovers[0]!.to).toBe(to);
    expect(replies[0]).toEqual(late[0]);
    const ipIn = (fields: string[]) => fields[fields.indexOf('ip') + 1];
    expect(ipIn(replies[1]!)).not.toBe(replies[0]![0]);
    expect(ipIn(late[1]!)).toBe(late[0]![0]);
  });

  test('+switch-master carries the name, the old address and the new one (R-CLI-2)', () => {
    const run = play({ timeline: [{ at: '0s', kill: 'r1' }] });
    const { to } = run.failovers[0]!;
    const switches = told(run, '+switch-master');
    expect(switches).toHaveLength(3);
    for (const { message } of switches) expect(message).toBe(`mymaster r1 6379 ${to} 6379`);
  });

  test('a client of a fixed address writes to the old master for ten seconds, then gets READONLY for ever (R-CLI-4, R-SENT-3)', () => {
    const run = play({
      clients: [PINNED],
      redis: ['appendonly yes', 'save ""'],
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '30s', start: 'r1' },
      ],
      durationS: 90,
    });
    const [pinned] = run.clients;
    const [from, to] = pinned!.refusedAt.READONLY!;
    expect(from).toBeGreaterThan(39_000);
    expect(from).toBeLessThan(42_500);
    expect(to).toBeGreaterThan(89_500);
  });

  test('a returning master is always resynchronised in full: hellos have moved its offset (R-OFF-2b, R-DEMOTE-2)', () => {
    for (const seed of [1, 2, 3]) {
      const run = play({
        seed,
        clients: [],
        timeline: [{ at: '0s', isolate: 'r1', for: '30s' }],
        durationS: 60,
      });
      expect(told(run, 'full-resync-done', 'r1')).toHaveLength(1);
      expect(told(run, 'partial-resync', 'r1')).toHaveLength(0);
    }
  });

  test('a master that ends in good order is failed over no sooner than a killed one, and nothing is lost (R-SHUT-4)', () => {
    const run = play({ timeline: [{ at: '0s', stop: 'r1' }] });
    const [exited] = told(run, 'exited', 'r1');
    expect(exited!.t).toBeLessThan(1500);
    expect(run.failovers[0]!.sdownAt! - exited!.t).toBeGreaterThan(4500);
    expect(run.clients[0]!.lost!.count).toBe(0);
  });

  test('a hung replica outlasts the grace period of a stop: SIGKILL comes first, nothing is saved (R-SHUT-5)', () => {
    const run = play({
      redis: ['save 3600 1'],
      timeline: [
        { at: '-1s', pause: 'r3' },
        { at: '0s', stop: 'r1' },
      ],
    });
    expect(told(run, 'shutdown-waits', 'r1')).toHaveLength(1);
    expect(told(run, 'saved-rdb', 'r1')).toEqual([]);
    expect(told(run, 'exited', 'r1')).toEqual([]);
    expect(final(run, 'r1')).toEqual({ node: 'r1', down: true });
  });

  test('a master that cannot save refuses PING: it is failed over although it lives (R-RDB-3)', () => {
    const run = play({
      redis: ['save 3600 1'],
      r2: ['save ""'],
      r3: ['save ""'],
      timeline: [
        { at: '0s', disk: { node: 'r1', full: true } },
        { at: '1s', command: ['r1', 'BGSAVE'] },
      ],
    });
    expect(told(run, '+sdown').some(({ message }) => message.startsWith('master'))).toBe(true);
    expect(run.failovers[0]).toMatchObject({ from: 'r1', outcome: 'completed' });
  });

  test('every node loads its data after a restart: no failover of a loading master, no promotion of a loading replica (R-LOAD-2, R-LOSS-22)', () => {
    const run = play({
      redis: [
        'appendonly yes',
        'save ""',
        'key-load-delay 1000',
        'loading-process-events-interval-bytes 1024',
      ],
      dataset: { keys: 8_000, valueBytes: 10 },
      timeline: [
        { at: '0s', kill: ['r1', 'r2', 'r3'] },
        { at: '1s', start: ['r1', 'r2', 'r3'] },
      ],
      durationS: 40,
    });
    expect(run.failovers).toEqual([]);
    expect(final(run, 'r1')).toMatchObject({ role: 'master' });
  });
});
