import { describe, expect, test } from 'vitest';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { type FileView, parseLines, readLines, splitWords } from '../../src/config/confFile.ts';
import { type Problems, startOf } from '../../src/config/problems.ts';
import { applyRedisLines } from '../../src/config/redisConf.ts';
import { readSentinelLines } from '../../src/config/sentinelConf.ts';

function viewOf(files: Readonly<Record<string, string>>): FileView {
  return {
    open: (path) =>
      path in files ? { file: path, text: files[path]! } : { error: 'No such file or directory', hint: '' },
    expand: (pattern) => Object.keys(files).filter((name) => name.startsWith(pattern.replace('*', ''))),
  };
}

function redis(text: string) {
  const problems: Problems = [];
  const config = defaultRedisConfig();
  applyRedisLines(config, parseLines(text, 'redis.conf', problems), problems);
  return { config, problems };
}

function sentinel(...lines: string[]) {
  const problems: Problems = [];
  const { config } = readSentinelLines(parseLines(lines.join('\n'), 'sentinel.conf', problems), problems);
  return { config, messages: problems.map(({ message }) => message) };
}

describe('the syntax of a file', () => {
  test('R-CONF-1: blank lines and comments are skipped, lines are trimmed', () => {
    const lines = parseLines('# a\n\n \t port 1 \r\n#b', 'f', []);
    expect(lines.map(({ text, at }) => [text, at.line, at.column])).toEqual([['port 1', 3, 4]]);
  });

  test.each([
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a "\\x41\\n\\"" ', ['a', 'A\n"']],
    ["a 'it\\'s' \"\"", ['a', "it's", '']],
    ["a 'no\\nescape'", ['a', 'no\\nescape']],
  ])('R-CONF-2: %s', (text, words) => {
    expect(splitWords(text)?.map((word) => word.text)).toEqual(words);
  });

  test('R-CONF-5: included lines stand in place of the include line', () => {
    const files = viewOf({ main: 'port 1\ninclude sub\nport 3', sub: 'port 2' });
    const lines = readLines('main', startOf('x'), files, []);
    expect(lines.map(({ text, at }) => `${at.file} ${text}`)).toEqual([
      'main port 1',
      'sub port 2',
      'main port 3',
    ]);
  });

  test('R-CONF-5: a pattern without matches is ignored', () => {
    const problems: Problems = [];
    expect(readLines('main', startOf('x'), viewOf({ main: 'include zz*' }), problems)).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('redis.conf', () => {
  test('R-CONF-4: the last line wins, save lines add up after dropping the defaults', () => {
    const { config } = redis('port 1\nport 2\nsave 900 1\nsave 300 10\n');
    expect(config.port).toBe(2);
    expect(config.save).toEqual([
      { seconds: 900, changes: 1 },
      { seconds: 300, changes: 10 },
    ]);
  });

  test('R-CONF-4: an empty save clears what came before', () => {
    expect(redis('save 900 1\nsave ""\nsave 60 5\n').config.save).toEqual([{ seconds: 60, changes: 5 }]);
  });

  test('R-CONF-8: replicaof is refused in cluster mode', () => {
    const { problems } = redis('replicaof a 1\ncluster-enabled yes\n');
    expect(problems[0]?.message).toContain('replicaof directive not allowed in cluster mode');
  });
});

describe('sentinel.conf', () => {
  test('S-CONF-1, R-CONF-10: lines may stand before what they need', () => {
    const { config, messages } = sentinel(
      'SENTINEL Down-After-Milliseconds m 5000',
      'sentinel monitor m r1 6379 2',
      'sentinel resolve-hostnames yes',
    );
    expect(messages).toEqual([]);
    expect(config.masters[0]).toMatchObject({
      host: 'r1',
      downAfterMs: 5_000,
      failoverTimeoutMs: 180_000,
      quorum: 2,
    });
  });

  test('S-CONF-2: numbers are read as atoi does', () => {
    const { config } = sentinel('sentinel monitor m 10.0.0.1 6379x 2y', 'sentinel parallel-syncs m none');
    expect(config.masters[0]).toMatchObject({ port: 6379, quorum: 2, parallelSyncs: 0 });
  });

  test('S-CONF-2: the lines that Sentinel wrote itself are read back', () => {
    const id = 'a'.repeat(40);
    const { config, messages } = sentinel(
      `sentinel myid ${id}`,
      'sentinel current-epoch 3',
      'sentinel monitor m 10.0.0.1 6379 2',
      'sentinel config-epoch m 5',
      'sentinel leader-epoch m 4',
      'sentinel known-replica m 10.0.0.2 6379',
      `sentinel known-sentinel m 10.0.0.3 26379 ${id}`,
      'sentinel known-sentinel m 10.0.0.4 26379',
    );
    expect(messages).toEqual([]);
    expect(config).toMatchObject({ myId: id, currentEpoch: 5 });
    expect(config.masters[0]).toMatchObject({
      configEpoch: 5,
      leaderEpoch: 4,
      knownReplicas: [{ host: '10.0.0.2', port: 6379 }],
      knownSentinels: [{ host: '10.0.0.3', port: 26379, runId: id }],
    });
  });

  test('S-CONF-4: ordinary lines apply, and the port defaults to 26379', () => {
    expect(sentinel('port 5000', 'requirepass x').config).toMatchObject({ port: 5_000, requirepass: 'x' });
    expect(sentinel().config.port).toBe(26_379);
  });
});
