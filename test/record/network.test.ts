import { describe, expect, test } from 'vitest';
import { openLoopback } from '../../scripts/record/loopback.ts';
import { Cuts } from '../../scripts/record/network.ts';

const A = { from: 'a', to: 'b' };
const B = { from: 'b', to: 'a' };

describe('cuts between machines', () => {
  test('two cuts of one path need two healings', () => {
    const cuts = new Cuts();
    expect(cuts.change(['a'], ['b'], 1, true)).toEqual({ blocked: [A, B], opened: [] });
    expect(cuts.change(['a'], ['b'], 1, false)).toEqual({ blocked: [], opened: [] });
    expect(cuts.change(['a'], ['b'], -1, true)).toEqual({ blocked: [], opened: [B] });
    expect(cuts.change(['a'], ['b'], -1, false)).toEqual({ blocked: [], opened: [A] });
    expect(cuts.change(['a'], ['b'], -1, false)).toEqual({ blocked: [], opened: [] });
  });

  test('a heal of two groups, or of all, ends every cut between them at once', () => {
    const cuts = new Cuts();
    cuts.change(['a'], ['b', 'c'], 1, false);
    cuts.change(['a'], ['b'], 1, false);
    expect(cuts.clear(['b'], ['a'])).toEqual({ blocked: [], opened: [A] });
    expect(cuts.clearAll()).toEqual({ blocked: [], opened: [{ from: 'a', to: 'c' }] });
    expect(cuts.clearAll()).toEqual({ blocked: [], opened: [] });
  });

  test('a machine in both groups is not cut from itself', () => {
    expect(new Cuts().change(['a', 'b'], ['b'], 1, false)).toEqual({ blocked: [A], opened: [] });
  });
});

describe('a network of loopback addresses', () => {
  const machines = Array.from({ length: 200 }, (_, index) => ({ name: `n${index}`, address: '' }));

  test('gives every machine of every cluster beside it an address of its own', () => {
    const addresses = [0, 1, 63].flatMap((slot) => {
      const network = openLoopback(slot, machines);
      return machines.map(({ name }) => network.addressOf(name));
    });
    expect(new Set(addresses).size).toBe(600);
    for (const address of addresses)
      expect(address).toMatch(/^127\.(7\d|140)\.[01]\.([1-9]|[1-9]\d|1[01]\d|12[0-8])$/);
  });

  test('runs a program as it is and refuses to cut', async () => {
    const network = openLoopback(0, machines);
    expect(network.command('n0', 'redis-server', ['x'])).toEqual(['redis-server', ['x']]);
    await expect(network.isolate(['n0'])).rejects.toThrow(/network namespaces/);
  });
});
