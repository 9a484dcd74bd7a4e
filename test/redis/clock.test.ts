import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer, gapsOf } from '../support/redisScripts.ts';

const BIG = { keys: 1_000_000, valueBytes: 100 };

describe('clocks and the cron', () => {
  test('1 master, 1 replica: lag is a difference of whole seconds (R-CLK-1, R-OFF-7)', () => {
    const lab = group(1);
    lab.run(3).pause('r2').run(5).toPhase('r1', 0.99);
    const before = lab.info('r1').slaves[0]!.lag;
    lab.toPhase('r1', 0.001);
    expect(lab.info('r1').slaves[0]!.lag).toBe(before + 1);
    lab.run(0.5);
    expect(lab.info('r1').slaves[0]!.lag).toBe(before + 1);
  });

  test('1 replica of a scripted master: jobs of a second come every 1.002 to 1.0045 s (R-CLK-2, R-ACK-1)', () => {
    const lab = followPeer();
    lab.run(60);
    const gaps = gapsOf(lab.acks().map(({ at }) => at)).slice(1);
    expect(gaps.length).toBeGreaterThan(50);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(1.002);
      expect(gap).toBeLessThanOrEqual(1.0046);
    }
  });

  test('1 replica: the first replicationCron comes about 1 ms after the start (R-CLK-3, R-RSM-7)', () => {
    const lab = group(1);
    const [ready] = lab.times('r2', 'ready');
    const [connecting] = lab.times('r2', 'replica-connecting');
    expect(connecting! - ready!).toBeGreaterThan(0);
    expect(connecting! - ready!).toBeLessThan(0.002);
  });

  test.each([1, 2, 3, 4])(
    '1 master, 1 paused replica, seed %i: a FAILOVER is looked at every 100 ms (R-CLK-3, R-FO-2)',
    (seed) => {
      const lab = group(1, [], { seed });
      lab.pause('r2').ask('r1', 'SET a 1');
      lab.ask('r1', `FAILOVER TO ${lab.address('r2')} 6379 TIMEOUT 500`);
      const took = lab.until(() => lab.state('r1').failover.phase === 'none');
      expect(took).toBeGreaterThan(0.45);
      expect(took).toBeLessThan(0.65);
    },
  );

  test('1 master, a waiting replica: a tick sends its newline before it starts the fork (R-CLK-4, R-FULL-5)', () => {
    const lab = new RedisLab({ r1: [] });
    const replica = lab.connect('r1').send({ kind: 'SYNC' });
    lab.until(() => replica.heard.some(({ kind }) => kind === 'fullresync'));
    const verdict = replica.heard.findIndex(({ kind }) => kind === 'fullresync');
    expect(replica.heard[verdict - 1]!.kind).toBe('newline');
    expect(replica.times[verdict]).toBe(replica.times[verdict - 1]);
  });

  test('1 replica, silent master: one tick gives the link up and connects again (R-CLK-4, R-RSM-6)', () => {
    const lab = followPeer(['repl-timeout 3']);
    const from = lab.now;
    lab.silence().run(10);
    const [timeout] = lab.times('r1', 'master-timeout', from);
    expect(lab.times('r1', 'replica-reconnecting', from)).toContain(timeout);
  });

  test('1 master with 1 M keys, 1 replica: no cron while it loads; PING gets -LOADING (R-CLK-5, R-ACK-4)', () => {
    const lab = group(1, [], { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    const from = lab.now;
    const before = lab.state('r2').cron.loops;
    const session = lab.connect('r2').send('PING');
    lab.until(() => session.heard.length > 0, 0.1);
    expect(session.replies[0]).toMatch(/^-LOADING/);
    lab.run(0.5);
    expect(lab.view('r2').loading).toBe(true);
    expect(lab.state('r2').cron.loops).toBe(before);
    expect(lab.state('r1').replicas[0]!.ackOffset).toBe(0);
    lab.until(() => !lab.view('r2').loading);
    expect(lab.now - from).toBeGreaterThan(0.8);
  });

  test('1 master: clients of a load are served at progress callbacks only (R-CLK-5)', () => {
    const loading = (lines: string[]) => {
      const lab = new RedisLab({ r1: ['save 1 1', ...lines] }, { dataset: BIG });
      lab.ask('r1', 'SAVE');
      lab.run(3).restart('r1').run(0.1);
      const session = lab.connect('r1').send('PING');
      const from = lab.now;
      lab.until(() => session.heard.length > 0, 5);
      return { waited: lab.now - from, reply: session.replies[0] };
    };
    const coarse = loading(['loading-process-events-interval-bytes 2147483647']);
    expect(coarse.reply).toBe('PONG');
    expect(coarse.waited).toBeGreaterThan(0.5);
    const fine = loading([]);
    expect(fine.reply).toMatch(/^-LOADING/);
    expect(fine.waited).toBeLessThan(0.1);
  });

  test('1 replica with an AOF of 1000 keys: its load may count as one tick, and then it looks for its master 0.9 s after it is ready (R-CLK-5)', () => {
    const delays = Array.from({ length: 16 }, (_, index) => {
      const lab = group(1, ['appendonly yes'], { dataset: { keys: 1000, valueBytes: 100 }, seed: index + 1 });
      const from = lab.run(2).now;
      lab.kill('r2').restart('r2').run(2);
      return lab.times('r2', 'replica-connecting', from)[0]! - lab.times('r2', 'ready', from)[0]!;
    });
    const late = delays.filter((delay) => delay > 0.01);
    expect(late.length).toBeGreaterThan(2);
    expect(late.length).toBeLessThan(14);
    for (const delay of late) expect(delay).toBeCloseTo(0.9, 1);
  });

  test('1 master, key-load-delay: a sleep for each key, or a short one every so many keys (R-LOAD-3)', () => {
    const seconds = (delay: string) => {
      const lines = ['save 1 1', `key-load-delay ${delay}`];
      const lab = new RedisLab({ r1: lines }, { dataset: { keys: 10_000, valueBytes: 10 } });
      lab.ask('r1', 'SAVE');
      const from = lab.run(3).now;
      lab.restart('r1').run(5);
      return lab.times('r1', 'ready', from)[0]! - from;
    };
    expect(seconds('0')).toBeLessThan(0.04);
    expect(seconds('100')).toBeCloseTo(2, 1);
    expect(seconds('-10')).toBeCloseTo(0.1, 1);
  });

  test('1 master with 1 M keys: nothing else is done during SAVE (R-CLK-6)', () => {
    const lab = new RedisLab({ r1: [] }, { dataset: BIG });
    lab.connect('r1').send('SAVE');
    const other = lab.connect('r1').send('PING');
    const took = lab.until(() => other.heard.length > 0);
    expect(took).toBeGreaterThan(0.9);
    expect(took).toBeLessThan(1.5);
  });
});
