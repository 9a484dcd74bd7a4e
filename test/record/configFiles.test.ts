import { describe, expect, test } from 'vitest';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { redisConfLines, sentinelConfLines } from '../../scripts/record/configFiles.ts';
import { type ConfLine, parseLine } from '../../src/config/confFile.ts';
import type { Problems } from '../../src/config/problems.ts';
import { applyRedisLines } from '../../src/config/redisConf.ts';
import { readSentinelLines } from '../../src/config/sentinelConf.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const PLACE = { socketPath: '/tmp/x/s', folder: '/tmp/x', bind: null };
const resolve = (host: string) => (host === 'r1' ? '10.77.0.2' : host);

function readBack(lines: readonly string[]): { read: ConfLine[]; problems: Problems } {
  const problems: Problems = [];
  const read = lines.flatMap((text, index) => {
    const line = parseLine(text, { file: 'conf', line: index + 1, column: 1 }, problems);
    return line === null ? [] : [line];
  });
  return { read, problems };
}

function deploymentOf(redis: readonly string[], sentinel: readonly string[]) {
  const topology = { redis: { r1: [], r2: redis }, sentinels: { s1: sentinel } };
  return parseScenario(JSON.stringify({ topology }), 's.yaml').deployment;
}

const SENTINEL = [
  'requirepass "s p"',
  'sentinel resolve-hostnames yes',
  'sentinel monitor m r1 6379 1',
  'sentinel down-after-milliseconds m 4321',
  'sentinel failover-timeout m 9876',
  'sentinel parallel-syncs m 2',
  'sentinel auth-pass m "p\\"w"',
  'sentinel auth-user m u',
  'sentinel master-reboot-down-after-period m 700',
  'sentinel rename-command m CONFIG C0NF',
];

describe('configuration files of a recording', () => {
  test('redis.conf says what the scenario said, with an address for the master', () => {
    const { redis } = deploymentOf(
      [
        'replicaof r1 6379',
        'requirepass "p \\"w"',
        'masterauth pw',
        'save 900 1',
        'save 300 10',
        'appendonly yes',
        'min-replicas-to-write 1',
        'maxmemory 512mb',
        'client-output-buffer-limit replica 1mb 512kb 10',
        'shutdown-on-sigterm nosave now',
        'rename-command FLUSHALL ""',
        'key-load-delay 5',
      ],
      ['sentinel resolve-hostnames yes', 'sentinel monitor m r1 6379 1'],
    );
    const { config } = redis[1]!;
    const { read, problems } = readBack(redisConfLines(config, PLACE, resolve));
    const again = defaultRedisConfig();
    applyRedisLines(again, read, problems);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { dir, unixsocket, 'enable-debug-command': debug, ...unmodelled } = again.unmodelled;
    expect([dir, unixsocket, debug]).toEqual(['/tmp/x', '/tmp/x/s', 'yes']);
    expect({ ...again, unmodelled }).toEqual({ ...config, replicaof: { host: '10.77.0.2', port: 6379 } });
  });

  test('an empty save turns saving off, as written', () => {
    const { redis } = deploymentOf(
      ['replicaof r1 6379', 'save ""'],
      ['sentinel resolve-hostnames yes', 'sentinel monitor m r1 6379 1'],
    );
    expect(redisConfLines(redis[1]!.config, PLACE, resolve)).toContain('save ""');
  });

  test('without namespaces a node listens on its own address and calls from it', () => {
    const lines = redisConfLines(defaultRedisConfig(), { ...PLACE, bind: '127.77.0.1' }, resolve);
    expect(lines).toContain('bind 127.77.0.1');
    expect(lines).toContain('bind-source-addr 127.77.0.1');
  });

  test('sentinel.conf says what the scenario said, with an address for the master', () => {
    const { sentinels } = deploymentOf(['replicaof r1 6379'], SENTINEL);
    const { config } = sentinels[0]!;
    const { read, problems } = readBack(sentinelConfLines(config, PLACE, resolve));
    const again = readSentinelLines(read, problems).config;
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const masters = config.masters.map((master) => ({ ...master, host: '10.77.0.2' }));
    expect(again).toEqual({ ...config, masters });
  });
});
