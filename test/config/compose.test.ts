import { describe, expect, test } from 'vitest';
import { interpolate } from '../../src/config/interpolate.ts';
import { loadDeployment } from '../../src/config/loadDeployment.ts';
import { parseServerCommand } from '../../src/config/serverCommand.ts';
import { diagnosticsOf, type Files, writeFiles } from './workspace.ts';

const SENTINEL_CONF = 'sentinel resolve-hostnames yes\nsentinel monitor m r1 6379 1\n';

const SENTINEL = `  s1:
    image: redis
    command: redis-sentinel /conf/sentinel.conf
    volumes: ["./s1:/conf"]
`;

function load(services: string, files: Files = {}, rest = '') {
  return loadDeployment(
    writeFiles({
      'docker-compose.yml': `services:\n${services}${SENTINEL}${rest}`,
      's1/sentinel.conf': SENTINEL_CONF,
      ...files,
    }),
  );
}

describe('loadDeployment', () => {
  test('the mended example is one master, two replicas and three sentinels, with its known doubts', () => {
    const deployment = loadDeployment('examples/redis-ha');
    expect(deployment.redis.map(({ name, configFile }) => [name, configFile])).toEqual([
      ['redis-master', 'read-only'],
      ['redis-replica-1', 'read-only'],
      ['redis-replica-2', 'read-only'],
    ]);
    expect(deployment.sentinels.map(({ configFile }) => configFile)).toEqual([
      'writable',
      'writable',
      'writable',
    ]);
    expect(deployment.redis[0]!.config).toMatchObject({ minReplicasToWrite: 1, maxmemoryBytes: 536_870_912 });
    expect(deployment.notes.map(({ message }) => /\(M-\d+\)/.exec(message)?.[0])).toEqual([
      '(M-05)',
      '(M-05)',
      '(M-05)',
      '(M-18)',
    ]);
  });

  test('the example as written says why it cannot start (M-01, M-10)', () => {
    const messages = diagnosticsOf(() => loadDeployment('examples/redis-ha-as-written')).map(
      ({ message }) => message,
    );
    expect(messages.filter((message) => message.includes("can't open config file"))).toHaveLength(5);
    expect(messages.filter((message) => message.includes("Can't resolve instance hostname."))).toHaveLength(
      1,
    );
  });

  test('options on the command line win over the file', () => {
    const { redis } = load(
      '  r1: { image: redis, command: ["redis-server", "/r.conf", "--port", "6379", "--save", ""], volumes: ["./r.conf:/r.conf"] }\n',
      { 'r.conf': 'port 7000\nrequirepass x\n' },
    );
    expect(redis[0]!.config).toMatchObject({ port: 6379, requirepass: 'x', save: [] });
    expect(redis[0]!.configFile).toBe('not-replaceable');
  });

  test('variables come from .env and have defaults', () => {
    const { redis } = load(
      '  r1: { image: redis, command: "redis-server --requirepass $\u007bPW} --hz $\u007bHZ:-50}" }\n',
      {
        '.env': 'PW="topsecret"\n',
      },
    );
    expect(redis[0]!.config).toMatchObject({ requirepass: 'topsecret', hz: 50 });
  });

  test('merge keys, extends, inline configs, several names and fixed addresses', () => {
    const deployment = load(
      `  r1: &base
    image: redis
    command: redis-server
    stop_grace_period: 1m30s
    container_name: the-master
    networks: { n: { aliases: [db], ipv4_address: 10.0.0.5 } }
  r2:
    <<: *base
    container_name: the-replica
    command: redis-server /c.conf
    configs: [{ source: c, target: /c.conf }]
    networks: { n: { ipv4_address: 10.0.0.6 } }
  r3: { extends: { service: r2 }, container_name: third, networks: {} }
`,
      {},
      'configs:\n  c:\n    content: |\n      replicaof db 6379\n',
    );
    expect(deployment.redis.map(({ config, stopGraceMs }) => [config.replicaof?.host, stopGraceMs])).toEqual([
      [undefined, 90_000],
      ['db', 90_000],
      ['db', 90_000],
    ]);
    expect(deployment.aliases).toEqual({ 'the-master': 'r1', db: 'r1', 'the-replica': 'r2', third: 'r3' });
    expect(deployment.addresses).toEqual({ r1: '10.0.0.5', r2: '10.0.0.6' });
  });

  test('a container that copies a template before it starts owns its file', () => {
    const { sentinels } = load(
      `  r1: { image: redis }
  s2:
    image: redis
    command: sh -c "cp /tpl/sentinel.conf /data/sentinel.conf && exec redis-server /data/sentinel.conf --sentinel"
    volumes: ["./s1:/tpl:ro"]
`,
    );
    expect(sentinels.map(({ name, configFile }) => [name, configFile])).toEqual([
      ['s2', 'writable'],
      ['s1', 'writable'],
    ]);
  });

  test('images that are configured by their environment', () => {
    const { redis, sentinels } = load(
      `  r1: { image: "bitnami/redis:7.0", environment: { REDIS_REPLICATION_MODE: master, REDIS_PASSWORD: pw } }
  r2: { image: "bitnami/redis:7.0", environment: [REDIS_REPLICATION_MODE=slave, REDIS_MASTER_HOST=r1, REDIS_MASTER_PASSWORD=pw, REDIS_PASSWORD=pw] }
  s2: { image: "bitnami/redis-sentinel:7.0", environment: { REDIS_MASTER_HOST: r1, REDIS_MASTER_SET: m, REDIS_MASTER_PASSWORD: pw } }
`,
    );
    expect(redis[1]!.config).toMatchObject({
      replicaof: { host: 'r1', port: 6379 },
      masterauth: 'pw',
      appendonly: true,
    });
    expect(redis[0]!.config.masterauth).toBe('pw');
    expect(sentinels[0]!.config.masters[0]).toMatchObject({
      name: 'm',
      quorum: 2,
      downAfterMs: 60_000,
      authPass: 'pw',
    });
  });

  test('a service that is no Redis is passed over with a note', () => {
    const { notes } = load('  r1: { image: redis }\n  web: { image: nginx }\n');
    expect(notes.map(({ message }) => message)).toContain('web is no Redis: passed over');
  });

  test.each([
    [
      'M-11',
      '  r1: { image: redis, command: redis-server --requirepass x --masterauth x }\n  r2: { image: redis, command: redis-server --replicaof r1 6379 }\n',
    ],
    [
      'M-12',
      '  r1: { image: redis }\n  r2: { image: redis, command: redis-server --replicaof r1 6379 --requirepass x }\n',
    ],
    [
      'M-13',
      '  r1: { image: redis }\n  r2: { image: redis, command: redis-server --replicaof r1 6379 --masterauth x }\n',
    ],
    ['M-15', '  r1: { image: redis, command: redis-server --requirepass x }\n'],
    [
      'M-18',
      '  r1: { image: redis, command: redis-server --min-replicas-to-write 1 }\n  r2: { image: redis, command: redis-server --replicaof r1 6379 }\n',
    ],
    [
      'M-08',
      `  r1: { image: redis }\n  s2: { image: redis, command: redis-sentinel /c/sentinel.conf, volumes: ["./id:/c"] }\n  s3: { image: redis, command: redis-sentinel /c/sentinel.conf, volumes: ["./id:/c"] }\n`,
    ],
    [
      'M-07',
      `  r1: { image: redis }\n  s2: { image: redis, command: redis-sentinel /c.conf, volumes: ["./s1/sentinel.conf:/c.conf"] }\n`,
    ],
  ])('%s is a warning', (rule, services) => {
    const files = { 'id/sentinel.conf': `${SENTINEL_CONF}sentinel myid ${'b'.repeat(40)}\n` };
    const { notes } = load(services, files);
    expect(notes.map(({ severity, message }) => `${severity} ${message}`).join('\n')).toMatch(
      new RegExp(`warning .*\\(${rule}\\)`),
    );
  });
});

