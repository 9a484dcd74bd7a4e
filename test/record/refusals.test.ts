import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecordArguments } from '../../scripts/record/arguments.ts';
import { parseVersion } from '../../scripts/record/programs.ts';
import { refuseUnrecordable } from '../../scripts/record/refusals.ts';
import { UsageError } from '../../src/cli/usageError.ts';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { diagnosticsOf, writeFiles } from '../config/workspace.ts';

const TOPOLOGY = `topology:
  redis: { r1: [], r2: [replicaof r1 6379] }
  sentinels: { s1: [sentinel resolve-hostnames yes, sentinel monitor m r1 6379 1] }
`;

function refuse(text: string, hasNamespaces: boolean): void {
  const path = join(writeFiles({ 's.yaml': TOPOLOGY + text }), 's.yaml');
  refuseUnrecordable(path, loadScenario(path), hasNamespaces);
}

function refusals(text: string, hasNamespaces: boolean): string[] {
  return diagnosticsOf(() => refuse(text, hasNamespaces)).map(
    (diagnostic) =>
      `${diagnostic.at.line}:${diagnostic.at.column} ${formatDiagnostic(diagnostic).split(': error: ')[1]}`,
  );
}

describe('what cannot be recorded is refused at its place', () => {
  test.each([
    ['clock: { node: r1, by: 5s }', 'clock'],
    ['restore: r1', 'restore'],
    ['power-off: r1', 'power-off'],
    ['disk: { node: r1, full: true }', 'disk'],
    ['names: { unresolvable: [r1] }', 'names'],
    ['network: { latency: 5ms }', 'network'],
  ])('%s, everywhere', (entry, verb) => {
    const [first, ...more] = refusals(`timeline:\n  - { at: 0s, ${entry} }\n`, true);
    expect(more).toEqual([]);
    expect(first).toMatch(new RegExp(`^5:15 ${verb} cannot be recorded: `));
    expect(first).toContain('simulate it: sentinelsim run');
  });

  test.each(['isolate: r1', 'rejoin: r1', 'cut: [[r1], [r2]]', 'cut-one-way: [[r1], [r2]]', 'heal: all'])(
    '%s, without namespaces alone',
    (entry) => {
      const text = `timeline:\n  - { at: 0s, ${entry} }\n`;
      expect(() => refuse(text, true)).not.toThrow();
      expect(refusals(text, false)).toEqual([expect.stringMatching(/^5:15 .* needs a network namespace/)]);
    },
  );

  test('processes and commands need nothing', () => {
    const verbs = ['kill: r1', 'stop: r1', 'start: r1', 'pause: r1', 'resume: r1', 'command: [r1, PING]'];
    const text = `timeline:\n${verbs.map((verb) => `  - { at: 0s, ${verb} }\n`).join('')}`;
    expect(() => refuse(text, false)).not.toThrow();
  });

  test("a latency like the machine's own is accepted, a greater one, jitter and loss are not", () => {
    expect(() => refuse('network: { latency: 50us }\n', true)).not.toThrow();
    for (const conditions of ['latency: 5ms', 'jitter: 1ms', 'loss: 0.01'])
      expect(refusals(`network: { ${conditions} }\n`, true)).toEqual([
        expect.stringMatching(/^4:10 these conditions cannot be recorded/),
      ]);
  });

  test('all refusals of a file are shown at once', () => {
    expect(
      refusals('timeline:\n  - { at: 0s, power-off: r1 }\n  - { at: 1s, isolate: r1 }\n', false),
    ).toHaveLength(2);
  });
});

describe('the words of npm run record', () => {
  test('a scenario alone is recorded once, to standard output', () => {
    expect(readRecordArguments(['s.yaml'])).toEqual({
      path: 's.yaml',
      out: null,
      runs: 1,
      seed: 1,
      parallel: 1,
      quiet: false,
      server: 'redis-server',
      sentinel: 'redis-sentinel',
    });
  });

  test('no more clusters stand side by side than there are runs', () => {
    expect(readRecordArguments(['s.yaml', '--runs', '3', '--parallel', '8'])).toMatchObject({ parallel: 3 });
  });

  test.each([[[]], [['s.yaml', '--runs', '0']], [['s.yaml', '--rums', '1']], [['a', 'b']]])(
    '%j is a usage error',
    (words) => {
      expect(() => readRecordArguments(words)).toThrow(UsageError);
    },
  );

  test('--help says what is needed', () => {
    expect(readRecordArguments(['--help'])).toMatch(/iproute2/);
  });
});

test("a run document's source is the server's own version", () => {
  expect(parseVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64')).toBe(
    'redis 7.0.15',
  );
  expect(parseVersion('Valkey server v=8.0.1 sha=0')).toBe('valkey 8.0.1');
  expect(parseVersion('something else')).toBe('redis of unknown version');
});
