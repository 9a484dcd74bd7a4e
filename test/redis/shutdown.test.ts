import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';

const BIG = { keys: 1_000_000, valueBytes: 100 };

/** Seconds from SIGTERM to the end of the process. */
function secondsToExit(lab: RedisLab, node = 'r1', within = 30): number {
  const from = lab.now;
  lab.signal(node).until(() => !lab.isRunning(node), within);
  return lab.now - from;
}

describe('how a shutdown begins', () => {
  test.each(['TERM', 'INT'] as const)(
    '1 master: SIG%s is handled by the next tick, exit 0 (R-SHUT-1)',
    (signal) => {
      const lab = new RedisLab({ r1: ['save ""'] });
      const from = lab.now;
      lab.signal('r1', signal).run(0.11);
      expect(lab.isRunning('r1')).toBe(false);
      expect(lab.messages('r1', 'exited')).toEqual(['0']);
      expect(lab.times('r1', 'shutdown-requested')[0]! - from).toBeLessThan(0.101);
    },
  );

  test('1 master, 1 paused replica: a second SIGINT ends it at once, with status 1 (R-SHUT-1)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.signal('r1', 'INT').run(1);
    expect(lab.isRunning('r1')).toBe(true);
    lab.signal('r1', 'INT').run(0.001);
    expect(lab.messages('r1', 'exited')).toEqual(['1']);
  });

  test.each([
    ['default', true],
    ['nosave', false],
  ])('1 master, shutdown-on-sigterm %s: final save %s (R-SHUT-1, R-SHUT-3)', (words, saved) => {
    const lab = new RedisLab({ r1: ['save 3600 1', `shutdown-on-sigterm ${words}`] });
    lab.ask('r1', 'SET a 1');
    secondsToExit(lab);
    expect(lab.diskOf('r1').rdb !== null).toBe(saved);
  });

  test.each([
    ['now', 'shutdown-timeout 5', 0, true],
    ['force', 'shutdown-timeout 0', 0, true],
    ['nosave force', 'shutdown-timeout 2', 2, true],
    ['save', 'shutdown-timeout 0', 0, false],
    ['now nosave', 'shutdown-timeout 5', 0, true],
  ])(
    '1 master on a full disk, 1 paused replica, shutdown-on-sigterm %s, %s: %d s, exits %s (R-SHUT-1, R-SHUT-2, R-SHUT-6)',
    (words, line, seconds, exits) => {
      const saves = words.includes('now') && !words.includes('nosave') ? 'save ""' : 'save 3600 1';
      const lab = group(1, [saves, line, `shutdown-on-sigterm ${words}`]);
      lab.pause('r2').ask('r1', 'SET a 1');
      lab
        .disk('r1', false)
        .signal('r1')
        .run(seconds + 0.3);
      expect(lab.isRunning('r1')).toBe(!exits);
      expect(lab.times('r1', 'shutdown-waits')).toHaveLength(seconds > 0 ? 1 : 0);
      expect(lab.messages('r1', 'shutdown-requested')).toEqual(['']);
    },
  );

  test('1 loading master: ends at the next progress callback, without a save (R-SHUT-1)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1'] }, { dataset: BIG });
    lab.connect('r1').send('SAVE');
    lab.run(2);
    const before = lab.diskOf('r1').rdb;
    lab.restart('r1').run(0.2);
    expect(lab.view('r1').loading).toBe(true);
    expect(secondsToExit(lab)).toBeLessThan(0.1);
    expect(lab.diskOf('r1').rdb).toBe(before);
  });

  test('1 replica: SHUTDOWN is served without a link and while it loads (R-ROLE-4, R-SHUT-1)', () => {
    const stale = group(1, ['replica-serve-stale-data no']);
    stale.kill('r1').run(1).connect('r2').send('SHUTDOWN NOSAVE');
    stale.run(0.1);
    expect(stale.isRunning('r2')).toBe(false);
    const loading = group(1, [], { dataset: { keys: 1_000_000, valueBytes: 100 }, settle: false });
    loading.until(() => loading.times('r2', 'loading').length > 0);
    loading.connect('r2').send('SHUTDOWN NOSAVE');
    loading.run(0.2);
    expect(loading.isRunning('r2')).toBe(false);
  });

  test('1 master, 1 paused replica: SHUTDOWN ABORT goes on as before (R-SHUT-1)', () => {
    const lab = group(1);
    expect(lab.ask('r1', 'SHUTDOWN ABORT')).toBe('-ERR No shutdown in progress.');
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.signal('r1').run(1);
    const held = lab.connect('r1').send('SET b 1');
    lab.run(0.1);
    expect(held.replies).toEqual([]);
    expect(lab.ask('r1', 'SHUTDOWN ABORT')).toBe('OK');
    lab.run(20);
    expect(held.replies).toEqual(['OK']);
    expect(lab.isRunning('r1')).toBe(true);
  });
});

