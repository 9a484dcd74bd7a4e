import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';

const NO_ID = '0'.repeat(40);
const RDB = ['appendonly no', 'save 3600 1', 'repl-diskless-sync-delay 0'];
const AOF = ['appendonly yes', 'save ""', 'repl-diskless-sync-delay 0'];

/** Stops a node in good order and waits for its end. */
function shutDown(lab: RedisLab, node: string): void {
  lab.signal(node).until(() => !lab.isRunning(node));
}

describe('what an RDB records', () => {
  test('1 master that never had a replica: no history (R-RST-1)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'SET a 1');
    lab.ask('r1', 'SAVE');
    expect(lab.diskOf('r1').rdb?.repl).toBeNull();
  });

  test('1 master, 1 replica: id and offset of the instant, on both (R-RST-1)', () => {
    const lab = group(1, RDB);
    lab.ask('r1', 'SET a 1');
    lab.run(0.01);
    for (const node of ['r1', 'r2']) {
      expect(lab.ask(node, 'SAVE')).toBe('OK');
      const { replId, offset } = lab.view('r1');
      expect(lab.diskOf(node).rdb?.repl).toEqual({ replId, offset });
    }
  });

  test('1 replica that lost its master: the cached history (R-RST-1)', () => {
    const lab = group(1, RDB);
    const { replId, offset } = lab.view('r2');
    lab.kill('r1').run(2).ask('r2', 'SAVE');
    expect(lab.diskOf('r2').rdb?.repl).toEqual({ replId, offset });
  });
});

describe('a dataset that a scenario starts with', () => {
  test.each(['no', 'yes'])(
    '1 master, 1 replica without it, appendonly %s: the master’s alone (R-FULL-8)',
    (aof) => {
      const dataset = { keys: 500, valueBytes: 10 };
      const lab = group(1, [`appendonly ${aof}`], { dataset, down: ['r1'], settle: false });
      expect(lab.run(2).view('r2').keys).toBe(0);
      lab.start('r1').run(1);
      expect(lab.view('r1').keys).toBe(500);
      lab.restart('r1').run(1);
      expect(lab.view('r1').keys).toBe(aof === 'yes' ? 500 : 0);
    },
  );
});

test.each([0.2, 5])(
  '1 loading master that is stopped for %d s: it loads on for as long as it had left (R-LOAD-3)',
  (seconds) => {
    const lab = new RedisLab({ r1: ['save 3600 1'] }, { dataset: { keys: 1_000_000, valueBytes: 100 } });
    lab.connect('r1').send('SAVE');
    lab.run(2);
    const took = (stop: () => void) => {
      lab.restart('r1').until(() => lab.isRunning('r1') && lab.view('r1').loading);
      const from = lab.now;
      lab.run(0.3);
      stop();
      lab.until(() => !lab.view('r1').loading);
      return lab.now - from;
    };
    const whole = took(() => {});
    const stopped = took(() => lab.pause('r1').run(seconds).resume('r1'));
    expect(stopped - whole).toBeCloseTo(seconds, 2);
  },
);

