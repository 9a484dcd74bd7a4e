import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsOf } from '../../src/measure/clients.ts';

const ZERO_US = 10_000_000;

test('gaps: spans of over 300 ms between acknowledgements, in ms relative to time zero', () => {
  const acked = [9_900_000, 10_000_000, 10_300_000, 10_600_001, 12_000_000];
  expect(gapsOf(acked, ZERO_US, 8_000_000, 12_100_000)).toEqual([
    [300, 600],
    [600, 2000],
  ]);
});

test('gaps: one that is still open at the end is closed by the run’s end', () => {
  expect(gapsOf([10_000_000], ZERO_US, 8_000_000, 15_000_000)).toEqual([[0, 5000]]);
});

test('gaps: a client that never got through has one gap from its start to the end', () => {
  expect(gapsOf([], ZERO_US, 8_000_000, 15_000_000)).toEqual([[-2000, 5000]]);
});

test('gaps: they never overlap, and are exactly the long spans, as a plain scan finds them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(900_000), { minLength: 1, maxLength: 60 }), (steps) => {
      let at = ZERO_US;
      const acked = steps.map((step) => {
        at += step;
        return at;
      });
      const long = acked.slice(1).filter((time, index) => time - acked[index]! > 300_000).length;
      const gaps = gapsOf(acked, ZERO_US, ZERO_US, at);
      expect(gaps).toHaveLength(long);
      for (const [index, [from]] of gaps.slice(1).entries()) {
        expect(from).toBeGreaterThanOrEqual(gaps[index]![1]);
      }
    }),
  );
});
