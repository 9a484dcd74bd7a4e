/** Follows random runs with the whole catalogue. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ArbitraryRun } from '../../properties/arbitraries/printed.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { checkRun } from '../../properties/checkRun.ts';

const followed = catalogue.filter(({ holds }) => holds);

/** Runs the catalogue, says how fast, and gives the number of runs in which each property was put to the test. */
export function witnesses(runs: fc.Arbitrary<ArbitraryRun>, numRuns: number): ReadonlyMap<string, number> {
  const counts = new Map(followed.map(({ name }) => [name, 0]));
  let simulatedMs = 0;
  const before = process.cpuUsage();
  fc.assert(
    fc.property(runs, ({ prepared, seed }) => {
      const run = checkRun(prepared, seed, followed);
      simulatedMs += run.simulatedMs;
      for (const { property, verdict } of run.judgements) {
        expect(verdict.violation, property.name).toBeNull();
        if (verdict.witnessed) counts.set(property.name, counts.get(property.name)! + 1);
      }
    }),
    { numRuns },
  );
  const { user, system } = process.cpuUsage(before);
  const pace = Math.round((simulatedMs / 60_000) * (1e6 / (user + system)));
  process.stdout.write(`${numRuns} runs, ${pace} minutes of cluster time a second and core\n`);
  return counts;
}
