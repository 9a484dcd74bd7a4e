import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer, fullSync, set } from '../support/redisScripts.ts';

const BIG = { keys: 1_000_000, valueBytes: 100 };
const aof = (policy: string) => ['appendonly yes', 'save ""', `appendfsync ${policy}`];

describe('what an append-only file keeps', () => {
  test.each(['always', 'everysec', 'no'])(
    '1 master, appendfsync %s, killed: everything that was acknowledged (R-AOF-2, R-LOSS-10)',
    (policy) => {
      const lab = new RedisLab({ r1: aof(policy) });
      const session = lab.connect('r1');
      for (let i = 0; i < 50; i++) expect(session.ask(`SET k${i} v`)).toBe('OK');
      lab.restart('r1').run(1);
      expect(lab.view('r1').keys).toBe(50);
    },
  );

  /** Writes one key every 100 ms for 60 s, then the machine loses power; the keys that are left. */
  const leftAfterPowerLoss = (policy: string, seed: number) => {
    const lab = new RedisLab({ r1: aof(policy) }, { seed });
    const session = lab.connect('r1');
    for (let i = 0; i < 600; i++) {
      session.send(`SET k${i} v`);
      lab.run(0.1);
    }
    lab.powerOff('r1').run(0.1).start('r1').run(1);
    return lab.view('r1').keys;
  };

  test.each([1, 2, 3, 4])(
    '1 master, everysec, power loss, seed %i: at most 2 s are lost (R-AOF-3, R-LOSS-8)',
    (seed) => {
      expect(leftAfterPowerLoss('everysec', seed)).toBeGreaterThanOrEqual(580);
      expect(leftAfterPowerLoss('always', seed)).toBe(600);
    },
  );

  test('1 master, everysec, power loss at five instants: something is lost now and then (R-AOF-3, R-LOSS-8)', () => {
    expect(Math.min(...[1, 2, 3, 4, 5].map((seed) => leftAfterPowerLoss('everysec', seed)))).toBeLessThan(
      600,
    );
  });

  test('1 master, appendfsync no, power loss: the last 30 s are lost (R-AOF-4, R-LOSS-9)', () => {
    const left = leftAfterPowerLoss('no', 1);
    expect(left).toBeGreaterThan(290);
    expect(left).toBeLessThan(310);
  });

  test('1 master, everysec, killed or stopped and then without power: what was not synced by then is lost, unless the kernel has written it back (R-AOF-3, R-AOF-4)', () => {
    const left = (how: 'kill' | 'pause', afterS: number) => {
      const lab = new RedisLab({ r1: aof('everysec') });
      const session = lab.connect('r1');
      lab.run(0.05);
      for (let i = 0; i < 18; i++) {
        session.send(`SET k${i} v`);
        lab.run(0.1);
      }
      lab[how]('r1').run(afterS).powerOff('r1').run(0.1).start('r1').run(1);
      return lab.view('r1').keys;
    };
    for (const how of ['kill', 'pause'] as const) {
      expect(left(how, 5)).toBeLessThan(18);
      expect(left(how, 31)).toBe(18);
    }
  });

  test('1 master, power loss: also DEL and FLUSHALL are replayed (R-AOF-1)', () => {
    const lab = new RedisLab({ r1: aof('always') });
    for (const line of ['SET a 1', 'FLUSHALL', 'SET b 1', 'SET c 1', 'DEL b']) lab.ask('r1', line);
    lab.restart('r1').run(1);
    expect(lab.view('r1').keys).toBe(1);
    expect(lab.ask('r1', 'GET c')).toBe('1');
  });
});

describe('a disk that is full', () => {
  test('1 master, everysec: writes and PING get -MISCONF until there is room again (R-AOF-5)', () => {
    const lab = new RedisLab({ r1: aof('everysec') });
    lab.disk('r1', false).ask('r1', 'SET a 1');
    expect(lab.ask('r1', 'SET b 1')).toMatch(/^-MISCONF Errors writing to the AOF file/);
    expect(lab.ask('r1', 'PING')).toMatch(/^-MISCONF/);
    expect(lab.info('r1').aof_last_write_status).toBe('err');
    lab.disk('r1', true).run(0.11);
    expect(lab.ask('r1', 'SET b 1')).toBe('OK');
    lab.restart('r1').run(1);
    expect(lab.view('r1').keys).toBe(2);
  });

  test('1 master, always: the process ends (R-AOF-3)', () => {
    const lab = new RedisLab({ r1: aof('always') });
    lab.disk('r1', false).connect('r1').send('SET a 1');
    lab.run(0.1);
    expect(lab.isRunning('r1')).toBe(false);
    expect(lab.messages('r1', 'exited')).toEqual(['1']);
  });
});

