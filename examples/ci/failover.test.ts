import fc from 'fast-check';
import { simulate } from 'sentinelsim';
import { catalogue, clusterOf, propertiesOf, runOf, violationOf } from 'sentinelsim/properties';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 300_000 });
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1), numRuns: 20 });
const ours = 'docker-compose.yml';

test.each(propertiesOf(ours))('ours, whatever fails: $name', ({ property }) => fc.assert(property));

test('ours, the master crashes: the app waits less than 30 s', () => {
  const crashes = runOf(ours, { kinds: ['kill-master'], maxFaults: 1 });
  const isSoonOver = fc.property(crashes, ({ prepared, seed }) => {
    const app = simulate(prepared, seed).document.clients.find(({ name }) => name === 'app')!;
    for (const [from, to] of app.gaps) expect(to - from).toBeLessThan(30_000);
  });
  fc.assert(isSoonOver);
});

test('any other topology with our timeouts: one leader an epoch', () => {
  const law = catalogue.find(({ name }) => name === 'one-leader-an-epoch')!;
  const clusters = clusterOf({ downAfterMs: [5000], failoverTimeoutMs: [10_000] });
  fc.assert(fc.property(clusters, (run) => violationOf(law, run) === null));
});
