import { describe, expect, test } from 'vitest';
import type { Request } from '../../models/commands.ts';
import { parseRequest } from '../../models/parseRequest.ts';
import { stage } from '../support/stages.ts';
import { helloOf, plain } from '../support/wire.ts';

describe('1 Sentinel: commands that it has', () => {
  test('are 15; everything else is unknown, with the beginning of its arguments (S-CMD-1)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', 'COMMAND', 'COUNT')).toBe(15);
    for (const name of [
      'GET',
      'SELECT',
      'QUIT',
      'CONFIG',
      'MONITOR',
      'PUBSUB',
      'SlaveOf',
      'DBSIZE',
      'WAIT',
      'EXEC',
    ]) {
      expect(lab.ask('s1', name, 'first', 'second')).toBe(
        `-ERR unknown command '${name}', with args beginning with: 'first' 'second' `,
      );
    }
    expect(lab.ask('s1', 'nonsense')).toBe("-ERR unknown command 'nonsense', with args beginning with: ");
    expect(lab.ask('s1', 'x'.repeat(200), 'y'.repeat(200), 'z')).toBe(
      `-ERR unknown command '${'x'.repeat(128)}', with args beginning with: '${'y'.repeat(128)}' `,
    );
  });

  // Each as a Sentinel of Redis 7.0.15 replied.
  test.each([
    "GET 'k' ",
    "SET 'k' 'v' ",
    "SET 'k' 'v' 'EX' '5' ",
    "DEL 'a' 'b' 'c' ",
    'DBSIZE ',
    'FLUSHALL ',
    "WAIT '1' '100' ",
    'MULTI ',
    'EXEC ',
    'DISCARD ',
    "REPLICAOF 'NO' 'ONE' ",
    "REPLICAOF '1.2.3.4' '6379' ",
    "SLAVEOF '1.2.3.4' '6379' ",
    "CONFIG 'GET' 'maxmemory' ",
    "CONFIG 'SET' 'maxmemory' '1' ",
    "CONFIG 'REWRITE' ",
    "SCRIPT 'KILL' ",
    'SAVE ',
    'BGSAVE ',
    'BGREWRITEAOF ',
    "DEBUG 'SLEEP' '0' ",
    'FAILOVER ',
    "FAILOVER 'TO' '1.2.3.4' '6379' 'FORCE' 'TIMEOUT' '50' ",
    "FAILOVER 'ABORT' ",
  ])('%s is unknown to it, quoted as it was sent (S-CMD-1)', (quoted) => {
    const [name, ...rest] = quoted.trim().replaceAll("'", '').split(' ');
    const lab = stage({ peers: 0, settleMs: 5 });
    expect(lab.ask('s1', name!, ...rest)).toBe(
      `-ERR unknown command '${name}', with args beginning with: ${quoted.slice(name!.length + 1)}`,
    );
  });

  test.each<[Request, string]>([
    [{ kind: 'REPLCONF', option: 'ACK', offset: 5 }, "'REPLCONF', with args beginning with: 'ACK' '5' "],
    [
      { kind: 'REPLCONF', option: 'listening-port', port: 6379 },
      "'REPLCONF', with args beginning with: 'listening-port' '6379' ",
    ],
    [
      { kind: 'REPLCONF', option: 'ip-address', address: '192.0.2.1' },
      "'REPLCONF', with args beginning with: 'ip-address' '192.0.2.1' ",
    ],
    [
      { kind: 'REPLCONF', option: 'capa', capabilities: ['eof', 'psync2'] },
      "'REPLCONF', with args beginning with: 'capa' 'eof' 'capa' 'psync2' ",
    ],
    [
      { kind: 'PSYNC', replId: '?', offset: -1, failover: false },
      "'PSYNC', with args beginning with: '?' '-1' ",
    ],
    [{ kind: 'SYNC' }, "'SYNC', with args beginning with: "],
  ])('a replica that takes it for a master is refused: %j (S-CMD-1)', (request, quoted) => {
    expect(plain(stage({ peers: 0, settleMs: 5 }).request('s1', request))).toBe(
      `-ERR unknown command ${quoted}`,
    );
  });

  test('of the commands for clients it takes those that concern its own clients (S-CMD-1)', () => {
    const lab = stage({ peers: 0, settleMs: 5 });
    for (const line of ['CLIENT PAUSE 100 WRITE', 'CLIENT UNPAUSE', 'CLIENT SETNAME me']) {
      expect(lab.ask('s1', ...line.split(' '))).toBe('+OK');
    }
    expect(lab.ask('s1', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no')).toBe(1);
    expect(lab.ask('s1', 'PING', 'hello')).toBe('hello');
    expect(lab.ask('s1', 'PUBLISH', 'x', 'y')).toBe(
      '-ERR Only HELLO messages are accepted by Sentinel instances.',
    );
  });

  test('INFO: its sections in order, those asked for, every line (S-CMD-INFO)', () => {
    const lab = stage({ peers: 1, settleMs: 2500 });
    const lines = (...sections: string[]) =>
      String(lab.ask('s1', 'INFO', ...sections))
        .split('\r\n')
        .map((line) => line.replace(/^(run_id|server_time_usec|hz|connected_clients):[0-9a-f]+$/, '$1:*'));
    const server = [
      ...['# Server', 'redis_version:7.0.15', 'redis_mode:sentinel', 'run_id:*', 'tcp_port:26379'],
      ...['server_time_usec:*', 'uptime_in_seconds:2', 'hz:*', 'configured_hz:10', ''],
    ];
    const own = [
      ...['# Sentinel', 'sentinel_masters:1', 'sentinel_tilt:0', 'sentinel_tilt_since_seconds:-1'],
      ...[
        'sentinel_running_scripts:0',
        'sentinel_scripts_queue_length:0',
        'sentinel_simulate_failure_flags:0',
      ],
      ...['master0:name=mymaster,status=ok,address=10.0.2.1:6379,slaves=2,sentinels=2', ''],
    ];
    const all = [
      ...server,
      ...[
        '# Clients',
        'connected_clients:*',
        'cluster_connections:0',
        'maxclients:10000',
        'blocked_clients:0',
        '',
      ],
      ...['# Stats', '', '# CPU', 'used_cpu_sys:0.000000', 'used_cpu_user:0.000000', ''],
      ...own,
    ];
    expect(lines('server')).toEqual(server);
    expect(lines('Sentinel', 'nothing', 'SERVER')).toEqual([...server, ...own]);
    for (const words of [[], ['default'], ['ALL'], ['everything', 'server']])
      expect(lines(...words)).toEqual(all);
    expect(lines('nothing')).toEqual(['']);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    expect(lines('sentinel')).toContain(
      'master0:name=mymaster,status=sdown,address=10.0.2.1:6379,slaves=2,sentinels=2',
    );
  });

  test.each([
    ['CKQUORUM'],
    ['CKQUORUM', 'a', 'b'],
    ['CONFIG'],
    ['FAILOVER'],
    ['FLUSHCONFIG', 'x'],
    ['GET-MASTER-ADDR-BY-NAME'],
    ['HELP', 'x'],
    ['INFO-CACHE'],
    ['IS-MASTER-DOWN-BY-ADDR', 'a', '1', '1'],
    ['MASTER'],
    ['MASTERS', 'x'],
    ['MONITOR', 'a', 'b', 'c'],
    ['MYID', 'x'],
    ['PENDING-SCRIPTS', 'x'],
    ['REMOVE'],
    ['REPLICAS'],
    ['SLAVES', 'a', 'b'],
    ['RESET'],
    ['SENTINELS'],
    ['SET', 'mymaster', 'quorum'],
    ['SIMULATE-FAILURE'],
  ])('SENTINEL %s %s %s: wrong number of arguments (S-CMD-2)', (...words) => {
    const given = words.filter((word) => word !== undefined);
    expect(stage({ peers: 0, settleMs: 5 }).ask('s1', 'SENTINEL', ...given)).toBe(
      `-ERR wrong number of arguments for 'sentinel|${given[0]!.toLowerCase()}' command`,
    );
  });

  test('SENTINEL alone, unknown subcommands and unknown masters are errors; letters of subcommands do not matter (S-CMD-2)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', 'SENTINEL')).toBe("-ERR wrong number of arguments for 'sentinel' command");
    expect(lab.ask('s1', 'SENTINEL', 'NoSuch', 'x')).toBe(
      "-ERR unknown subcommand 'NoSuch'. Try SENTINEL HELP.",
    );
    for (const subcommand of [
      'MASTER',
      'REPLICAS',
      'SLAVES',
      'SENTINELS',
      'CKQUORUM',
      'FAILOVER',
      'REMOVE',
    ]) {
      expect(lab.ask('s1', 'SENTINEL', subcommand, 'MyMaster')).toBe('-ERR No such master with that name');
    }
    expect(lab.ask('s1', 'SENTINEL', 'SET', 'x', 'quorum', '1')).toBe('-ERR No such master with that name');
    expect(lab.ask('s1', 'sentinel', 'mYiD')).toBe(lab.sentinel('s1').myId);
  });

  test('maps are flat lists of texts, numbers included (S-CMD-3)', () => {
    const lab = stage({ peers: 1 });
    const maps = [
      lab.ask('s1', 'SENTINEL', 'MASTER', 'mymaster'),
      ...(lab.ask('s1', 'SENTINEL', 'MASTERS') as unknown[]),
      ...(lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as unknown[]),
      ...(lab.ask('s1', 'SENTINEL', 'SENTINELS', 'mymaster') as unknown[]),
      lab.ask('s1', 'SENTINEL', 'DEBUG'),
      lab.ask('s1', 'SENTINEL', 'CONFIG', 'GET', '*'),
    ] as unknown[][];
    for (const map of maps) {
      expect(map.length % 2).toBe(0);
      expect(map.every((word) => typeof word === 'string')).toBe(true);
    }
  });

  test('GET-MASTER-ADDR-BY-NAME of an unknown name is null, no error (S-CMD-2)', () => {
    expect(stage({ peers: 0 }).ask('s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'x')).toBeNull();
  });

  test('INFO-CACHE: a pair for the master and each replica, unknown names skipped (S-CMD-4)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.run(2000);
    const [name, lines] = lab.ask('s1', 'SENTINEL', 'INFO-CACHE', 'nobody', 'mymaster') as [
      string,
      unknown[][],
    ];
    expect(name).toBe('mymaster');
    expect(lines).toHaveLength(2);
    for (const [ageMs, info] of lines) {
      expect(ageMs).toBeGreaterThan(2000);
      expect(ageMs).toBeLessThan(2600);
      expect(info).toMatchObject({ kind: 'info' });
    }
    expect(lab.ask('s1', 'SENTINEL', 'INFO-CACHE', 'nobody')).toEqual([]);
  });

  test('INFO-CACHE: age 0 if the master was never polled, the clock if only the replica was not (S-CMD-4)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab
      .script('n2', { INFO: null })
      .tell('s1', helloOf('p1', 'n1', { masterIp: '10.0.2.9', masterConfigEpoch: 1 }));
    const [, lines] = lab.ask('s1', 'SENTINEL', 'INFO-CACHE', 'mymaster') as [string, unknown[][]];
    expect(lines[1]).toEqual([Math.floor((lab.nowUs + lab.sentinel('s1').clockOffsetUs) / 1000), null]);
    lab.ask('s1', 'SENTINEL', 'MONITOR', 'fresh', '10.0.2.8', '6379', '1');
    expect(lab.ask('s1', 'SENTINEL', 'INFO-CACHE', 'fresh')).toEqual(['fresh', [[0, null]]]);
  });

  test('PENDING-SCRIPTS is empty, as scripts are not run (S-CMD-6)', () => {
    expect(stage({ peers: 0 }).ask('s1', 'SENTINEL', 'PENDING-SCRIPTS')).toEqual([]);
  });

  test('HELP begins and ends as it should (S-CMD-7)', () => {
    const help = stage({ peers: 0 }).ask('s1', 'SENTINEL', 'HELP') as string[];
    expect(help[0]).toBe('+SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:');
    expect(help.slice(-2)).toEqual(['+HELP', '+    Prints this help.']);
  });
});

