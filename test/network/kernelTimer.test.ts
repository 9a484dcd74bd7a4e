import { describe, expect, test } from 'vitest';
import { kernelTimerUs } from '../../models/network/kernelTimer.ts';

describe('a timer of the kernel (R-NET-2)', () => {
  test.each([
    [200_000, 4000],
    [251_999, 4000],
    [252_000, 32_000],
    [1_000_000, 32_000],
    [2_100_000, 256_000],
    [16_000_000, 256_000],
    [16_200_000, 2_048_000],
    [100_000_000, 2_048_000],
  ])('of %i us never fires early, and at most %i us late', (delayUs, stepUs) => {
    const lateness = Array.from({ length: 400 }, (_, index) => {
      const nowUs = index * 7919;
      return kernelTimerUs(nowUs, delayUs) - nowUs - delayUs;
    });
    expect(Math.min(...lateness)).toBeGreaterThan(0);
    expect(Math.max(...lateness)).toBeLessThanOrEqual(stepUs);
    expect(Math.max(...lateness)).toBeGreaterThan(stepUs / 2);
  });
});
