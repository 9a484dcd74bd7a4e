import { describe, expect, test } from 'vitest';
import { streamItem } from '../../models/redis/bytes.ts';
import { group } from '../support/redisLab.ts';
import { followPeer, fullSync, MASTER_ID, ScriptedMaster, set } from '../support/redisScripts.ts';

const GETACK = streamItem({ kind: 'GETACK' });

describe('acknowledgements', () => {
  test('1 replica, scripted master: one ACK a second without traffic, of what it applied (R-ACK-1)', () => {
    const lab = followPeer();
    lab.run(10);
    expect(lab.acks().length).toBeGreaterThanOrEqual(10);
    lab.broadcast({ kind: 'stream', items: [set('k', 'v')] }).run(1.1);
    expect(lab.acks().at(-1)!.offset).toBe(1027);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])(
    '1 replica: an RDB with an EOF mark (%s) is followed by %i ACK at once (R-ACK-2)',
    (eofMarked, count) => {
      const lab = new ScriptedMaster();
      lab.script({ PSYNC: fullSync(1000, {}, eofMarked) }).run(1.9);
      const [up] = lab.times('r1', 'full-resync-done');
      expect(up).toBeDefined();
      expect(lab.acks().filter(({ at }) => at < up! + 0.01)).toHaveLength(count);
    },
  );

  test('1 master, 1 replica: after +CONTINUE the master shows offset 0 until the next tick (R-ACK-2, R-PSYNC-3)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET a 1');
    lab.run(0.3).ask('r2', `REPLICAOF ${lab.address('r1')} 6379`);
    lab.run(0.01);
    expect(lab.info('r1').slaves).toMatchObject([{ state: 'online', offset: 0 }]);
    lab.run(1.1);
    expect(lab.info('r1').slaves[0]!.offset).toBe(lab.info('r1').master_repl_offset);
  });

  test('1 replica: GETACK is answered at once, without its own 37 bytes (R-ACK-3)', () => {
    const lab = followPeer();
    const from = lab.now;
    lab.broadcast({ kind: 'stream', items: [set('k', 'v'), GETACK, set('k', 'w')] }).run(0.001);
    expect(lab.acks().filter(({ at }) => at >= from)).toMatchObject([{ offset: 1027 }]);
    expect(lab.view('r1').offset).toBe(1000 + 27 + 37 + 27);
  });

  test('1 master with 1 M keys, 1 replica: no ACK while it loads, but a newline a second (R-ACK-4, R-FULL-10)', () => {
    const dataset = { keys: 3_000_000, valueBytes: 100 };
    const lab = group(1, [], { dataset, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    const [start] = lab.times('r2', 'loading');
    lab.until(() => lab.state('r1').replicas[0]!.phase === 'online');
    lab.toPhase('r1', 0.9);
    let seen = 0;
    while (lab.view('r2').loading) {
      const { lag, offset } = lab.info('r1').slaves[0]!;
      expect(lag).toBeLessThanOrEqual(1);
      expect(offset).toBe(0);
      seen++;
      lab.run(0.2);
    }
    expect(seen).toBeGreaterThan(5);
    expect(lab.now - start!).toBeGreaterThan(2.9);
  });
});

test('1 replica, scripted master: newlines while it loads come at most once a second (R-ACK-4)', () => {
  const lab = new ScriptedMaster();
  const [verdict, begin] = fullSync(1000);
  const snapshot = {
    keys: new Map(),
    populatedKeys: 3_000_000,
    populatedValueBytes: 100,
    rdbBytes: 108_000_000,
  };
  lab.script({ PSYNC: [verdict!, begin!, { kind: 'rdb-end', snapshot }] });
  lab.until(() => lab.state('r1')?.load !== null && lab.state('r1')?.load !== undefined);
  while (lab.view('r1').loading) lab.run(0.1).ask('r1', 'ROLE');
  const newlines = lab.asked().filter(({ kind }) => (kind as string) === 'newline');
  expect(newlines.length).toBeGreaterThanOrEqual(3);
  expect(newlines.length).toBeLessThanOrEqual(4);
});

