/** Pure pieces against deliberately dumb second implementations. */
import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../models/glob.ts';
import { createStream, drawBelow } from '../../models/random.ts';
import { majority } from '../../models/sentinel/quorum.ts';
import { createTickCursor, currentHz, finishTick, nextTickUs } from '../../models/sentinel/ticks.ts';

/** A pattern piece by piece, with the text of a regular expression that means the same. */
const PIECES: readonly (readonly [string, string])[] = [
  ['*', '[^]*'],
  ['?', '[^]'],
  ['a', 'a'],
  ['b', 'b'],
  ['-', '-'],
  ['[ab]', '[ab]'],
  ['[^a]', '[^a]'],
  ['[a-c]', '[a-c]'],
  ['[c-a]', '[a-c]'],
  ['\\*', '\\*'],
  ['\\?', '\\?'],
  ['\\[', '\\['],
];

describe('patterns of RESET, CONFIG GET and PSUBSCRIBE', () => {
  test('any pattern and text: as a regular expression (S-SWITCH-6, S-CMD-CONFIG-1)', () => {
    const text = array(constantFrom('a', 'b', 'c', 'd', '-', '*', '?', '['), { maxLength: 8 }).map((list) =>
      list.join(''),
    );
    assert(
      property(array(constantFrom(...PIECES), { maxLength: 6 }), text, (pieces, subject) => {
        const pattern = pieces.map(([glob]) => glob).join('');
        const expected = new RegExp(`^${pieces.map(([, source]) => source).join('')}$`).test(subject);
        expect([pattern, subject, matchesGlob(pattern, subject)]).toEqual([pattern, subject, expected]);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test('odd patterns (S-SWITCH-6)', () => {
    expect(matchesGlob('', '')).toBe(true);
    expect(matchesGlob('', 'a')).toBe(false);
    expect(matchesGlob('**', '')).toBe(true);
    expect(matchesGlob('[ab', 'b')).toBe(true);
    expect(matchesGlob('a\\', 'a\\')).toBe(true);
    expect(matchesGlob('A', 'a')).toBe(false);
  });
});

describe('ticks', () => {
  test('any length of the ticks: each interval is one of the ten and counts from the end of the last (S-TIMER-2, S-TIMER-3)', () => {
    assert(
      property(
        integer({ min: 0, max: 1e6 }),
        array(integer({ min: 0, max: 40_000 }), { maxLength: 150 }),
        (seed, durations) => {
          const ticks = createTickCursor(createStream(seed, 'tick'), 5000);
          // The dumb one draws an interval when a tick has ended.
          const stream = createStream(seed, 'tick');
          let atUs = 6000;
          for (const durationUs of durations) {
            expect(nextTickUs(ticks)).toBe(atUs);
            finishTick(ticks, atUs + durationUs);
            const hz = 10 + drawBelow(stream, 10);
            expect(currentHz(ticks)).toBe(hz);
            atUs += durationUs + Math.floor(1000 / hz) * 1000;
          }
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });
});

test('two majorities of the same voters always meet (S-ELECT-2)', () => {
  assert(
    property(tuple(integer({ min: 1, max: 1000 })), ([voters]) => {
      expect(2 * majority(voters)).toBeGreaterThan(voters);
      expect(2 * (majority(voters) - 1)).toBeLessThanOrEqual(voters);
    }),
    { seed: 1 },
  );
});
