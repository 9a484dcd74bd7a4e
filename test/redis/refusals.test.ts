import { describe, expect, test } from 'vitest';
import { HELLO_CHANNEL } from '../../models/commands.ts';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer } from '../support/redisScripts.ts';

const ERRORS = {
  unknown: /^-ERR unknown command/,
  auth: /^-NOAUTH Authentication required\.$/,
  disk: /^-MISCONF/,
  replicas: /^-NOREPLICAS/,
  readonly: /^-READONLY You can't write against a read only replica\.$/,
  pubsub: /^-ERR Can't execute/,
  stale: /^-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'\.$/,
  loading: /^-LOADING Redis is loading the dataset in memory$/,
};
const BIG = { keys: 1_000_000, valueBytes: 100 };

describe('before the first command', () => {
  test('1 master, maxclients 1: the second client is told so, and let go', () => {
    const lab = new RedisLab({ r1: ['maxclients 1'] });
    lab.connect('r1').ask('PING');
    const second = lab.connect('r1');
    lab.run(1);
    expect(second.replies).toEqual(['-ERR max number of clients reached']);
  });
});

describe('the order of refusals', () => {
  test('1 master with a password: unknown commands before NOAUTH, NOAUTH before everything else (R-ROLE-1)', () => {
    const lab = new RedisLab({ r1: ['requirepass pw', 'min-replicas-to-write 1'] });
    const session = lab.connect('r1');
    expect(session.ask('NONSENSE a b')).toMatch(ERRORS.unknown);
    expect(session.ask('SET a 1')).toMatch(ERRORS.auth);
    expect(session.ask('AUTH wrong')).toMatch(/^-WRONGPASS/);
    expect(session.ask('AUTH pw')).toBe('OK');
    expect(session.ask('SET a 1')).toMatch(ERRORS.replicas);
  });

  test('1 master with a failed save and no replicas: MISCONF before NOREPLICAS (R-ROLE-1, R-ROLE-3)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1', 'min-replicas-to-write 1'] });
    expect(lab.ask('r1', 'PING')).toBe('PONG');
    lab.disk('r1', false).ask('r1', 'BGSAVE');
    lab.run(1);
    expect(lab.ask('r1', 'SET a 1')).toMatch(ERRORS.disk);
    expect(lab.ask('r1', 'PING')).toMatch(ERRORS.disk);
  });

  test('1 loading replica: READONLY for a write, LOADING for a read (R-ROLE-1)', () => {
    const lab = group(1, [], { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    const session = lab.connect('r2').send('SET a 1').send('GET a');
    lab.run(0.1);
    expect(session.replies[0]).toMatch(ERRORS.readonly);
    expect(session.replies[1]).toMatch(ERRORS.loading);
  });

  test('1 loading replica without stale data: MASTERDOWN before LOADING, READONLY before both (R-ROLE-1)', () => {
    const lab = group(1, ['replica-serve-stale-data no'], { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    const session = lab.connect('r2').send('SET a 1').send('GET a');
    lab.run(0.1);
    expect(session.replies[0]).toMatch(ERRORS.readonly);
    expect(session.replies[1]).toMatch(ERRORS.stale);
  });

  test('1 replica without a link, a subscriber: the pub/sub context before MASTERDOWN (R-ROLE-1, R-ROLE-3)', () => {
    const lab = followPeer(['replica-serve-stale-data no']);
    const session = lab.connect('r1');
    session.ask({ kind: 'SUBSCRIBE', channels: ['c'] });
    expect(session.ask('PING')).toEqual(['pong', '']);
    lab.silence().broadcast('close').run(0.1);
    expect(session.ask('GET a')).toMatch(ERRORS.pubsub);
    expect(session.ask('PING')).toMatch(ERRORS.stale);
  });

  test('1 paused master: writes are held, not refused; reads go on (R-ROLE-1, R-SHUT-7)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'CLIENT PAUSE 1000 WRITE');
    const held = lab.connect('r1').send('SET a 1').send('PING');
    expect(lab.ask('r1', 'GET a')).toBeNull();
    lab.run(0.5);
    expect(held.replies).toEqual([]);
    lab.run(0.7);
    expect(held.replies).toEqual(['OK', 'PONG']);
  });

  test('1 master: CLIENT UNPAUSE lets held writes go on at once; a pause of everything holds it too (R-ROLE-1)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'CLIENT PAUSE 60000 WRITE');
    const held = lab.connect('r1').send('SET a 1');
    lab.run(1);
    expect(held.replies).toEqual([]);
    expect(lab.ask('r1', 'CLIENT UNPAUSE')).toBe('OK');
    expect(held.replies).toEqual(['OK']);
    lab.ask('r1', 'CLIENT PAUSE 2000');
    expect(lab.ask('r1', 'CLIENT UNPAUSE')).toBeNull();
  });

  test('1 master: a shorter pause does not shorten the one in force, one of writes does not lift one of everything (R-ROLE-1)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'CLIENT PAUSE 3000');
    const held = lab.connect('r1').send('CLIENT PAUSE 1000 WRITE').send('PING');
    lab.run(2.5);
    expect(held.replies).toEqual([]);
    lab.run(0.7);
    expect(held.replies).toEqual(['OK', 'PONG']);
  });

  test('1 master that holds every command, 1 replica: its ACKs are served (R-ROLE-1, R-ACK-1)', () => {
    const lab = group(1, ['min-replicas-to-write 1', 'min-replicas-max-lag 2']);
    lab.ask('r1', 'CLIENT PAUSE 20000');
    const held = lab.connect('r1').send('PING');
    lab.run(15);
    expect(held.replies).toEqual([]);
    expect(lab.view('r1').goodReplicas).toBe(1);
  });
});