describe('what a start restores', () => {
  test('1 master with AOF: data, but no history (R-RST-2)', () => {
    const lab = group(1, AOF);
    lab.ask('r1', 'SET a 1');
    const { replId } = lab.view('r1');
    lab.kill('r2').restart('r1').run(1);
    expect(lab.info('r1')).toMatchObject({
      master_repl_offset: 0,
      master_replid2: NO_ID,
      repl_backlog_active: false,
      keys: 1,
    });
    expect(lab.view('r1').replId).not.toBe(replId);
  });

  test('1 replica with an RDB: asks to continue from what it saved (R-RST-2, R-RST-3)', () => {
    const lab = group(1, RDB);
    lab.ask('r1', 'SET a 1');
    lab.run(0.01).ask('r2', 'SAVE');
    lab.ask('r1', 'SET b 1');
    lab.restart('r2').run(1);
    expect(lab.info('r1')).toMatchObject({ sync_full: 1, sync_partial_ok: 1 });
    expect(lab.view('r2')).toMatchObject({ link: 'up', keys: 2 });
  });

  test('1 master with an RDB: the saved history in second place, a new id, an empty backlog (R-RST-2)', () => {
    const lab = group(1, RDB);
    lab.ask('r1', 'SET a 1');
    lab.ask('r1', 'SAVE');
    const { replId, offset } = lab.view('r1');
    lab.kill('r2').restart('r1').run(1);
    const info = lab.info('r1');
    expect(info).toMatchObject({
      master_replid2: replId,
      second_repl_offset: offset + 1,
      master_repl_offset: offset,
      repl_backlog_first_byte_offset: offset + 1,
      repl_backlog_histlen: 0,
    });
    expect(info.master_replid).not.toBe(replId);
  });

  test('1 master, 1 replica without any file: nothing (R-RST-2)', () => {
    const lab = group(1, ['save ""']);
    lab.ask('r1', 'SET a 1');
    lab.restart('r1').run(0.05);
    expect(lab.info('r1')).toMatchObject({ keys: 0, master_repl_offset: 0, repl_backlog_active: false });
  });
});

describe('restarts', () => {
  test('1 master, 2 replicas, one restarted after a promotion: partial under the second id (R-RST-3)', () => {
    const lab = group(2, RDB);
    lab.ask('r1', 'SET a 1');
    lab.run(1.5);
    shutDown(lab, 'r3');
    const { offset } = lab.view('r1');
    expect(lab.diskOf('r3').rdb?.repl?.offset).toBe(offset);
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.kill('r1').start('r3').run(0.5);
    lab.ask('r3', 'REPLICAOF r2 6379');
    lab.run(2);
    expect(lab.info('r2')).toMatchObject({ sync_partial_ok: 1, sync_full: 0 });
  });

  test('1 master, 2 replicas, RDB only, graceful restart in step: partial resyncs (R-RST-4)', () => {
    const lab = group(2, RDB);
    lab.ask('r1', 'SET a 1');
    lab.run(2);
    shutDown(lab, 'r1');
    lab.start('r1').run(2);
    expect(lab.info('r1')).toMatchObject({ sync_full: 0, sync_partial_ok: 2, keys: 1 });
  });

  test('1 master, 1 replica, RDB only, crash: full resync backwards to the older data (R-RST-4, R-LOSS-6, R-LOSS-11)', () => {
    const lab = group(1, RDB);
    lab.ask('r1', 'SET old 1');
    lab.ask('r1', 'SAVE');
    for (const key of ['x', 'y', 'z']) expect(lab.ask('r1', `SET ${key} 1`)).toBe('OK');
    lab.run(0.1);
    expect(lab.view('r2').keys).toBe(4);
    lab.restart('r1').run(4);
    expect(lab.messages('r1', 'partial-resync-refused')[0]).toMatch(/^Requested offset for second ID was/);
    expect(lab.view('r2')).toMatchObject({ link: 'up', keys: 1 });
  });

  test.each(['r1', 'r2'])(
    '1 master, 1 replica, AOF: a restart of %s costs a full resync (R-RST-5)',
    (node) => {
      const lab = group(1, AOF);
      const before = lab.info('r1').sync_full;
      lab.ask('r1', 'SET a 1');
      lab.run(2);
      shutDown(lab, node);
      lab.start(node).run(4);
      expect(lab.info('r1').sync_full).toBe(node === 'r1' ? 1 : before + 1);
      expect(lab.info('r1').sync_partial_ok).toBe(0);
      expect(lab.view('r2')).toMatchObject({ link: 'up', keys: 1 });
    },
  );

  test('1 master without persistence, 2 replicas: restarted empty, both wiped 4 to 7 s later (R-LOSS-7)', () => {
    const lab = group(2, ['save ""']);
    lab.ask('r1', 'SET a 1');
    lab.run(1).kill('r1').run(1).start('r1');
    const from = lab.now;
    lab.until(() => lab.view('r2').keys === 0 && lab.view('r3').keys === 0);
    expect(lab.now - from).toBeGreaterThan(4);
    expect(lab.now - from).toBeLessThan(7.2);
  });
});