describe('time-outs', () => {
  test.each([1, 2, 3, 4, 5])(
    '1 replica, silent master, seed %i: given up (t, t + 2) s after the last byte (R-TMO-1)',
    (seed) => {
      const lab = followPeer(['repl-timeout 3'], { seed });
      const from = lab.now;
      lab.silence().run(8);
      const [timeout] = lab.times('r1', 'master-timeout', from);
      expect(timeout! - from).toBeGreaterThan(3);
      expect(timeout! - from).toBeLessThan(5);
    },
  );

  test.each([1, 2, 3, 4, 5])(
    '1 master, 1 paused replica, seed %i: dropped (t, t + 2) s after its last ACK (R-TMO-1, R-MREP-1)',
    (seed) => {
      const lab = group(1, ['repl-timeout 3', 'repl-ping-replica-period 1'], { seed });
      const before = lab.state('r1').replicas[0]!.ackSec;
      lab.until(() => lab.state('r1').replicas[0]!.ackSec !== before);
      lab.pause('r2');
      const from = lab.now;
      lab.run(8);
      const [timeout] = lab.times('r1', 'replica-timeout', from);
      expect(timeout! - from).toBeGreaterThan(3);
      expect(timeout! - from).toBeLessThan(5);
      expect(lab.view('r1').replicas).toBe(0);
    },
  );

  test('1 master, 1 replica: repl-timeout is local to each node (R-TMO-1)', () => {
    const lab = group(1, ['repl-ping-replica-period 1'], { linesOf: { r2: ['repl-timeout 3'] } });
    lab.pause('r1').run(10).resume('r1').run(2);
    expect(lab.times('r2', 'master-timeout')).not.toEqual([]);
    expect(lab.times('r1', 'replica-timeout')).toEqual([]);
  });

  test.each([
    [5, 10, 'is closed now and then'],
    [5, 2, 'stays'],
  ])(
    '1 master, 1 replica: repl-timeout %i with a PING every %i s: an idle link %s (R-TMO-2)',
    (timeout, ping) => {
      const lab = group(1, [`repl-timeout ${timeout}`, `repl-ping-replica-period ${ping}`], {
        settle: false,
      });
      lab.run(60);
      expect(lab.times('r2', 'master-timeout').length > 0).toBe(ping > timeout);
    },
  );
});

describe('PING in the stream', () => {
  test('1 master, 1 replica, 1 sub-replica: every 10 ticks, counted, and passed on (R-TMO-3, R-OFF-2)', () => {
    const lab = group(1, [], { settle: false });
    lab.run(30);
    const sub = lab
      .connect('r2')
      .send({ kind: 'PSYNC', replId: lab.view('r1').replId, offset: 1, failover: false });
    const before = lab.info('r1').master_repl_offset;
    lab.run(40);
    const offset = lab.info('r1').master_repl_offset;
    expect(offset - before).toBe(4 * 14);
    expect(lab.view('r2').offset).toBe(offset);
    const pings = sub.heard.flatMap((message) => (message.kind === 'stream' ? message.items : []));
    expect(pings.every(({ command }) => command.kind === 'PING')).toBe(true);
    expect(pings.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(offset);
  });

  test('1 master: the ticks are counted from its start, not from the replica (R-TMO-3)', () => {
    const lab = group(1, [], { settle: false, down: ['r2'] });
    lab.run(17.2).start('r2').run(30);
    const [ready] = lab.times('r1', 'ready');
    const replica = lab
      .connect('r1')
      .send({ kind: 'PSYNC', replId: lab.view('r1').replId, offset: 1, failover: false });
    lab.run(30);
    const arrivals = replica.times.slice(2).filter((at) => at > lab.now - 29);
    expect(arrivals.length).toBeGreaterThan(1);
    for (const at of arrivals) {
      const ticks = (at - ready!) / 1.0033;
      expect(Math.abs(ticks - Math.round(ticks / 10) * 10)).toBeLessThan(0.5);
    }
  });

  test('1 replica without a master link, 1 sub-replica: it never begins one itself (R-TMO-3, R-OFF-3)', () => {
    const lab = followPeer(['repl-timeout 60']);
    lab.connect('r1').send({ kind: 'PSYNC', replId: MASTER_ID, offset: 1001, failover: false });
    lab.run(0.1);
    expect(lab.view('r1').replicas).toBe(1);
    lab.silence().run(40);
    expect(lab.view('r1').offset).toBe(1000);
  });
});
