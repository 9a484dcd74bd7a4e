import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultsAround } from '../../properties/arbitraries/faults.ts';
import { importLogs } from '../../src/import/importLogs.ts';
import type { RunDocument, RunEvent } from '../../src/run/document.ts';
import { prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { isLogged, redisAddress, writeLogs } from './logWriter.ts';

const example = prepare('examples/redis-ha');
const { deployment } = example.scenario;
const names = {
  redis: deployment.redis.map(({ name }) => name),
  sentinels: deployment.sentinels.map(({ name }) => name),
};
const KINDS = ['kill-master', 'kill', 'pause', 'isolate', 'cut', 'clock', 'failover'] as const;
const ZERO_MS = Date.UTC(2026, 11, 31, 23, 59, 50);

function imported(document: RunDocument) {
  const files = [...writeLogs(document, names, ZERO_MS)].map(([name, text]) => ({
    path: `${name}.log`,
    text,
  }));
  return importLogs(files, {
    given: new Map(names.redis.map((name) => [`${redisAddress(names, name)}:6379`, name])),
    zoneMin: null,
    offsetsMs: new Map(),
    window: () => ({ zeroMs: ZERO_MS, from: null, to: null, failover: null }),
  });
}

/** As a log has it: whole milliseconds; the failover delay is in whole seconds. */
function logged(event: RunEvent): RunEvent {
  const message =
    event.event === 'next-failover-delay'
      ? String(Math.floor(Number(event.message) / 1000) * 1000)
      : event.message;
  return { ...event, t: Math.floor(event.t), message };
}

function perNode(events: readonly RunEvent[]): Map<string, RunEvent[]> {
  const nodes = new Map([...names.redis, ...names.sentinels].map((name) => [name, [] as RunEvent[]]));
  for (const event of events) nodes.get(event.node)!.push(event);
  for (const list of nodes.values()) list.sort((a, b) => a.t - b.t);
  return nodes;
}

test('1 master, 2 replicas, 3 sentinels: a run written as logs is imported as the same events and failovers', () => {
  const faulty = fc.record({ timeline: faultsAround(deployment, { kinds: KINDS }), seed: fc.nat(1_000_000) });
  let failovers = 0;
  fc.assert(
    fc.property(faulty, ({ timeline, seed }) => {
      const scenario = { ...example.scenario, timeline };
      const { document } = simulate({ ...example, isDeployment: false, scenario }, seed);
      if (!document.events.some(isLogged)) return;
      const result = imported(document);
      expect(result.strange).toEqual([]);
      expect(perNode(result.document.events)).toEqual(perNode(document.events.filter(isLogged).map(logged)));
      const whole = document.failovers.map((failover) =>
        Object.fromEntries(
          Object.entries(failover).map(([key, value]) => [
            key,
            key.endsWith('At') && value !== null ? Math.floor(value as number) : value,
          ]),
        ),
      );
      expect(result.document.failovers).toEqual(whole);
      failovers += whole.length;
    }),
    { numRuns: 30 },
  );
  expect(failovers).toBeGreaterThan(10);
});
