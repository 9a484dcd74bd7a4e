import { describe, expect, test } from 'vitest';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import {
  canonicalDirective,
  cloneRedisConfig,
  describeDirective,
  directiveNames,
  getDirectives,
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

  test('hz counts as 1 to 500, whatever a file says (R-CLK-2)', () => {
    expect([set('hz 0').config.hz, set('hz 100').config.hz, set('hz 999').config.hz]).toEqual([1, 100, 500]);
  });

  test('percentiles are numbers from 0 to 100, or none', () => {
    const shown = (text: string) => {
      const config = defaultRedisConfig();
      return (
        setDirective(config, 'latency-tracking-info-percentiles', [text]) ??
        getDirectives(config, 'latency-tracking-info-percentiles')[0]![1]
      );
    };
    expect([shown('0 99.90 100'), shown('')]).toEqual(['0 99.9 100', '']);
    expect(shown('50 x')).toBe('Invalid latency-tracking-info-percentiles parameters');
    expect(shown('50 101')).toBe(
      'latency-tracking-info-percentiles parameters should sit between [0.0,100.0]',
    );
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

  test('a replica shows its master, a master nothing', () => {
    expect(getDirectives(set('replicaof r1 6379').config, 'slaveof')).toEqual([['slaveof', 'r1 6379']]);
    expect(getDirectives(defaultRedisConfig(), 'replicaof')).toEqual([['replicaof', '']]);
  });

  test('every value that is shown is accepted again', () => {
    const config = defaultRedisConfig();
    for (const [name, value] of getDirectives(config, '*')) {
      if (value === '') continue;
      expect([name, setDirective(cloneRedisConfig(config), name, [value])]).toEqual([name, null]);
    }
  });
});

test.each([
  ['AppendOnly', 'yes or no'],
  ['repl-timeout', 'an integer without a unit, at least 1'],
  ['hz', 'an integer without a unit, at least 0'],
  ['maxmemory', 'bytes, or a number with k, kb, m, mb, g or gb'],
  ['appendfsync', 'one of everysec, always, no'],
  ['shutdown-on-sigterm', 'one of default, save, nosave, now, force'],
  ['requirepass', 'one word'],
  ['dbfilename', 'one word'],
  ['save', ''],
  ['latency-tracking-info-percentiles', ''],
  ['no-such', ''],
])('%s wants %s', (name, words) => {
  expect(describeDirective(name)).toBe(words);
});

test('every name is listed once', () => {
  expect(new Set(directiveNames()).size).toBe(directiveNames().length);
});

describe('what only a file may hold', () => {
  const BAD = 'Bad directive or wrong number of arguments';

  test.each([
    ['rename-command CONFIG', BAD],
    ['rename-command CONFIG a b', BAD],
    ['rename-command CONFIG ""', null],
    ['loadmodule', BAD],
    ['loadmodule /m.so x y', null],
    ['list-max-ziplist-entries 7', null],
    ['list-max-ziplist-value 7 8', BAD],
    ['lua-replicate-commands', BAD],
    ['no-such 1', BAD],
    ['sentinel monitor m 127.0.0.1 6379 1', 'sentinel directive while not in sentinel mode'],
  ])('%s: %s (R-CONF-3, R-CONF-8)', (line, refusal) => {
    expect(set(line).error).toBe(refusal);
  });

  test('a deprecated directive changes nothing, and has a name of its own', () => {
    expect(set('Lua-Replicate-Commands yes').config).toEqual(defaultRedisConfig());
    expect(canonicalDirective('Lua-Replicate-Commands')).toBe('lua-replicate-commands');
    expect(directiveNames()).toContain('lua-replicate-commands');
  });
});

test('a clone shares nothing that can change', () => {
  const config = defaultRedisConfig();
  const clone = cloneRedisConfig(config);
  setDirective(clone, 'rename-command', ['a', 'b']);
  setDirective(clone, 'client-output-buffer-limit', ['normal', '1', '1', '1']);
  setDirective(clone, 'logfile', ['x']);
  expect(config).toEqual(defaultRedisConfig());
});