describe('transactions', () => {
  test('1 replica: a refusal while queueing spoils EXEC (R-ROLE-2)', () => {
    const lab = group(1);
    const session = lab.connect('r2');
    session.ask('MULTI');
    expect(session.ask('SET a 1')).toMatch(ERRORS.readonly);
    expect(session.ask('GET a')).toBe('QUEUED');
    expect(session.ask('EXEC')).toBe('-EXECABORT Transaction discarded because of previous errors.');
    expect(session.ask('MULTI')).toBe('OK');
    expect(session.ask('GET a')).toBe('QUEUED');
    expect(session.ask('EXEC')).toEqual([null]);
  });

  test.each(['SAVE', 'SHUTDOWN', 'SHUTDOWN ABORT'])(
    '1 master: %s may not be queued, and spoils EXEC (R-ROLE-2)',
    (line) => {
      const lab = new RedisLab({ r1: [] });
      const session = lab.connect('r1');
      for (const each of ['MULTI', 'SET a 1']) session.ask(each);
      expect(session.ask(line)).toBe('-ERR Command not allowed inside a transaction');
      expect(session.ask('EXEC')).toBe('-EXECABORT Transaction discarded because of previous errors.');
      expect(session.ask('GET a')).toBeNull();
    },
  );

  test('1 master, a new replica: an EXEC that comes first is preceded by SELECT, and framed if it holds several (R-FULL-4, R-OFF-1)', () => {
    const streamed = (...lines: readonly string[]) => {
      const lab = new RedisLab({ r1: ['repl-diskless-sync no'] });
      const replica = lab.connect('r1').send({ kind: 'SYNC' });
      lab.run(3);
      const session = lab.connect('r1');
      for (const line of ['MULTI', ...lines, 'EXEC', 'SET z 1']) session.ask(line);
      lab.run(0.01);
      const items = replica.heard.flatMap((message) => (message.kind === 'stream' ? message.items : []));
      return items.map(({ command, bytes }) => `${command.kind} ${bytes}`);
    };
    expect(streamed('SET a 1')).toEqual(['SELECT 23', 'SET 27', 'SET 27']);
    expect(streamed('SET a 1', 'GET a', 'SET b 1', 'DEL a')).toEqual([
      ...['SELECT 23', 'SET 42', 'SET 27', 'DEL 34', 'SET 27'],
    ]);
    expect(streamed('GET a')).toEqual(['SELECT 23', 'SET 27']);
  });

  test('1 master demoted meanwhile: a queued write is refused at EXEC (R-ROLE-5, R-ROLE-2)', () => {
    const lab = new RedisLab({ r1: [] });
    const session = lab.connect('r1');
    session.ask('MULTI');
    session.ask('SET a 1');
    lab.ask('r1', 'REPLICAOF peer 6379');
    expect(session.closed).toBe(false);
    expect(session.ask('EXEC')).toMatch(/^-EXECABORT Transaction discarded because of: READONLY/);
  });
});

