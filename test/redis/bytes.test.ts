import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hello, helloText, type StreamCommand } from '../../models/commands.ts';
import { commandBytes, digits, EXEC_BYTES, helloBytes, MULTI_BYTES } from '../../models/redis/bytes.ts';

/** The command as RESP text. */
function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function wordsOf(command: StreamCommand): string[] {
  switch (command.kind) {
    case 'SET':
      return ['SET', command.key, command.value];
    case 'DEL':
      return ['DEL', ...command.keys];
    case 'PUBLISH':
      return [
        'PUBLISH',
        command.channel,
        typeof command.payload === 'string' ? command.payload : helloText(command.payload),
      ];
    case 'SELECT':
      return ['SELECT', '0'];
    case 'GETACK':
      return ['REPLCONF', 'GETACK', '*'];
    case 'DEBUG POPULATE':
      return ['DEBUG', 'POPULATE', String(command.keys)];
    default:
      return [command.kind];
  }
}

const word = fc.string({ unit: 'grapheme-ascii', maxLength: 1200 });
const hello: fc.Arbitrary<Hello> = fc.record({
  sentinelIp: fc.ipV4(),
  sentinelPort: fc.nat(65_535),
  sentinelRunId: fc.constant('f'.repeat(40)),
  currentEpoch: fc.nat(),
  masterName: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }),
  masterIp: fc.ipV4(),
  masterPort: fc.nat(65_535),
  masterConfigEpoch: fc.nat(),
});
const command: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({ kind: fc.constant('SET' as const), key: word, value: word }),
  fc.record({ kind: fc.constant('DEL' as const), keys: fc.array(word, { minLength: 1, maxLength: 120 }) }),
  fc.record({ kind: fc.constant('PUBLISH' as const), channel: word, payload: fc.oneof(word, hello) }),
  fc.record({
    kind: fc.constant('DEBUG POPULATE' as const),
    keys: fc.nat(),
    valueBytes: fc.constant(10),
  }),
  fc.constantFrom({ kind: 'FLUSHALL' } as const, { kind: 'SELECT' } as const),
  fc.constantFrom({ kind: 'PING' } as const, { kind: 'GETACK' } as const),
);

describe('lengths in a replication stream', () => {
  test('any command counts the bytes of its RESP text (R-OFF-1)', () => {
    fc.assert(
      fc.property(command, (each) => {
        expect(commandBytes(each)).toBe(encode(wordsOf(each)).length);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('any hello: its length is that of its text (R-OFF-2b)', () => {
    fc.assert(
      fc.property(hello, (each) => {
        expect(helloBytes(each)).toBe(helloText(each).length);
      }),
      { seed: 1 },
    );
  });

  test('any number: its decimal digits are counted (R-OFF-1)', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (n) => {
        expect(digits(n)).toBe(String(n).length);
      }),
      { seed: 1 },
    );
    for (const n of [0, 9, 10, 99, 100]) expect(digits(n)).toBe(String(n).length);
  });

  test('the sizes of the reference: SET k v 27, PING 14, SELECT 23, GETACK 37, MULTI 15, EXEC 14 (R-OFF-1)', () => {
    expect(commandBytes({ kind: 'SET', key: 'k', value: 'v' })).toBe(27);
    expect(commandBytes({ kind: 'PING' })).toBe(14);
    expect(commandBytes({ kind: 'SELECT' })).toBe(23);
    expect(commandBytes({ kind: 'GETACK' })).toBe(37);
    expect(MULTI_BYTES).toBe(encode(['MULTI']).length);
    expect(EXEC_BYTES).toBe(encode(['EXEC']).length);
  });
});
