import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const SEEDS = 20;
const scenarios = readdirSync('examples/scenarios').map((file) => `examples/scenarios/${file}`);

test.each(scenarios)('%s: its expectations hold for 20 seeds', (path) => {
  const prepared = prepare(path);
  expect(prepared.scenario.expect.length).toBeGreaterThan(0);
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const { expect: text, held, observed } of simulate(prepared, seed).document.expectations) {
      expect(held, `seed ${seed}: ${text}: ${observed}`).toBe(true);
    }
  }
});

test('examples/redis-ha: every step of the failover test holds for 50 seeds', () => {
  const prepared = prepare('examples/redis-ha');
  for (let seed = 1; seed <= 50; seed++) {
    const failed = simulate(prepared, seed).steps.filter(({ verdict }) => verdict !== true);
    expect(failed, `seed ${seed}`).toEqual([]);
  }
});