describe('1 Sentinel: MONITOR', () => {
  test.each([
    [['x', '10.0.2.2', '6379', 'two'], 'ERR Invalid quorum'],
    [['x', '10.0.2.2', 'port', '0'], 'ERR Invalid port'],
    [['x', 'no.name', '99999', '0'], 'ERR Quorum must be 1 or greater.'],
    [['x', 'no.name', '99999', '1'], 'ERR Invalid IP address or hostname specified'],
    [['mymaster', '10.0.2.2', '65536', '1'], 'ERR Invalid port number.'],
    [['x', '10.0.2.2', '-1', '1'], 'ERR Invalid port number.'],
    [['mymaster', '10.0.2.2', '6379', '1'], 'ERR Duplicate master name.'],
  ])('%j: %s (S-CMD-5)', (words, error) => {
    expect(stage({ peers: 0, settleMs: 20 }).ask('s1', 'SENTINEL', 'MONITOR', ...words)).toBe(`-${error}`);
  });

  test('adds a master with the defaults in force, saves and announces it (S-CMD-5)', () => {
    const lab = stage({ peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'default-down-after', '7000');
    expect(lab.ask('s1', 'SENTINEL', 'MONITOR', 'new', '10.0.2.2', '6379', '3')).toBe('+OK');
    expect(lab.lines('s1', '+monitor').map(({ message }) => message)).toEqual([
      'master new 10.0.2.2 6379 quorum 3',
    ]);
    expect(
      lab
        .saved('s1')!
        .masters.map(({ name }) => name)
        .sort(),
    ).toEqual(['mymaster', 'new']);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'new')).toMatchObject({
      ...{
        quorum: '3',
        'down-after-milliseconds': '7000',
        'failover-timeout': '180000',
        'parallel-syncs': '1',
      },
    });
    lab.run(200);
    expect(lab.heard('n2', 'PING').length).toBeGreaterThan(1);
    expect(lab.ask('s1', 'SENTINEL', 'MONITOR', 'zero', '10.0.2.2', '0', '1')).toBe('+OK');
  });
});