describe('waiting for the replicas', () => {
  test('1 master without replicas: does not wait (R-SHUT-2)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'SET a 1');
    expect(secondsToExit(lab)).toBeLessThan(0.12);
  });

  test.each([1, 2, 3, 4, 5])(
    '1 master, 1 replica, a write just before, seed %i: until its next ACK (R-SHUT-2, R-ACK-3)',
    (seed) => {
      const lab = group(1, [], { seed });
      lab.run(seed / 6).ask('r1', 'SET a 1');
      expect(secondsToExit(lab)).toBeLessThan(1.3);
      expect(lab.times('r1', 'shutdown-waits')).toHaveLength(1);
    },
  );

  test('1 master, 1 replica in step: does not wait (R-SHUT-2)', () => {
    const lab = group(1);
    lab.run(1.5);
    expect(secondsToExit(lab)).toBeLessThan(0.12);
    expect(lab.times('r1', 'shutdown-waits')).toEqual([]);
  });

  test('1 master, 1 paused replica: 10 s, writes hang, reads go on (R-SHUT-2, R-SHUT-7)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    const from = lab.now;
    const { offset } = lab.view('r1');
    lab.signal('r1').run(1);
    expect(lab.view('r1').offset).toBe(offset + 37);
    const writer = lab.connect('r1').send('SET b 1').send('GET a');
    const publisher = lab.connect('r1').send('PUBLISH c m').send('PING');
    expect(lab.ask('r1', 'GET a')).toBe('1');
    expect(lab.ask('r1', 'PING')).toBe('PONG');
    lab.until(() => !lab.isRunning('r1'));
    expect(lab.now - from).toBeGreaterThan(10);
    expect(lab.now - from).toBeLessThan(10.25);
    expect(writer.replies).toEqual([]);
    expect(publisher.replies).toEqual([]);
  });

  test.each([
    ['shutdown-timeout 0', 'TERM'],
    ['shutdown-timeout 3', 'TERM'],
    ['shutdown-timeout 10', 'SHUTDOWN NOW'],
  ])('1 master, 1 paused replica: %s, %s (R-SHUT-2)', (line, how) => {
    const lab = group(1, [line]);
    lab.pause('r2').ask('r1', 'SET a 1');
    const from = lab.now;
    if (how === 'TERM') lab.signal('r1');
    else lab.connect('r1').send(how);
    lab.until(() => !lab.isRunning('r1'));
    const limit = line.endsWith('3') ? 3 : 0;
    expect(lab.now - from).toBeGreaterThanOrEqual(limit);
    expect(lab.now - from).toBeLessThan(limit + 0.25);
  });

  test('1 master, 1 paused replica: the tick in the microsecond of the deadline is the last (R-SHUT-2)', () => {
    const lab = group(1, ['shutdown-timeout 1'], { literalCron: true });
    lab.pause('r2').ask('r1', 'SET a 1');
    const { nextUs, periodUs } = lab.state('r1').cron;
    const tickUs = nextUs + 20 * periodUs;
    const session = lab.connect('r1');
    session.ask('PING');
    // One way takes 100 µs.
    lab.run((tickUs - 1_000_000 - 100 - lab.world.nowUs) / 1_000_000);
    session.send('SHUTDOWN');
    lab.run(0.0002);
    const { clockOffsetUs } = lab.world.state.machines.find(({ name }) => name === 'r1')!;
    expect(lab.state('r1').shutdown.deadlineWallUs - clockOffsetUs).toBe(tickUs);
    lab.run((tickUs - lab.world.nowUs) / 1_000_000);
    expect(lab.isRunning('r1')).toBe(false);
  });

  test('1 master, 1 paused replica, a clock that is set forward: the time-out is by the wall clock (R-SHUT-2)', () => {
    const lab = group(1, ['shutdown-timeout 10']);
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.connect('r1').send('SHUTDOWN');
    lab.run(1);
    const machine = lab.world.state.machines.findIndex(({ name }) => name === 'r1');
    lab.world.changeClock(machine, 9_000_000);
    lab.run(0.3);
    expect(lab.isRunning('r1')).toBe(false);
  });

  test('1 master, 1 paused replica: SHUTDOWN NOW does not wait for the tick that takes up a SIGTERM (R-SHUT-1)', () => {
    const lab = group(1, []);
    lab.pause('r2').ask('r1', 'SET a 1');
    const session = lab.connect('r1');
    session.ask('PING');
    lab.signal('r1');
    session.send('SHUTDOWN NOSAVE NOW');
    lab.run(0.01);
    expect(lab.isRunning('r1')).toBe(false);
  });

  test('1 master, a replica that waits for its fork: the whole time-out (R-SHUT-2)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync-delay 60'] });
    lab.ask('r1', 'SET a 1');
    lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.1).ask('r1', 'SET b 1');
    expect(secondsToExit(lab)).toBeGreaterThan(10);
  });
});

