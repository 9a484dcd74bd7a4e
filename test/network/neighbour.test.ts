import { describe, expect, test } from 'vitest';
import {
  CYCLE_US,
  createNeighbour,
  cycleEndUs,
  isCycling,
  nextProbeUs,
  PROBE_INTERVAL_US,
  startCycle,
} from '../../models/network/neighbour.ts';
import { createStream } from '../../models/random.ts';

const SECOND_US = 1_000_000;
const fresh = (lost: boolean, seed = 1) =>
  createNeighbour(7 * SECOND_US, lost, createStream(seed, 'network'));

describe('one machine’s entry for another that has left the network (R-NET-2)', () => {
  test('is gone with the own link: the first packet starts three probes, the next packet the next three', () => {
    const neighbour = fresh(true);
    expect(isCycling(neighbour, 7 * SECOND_US)).toBe(false);
    expect(startCycle(neighbour, 8 * SECOND_US)).toBe(true);
    expect([neighbour.cycleOriginUs, CYCLE_US]).toEqual([8 * SECOND_US, 3 * PROBE_INTERVAL_US]);
    for (const [afterUs, cycling] of [
      [0, true],
      [CYCLE_US - 1, true],
      [CYCLE_US, false],
    ] as const)
      expect(isCycling(neighbour, 8 * SECOND_US + afterUs)).toBe(cycling);
    startCycle(neighbour, 9 * SECOND_US);
    expect(neighbour.cycleOriginUs).toBe(8 * SECOND_US);
    startCycle(neighbour, 8 * SECOND_US + CYCLE_US);
    expect(neighbour.cycleOriginUs).toBe(8 * SECOND_US + CYCLE_US);
    neighbour.sustained = true;
    expect(isCycling(neighbour, 3600 * SECOND_US)).toBe(true);
  });

  test('is believed for 15 to 45 s, then doubted by the first packet, used 8 s more, then probed for', () => {
    const confirmed = Array.from(
      { length: 60 },
      (_, seed) => fresh(false, seed).confirmedUntilUs / SECOND_US - 7,
    );
    expect(Math.min(...confirmed)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...confirmed)).toBeLessThanOrEqual(45);
    expect(Math.max(...confirmed) - Math.min(...confirmed)).toBeGreaterThan(20);
    const neighbour = fresh(false);
    const doubtUs = neighbour.confirmedUntilUs;
    expect([startCycle(neighbour, doubtUs - 1), neighbour.expiresAtUs]).toEqual([false, -1]);
    expect(startCycle(neighbour, doubtUs)).toBe(false);
    expect(startCycle(neighbour, doubtUs + 8 * SECOND_US - 1)).toBe(false);
    expect(isCycling(neighbour, doubtUs + 8 * SECOND_US - 1)).toBe(false);
    expect(startCycle(neighbour, doubtUs + 8 * SECOND_US)).toBe(true);
    expect(neighbour.cycleOriginUs).toBe(doubtUs + 8 * SECOND_US);
  });

  test('when a cycle fails, and when its next probe goes out: as counted one by one', () => {
    const neighbour = fresh(true);
    startCycle(neighbour, 8 * SECOND_US);
    neighbour.sustained = true;
    for (let nowUs = 8 * SECOND_US; nowUs < 20 * SECOND_US; nowUs += 256_000) {
      let endUs = 8 * SECOND_US;
      while (endUs <= nowUs) endUs += CYCLE_US;
      let probeUs = 8 * SECOND_US;
      while (probeUs < nowUs) probeUs += PROBE_INTERVAL_US;
      expect([nowUs, cycleEndUs(neighbour, nowUs), nextProbeUs(neighbour, nowUs)]).toEqual([
        nowUs,
        endUs,
        probeUs,
      ]);
    }
  });
});
