import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { loadScenarioOrDeployment } from '../../src/scenario/load.ts';
import { diagnosticsOf, type Files, writeFiles } from './workspace.ts';

/** What is read, and each diagnostic as `file:line:column` and a text that it contains. */
interface Case {
  readonly name: string;
  readonly files: Files;
  readonly read?: string;
  readonly expect: readonly (readonly [string, string])[];
}

const SENTINEL = ['sentinel resolve-hostnames yes', 'sentinel monitor m r1 6379 1'];

/** A scenario with these lines for r1 (from line 4, column 9) and more at its end. */
function redisLines(...lines: string[]): Files {
  const items = lines.map((line) => `      - ${JSON.stringify(line)}`).join('\n');
  return {
    's.yaml': `topology:\n  redis:\n    r1:\n${items}\n  sentinels:\n    s1: ${JSON.stringify(SENTINEL)}\n`,
  };
}

/** A scenario with these sentinel lines (from line 5, column 9). */
function sentinelLines(...lines: string[]): Files {
  const items = lines.map((line) => `      - ${JSON.stringify(line)}`).join('\n');
  return { 's.yaml': `topology:\n  redis: { r1: [] }\n  sentinels:\n    s1:\n${items}\n` };
}

const TOPOLOGY = `topology: { redis: { r1: [], r2: [replicaof r1 6379] }, sentinels: { s1: ${JSON.stringify(SENTINEL)} } }`;

/** A scenario whose topology is line 1; the rest begins at line 2. */
function scenario(rest: string): Files {
  return { 's.yaml': `${TOPOLOGY}\n${rest}\n` };
}

/** A compose file with a sound master and sentinel and one more service. */
function compose(service: string, more: Files = {}): Files {
  return {
    'docker-compose.yml': `services:\n${service}  r1: { image: redis, command: redis-server }\n  s1:\n    image: redis\n    command: redis-sentinel /etc/sentinel/sentinel.conf\n    volumes: ["./s1:/etc/sentinel"]\n`,
    's1/sentinel.conf': `${SENTINEL.join('\n')}\n`,
    ...more,
  };
}

function redisLine(line: string, column: number, text: string, name = line): Case {
  return { name, files: redisLines(line), expect: [[`s.yaml:4:${column}`, text]] };
}

function sentinelLine(line: string, column: number, text: string): Case {
  const files = sentinelLines(...SENTINEL, line);
  return { name: line, files, expect: [[`s.yaml:7:${column}`, text]] };
}

function timeline(entry: string, column: number, text: string): Case {
  return { name: entry, files: scenario(`timeline:\n  - ${entry}`), expect: [[`s.yaml:3:${column}`, text]] };
}

function expectation(entry: string, column: number, text: string): Case {
  return { name: entry, files: scenario(`expect:\n  - ${entry}`), expect: [[`s.yaml:3:${column}`, text]] };
}

function confFile(conf: string | Uint8Array, more: Files = {}): Files {
  const service = `  r9:\n    image: redis\n    command: redis-server /conf/redis.conf\n    volumes: ["./conf:/conf"]\n`;
  const withMaster = typeof conf === 'string' ? `replicaof r1 6379\n${conf}` : conf;
  return compose(service, { 'conf/redis.conf': withMaster, ...more });
}

const OPEN = "Fatal error, can't open config file";