describe('stale replicas', () => {
  test('1 replica without a link: old data is served by default (R-ROLE-4)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET a 1');
    lab.run(0.1).kill('r1').run(3);
    expect(lab.ask('r2', 'GET a')).toBe('1');
    expect(lab.ask('r2', 'PING')).toBe('PONG');
  });

  test('1 replica without a link, replica-serve-stale-data no: flagged commands alone work (R-ROLE-4)', () => {
    const lab = group(1, ['replica-serve-stale-data no']);
    lab.kill('r1').run(3);
    for (const line of ['PING', 'GET a', 'DBSIZE']) expect(lab.ask('r2', line)).toMatch(ERRORS.stale);
    for (const line of ['ROLE', 'CONFIG GET port', 'PUBLISH c m', 'MULTI', 'CLIENT SETNAME me']) {
      expect(String(lab.ask('r2', line))).not.toMatch(/^-/);
    }
    expect(lab.ask('r2', 'REPLICAOF NO ONE')).toBe('OK');
    expect(lab.ask('r2', 'PING')).toBe('PONG');
  });
});

describe('what Sentinel sends', () => {
  /** The transaction of a Sentinel, its link, another client and a subscriber. */
  const reconfigured = (to: string, lab = group(2)) => {
    const sentinel = lab.connect('r2');
    const client = lab.connect('r2');
    client.ask('PING');
    const subscriber = lab.connect('r2');
    subscriber.ask({ kind: 'SUBSCRIBE', channels: [HELLO_CHANNEL] });
    for (const line of [
      'MULTI',
      `SLAVEOF ${to}`,
      'CONFIG REWRITE',
      'CLIENT KILL TYPE normal',
      'CLIENT KILL TYPE pubsub',
      'EXEC',
    ])
      sentinel.send(line);
    lab.run(0.02);
    return { lab, sentinel, client, subscriber };
  };

  test('1 master, 2 replicas: promoted, rewritten, every client but the sender closed (R-ROLE-6, R-CLI-3)', () => {
    const { lab, sentinel, client, subscriber } = reconfigured('NO ONE');
    expect(sentinel.replies.at(-1)).toEqual(['OK', 'OK', 1, 1]);
    expect([sentinel.closed, client.closed, subscriber.closed]).toEqual([false, true, true]);
    lab.restart('r2').run(1);
    expect(lab.view('r2').role).toBe('master');
  });

  test('1 master, 2 replicas: re-pointed; its link to the master and its replicas are not killed (R-ROLE-6)', () => {
    const lab = group(2, [], { linesOf: { r3: ['replicaof r2 6379'] } });
    const from = lab.now;
    const { client } = reconfigured(`${lab.address('r1')} 6379`, lab);
    expect(client.closed).toBe(true);
    expect(lab.times('r2', 'replica-link-lost', from)).toHaveLength(1);
    expect(lab.times('r2', 'master-lost-replica', from)).toHaveLength(0);
  });

  test.each([
    ['read-only', '-ERR Rewriting config file: Read-only file system'],
    ['not-replaceable', '-ERR Rewriting config file: Device or resource busy'],
    ['none', '-ERR The server is running without a config file'],
  ] as const)(
    '1 replica whose file is %s: promoted all the same, but not after a restart (R-ROLE-6)',
    (configFile, error) => {
      const { lab, sentinel } = reconfigured('NO ONE', group(2, [], { configFile }));
      expect(sentinel.replies.at(-1)).toEqual(['OK', error, 1, 1]);
      expect(lab.view('r2').role).toBe('master');
      lab.restart('r2').run(1);
      expect(lab.view('r2').role).toBe('replica');
    },
  );
});
