import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';

const MISCONF = /^-MISCONF Redis is configured to save RDB snapshots/;

describe('save points', () => {
  /** The second at which a save must begin by a plain reading of the rule, or null within 40 s. */
  function dueSecond(
    points: readonly (readonly [number, number])[],
    startSec: number,
    writeSecs: readonly number[],
  ) {
    for (let second = startSec; second < startSec + 40; second++) {
      const dirty = writeSecs.filter((write) => write <= second).length;
      if (points.some(([seconds, changes]) => dirty >= changes && second - startSec > seconds)) return second;
    }
    return null;
  }

  test('1 master, any save points, any writes: a save begins in the second that the rule names (R-RDB-1)', () => {
    const point = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }));
    const plan = fc.record({
      points: fc.array(point, { minLength: 1, maxLength: 3 }),
      gaps: fc.array(fc.integer({ min: 10, max: 5000 }), { maxLength: 8 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(plan, ({ points, gaps, seed }) => {
        const lab = new RedisLab({ r1: [`save ${points.flat().join(' ')}`] }, { seed, settle: false });
        const wall = () =>
          Math.floor((lab.world.nowUs + lab.world.state.machines[0]!.clockOffsetUs) / 1_000_000);
        lab.run(0.02);
        const startSec = lab.state('r1').persistence.lastSaveSec;
        const writes: number[] = [];
        const begun = () => lab.state('r1').persistence.lastSaveTrySec;
        for (const gap of gaps) {
          lab.run(gap / 1000);
          if (begun() !== 0) break;
          lab.connect('r1').send('SET k v');
          lab.run(0.0002);
          writes.push(wall());
        }
        for (let i = 0; i < 400 && begun() === 0; i++) lab.run(0.1);
        const due = dueSecond(points, startSec, writes);
        const late = begun() - (due ?? 0);
        // A change of the second's last tick is seen by the first tick of the next one.
        if (due === null) expect(begun()).toBe(0);
        else expect(late === 0 || late === 1).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('1 master, 1 replica: FLUSHALL replaces the RDB of both where there are save points (R-RDB-1)', () => {
    const saved = (lines: string[]) => {
      const lab = group(1, [...lines, 'repl-diskless-sync-delay 0']);
      lab.ask('r1', 'SET a 1');
      for (const node of ['r1', 'r2']) lab.ask(node, 'SAVE');
      const from = lab.run(1).now;
      lab.ask('r1', 'FLUSHALL');
      lab.run(0.1);
      return ['r1', 'r2'].map((node) => lab.times(node, 'saved-rdb', from).length);
    };
    expect(saved(['save 3600 1000'])).toEqual([1, 1]);
    expect(saved(['save ""'])).toEqual([0, 0]);
  });

  test('1 master: without a save line 3600 1, 300 100 and 60 10000 (R-RDB-1)', () => {
    const lab = new RedisLab({ r1: [] });
    const session = lab.connect('r1');
    for (let i = 0; i < 100; i++) session.send('SET k v');
    lab.run(298);
    expect(lab.times('r1', 'saved-rdb')).toEqual([]);
    lab.run(5);
    expect(lab.times('r1', 'saved-rdb')).toHaveLength(1);
  });

  test('1 master, 1 replica: changes from the master count on the replica too (R-RDB-1)', () => {
    const lab = group(1, [], { linesOf: { r2: ['save 5 3'] } });
    for (const key of ['a', 'b', 'c']) lab.ask('r1', `SET ${key} 1`);
    lab.run(8);
    expect(lab.times('r2', 'saved-rdb').length).toBeGreaterThan(0);
    expect(lab.diskOf('r2').rdb?.snapshot.keys.size).toBe(3);
  });

  test('1 master: what was written after the fork is lost in a crash (R-RDB-1, R-LOSS-11)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1'] }, { dataset: { keys: 1_000_000, valueBytes: 100 } });
    lab.ask('r1', 'SET before 1');
    lab.ask('r1', 'BGSAVE');
    lab.ask('r1', 'SET after 1');
    lab.run(2);
    expect(lab.info('r1').rdb_changes_since_last_save).toBe(1);
    lab.restart('r1').run(2);
    expect(lab.ask('r1', 'GET before')).toBe('1');
    expect(lab.ask('r1', 'GET after')).toBeNull();
  });
});

describe('the file', () => {
  test('1 master killed while it saves: the earlier file stays whole (R-RDB-2)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1'] }, { dataset: { keys: 1_000_000, valueBytes: 100 } });
    lab.ask('r1', 'SET a 1');
    lab.connect('r1').send('SAVE');
    lab.run(2);
    lab.ask('r1', 'SET b 1');
    lab.ask('r1', 'BGSAVE');
    lab.run(0.5).restart('r1').run(2);
    expect(lab.ask('r1', 'GET a')).toBe('1');
    expect(lab.ask('r1', 'GET b')).toBeNull();
  });

  test('1 master, 1 replica, save "" everywhere, disk sync: both have a dump.rdb afterwards (R-RDB-2)', () => {
    const lab = group(1, ['save ""', 'repl-diskless-sync no']);
    expect(lab.diskOf('r1').rdb).not.toBeNull();
    expect(lab.diskOf('r2').rdb).not.toBeNull();
  });

  test('1 master, 1 replica, rdb-del-sync-files: removed where nothing else is persisted (R-RDB-2)', () => {
    const lines = ['repl-diskless-sync no', 'rdb-del-sync-files yes'];
    const lab = group(1, ['save ""', ...lines]);
    expect(lab.diskOf('r1').rdb).toBeNull();
    expect(lab.diskOf('r2').rdb).toBeNull();
    expect(group(1, ['save 3600 1', ...lines]).diskOf('r2').rdb).not.toBeNull();
  });
});