const DIRECTIVES: readonly Case[] = [
  redisLine('maxmemry 1gb', 10, 'did you mean maxmemory?', 'R-CONF-8: an unknown directive'),
  redisLine('maxmemory 1tb', 20, 'argument must be a memory value', 'R-CONF-6: an unknown unit'),
  redisLine('maxmemory 1.5gb', 20, 'argument must be a memory value', 'R-CONF-6: a fraction'),
  redisLine('maxmemory -1', 20, 'argument must be a memory value', 'R-CONF-6: a negative size'),
  redisLine(
    'repl-timeout 60s',
    23,
    "argument couldn't be parsed into an integer",
    'R-CONF-7: a unit on a time',
  ),
  redisLine(
    'repl-timeout 060',
    23,
    "argument couldn't be parsed into an integer",
    'R-CONF-7: a leading zero',
  ),
  redisLine(
    'repl-timeout 0',
    23,
    'argument must be between 1 and 2147483647 inclusive',
    'R-CONF-7: below the range',
  ),
  redisLine('port 70000', 15, 'argument must be between 0 and 65535 inclusive', 'R-CONF-7: port 70000'),
  redisLine('appendonly maybe', 21, "argument must be 'yes' or 'no'", 'R-CONF-8: no boolean'),
  redisLine(
    'appendfsync sometimes',
    22,
    'must be one of the following: everysec, always, no',
    'R-CONF-8: no word of the enum',
  ),
  redisLine('maxmemory 1gb 2gb', 10, 'wrong number of arguments', 'R-CONF-3: one argument too many'),
  redisLine('maxmemory', 10, 'wrong number of arguments', 'R-CONF-3: no argument'),
  redisLine(
    'maxmemory 1gb # comment',
    24,
    'no comments at the end of a line',
    'R-CONF-1: a trailing comment',
  ),
  redisLine('save 3600 1 # less', 22, 'Invalid save parameters', 'R-CONF-1: a trailing comment after save'),
  redisLine('save 900', 15, 'Invalid save parameters', 'R-CONF-8: an odd save line'),
  redisLine('save 0 1', 15, 'Invalid save parameters', 'R-CONF-8: save every 0 seconds'),
  redisLine('replicaof r1 99999', 20, 'Invalid master port', 'R-CONF-8: a bad master port'),
  redisLine('replicaof r1', 10, 'wrong number of arguments', 'R-CONF-3: replicaof without a port'),
  redisLine(
    'client-output-buffer-limit replica 1 2',
    10,
    'Wrong number of arguments in buffer limit configuration.',
  ),
  redisLine(
    'client-output-buffer-limit slow 1 2 3',
    37,
    'Invalid client class specified in buffer limit configuration.',
  ),
  redisLine('client-output-buffer-limit pubsub a 2 3', 37, 'Error in hard, soft or soft_seconds'),
  redisLine('requirepass "abc', 10, 'Unbalanced quotes in configuration line', 'R-CONF-2: an open quote'),
  redisLine(
    'requirepass "abc"d',
    10,
    'Unbalanced quotes in configuration line',
    'R-CONF-2: text after a quote',
  ),
  redisLine('sentinel monitor m r1 6379 2', 10, 'sentinel directive while not in sentinel mode'),
  redisLine('include more.conf', 18, OPEN, 'R-CONF-5: an include in a scenario'),
  redisLine('dbfilename /data/x.rdb', 21, "dbfilename can't be a path", 'dbfilename with a folder'),
  {
    name: 'all errors of a node at once',
    files: redisLines('port x', 'hz y'),
    expect: [
      ['s.yaml:4:15', 'integer'],
      ['s.yaml:5:13', 'integer'],
    ],
  },
];

const SENTINELS: readonly Case[] = [
  {
    name: 'M-01: a host name that is not resolved',
    files: sentinelLines('sentinel monitor m r1 6379 1'),
    expect: [['s.yaml:5:29', "Can't resolve instance hostname."]],
  },
  {
    name: 'S-CONF-2: quorum 0',
    files: sentinelLines('sentinel monitor m r1 6379 0'),
    expect: [['s.yaml:5:37', 'Quorum must be 1 or greater.']],
  },
  {
    name: 'S-CONF-2: port 70000',
    files: sentinelLines('sentinel monitor m r1 70000 1'),
    expect: [['s.yaml:5:32', 'Invalid port number.']],
  },
  {
    name: 'S-CONF-2: monitor without a quorum',
    files: sentinelLines('sentinel monitor m r1 6379'),
    expect: [['s.yaml:5:19', 'Unrecognized sentinel configuration statement.']],
  },
  sentinelLine('sentinel monitor m r1 6379 1', 27, 'Duplicate master name.'),
  sentinelLine('sentinel down-after-milliseconds x 5000', 43, 'No such master with specified name.'),
  sentinelLine('sentinel down-after-milliseconds m 0', 45, 'negative or zero time parameter.'),
  sentinelLine('sentinel failover-timeout m soon', 38, 'negative or zero time parameter.'),
  sentinelLine('sentinel down-after-miliseconds m 5000', 19, 'did you mean down-after-milliseconds?'),
  sentinelLine('sentinel parallel-syncs m 2 # more', 38, 'no comments at the end of a line'),
  sentinelLine('sentinel myid abc', 24, 'Malformed Sentinel id in myid option.'),
  sentinelLine(
    'sentinel announce-hostnames perhaps',
    38,
    'Please specify yes or no for the announce-hostnames option.',
  ),
  sentinelLine('sentinel master-reboot-down-after-period m -1', 53, 'negative time parameter.'),
  sentinelLine('down-after-milliseconds m 5000', 10, 'Bad directive or wrong number of arguments'),
  {
    name: 'S-CONF-5: a replica twice',
    files: sentinelLines(...SENTINEL, 'sentinel known-slave m r2 6379', 'sentinel known-replica m r2 6379'),
    expect: [['s.yaml:8:35', 'Duplicate hostname and port for replica.']],
  },
];

