import { describe, expect, test } from 'vitest';
import {
  changeCut,
  createNetwork,
  isLost,
  isOpen,
  isolate,
  type Network,
  pathOf,
  rejoin,
  setConditions,
  setPower,
  travelUs,
} from '../../models/network/conditions.ts';
import { isCycling, nextProbeUs, startCycle } from '../../models/network/neighbour.ts';
import { createStream } from '../../models/random.ts';

const SECOND_US = 1_000_000;
const network = (machines = 3) =>
  createNetwork(machines, { latencyUs: 200, jitterUs: 0, lossPerMillion: 0 }, createStream(1, 'network'));

/** Which machines reach which: a row a sender. */
const reach = (net: Network) =>
  Array.from({ length: net.machines }, (_, from) =>
    Array.from({ length: net.machines }, (_, to) => (isOpen(net, from, to) ? 1 : 0)).join(''),
  );
/** The fast path of each pair says the same as the slow one. */
const clear = (net: Network) =>
  Array.from({ length: net.machines }, (_, from) =>
    Array.from({ length: net.machines }, (_, to) => (pathOf(net, from, to).clear ? 1 : 0)).join(''),
  );

describe('conditions between 3 machines', () => {
  test('belong to one direction of one pair; what is not named stays', () => {
    const net = network();
    setConditions(net, 0, 1, { latencyUs: 900 });
    setConditions(net, 0, 1, { jitterUs: 50 });
    expect(pathOf(net, 0, 1)).toMatchObject({ latencyUs: 900, jitterUs: 50, lossPerMillion: 0 });
    for (const [from, to] of [
      [1, 0],
      [0, 2],
      [1, 2],
    ] as const)
      expect(pathOf(net, from, to)).toMatchObject({ latencyUs: 200, jitterUs: 0 });
    const times = Array.from({ length: 500 }, () => travelUs(net, pathOf(net, 0, 1)));
    expect([Math.min(...times), Math.max(...times)]).toEqual([900, 950]);
  });

  test('loss is drawn for each packet, and takes the path off the fast one', () => {
    const net = network();
    setConditions(net, 2, 0, { lossPerMillion: 250_000 });
    const lost = Array.from({ length: 4000 }, () => isLost(net, pathOf(net, 2, 0))).filter(Boolean).length;
    expect(lost).toBeGreaterThan(900);
    expect(lost).toBeLessThan(1100);
    expect(clear(net)).toEqual(['111', '111', '011']);
    expect(reach(net)).toEqual(['111', '111', '111']);
  });

  test('nothing between machines touches the loopback device, but the power does', () => {
    const net = network();
    setConditions(net, 1, 1, { latencyUs: 9000, jitterUs: 9000, lossPerMillion: 1_000_000 });
    changeCut(net, 1, 1, 1);
    isolate(net, [1], 0);
    const path = pathOf(net, 1, 1);
    expect([travelUs(net, path), isLost(net, path), isOpen(net, 1, 1), path.clear, path.cuts]).toEqual([
      ...[15, false, true, true, 0],
    ]);
    setPower(net, 1, false);
    expect(isOpen(net, 1, 1)).toBe(false);
  });

  test('cuts count, isolations part groups, a machine without power is reached by nobody', () => {
    const net = network(4);
    changeCut(net, 0, 1, 1);
    changeCut(net, 0, 1, 1);
    changeCut(net, 0, 1, -1);
    expect(reach(net)).toEqual(['1011', '1111', '1111', '1111']);
    expect(clear(net)).toEqual(reach(net));
    changeCut(net, 0, 1, -1);
    changeCut(net, 0, 1, -1);
    changeCut(net, 0, 1, 1);
    expect(reach(net)).toEqual(['1011', '1111', '1111', '1111']);
    changeCut(net, 0, 1, -1);
    isolate(net, [2, 3], 0);
    expect(reach(net)).toEqual(['1100', '1100', '0011', '0011']);
    expect(clear(net)).toEqual(reach(net));
    isolate(net, [3], 0);
    expect(reach(net)).toEqual(['1100', '1100', '0010', '0001']);
    rejoin(net, [2], 0);
    expect(reach(net)).toEqual(['1110', '1110', '1110', '0001']);
    setPower(net, 0, false);
    expect(reach(net)).toEqual(['0000', '0110', '0110', '0001']);
    setPower(net, 0, true);
    rejoin(net, [3], 0);
    expect(reach(net)).toEqual(['1111', '1111', '1111', '1111']);
    expect(clear(net)).toEqual(reach(net));
  });
});

describe('2 machines, one isolated alone: when they know the way again (R-NET-2)', () => {
  /** Machine 0 has lost its link; it alone probes, from the first packet on. */
  const probing = () => {
    const net = network(2);
    isolate(net, [0], 0);
    const there = pathOf(net, 0, 1);
    const back = pathOf(net, 1, 0);
    return { net, there, back };
  };

  test('the side that probes waits for its next probe, the other, which still has its entry, does not', () => {
    const { net, there, back } = probing();
    expect(startCycle(there.neighbour!, 100)).toBe(true);
    expect(startCycle(back.neighbour!, 100)).toBe(false);
    there.neighbour!.sustained = true;
    const backAtUs = 40 * SECOND_US;
    const probeUs = nextProbeUs(there.neighbour!, backAtUs);
    rejoin(net, [0], backAtUs);
    expect([there.resolvedAtUs, back.resolvedAtUs]).toEqual([probeUs, 0]);
    expect(probeUs - backAtUs).toBeLessThan(1_024_000);
    expect([there.neighbour, back.neighbour]).toEqual([null, null]);
  });

  test('where both probe, the earlier probe tells both', () => {
    const { net, there, back } = probing();
    startCycle(there.neighbour!, 100);
    const doubtUs = back.neighbour!.confirmedUntilUs;
    startCycle(back.neighbour!, doubtUs);
    startCycle(back.neighbour!, doubtUs + 8 * SECOND_US);
    there.neighbour!.sustained = true;
    back.neighbour!.sustained = true;
    expect(isCycling(back.neighbour!, doubtUs + 8 * SECOND_US)).toBe(true);
    const backAtUs = 60 * SECOND_US;
    const probes = [there, back].map(({ neighbour }) => nextProbeUs(neighbour!, backAtUs));
    rejoin(net, [0], backAtUs);
    expect([there.resolvedAtUs, back.resolvedAtUs]).toEqual([Math.min(...probes), Math.min(...probes)]);
  });

  test('where nobody probes, packets leave at once', () => {
    const { net, there, back } = probing();
    startCycle(there.neighbour!, 100);
    rejoin(net, [0], 40 * SECOND_US);
    expect([there.resolvedAtUs, back.resolvedAtUs]).toEqual([0, 0]);
  });
});
