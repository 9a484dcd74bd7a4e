import { expect, test } from 'vitest';
import { checkRun } from '../../properties/checkRun.ts';
import { retryDelay } from '../../properties/timing.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const SCENARIO = `
name: told-again
about: the only attempt finds no good replica; then an operator asks for another
topology:
  redis:
    r1: []
    r2: ["replicaof r1 6379", "replica-priority 0"]
  sentinels:
    s1: ["sentinel resolve-hostnames yes", "sentinel monitor mymaster r1 6379 1",
         "sentinel down-after-milliseconds mymaster 5000", "sentinel failover-timeout mymaster 10000"]
duration: 30s
timeline:
  - { at: 0s, kill: r1 }
  - { at: 7s, command: [r2, CONFIG, SET, replica-priority, "100"] }
  - { at: 20s, command: [s1, SENTINEL, FAILOVER, mymaster] }
`;

test('1 master, 1 replica, 1 sentinel: an operator need not wait for the next attempt (S-FORCE-1)', () => {
  const scenario = parseScenario(SCENARIO, 'told-again.yaml');
  const run = checkRun({ scenario, isDeployment: false, path: '' }, 1, [retryDelay]);
  const attempts = run.document.events.filter(({ event }) => event === '+try-failover');
  expect(attempts.map(({ t }) => Math.floor(t / 1000))).toEqual([5, 20]);
  expect(run.judgements[0]!.verdict).toEqual({ violation: null, witnessed: false });
});