const STRUCTURE: readonly Case[] = [
  {
    name: 'replicaof a node that does not exist',
    files: redisLines('replicaof r2 6379'),
    expect: [
      ['s.yaml:4:20', 'r2 is not a Redis node'],
      ['s.yaml:3:5', 'no master'],
    ],
  },
  {
    name: 'replicas in a circle',
    files: {
      's.yaml': `topology:\n  redis:\n    r1: [replicaof r2 6379]\n    r2: [replicaof r1 6379]\n  sentinels: { s1: ${JSON.stringify(SENTINEL)} }\n`,
    },
    expect: [['s.yaml:3:10', 'in a circle: r1 -> r2 -> r1']],
  },
  {
    name: 'two masters, one of them watched',
    files: {
      's.yaml': `topology:\n  redis:\n    r1: []\n    r2: []\n  sentinels: { s1: ${JSON.stringify(SENTINEL)} }\n`,
    },
    expect: [['s.yaml:4:5', 'no sentinel monitors r2']],
  },
  {
    name: 'no sentinel',
    files: { 's.yaml': 'topology: { redis: { r1: [] } }\n' },
    expect: [['s.yaml:1:1', 'no sentinel: nothing would fail over']],
  },
  {
    name: 'no Redis node',
    files: { 's.yaml': 'topology: { redis: {}, sentinels: {} }\n' },
    expect: [['s.yaml:1:1', 'no Redis node']],
  },
  {
    name: 'a sentinel without a monitor line',
    files: sentinelLines('port 26380'),
    expect: [['s.yaml:4:5', 'monitors no master']],
  },
  {
    name: 'a monitored host that is no node',
    files: sentinelLines('sentinel resolve-hostnames yes', 'sentinel monitor m r2 6379 1'),
    expect: [['s.yaml:6:29', 'did you mean r1?']],
  },
  {
    name: 'a name used twice',
    files: { 's.yaml': `topology:\n  redis: { r1: [] }\n  sentinels: { r1: ${JSON.stringify(SENTINEL)} }\n` },
    expect: [['s.yaml:3:16', 'the name r1 is taken']],
  },
  {
    name: 'a box with an unknown node',
    files: {
      's.yaml': `topology:\n  redis: { r1: [] }\n  sentinels: { s1: ${JSON.stringify(SENTINEL)} }\n  boxes: { a: [r1, s9] }\n`,
    },
    expect: [['s.yaml:4:20', 'there is no node s9']],
  },
];