describe('the last steps', () => {
  test('1 master, 1 replica: the final RDB carries data and history (R-SHUT-3, R-RST-1)', () => {
    const lab = group(1, ['save 3600 1']);
    lab.ask('r1', 'SET a 1');
    lab.run(1.5);
    const { replId, offset } = lab.view('r1');
    secondsToExit(lab);
    expect(lab.diskOf('r1').rdb?.repl).toEqual({ replId, offset });
    expect(lab.diskOf('r1').rdb?.snapshot.keys.get('a')).toBe('1');
  });

  test.each([
    ['save ""', 'SHUTDOWN', false],
    ['save ""', 'SHUTDOWN SAVE', true],
    ['save 3600 1', 'SHUTDOWN', true],
    ['save 3600 1', 'SHUTDOWN NOSAVE', false],
  ])('1 master, %s, %s: saved %s (R-SHUT-3)', (line, command, saved) => {
    const lab = new RedisLab({ r1: [line] });
    lab.ask('r1', 'SET a 1');
    lab.connect('r1').send(command);
    lab.run(0.1);
    expect(lab.isRunning('r1')).toBe(false);
    expect(lab.diskOf('r1').rdb !== null).toBe(saved);
  });

  test('1 master on a full disk: a failed save calls it off, for good; FORCE does not care (R-SHUT-3, R-SHUT-6)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1'] });
    lab.ask('r1', 'SET a 1');
    lab.disk('r1', false).signal('r1').run(0.2);
    expect(lab.messages('r1', 'shutdown-refused')).toEqual(["Error trying to save the DB, can't exit."]);
    lab.disk('r1', true).run(30);
    expect(lab.isRunning('r1')).toBe(true);
    lab.disk('r1', false).connect('r1').send('SHUTDOWN FORCE');
    lab.run(0.2);
    expect(lab.isRunning('r1')).toBe(false);
  });

  test('1 master with AOF, power loss after the shutdown: nothing is lost (R-SHUT-3)', () => {
    const lab = new RedisLab({ r1: ['appendonly yes', 'appendfsync no'] });
    lab.ask('r1', 'SET a 1');
    secondsToExit(lab);
    lab.powerOff('r1').run(0.1).start('r1').run(1);
    expect(lab.view('r1').keys).toBe(1);
  });

  test('1 master, 1 replica: peers and clients see the end of their connections, then refusals (R-SHUT-4)', () => {
    const lab = group(1);
    const client = lab.connect('r1');
    client.ask('PING');
    lab.run(1.5);
    secondsToExit(lab);
    lab.run(0.05);
    expect(client.closed).toBe(true);
    expect(lab.view('r2').link).toBe('down');
    const late = lab.connect('r1');
    lab.run(0.01);
    expect(late.closed).toBe(true);
  });
});
