import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runOf } from '../../properties/arbitraries/clusters.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';

const { deployment } = prepare('examples/redis-ha').scenario;

test('1 master, 2 replicas, 3 sentinels: folded and literal ticks give the same run under random faults', () => {
  fc.assert(
    fc.property(runOf(deployment), ({ prepared, seed }) => {
      const folded = simulate(prepared, seed, { literalTicks: false });
      const literal = simulate(prepared, seed, { literalTicks: true });
      expect(folded.document).toEqual(literal.document);
      expect(folded.handledEvents).toBeLessThan(literal.handledEvents);
    }),
    { numRuns: 100 },
  );
});