describe('1 Sentinel: the commands of every server', () => {
  test('PING: pong, or its argument; for subscribers a list; in TILT too (S-CMD-PING)', () => {
    const lab = stage({ peers: 0 });
    lab.jumpClock('s1', 5000).run(100);
    expect([lab.ask('s1', 'PING'), lab.ask('s1', 'PING', 'text')]).toEqual(['+PONG', 'text']);
    const subscriber = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['+sdown'] });
    lab.send(subscriber, { kind: 'PING', text: 'x' }).send(subscriber, { kind: 'PING' }).run(1);
    expect(
      lab
        .arrived(subscriber)
        .slice(1)
        .map((message) => plain(message as never)),
    ).toEqual([
      ['pong', 'x'],
      ['pong', ''],
    ]);
  });

  test('ROLE: sentinel, and the names of the masters (S-CMD-ROLE)', () => {
    const lab = stage({ peers: 0, nodeLines: { s1: ['sentinel monitor other 10.0.2.2 6379 1'] } });
    const [role, masters] = lab.ask('s1', 'ROLE') as [string, string[]];
    expect([role, ...masters.sort()]).toEqual(['sentinel', 'mymaster', 'other']);
  });

  test('subscriptions: channels, patterns, and back (S-CMD-PUBSUB)', () => {
    const lab = stage({ replicas: 0, peers: 0 });
    const client = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['+set', '+tilt'] });
    lab.send(client, { kind: 'PSUBSCRIBE', patterns: ['+s*'] }).run(1);
    const received = () =>
      lab.arrived(client).map((message) => ('count' in message ? message.count : message.kind));
    expect(received()).toEqual([1, 2, 3]);
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '1');
    lab.run(1);
    const payload = 'master mymaster 10.0.2.1 6379 quorum 1';
    expect(lab.arrived(client).slice(3)).toEqual([
      { kind: 'message', channel: '+set', payload },
      { kind: 'message', channel: '+set', payload, pattern: '+s*' },
    ]);
    const leave = (...words: string[]) => {
      lab.send(client, { kind: 'UNKNOWN', words }).run(1);
      return plain(lab.arrived(client).at(-1) as never);
    };
    lab.send(client, { kind: 'ROLE' }).run(1);
    expect(plain(lab.arrived(client).at(-1) as never)).toBe(
      "-ERR Can't execute 'role': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
    );
    expect(leave('UNSUBSCRIBE', '+set')).toEqual(['unsubscribe', '+set', 2]);
    expect(leave('UNSUBSCRIBE')).toEqual(['unsubscribe', '+tilt', 1]);
    expect(leave('PUNSUBSCRIBE')).toEqual(['punsubscribe', '+s*', 0]);
    expect(leave('PUNSUBSCRIBE')).toEqual(['punsubscribe', null, 0]);
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '1');
    lab.send(client, { kind: 'ROLE' }).run(1);
    expect(lab.arrived(client).at(-1)).toMatchObject({ kind: 'array' });
  });

  test('a subscriber gets what it has asked for, once for each way, until it has gone (S-CMD-PUBSUB, S-EVENT-1)', () => {
    const lab = stage({ replicas: 0, peers: 0 });
    const none = lab.open('s1', { kind: 'PSUBSCRIBE', patterns: ['-*', '+s', '*SET', '[^+]*'] });
    const twice = lab.open('s1', { kind: 'PSUBSCRIBE', patterns: ['+s?t', '+[r-t]*'] });
    const other = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['+tilt', '+reset-master'] });
    lab.run(1).ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '1');
    const pushed = (client: number) =>
      lab.arrived(client).flatMap((message) => (message.kind === 'message' ? [message.pattern ?? ''] : []));
    expect([none, twice, other].map((client) => pushed(client))).toEqual([[], ['+s?t', '+[r-t]*'], []]);
    expect(lab.sentinel('s1').subscribers).toBe(3);
    lab.ask('s1', 'CLIENT', 'KILL', 'TYPE', 'pubsub');
    expect(lab.sentinel('s1').subscribers).toBe(0);
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'quorum', '2');
    expect(pushed(twice)).toHaveLength(2);
  });

  test.each([
    ['SENTINEL masters', 'sentinel|masters'],
    ['SENTINEL is-master-down-by-addr 10.0.2.1 6379 0 *', 'sentinel|is-master-down-by-addr'],
    ['CLIENT SETNAME x', 'client|setname'],
    ['INFO', 'info'],
  ])('a subscriber may not send %s, which is %s (S-CMD-PUBSUB)', (line, name) => {
    const lab = stage({ replicas: 0, peers: 0, settleMs: 5 });
    const client = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['+set'] }, parseRequest(line.split(' ')));
    lab.run(1);
    expect(plain(lab.arrived(client).at(-1) as never)).toBe(
      `-ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  });

  test('requirepass: nothing without AUTH; unknown commands are named all the same (S-CMD-AUTH)', () => {
    const lab = stage({ peers: 0, lines: ['requirepass secret'] });
    expect(lab.ask('s1', 'PING')).toBe('-NOAUTH Authentication required.');
    expect(lab.ask('s1', 'SENTINEL', 'MYID')).toBe('-NOAUTH Authentication required.');
    expect(lab.ask('s1', 'GET', 'x')).toMatch(/^-ERR unknown command/);
    expect(lab.ask('s1', 'AUTH', 'wrong')).toMatch(/^-WRONGPASS/);
    const client = lab.open('s1', { kind: 'AUTH', user: null, password: 'secret' }, { kind: 'PING' });
    lab.run(1);
    expect(lab.arrived(client).map((message) => plain(message as never))).toEqual(['+OK', '+PONG']);
    expect(lab.ask('s1', 'AUTH', 'default', 'secret')).toBe('+OK');
    expect(lab.ask('s1', 'AUTH', 'eve', 'secret')).toMatch(/^-WRONGPASS/);
    expect(stage({ peers: 0 }).ask('s1', 'AUTH', 'x')).toMatch(
      /^-ERR AUTH <password> called without any password/,
    );
  });

  test('SHUTDOWN, and SIGTERM at the next tick, end the process with status 0 and save nothing (S-CMD-SHUTDOWN)', () => {
    const lab = stage({ peers: 0 });
    const saved = lab.saved('s1');
    const bySignal = lab.fork();
    lab.open('s1', { kind: 'SHUTDOWN', save: null, now: false, force: false, abort: false });
    lab.run(1);
    expect([lab.isRunning('s1'), lab.lines('s1', 'exited')[0]!.message]).toEqual([false, '0']);
    expect(lab.saved('s1')).toBe(saved);
    bySignal.world.signal(bySignal.process('s1'), 'TERM');
    bySignal.run(101);
    expect(bySignal.lines('s1', 'exited')[0]!.message).toBe('0');
    expect(stage({ peers: 0 }).ask('s1', 'SHUTDOWN', 'ABORT')).toBe('-ERR No shutdown in progress.');
  });
});
