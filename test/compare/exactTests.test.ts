import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fisherExact, ksExact, ksStatistic } from '../../src/compare/exactTests.ts';

describe("Fisher's exact test", () => {
  test('the lady who tastes tea (R documentation): 3 of 4 against 1 of 4', () => {
    expect(fisherExact(3, 4, 1, 4)).toBeCloseTo(0.4857142857, 9);
  });

  test('convictions of twins (R documentation): 2 of 17 against 10 of 13', () => {
    expect(fisherExact(2, 17, 10, 13)).toBeCloseTo(0.0005367241, 9);
  });

  test('equal shares are certain to agree, and opposite ones do not', () => {
    expect(fisherExact(5, 5, 200, 200)).toBe(1);
    expect(fisherExact(0, 5, 200, 200)).toBeLessThan(1e-8);
  });

  test('both arms are treated alike', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(12), (a, b, c, d) => {
        expect(fisherExact(a, a + b, c, c + d)).toBeCloseTo(fisherExact(c, c + d, a, a + b), 9);
      }),
    );
  });
});

/** All ways to deal `values` out to two samples of which the first has `size`. */
function deals(values: readonly number[], size: number): [number[], number[]][] {
  if (size === 0) return [[[], [...values]]];
  if (size === values.length) return [[[...values], []]];
  const [head, ...rest] = values;
  return [
    ...deals(rest, size - 1).map(([a, b]): [number[], number[]] => [[head!, ...a], b]),
    ...deals(rest, size).map(([a, b]): [number[], number[]] => [a, [head!, ...b]]),
  ];
}

/** The test without any cleverness: the share of deals that are at least as far apart. */
function ksByEnumeration(a: readonly number[], b: readonly number[]): number {
  const pooled = [...a, ...b].sort((x, y) => x - y);
  const observed = ksStatistic(a, b);
  const all = deals(pooled, a.length);
  return all.filter(([x, y]) => ksStatistic(x, y) >= observed - 1e-9).length / all.length;
}

const ascending = (values: readonly number[]) => [...values].sort((x, y) => x - y);

describe('Kolmogorov-Smirnov test of two samples', () => {
  test('tables for five against five: 1, 0.8 and 0.6 apart', () => {
    expect(ksExact([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(ksExact([1, 2, 3, 4, 6], [5, 7, 8, 9, 10])).toBeCloseTo(20 / 252, 12);
    expect(ksExact([1, 2, 3, 5, 6], [4, 7, 8, 9, 10])).toBeCloseTo(20 / 252, 12);
    expect(ksExact([1, 2, 3, 6, 7], [4, 5, 8, 9, 10])).toBeCloseTo(90 / 252, 12);
  });

  test('five recordings apart from all of 200 seeds: 2 deals of all', () => {
    const seeds = Array.from({ length: 200 }, (_, index) => index);
    const deals205over5 = (205 * 204 * 203 * 202 * 201) / 120;
    expect(ksExact([500, 501, 502, 503, 504], seeds)).toBeCloseTo(2 / deals205over5, 15);
  });

  test('with and without ties it is the share of all deals that are as far apart', () => {
    const values = (most: number) => fc.array(fc.nat(most), { minLength: 1, maxLength: 6 }).map(ascending);
    for (const most of [2, 5, 1000]) {
      fc.assert(
        fc.property(values(most), values(most), (a, b) => {
          expect(ksExact(a, b)).toBeCloseTo(ksByEnumeration(a, b), 9);
        }),
      );
    }
  });
});