const SCENARIOS: readonly Case[] = [
  timeline('{ at: 0s, kil: r1 }', 15, 'did you mean kill?'),
  timeline('{ at: 0s, kill: r7 }', 21, 'there is no r7'),
  timeline('{ at: 0s, kill: [r1, "@masters"] }', 26, 'did you mean @master?'),
  timeline('{ at: 5000, kill: r1 }', 11, '5000 has no unit: write 5000ms or 5s'),
  timeline('{ at: 5sec, kill: r1 }', 11, 'the units are us, ms, s, m and h'),
  timeline('{ kill: r1 }', 5, 'at is missing'),
  timeline('{ at: 0s }', 5, 'the entry has no verb'),
  timeline('{ at: 0s, kill: r1, start: r1 }', 5, 'several verbs in one entry: kill, start'),
  timeline('{ at: 0s, kill: r1, fro: 3s }', 25, 'unknown key fro'),
  timeline('{ at: 0s, kill: { a: b } }', 21, 'a name, a box, a role'),
  timeline('{ at: 0s, pause: r1, for: -1s }', 31, '-1s is negative'),
  timeline('{ at: 0s, cut: [r1] }', 20, 'two groups are expected'),
  timeline('{ at: 0s, command: [r1] }', 24, 'a node and at least one word'),
  timeline('{ at: 0s, network: { latncy: 5ms } }', 26, 'did you mean latency?'),
  timeline('{ at: 0s, network: { loss: 2 } }', 32, 'a probability from 0 to 1'),
  timeline('{ at: 0s, disk: { node: r1 } }', 21, 'full is missing'),
  timeline('kill r1', 5, 'a timeline entry is a mapping'),
  expectation('{ refused: { atLeast: 9s } }', 16, 'kind is missing'),
  expectation('{ refused: { kind: NOREPLICAS, client: ap } }', 44, 'there is no client ap'),
  expectation('{ keys: { node: s1, atMost: 5 } }', 21, 'there is no Redis node s1'),
  expectation('{ keys: { node: r1, atMots: 5 } }', 25, 'did you mean atMost?'),
  expectation('{ elapsed: { from: +odown } }', 16, 'to is missing'),
  expectation('{ elapsed: { from: +odwn, to: +odown } }', 24, 'did you mean +odown?'),
  expectation('{ elapsed: { from: { event: ready, node: "@leadr" }, to: +odown } }', 46, 'there is no node'),
  {
    name: 'an unknown key',
    files: scenario('timelime: []'),
    expect: [['s.yaml:2:1', 'did you mean timeline?']],
  },
  {
    name: 'settle that runs backwards',
    files: scenario('settle: 25s..15s'),
    expect: [['s.yaml:2:9', 'is no range of durations']],
  },
  {
    name: 'a wrong type',
    files: scenario('clients: 5'),
    expect: [['s.yaml:2:10', 'a list of clients is expected']],
  },
  {
    name: 'a client that connects to nobody',
    files: scenario('clients:\n  - { name: app, connect: r9 }'),
    expect: [['s.yaml:3:27', 'there is no Redis node r9']],
  },
  {
    name: 'a client that asks an unknown sentinel',
    files: scenario('clients:\n  - { name: app, discover: [s2] }'),
    expect: [['s.yaml:3:29', 'did you mean s1?']],
  },
  {
    name: 'a client that does both',
    files: scenario('clients:\n  - { name: app, discover: sentinel, connect: r1 }'),
    expect: [['s.yaml:3:28', 'either discovers or connects']],
  },
  {
    name: 'a client with a node’s name',
    files: scenario('clients:\n  - { name: r1 }'),
    expect: [['s.yaml:3:13', 'the name r1 is taken']],
  },
  {
    name: 'writes without a pause',
    files: scenario('clients:\n  - { name: app, write: 0s }'),
    expect: [['s.yaml:3:25', 'never ends']],
  },
  {
    name: 'an unknown expectation',
    files: scenario('expect:\n  - { failovr: true }'),
    expect: [['s.yaml:3:7', 'did you mean failover?']],
  },
  {
    name: 'an unknown event',
    files: scenario('expect:\n  - { event: +sdwn }'),
    expect: [['s.yaml:3:14', 'did you mean +sdown?']],
  },
  {
    name: 'neither deployment nor topology',
    files: { 's.yaml': 'name: x\n' },
    expect: [['s.yaml:1:1', 'no deployment and no topology']],
  },
  {
    name: 'both deployment and topology',
    files: scenario('deployment: x'),
    expect: [['s.yaml:2:13', 'not both']],
  },
  {
    name: 'a deployment that is not there',
    files: { 's.yaml': 'deployment: ./nowhere.yml\n' },
    expect: [['s.yaml:1:13', 'No such file or directory']],
  },
  {
    name: 'several errors in their places',
    files: scenario('duration: 5\ntimeline:\n  - { at: 1, kill: r1 }\n  - { at: 1s, kil: r1 }'),
    expect: [
      ['s.yaml:2:11', '5 has no unit'],
      ['s.yaml:4:11', '1 has no unit'],
      ['s.yaml:5:15', 'unknown verb kil'],
    ],
  },
];