describe('around a full synchronisation', () => {
  /** A replica whose initial rewrite is under way, with old data in its AOF. */
  const rewriting = () => {
    const lab = followPeer([...aof('everysec')]);
    lab
      .run(1)
      .broadcast({ kind: 'stream', items: [set('old', '1')] })
      .run(0.1);
    const [verdict, begin] = fullSync(5000);
    const snapshot = {
      keys: new Map([['new', '2']]),
      populatedKeys: 1_000_000,
      populatedValueBytes: 100,
      rdbBytes: 36_000_000,
    };
    lab
      .script({ PSYNC: [verdict!, begin!, { kind: 'rdb-end', snapshot }] })
      .broadcast('close')
      .run(0.1);
    lab.until(() => lab.view('r1').link === 'up');
    return lab.run(0.1);
  };

  test('1 replica killed during its initial rewrite: comes back with the data before the sync (R-AOF-6, R-LOSS-13)', () => {
    const lab = rewriting();
    expect(lab.ask('r1', 'GET new')).toBe('2');
    lab.silence().restart('r1').run(1);
    expect(lab.ask('r1', 'GET new')).toBeNull();
    expect(lab.ask('r1', 'GET old')).toBe('1');
  });

  test('1 replica killed after it: comes back with the new data and what followed (R-AOF-6)', () => {
    const lab = rewriting();
    lab.broadcast({ kind: 'stream', items: [set('during', '3')] }).run(2);
    lab.silence().restart('r1').run(2);
    expect(lab.ask('r1', 'GET new')).toBe('2');
    expect(lab.ask('r1', 'GET during')).toBe('3');
    expect(lab.ask('r1', 'GET old')).toBeNull();
  });

  test('1 replica in its initial rewrite: SIGTERM is refused, and not tried again (R-AOF-6, R-SHUT-6)', () => {
    const lab = rewriting();
    lab.signal('r1').run(20);
    expect(lab.isRunning('r1')).toBe(true);
    expect(lab.messages('r1', 'shutdown-refused')).toEqual(["Writing initial AOF, can't exit."]);
  });

  test('1 replica in its initial rewrite: SHUTDOWN is refused, FORCE is not (R-AOF-6, R-SHUT-3)', () => {
    const lab = rewriting();
    expect(lab.ask('r1', 'SHUTDOWN')).toBe(
      '-ERR Errors trying to shut down the server. Check the logs for more information.',
    );
    lab.connect('r1').send('SHUTDOWN FORCE');
    lab.run(0.1);
    expect(lab.isRunning('r1')).toBe(false);
  });

  test('1 replica that loads a full sync: INFO shows its AOF as off (R-AOF-6, R-INFO-4)', () => {
    const lab = group(1, aof('everysec'), { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    expect(lab.info('r2').aof_enabled).toBe(false);
    lab.until(() => !lab.view('r2').loading);
    expect(lab.info('r2').aof_enabled).toBe(true);
  });
});

describe('start-up and rewrite', () => {
  test('1 master with an RDB and AOF switched on in its file: starts empty (R-AOF-7, R-LOSS-17)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'SET a 1');
    lab.ask('r1', 'SAVE');
    lab.kill('r1').run(0.1);
    const disk = structuredClone(lab.diskOf('r1'));
    const other = new RedisLab({ r1: ['appendonly yes'] }, { down: ['r1'], settle: false });
    Object.assign(other.diskOf('r1'), { ...disk, config: null });
    other.start('r1').run(1);
    expect(other.view('r1').keys).toBe(0);
    const control = new RedisLab({ r1: ['appendonly no'] }, { down: ['r1'], settle: false });
    Object.assign(control.diskOf('r1'), { ...disk, config: null });
    control.start('r1').run(1);
    expect(control.view('r1').keys).toBe(1);
  });

  test('1 master, CONFIG SET appendonly yes: durable once the first rewrite is done (R-AOF-6)', () => {
    const lab = new RedisLab({ r1: ['save ""'] });
    lab.ask('r1', 'SET a 1');
    lab.ask('r1', 'CONFIG SET appendonly yes');
    lab.run(1).ask('r1', 'CONFIG REWRITE');
    lab.ask('r1', 'SET b 1');
    lab.restart('r1').run(1);
    expect(lab.view('r1').keys).toBe(2);
  });

  test.each([
    [100, 1],
    [0, 0],
  ])(
    '1 master, auto-aof-rewrite-percentage %i: %i rewrite when the file has outgrown its base (R-AOF-9)',
    (percentage, count) => {
      const lab = new RedisLab({
        r1: [...aof('no'), `auto-aof-rewrite-percentage ${percentage}`, 'auto-aof-rewrite-min-size 1000'],
      });
      const session = lab.connect('r1');
      for (let i = 0; i < 100; i++) session.send('SET k v');
      lab.run(2);
      expect(lab.diskOf('r1').aof?.base.keys.size).toBe(count);
      expect(lab.diskOf('r1').aof?.commands.length).toBe(count === 1 ? 0 : 100);
    },
  );

  test('1 master with 1 M keys: a rewrite keeps what was written since its fork (R-AOF-9)', () => {
    const lab = new RedisLab({ r1: aof('everysec') }, { dataset: BIG });
    lab.ask('r1', 'SET before 1');
    lab.ask('r1', 'BGREWRITEAOF');
    lab.ask('r1', 'SET since 1');
    lab.run(3);
    expect(lab.diskOf('r1').aof?.commands).toMatchObject([{ kind: 'SET', key: 'since' }]);
    lab.restart('r1').run(3);
    expect(lab.ask('r1', 'GET before')).toBe('1');
    expect(lab.ask('r1', 'GET since')).toBe('1');
  });
});

test('1 master: one child at a time; a rewrite waits for a save, a save does not wait (R-FULL-3, R-AOF-9)', () => {
  const lab = new RedisLab({ r1: ['appendonly yes', 'save ""'] }, { dataset: BIG });
  const during = (line: string) => {
    expect(lab.run(5).ask('r1', line)).toMatch(/started$/);
    const replies = ['BGSAVE', 'SAVE', 'BGREWRITEAOF'].map((other) => lab.ask('r1', other));
    lab.until(() => lab.state('r1').child === null);
    return replies;
  };
  const running = '-ERR Background save already in progress';
  expect(during('BGSAVE')).toEqual([running, running, 'Background append only file rewriting scheduled']);
  lab.until(() => lab.state('r1').child?.kind === 'aof', 1);
  const refused =
    "-ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.";
  lab.run(5).ask('r1', 'BGREWRITEAOF');
  expect([lab.ask('r1', 'BGSAVE'), lab.ask('r1', 'BGREWRITEAOF')]).toEqual([
    refused,
    '-ERR Background append only file rewriting already in progress',
  ]);
  expect(lab.run(5).ask('r1', 'BGREWRITEAOF')).toBe('Background append only file rewriting started');
  expect(lab.run(5).ask('r1', 'BGSAVE')).toBe('Background saving started');
});

test('1 master, appendonly turned on with a full disk: the first rewrite is tried again until it succeeds, any other is not (R-AOF-6)', () => {
  const lab = new RedisLab({ r1: ['save ""'] });
  lab.ask('r1', 'SET a 1');
  lab.disk('r1', false).ask('r1', 'CONFIG SET appendonly yes');
  lab.run(0.5);
  expect(lab.messages('r1', 'disk-error')[0]).toBe('AOF rewrite failed');
  expect(lab.state('r1').persistence.aof).toBe('wait-rewrite');
  // After three failures the next attempt waits for a minute.
  lab.disk('r1', true).run(61);
  expect(lab.state('r1').persistence.aof).toBe('on');
  const failures = lab.messages('r1', 'disk-error').length;
  lab.disk('r1', false).ask('r1', 'BGREWRITEAOF');
  lab.run(5);
  expect(lab.messages('r1', 'disk-error')).toHaveLength(failures + 1);
});

test('1 master, appendonly turned on with a full disk while it takes writes: MISCONF outlasts the full disk and the rewrite, until the AOF is started anew (R-AOF-5, R-AOF-6)', () => {
  const lab = new RedisLab({ r1: ['save ""'] });
  lab.ask('r1', 'SET a 1');
  lab.disk('r1', false).ask('r1', 'CONFIG SET appendonly yes');
  expect(lab.ask('r1', 'SET b 1')).toBe('OK');
  expect(lab.run(0.5).ask('r1', 'SET c 1')).toMatch(/^-MISCONF Errors writing to the AOF file/);
  lab.disk('r1', true).run(61);
  expect(lab.state('r1').persistence.aof).toBe('on');
  expect(lab.ask('r1', 'PING')).toMatch(/^-MISCONF/);
  lab.ask('r1', 'CONFIG SET appendonly no');
  lab.ask('r1', 'CONFIG SET appendonly yes');
  expect(lab.ask('r1', 'PING')).toBe('PONG');
  expect(lab.ask('r1', 'SET c 1')).toBe('OK');
  expect(lab.run(1).diskOf('r1').aof?.base.keys.get('b')).toBe('1');
});

test('1 master, SAVE on a full disk: it fails, and causes no MISCONF, as a failed BGSAVE does (R-RDB-3)', () => {
  const lab = new RedisLab({ r1: ['save 3600 1'] });
  lab.disk('r1', false);
  expect(lab.ask('r1', 'SAVE')).toMatch(/^-ERR/);
  expect(lab.ask('r1', 'PING')).toBe('PONG');
  lab.ask('r1', 'BGSAVE');
  expect(lab.run(0.5).ask('r1', 'PING')).toMatch(/^-MISCONF Redis is configured to save RDB snapshots/);
  // One that succeeds takes it back.
  expect(lab.disk('r1', true).ask('r1', 'SAVE')).toBe('OK');
  expect(lab.ask('r1', 'PING')).toBe('PONG');
});

test('1 master: a rewrite ends with its AOF, and the next begins anew (R-AOF-6)', () => {
  const lab = new RedisLab({ r1: ['appendonly yes', 'save ""'] }, { dataset: BIG });
  lab.run(1).ask('r1', 'BGREWRITEAOF');
  const first = lab.state('r1').child;
  expect(first?.kind).toBe('aof');
  lab.ask('r1', 'CONFIG SET appendonly no');
  expect(lab.state('r1').child).toBeNull();
  lab.ask('r1', 'BGREWRITEAOF');
  const second = lab.state('r1').child;
  lab.ask('r1', 'CONFIG SET appendonly yes');
  expect(lab.state('r1').child?.kind).toBe('aof');
  expect(lab.state('r1').child).not.toBe(second);
});

describe('loading', () => {
  test('1 master with 1 M keys, restarted: listens, answers some commands, -LOADING to the rest (R-LOAD-1, R-LOAD-3)', () => {
    const lab = new RedisLab({ r1: aof('everysec') }, { dataset: BIG });
    lab.restart('r1').run(0.1);
    const session = lab.connect('r1');
    const lines = [
      'INFO',
      'ROLE',
      'CONFIG GET port',
      'PUBLISH c m',
      'MULTI',
      'DISCARD',
      'PING',
      'GET a',
      'REPLICAOF no one',
      'WAIT 0 0',
      'SET a 1',
      'CONFIG SET appendonly no',
    ];
    for (const line of lines) session.send(line);
    lab.run(0.1);
    const refused = session.replies.map((reply) => typeof reply === 'string' && reply.startsWith('-LOADING'));
    expect(refused).toEqual(lines.map((_, index) => index >= 6));
    expect(lab.view('r1').loading).toBe(true);
    lab.run(1);
    const [loading] = lab.times('r1', 'loading').slice(-1);
    const [loaded] = lab.times('r1', 'loaded').slice(-1);
    expect(loaded! - loading!).toBeCloseTo(1, 1);
  });
});
