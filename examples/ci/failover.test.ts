import fc from 'fast-check';
import { prepare, simulate } from 'sentinelsim';
import { catalogue, clusterOf, propertiesOf, runOf, violationOf } from 'sentinelsim/properties';
import { expect, test } from 'vitest';

const { deployment } = prepare('docker-compose.yml').scenario;

test.each(propertiesOf(deployment))('ours, whatever fails: $name', ({ property }) => {
  fc.assert(property, { numRuns: 20 });
});

test('ours, one crash: no client waits over 20 s', () => {
  const crashes = runOf(deployment, { kinds: ['kill-master', 'kill'], maxFaults: 1 });
  fc.assert(
    fc.property(crashes, ({ prepared, seed }) => {
      const [app] = simulate(prepared, seed).document.clients;
      for (const [from, to] of app!.gaps) expect(to - from).toBeLessThan(20_000);
    }),
    { numRuns: 50 },
  );
});

test('any other topology with our timeouts: one leader an epoch', () => {
  const law = catalogue.find(({ name }) => name === 'one-leader-an-epoch')!;
  const clusters = clusterOf({ downAfterMs: [5000], failoverTimeoutMs: [10_000] });
  fc.assert(
    fc.property(clusters, (run) => violationOf(law, run) === null),
    { numRuns: 20 },
  );
});
