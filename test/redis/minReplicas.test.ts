import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refreshGoodReplicas } from '../../models/redis/replicas.ts';
import type { RedisState, Replica, ReplicaPhase } from '../../models/redis/state.ts';
import { group, RedisLab } from '../support/redisLab.ts';

const FENCED = '-NOREPLICAS Not enough good replicas to write.';
const ONE = ['min-replicas-to-write 1', 'min-replicas-max-lag 10'];

/** Seconds until writes are refused, tried every 10 ms. */
function untilFenced(lab: RedisLab, node = 'r1'): number {
  const session = lab.connect(node);
  const from = lab.now;
  while (session.ask('SET k v') !== FENCED) lab.run(0.01);
  return lab.now - from;
}

function untilWritable(lab: RedisLab, node = 'r1'): number {
  const session = lab.connect(node);
  const from = lab.now;
  while (session.ask('SET k v') === FENCED) lab.run(0.01);
  return lab.now - from;
}

describe('the good replicas', () => {
  test('any replicas: online ones with an ACK at most max-lag whole seconds ago (R-MINREP-1)', () => {
    const replica = fc.record({
      phase: fc.constantFrom<ReplicaPhase>('wait-start', 'wait-end', 'send-bulk', 'online'),
      ageUs: fc.integer({ min: 0, max: 15_000_000 }),
    });
    const lab = group(1);
    const [model] = lab.state('r1').replicas;
    fc.assert(
      fc.property(
        fc.array(replica, { maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        (replicas, maxLag) => {
          lab.run(0.137);
          lab.world.interact<RedisState>(lab.index('r1'), (state, host) => {
            const second = (us: number) => Math.floor(us / 1_000_000);
            const good = replicas.filter(
              ({ phase, ageUs }) =>
                phase === 'online' && second(host.wallUs) - second(host.wallUs - ageUs) <= maxLag,
            );
            state.config.minReplicasToWrite = 1;
            state.config.minReplicasMaxLagSec = maxLag;
            const before = state.replicas;
            state.replicas = replicas.map(
              ({ phase, ageUs }): Replica => ({ ...model!, phase, ackSec: second(host.wallUs - ageUs) }),
            );
            refreshGoodReplicas(state, host);
            state.replicas = before;
            expect(state.goodReplicas).toBe(good.length);
          });
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test('1 master, 1 replica: an ACK alone recounts nothing; a tick does (R-MINREP-2)', () => {
    const lab = new RedisLab({
      r1: ['min-replicas-to-write 1', 'min-replicas-max-lag 2', 'repl-diskless-sync-delay 0'],
    });
    const replica = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(5);
    expect(lab.view('r1').goodReplicas).toBe(0);
    const { loops } = lab.state('r1').cron;
    replica.send({ kind: 'REPLCONF', option: 'ACK', offset: 0 });
    lab.run(0.001);
    expect(lab.view('r1').goodReplicas).toBe(0);
    lab.until(() => lab.view('r1').goodReplicas === 1, 1.1);
    expect(lab.state('r1').cron.loops).toBeGreaterThan(loops);
  });

  test('1 master, 1 replica: recounted by CONFIG SET of either option, ignored while one is 0 (R-MINREP-2, R-MINREP-4)', () => {
    const lab = group(1);
    expect(lab.view('r1').goodReplicas).toBe(0);
    expect(lab.info('r1').min_slaves_good_slaves).toBeNull();
    lab.ask('r1', 'CONFIG SET min-slaves-to-write 1');
    expect(lab.info('r1').min_slaves_good_slaves).toBe(1);
    lab.ask('r1', 'CONFIG SET min-replicas-to-write 2');
    expect(lab.ask('r1', 'SET k v')).toBe(FENCED);
    lab.ask('r1', 'CONFIG SET min-slaves-max-lag 0');
    expect(lab.ask('r1', 'SET k v')).toBe('OK');
    expect(lab.ask('r1', 'CONFIG GET min-slaves-max-lag')).toEqual(['min-slaves-max-lag', '0']);
  });
});

describe('the check', () => {
  test('1 master, no replica: writes, and EXEC of one, are refused; all else works (R-MINREP-3, R-ROLE-2)', () => {
    const lab = new RedisLab({ r1: ONE });
    const session = lab.connect('r1');
    expect(['SET k v', 'DEL k', 'FLUSHALL'].map((line) => session.ask(line))).toEqual([
      FENCED,
      FENCED,
      FENCED,
    ]);
    expect(session.ask('GET k')).toBeNull();
    expect(session.ask('PUBLISH c m')).toBe(0);
    expect(session.ask('PING')).toBe('PONG');
    session.ask('MULTI');
    expect(session.ask('SET k v')).toBe(FENCED);
    expect(session.ask('EXEC')).toBe('-EXECABORT Transaction discarded because of previous errors.');
  });

  test('1 master, 1 replica lost while a transaction is queued: EXEC is refused (R-MINREP-3)', () => {
    const lab = group(1, ONE);
    const session = lab.connect('r1');
    session.ask('MULTI');
    expect(session.ask('SET k v')).toBe('QUEUED');
    lab.kill('r2').run(0.01);
    expect(session.ask('EXEC')).toBe(
      '-EXECABORT Transaction discarded because of: NOREPLICAS Not enough good replicas to write.',
    );
    expect(lab.view('r1').keys).toBe(0);
  });

  test('1 master, 1 replica with the option: the stream of its master is never refused (R-MINREP-3, R-MINREP-9)', () => {
    const lab = group(1, [], { linesOf: { r2: ONE } });
    expect(lab.ask('r1', 'SET k v')).toBe('OK');
    lab.run(0.01);
    expect(lab.view('r2').keys).toBe(1);
  });

  test('1 master, 1 replica: a write is acknowledged although the replica never gets it (R-MINREP-5, R-LOSS-1)', () => {
    const lab = group(1, ONE);
    lab.cut('r1', 'r2');
    expect(lab.ask('r1', 'SET lost 1')).toBe('OK');
    lab.kill('r1').run(0.1);
    lab.ask('r2', 'REPLICAOF NO ONE');
    expect(lab.ask('r2', 'GET lost')).toBeNull();
  });
});

describe('when writes are refused', () => {
  test.each(Array.from({ length: 12 }, (_, i) => [i + 1, 2 + (i % 4) * 3]))(
    '1 master, 1 paused replica, seed %i, max-lag %i: fenced in (lag - 1, lag + 2) s (R-MINREP-6)',
    (seed, maxLag) => {
      const lab = group(1, ['min-replicas-to-write 1', `min-replicas-max-lag ${maxLag}`], { seed });
      lab.run(seed / 13).pause('r2');
      const took = untilFenced(lab);
      expect(took).toBeGreaterThan(maxLag - 1);
      expect(took).toBeLessThan(maxLag + 2.02);
    },
  );

  test('1 master, 1 killed replica: fenced at once (R-MINREP-6)', () => {
    const lab = group(1, ONE);
    lab.kill('r2');
    expect(untilFenced(lab)).toBeLessThan(0.02);
  });

  test('1 master, 2 replicas, one cut off: the one on its side keeps it writable (R-MINREP-6)', () => {
    const lab = group(2, ONE);
    lab.cut('r1', 'r3').run(40);
    expect(lab.ask('r1', 'SET k v')).toBe('OK');
  });

  test.each([1, 2, 3, 4, 5, 6])(
    '1 master, 1 replica resumed, seed %i: writable within 2 s (R-MINREP-7)',
    (seed) => {
      const lab = group(1, ONE, { seed });
      lab.pause('r2');
      untilFenced(lab);
      lab.run(seed / 7).resume('r2');
      expect(untilWritable(lab)).toBeLessThan(2.05);
    },
  );

  test.each([
    [12, 0.3, 5],
    [20, 5, 8.5],
    [35, 15.5, 22],
  ])(
    '1 master isolated %i s: no reconnect, writable %f to %f s after the heal (R-MINREP-7, R-NET-2)',
    (seconds, min, max) => {
      const lab = group(1, ONE);
      const from = lab.now;
      lab.cut('r1', 'r2').run(seconds).heal('r1', 'r2');
      const took = untilWritable(lab);
      expect(took).toBeGreaterThan(min);
      expect(took).toBeLessThan(max);
      expect(lab.times('r2', 'replica-link-lost', from)).toEqual([]);
    },
  );

  test('1 master isolated 5 s: links survive, never fenced (R-NET-2)', () => {
    const lab = group(1, ONE);
    const session = lab.connect('r1');
    lab.cut('r1', 'r2');
    for (let i = 0; i < 50; i++) expect(session.ask(`SET k${i} v`) && lab.run(0.1)).toBeTruthy();
    lab.heal('r1', 'r2').run(10);
    expect(session.replies.every((reply) => reply === 'OK')).toBe(true);
    expect(lab.view('r2')).toMatchObject({ keys: 50, offset: lab.view('r1').offset });
  });

  test('1 promoted replica: refused until another replica is attached by a partial resync (R-MINREP-8)', () => {
    const lab = group(2, ONE);
    lab.kill('r1').run(0.1).ask('r2', 'SLAVEOF NO ONE');
    expect(lab.run(3).ask('r2', 'SET k v')).toBe(FENCED);
    expect(lab.times('r2', 'writes-refused')).toHaveLength(1);
    lab.ask('r3', 'SLAVEOF r2 6379');
    lab.run(0.01);
    expect(lab.ask('r2', 'SET k v')).toBe('OK');
  });

  test('1 promoted replica: a full resync makes it writable only once the RDB was sent (R-MINREP-8)', () => {
    const lab = group(2, ONE);
    lab.ask('r2', 'SLAVEOF NO ONE');
    lab.restart('r1').run(0.5).ask('r1', 'SLAVEOF r2 6379');
    const took = untilWritable(lab, 'r2');
    expect(took).toBeGreaterThan(3.5);
    expect(took).toBeLessThan(6.5);
  });

  test('1 master with the option, 1 replica without: not in force after the promotion (R-MINREP-9)', () => {
    const lab = group(1, [], { linesOf: { r1: ONE } });
    lab.kill('r1').run(0.1).ask('r2', 'SLAVEOF NO ONE');
    expect(lab.ask('r2', 'SET k v')).toBe('OK');
  });

  test.each([
    [0, 0],
    [3, 0],
  ])(
    '1 master, 1 healthy replica: max-lag %i is quiet for 10 minutes: %i refusals (R-MINREP-10, R-MINREP-4)',
    (maxLag, count) => {
      const lab = group(1, ['min-replicas-to-write 1', `min-replicas-max-lag ${maxLag}`]);
      const from = lab.now;
      lab.run(600);
      expect(lab.times('r1', 'writes-refused', from)).toHaveLength(count);
    },
  );

  test('1 paused master, its replica gone: on resume writes in its socket go by the stale count (R-MINREP-11)', () => {
    const lab = group(1, ONE);
    const session = lab.connect('r1');
    session.ask('PING');
    lab.pause('r1');
    session.send('SET zombie 1');
    lab.run(1).kill('r2').run(20).resume('r1').run(0.01);
    expect(session.replies.at(-1)).toBe('OK');
    expect(session.ask('SET later 1')).toBe(FENCED);
  });
});