describe('a save that fails', () => {
  const failed = (lines: readonly string[] = []) => {
    const lab = group(1, ['save 3600 1', ...lines], { linesOf: { r2: ['save ""'] } });
    lab.ask('r1', 'SET a 1');
    lab.disk('r1', false).ask('r1', 'BGSAVE');
    return lab.run(1);
  };

  test('1 master: writes and PING get -MISCONF, reads work, until a save succeeds (R-RDB-3)', () => {
    const lab = failed();
    expect(lab.ask('r1', 'SET a 2')).toMatch(MISCONF);
    expect(lab.ask('r1', 'PING')).toMatch(MISCONF);
    expect(lab.ask('r1', 'GET a')).toBe('1');
    expect(lab.info('r1').rdb_last_bgsave_status).toBe('err');
    lab.disk('r1', true).ask('r1', 'BGSAVE');
    expect(lab.run(1).ask('r1', 'SET a 2')).toBe('OK');
  });

  test('1 master, 1 replica: the replica cannot do its handshake (R-RDB-3, R-RSM-6)', () => {
    const lab = failed();
    lab.restart('r2').run(5);
    expect(lab.view('r2').link).toBe('down');
  });

  test.each([['save ""'], ['stop-writes-on-bgsave-error no']])(
    '1 master, %s: nothing is refused (R-RDB-3)',
    (line) => {
      expect(failed([line]).ask('r1', 'SET a 2')).toBe('OK');
    },
  );

  test('1 master with a due save point: tried again after more than 5 s (R-RDB-1)', () => {
    const lab = new RedisLab({ r1: ['save 1 1'] });
    lab.ask('r1', 'SET a 1');
    lab.disk('r1', false).run(30);
    const tries = lab.times('r1', 'disk-error');
    expect(tries.length).toBeGreaterThan(3);
    for (let i = 1; i < tries.length; i++) {
      expect(tries[i]! - tries[i - 1]!).toBeGreaterThan(5);
      expect(tries[i]! - tries[i - 1]!).toBeLessThan(6.3);
    }
  });

  test.each([
    ['no', false],
    ['yes', true],
  ])(
    '1 master, 1 replica whose disk is full, replica-ignore-disk-write-errors %s: alive after a write: %s (R-RDB-3)',
    (value, alive) => {
      const lab = group(1, ['save 3600 1', `replica-ignore-disk-write-errors ${value}`]);
      lab.ask('r1', 'SET a 1');
      lab.disk('r2', false).run(0.1).ask('r2', 'BGSAVE');
      lab.run(1);
      expect(lab.isRunning('r2')).toBe(true);
      lab.ask('r1', 'SET a 2');
      lab.run(0.1);
      expect(lab.isRunning('r2')).toBe(alive);
    },
  );
});
