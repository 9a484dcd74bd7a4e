import { describe, expect, test } from 'vitest';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import {
  cloneRedisConfig,
  directiveNames,
  getDirectives,
  isImmutable,
  setDirective,
} from '../../models/redis/directives.ts';

function set(line: string) {
  const config = defaultRedisConfig();
  const [name, ...args] = line.split(' ');
  return { error: setDirective(config, name!, args), config };
}

describe('setDirective', () => {
  test.each([
    ['maxmemory 512MB', 536_870_912],
    ['maxmemory 1g', 1_000_000_000],
    ['maxmemory 10b', 10],
    ['maxmemory 7k', 7_000],
  ])('R-CONF-6: %s is %d bytes', (line, bytes) => {
    expect(set(line).config.maxmemoryBytes).toBe(bytes);
  });

  test('R-CONF-2: directive and words are case-insensitive', () => {
    expect(set('AppendOnly YES').config.appendonly).toBe(true);
    expect(set('appendfsync ALWAYS').config.appendfsync).toBe('always');
  });

  test('old names set the same fields', () => {
    expect(set('slave-priority 0').config.replicaPriority).toBe(0);
    expect(set('min-slaves-to-write 2').config.minReplicasToWrite).toBe(2);
    expect(set('slaveof r1 6379').config.replicaof).toEqual({ host: 'r1', port: 6379 });
    expect(set('replicaof NO ONE').config.replicaof).toBeNull();
  });

  test('R-CONF-3: one text with blanks is split for a directive of several values', () => {
    const config = defaultRedisConfig();
    expect(setDirective(config, 'save', ['900 1 300 10'])).toBeNull();
    expect(config.save).toEqual([
      { seconds: 900, changes: 1 },
      { seconds: 300, changes: 10 },
    ]);
    expect(setDirective(config, 'save', [''])).toBeNull();
    expect(config.save).toEqual([]);
  });

  test('R-CONF-4: client-output-buffer-limit is set class by class', () => {
    const { config } = set('client-output-buffer-limit slave 1mb 512kb 30');
    expect(config.outputBufferLimits.replica).toEqual({
      hardBytes: 1_048_576,
      softBytes: 524_288,
      softSeconds: 30,
    });
    expect(config.outputBufferLimits.pubsub).toEqual(defaultRedisConfig().outputBufferLimits.pubsub);
  });

  test('a refused value leaves the configuration as it was', () => {
    const { error, config } = set('repl-timeout 0');
    expect(error).toBe('argument must be between 1 and 2147483647 inclusive');
    expect(config).toEqual(defaultRedisConfig());
  });

  test('a directive without effect is checked and remembered', () => {
    expect(set('io-threads 4').config.unmodelled).toEqual({ 'io-threads': '4' });
    expect(set('io-threads 500').error).toBe('argument must be between 1 and 128 inclusive');
  });

  test('rename-command lines add up', () => {
    const { config } = set('rename-command config x');
    setDirective(config, 'rename-command', ['DEBUG', '']);
    expect(config.renamedCommands).toEqual({ CONFIG: 'x', DEBUG: '' });
  });
});

describe('getDirectives', () => {
  test('a glob gives names and aliases with the values in force', () => {
    const config = defaultRedisConfig();
    expect(getDirectives(config, 'min-replicas-*')).toEqual([
      ['min-replicas-to-write', '0'],
      ['min-replicas-max-lag', '10'],
    ]);
    expect(getDirectives(config, 'SAVE')).toEqual([['save', '3600 1 300 100 60 10000']]);
    expect(getDirectives(config, 'slave-priority')).toEqual([['slave-priority', '100']]);
    expect(getDirectives(config, 'no-such')).toEqual([]);
  });

  test('hidden directives answer to their full name only', () => {
    const config = defaultRedisConfig();
    expect(getDirectives(config, 'key-load-*')).toEqual([]);
    expect(getDirectives(config, 'key-load-delay')).toEqual([['key-load-delay', '0']]);
  });

  test('every value that is shown is accepted again', () => {
    const config = defaultRedisConfig();
    for (const [name, value] of getDirectives(config, '*')) {
      if (value === '') continue;
      expect([name, setDirective(cloneRedisConfig(config), name, [value])]).toEqual([name, null]);
    }
  });
});

test('replicaof cannot be changed by CONFIG SET, and every name is listed once', () => {
  expect(isImmutable('slaveof')).toBe(true);
  expect(isImmutable('maxmemory')).toBe(false);
  expect(new Set(directiveNames()).size).toBe(directiveNames().length);
});

test('a clone shares nothing that can change', () => {
  const config = defaultRedisConfig();
  const clone = cloneRedisConfig(config);
  setDirective(clone, 'rename-command', ['a', 'b']);
  setDirective(clone, 'client-output-buffer-limit', ['normal', '1', '1', '1']);
  setDirective(clone, 'logfile', ['x']);
  expect(config).toEqual(defaultRedisConfig());
});