describe('parseServerCommand', () => {
  test.each([
    [['redis-server', '/a.conf'], 'redis', '/a.conf'],
    [['redis-server', '/a.conf', '--sentinel'], 'sentinel', '/a.conf'],
    [['valkey-sentinel', '/a.conf'], 'sentinel', '/a.conf'],
    [['/usr/local/bin/redis-sentinel', 'x.conf'], 'sentinel', 'x.conf'],
    [['docker-entrypoint.sh', 'redis-server'], 'redis', null],
    [['/a.conf'], 'redis', '/a.conf'],
    [['--port', '1'], 'redis', null],
    [['sh', '-c', 'sleep 5; exec redis-server /a.conf'], 'redis', '/a.conf'],
  ] as const)('%j', (words, kind, configPath) => {
    expect(parseServerCommand(words)).toMatchObject({ kind, configPath });
  });

  test.each([[['redis-cli', 'ping']], [['sh', '-c', 'echo redis-server']], [[]]])(
    '%j is no server',
    (words) => {
      expect(parseServerCommand(words)).toBeNull();
    },
  );
});

test.each([
  ['$A-$\u007bA}', 'x-x'],
  ['$\u007bB:-y}$\u007bE:-z}$\u007bE-q}', 'yz'],
  ['$$A', '$A'],
  ['$\u007bB:-$\u007bA}}', 'x'],
  ['$\u007bA:+set}$\u007bB:+set}', 'set'],
  ['a $ b', 'a $ b'],
])('interpolate: %s', (text, expected) => {
  const variables = new Map([
    ['A', 'x'],
    ['E', ''],
  ]);
  expect(interpolate(text, variables)).toEqual({ text: expected });
});