const FILES: readonly Case[] = [
  { name: 'a file that is not there', files: {}, expect: [['s.yaml:1:1', 'No such file or directory']] },
  {
    name: 'a folder without a compose file',
    files: { 'x/readme': '' },
    read: 'x',
    expect: [['x:1:1', 'the folder has no compose file']],
  },
  {
    name: 'a folder in place of a file',
    files: { 's.yaml': 'deployment: d\n', 'd/docker-compose.yml/x': '' },
    expect: [['d/docker-compose.yml:1:1', 'Is a directory']],
  },
  { name: 'an empty file', files: { 's.yaml': '' }, expect: [['s.yaml:1:1', 'the file is no scenario']] },
  {
    name: 'a file of over 1 MiB',
    files: { 's.yaml': `#${'x'.repeat(1_048_577)}\n` },
    expect: [['s.yaml:1:1', 'too large']],
  },
  {
    name: 'binary junk',
    files: { 's.yaml': new Uint8Array([0x80, 0xff, 0x00]) },
    expect: [['s.yaml:1:1', 'not UTF-8']],
  },
  { name: 'a NUL byte', files: { 's.yaml': 'a: b\0\n' }, expect: [['s.yaml:1:1', 'no text']] },
  {
    name: 'YAML with a tab',
    files: { 's.yaml': 'a:\n\tb: c\n' },
    expect: [['s.yaml:2:1', 'the YAML cannot be read']],
  },
  {
    name: 'YAML with an open bracket',
    files: { 's.yaml': 'a: [1, 2\n' },
    expect: [['s.yaml:2:1', 'the YAML cannot be read']],
  },
  {
    name: 'a key twice',
    files: { 's.yaml': 'name: a\nname: b\n' },
    expect: [['s.yaml:2:1', 'Map keys must be unique']],
  },
  {
    name: 'an alias without an anchor',
    files: { 's.yaml': 'name: *x\n' },
    expect: [['s.yaml:1:7', 'there is no anchor &x']],
  },
  {
    name: 'a YAML bomb',
    files: {
      's.yaml': `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`).join('\n')}\n`,
    },
    expect: [['s.yaml:1:1', 'grows too large']],
  },
  { name: 'a list', files: { 's.yaml': '- a\n' }, expect: [['s.yaml:1:1', 'the file is no scenario']] },
];

const COMPOSE: readonly Case[] = [
  {
    name: 'M-10: a configuration file that is not mounted',
    files: compose('  r9: { image: redis, command: redis-server /etc/x.conf }\n'),
    read: '.',
    expect: [['docker-compose.yml:2:32', `${OPEN} '/etc/x.conf': No such file or directory`]],
  },
  {
    name: 'R-CONF-5: a missing include',
    files: confFile('include /conf/more.conf\n'),
    read: '.',
    expect: [['conf/redis.conf:2:9', `${OPEN} '/conf/more.conf'`]],
  },
  {
    name: 'R-CONF-5: includes in a circle',
    files: confFile('include /conf/a.conf\n', { 'conf/a.conf': 'include /conf/redis.conf\n' }),
    read: '.',
    expect: [['conf/a.conf:1:9', 'include each other in a circle']],
  },
  {
    name: 'a huge configuration file',
    files: confFile(`${'# x\n'.repeat(300_000)}`),
    read: '.',
    expect: [['docker-compose.yml:4:14', 'too large']],
  },
  {
    name: 'a binary configuration file',
    files: confFile(new Uint8Array([0, 1, 2, 255])),
    read: '.',
    expect: [['docker-compose.yml:4:14', 'not UTF-8']],
  },
  {
    name: 'R-CONF-1: a trailing comment in a file',
    files: confFile('\nrepl-backlog-size 16mb  # more\n'),
    read: '.',
    expect: [['conf/redis.conf:3:25', 'no comments at the end of a line']],
  },
  {
    name: 'a bad option on the command line',
    files: compose('  r9: { image: redis, command: redis-server --replicaof r1 6379 --port 70000 }\n'),
    read: '.',
    expect: [['docker-compose.yml:2:32', 'argument must be between 0 and 65535 inclusive']],
  },
  {
    name: 'S-PERSIST-8: a sentinel without a file',
    files: compose('  s9: { image: redis, command: redis-sentinel }\n'),
    read: '.',
    expect: [['docker-compose.yml:2:32', 'Sentinel needs config file on disk to save state. Exiting...']],
  },
  {
    name: 'M-06: a sentinel file that is mounted read-only',
    files: compose(
      '  s9: { image: redis, command: redis-sentinel /s.conf, volumes: ["./s1/sentinel.conf:/s.conf:ro"] }\n',
    ),
    read: '.',
    expect: [
      [
        'docker-compose.yml:2:3',
        'Sentinel config file /s.conf is not writable: Permission denied. Exiting...',
      ],
    ],
  },
  {
    name: 'a service that is a word',
    files: compose('  r9: redis\n'),
    read: '.',
    expect: [['docker-compose.yml:2:3', 'the service r9 is no mapping']],
  },
  {
    name: 'services that are a list',
    files: { 'docker-compose.yml': 'services: [a]\n' },
    read: '.',
    expect: [
      ['docker-compose.yml:1:11', 'the file has no services'],
      ['docker-compose.yml:1:1', 'no Redis node'],
      ['docker-compose.yml:1:1', 'no sentinel'],
    ],
  },
  {
    name: 'a variable that must be set',
    files: compose(
      '  r9: { image: redis, command: "redis-server --replicaof r1 6379 --masterauth $\u007bPW:?set it}" }\n',
    ),
    read: '.',
    expect: [['docker-compose.yml:2:32', 'the variable PW is not set: set it']],
  },
  {
    name: 'a grace period without a unit',
    files: compose(
      '  r9: { image: redis, command: redis-server --replicaof r1 6379, stop_grace_period: 20 }\n',
    ),
    read: '.',
    expect: [['docker-compose.yml:2:85', 'write 20s']],
  },
  {
    name: 'extends in a circle',
    files: compose('  r9: { extends: r9, image: redis, command: redis-server --replicaof r1 6379 }\n'),
    read: '.',
    expect: [['docker-compose.yml:2:18', 'cannot extend r9']],
  },
  {
    name: 'an unknown inline config',
    files: compose('  r9: { image: redis, command: redis-server --replicaof r1 6379, configs: [x] }\n'),
    read: '.',
    expect: [['docker-compose.yml:2:76', 'there is no x under configs']],
  },
  {
    name: 'two nodes at one address',
    files: compose(
      ['a', 'b']
        .map(
          (n) =>
            `  ${n}: { image: redis, command: redis-server --replicaof r1 6379, networks: { n: { ipv4_address: 10.0.0.2 } } }\n`,
        )
        .join(''),
    ),
    read: '.',
    expect: [['docker-compose.yml:3:3', '10.0.0.2 is the address of a too']],
  },
];

const CASES = { DIRECTIVES, SENTINELS, STRUCTURE, SCENARIOS, FILES, COMPOSE };

describe('bad input is a diagnostic at its place, with a way out', () => {
  for (const [group, cases] of Object.entries(CASES)) {
    test.each(cases.map((one) => [one.name, one] as const))(`${group.toLowerCase()}: %s`, (_name, one) => {
      const folder = writeFiles(one.files);
      const path = one.read === '.' ? folder : `${folder}/${one.read ?? 's.yaml'}`;
      const found = diagnosticsOf(() => loadScenarioOrDeployment(path));
      const places = found.map(({ at }) => `${relative(folder, at.file)}:${at.line}:${at.column}`);
      expect(places, found.map(formatDiagnostic).join('\n')).toEqual(one.expect.map(([place]) => place));
      for (const [index, [, text]] of one.expect.entries()) {
        expect(formatDiagnostic(found[index]!)).toContain(text);
      }
    });
  }
});
