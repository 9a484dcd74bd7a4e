import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadScenario, loadScenarioOrDeployment, parseScenario } from '../../src/scenario/load.ts';

const TOPOLOGY = `topology:
  redis: { r1: [], r2: [replicaof r1 6379] }
  sentinels: { s1: ["sentinel resolve-hostnames yes", "sentinel monitor m r1 6379 1"] }
  boxes: { a: [r1, s1] }
`;

function parse(rest: string) {
  return parseScenario(`${TOPOLOGY}${rest}`, 'dir/demo.yaml');
}

function verbOf(entry: string) {
  const [first] = parse(`clients: [{ name: app }]\ntimeline:\n  - ${entry}\n`).timeline;
  return first;
}

describe('parseScenario', () => {
  test('a bare topology gets the defaults', () => {
    const scenario = parse('');
    expect(scenario).toMatchObject({
      name: 'demo',
      about: '',
      network: { overrides: [] },
      dataset: { keys: 0, valueBytes: 100 },
      settleUs: { min: 15_000_000, max: 25_000_000 },
      durationUs: 60_000_000,
      clients: [],
      timeline: [],
      expect: [],
    });
    expect(scenario.deployment.boxes).toEqual({ a: ['r1', 's1'] });
    expect(scenario.deployment.redis[0]!.config.protectedMode).toBe(false);
  });

  test('the default duration ends 30 s after the last entry is undone', () => {
    expect(parse('timeline:\n  - { at: 20s, pause: r1, for: 40s }\n').durationUs).toBe(90_000_000);
  });

  test('entries are sorted by time, those of one time stay in file order', () => {
    const { timeline } = parse(
      'timeline:\n  - { at: 2s, kill: r1 }\n  - { at: 1s, kill: r2 }\n  - { at: 2s, start: r1 }\n',
    );
    expect(timeline.map(({ atUs, verb }) => [atUs, verb.do])).toEqual([
      [1_000_000, 'kill'],
      [2_000_000, 'kill'],
      [2_000_000, 'start'],
    ]);
  });

  test.each([
    ['{ at: -1s, kill: r1 }', -1_000_000, { do: 'kill', target: ['r1'] }],
    ['{ at: 0s, stop: "@master" }', 0, { do: 'stop', target: ['@master'] }],
    ['{ at: 0s, start: [r1, a] }', 0, { do: 'start', target: ['r1', 'a'] }],
    ['{ at: 0s, pause: r1, for: 5s }', 0, { do: 'pause', target: ['r1'], forUs: 5_000_000 }],
    ['{ at: 0s, resume: r1 }', 0, { do: 'resume', target: ['r1'] }],
    ['{ at: 0s, isolate: a }', 0, { do: 'isolate', target: ['a'], forUs: null }],
    ['{ at: 0s, rejoin: app }', 0, { do: 'rejoin', target: ['app'] }],
    [
      '{ at: 0s, cut: [[r1, app], [s1]], for: 1m }',
      0,
      { do: 'cut', groups: [['r1', 'app'], ['s1']], forUs: 60_000_000 },
    ],
    ['{ at: 0s, cut-one-way: [r1, s1] }', 0, { do: 'cut-one-way', groups: [['r1'], ['s1']], forUs: null }],
    ['{ at: 0s, heal: all }', 0, { do: 'heal', groups: null }],
    ['{ at: 0s, heal: [[r1], [s1]] }', 0, { do: 'heal', groups: [['r1'], ['s1']] }],
    [
      '{ at: 0s, command: [r1, DEBUG, SLEEP, 1.50] }',
      0,
      { do: 'command', target: ['r1'], words: ['DEBUG', 'SLEEP', '1.50'] },
    ],
    [
      '{ at: 0s, network: { latency: 5ms, loss: 2%, between: [[r1], [r2]] }, for: 1s }',
      0,
      {
        do: 'network',
        conditions: { latencyUs: 5_000, lossPerMillion: 20_000 },
        between: [['r1'], ['r2']],
        forUs: 1_000_000,
      },
    ],
    ['{ at: 0s, clock: { node: s1, by: -3s } }', 0, { do: 'clock', target: ['s1'], byUs: -3_000_000 }],
    ['{ at: 0s, restore: r1 }', 0, { do: 'restore', target: ['r1'], backup: 0 }],
    ['{ at: 0s, restore: { node: r1, backup: 2 } }', 0, { do: 'restore', target: ['r1'], backup: 2 }],
    ['{ at: 0s, power-off: a }', 0, { do: 'power-off', target: ['a'] }],
    [
      '{ at: 0s, disk: { node: r1, full: true }, for: 2s }',
      0,
      { do: 'disk', target: ['r1'], full: true, forUs: 2_000_000 },
    ],
    [
      '{ at: 0s, names: { unresolvable: [r1] } }',
      0,
      { do: 'names', target: ['r1'], resolvable: false, forUs: null },
    ],
    [
      '{ at: 0s, names: { resolvable: r1 } }',
      0,
      { do: 'names', target: ['r1'], resolvable: true, forUs: null },
    ],
  ])('the verb %s', (entry, atUs, verb) => {
    expect(verbOf(entry)).toEqual({ atUs, verb });
  });

  test('client options and their defaults', () => {
    const { clients } = parse(
      `clients:
  - { name: app, write: 20ms }
  - { name: pinned, at: r1, connect: r1, reads: 50ms, timeout: none, subscribe: true, user: u, password: 123, from: 1s }
  - { name: shy, discover: [s1], rediscover: always }
`,
    );
    expect(clients[0]).toEqual({
      name: 'app',
      at: null,
      discover: 'sentinel',
      connect: null,
      rediscover: 'on-error',
      writeUs: 20_000,
      readsUs: null,
      timeoutUs: 1_000_000,
      subscribe: false,
      user: null,
      password: null,
      fromUs: -2_000_000,
    });
    expect(clients[1]).toMatchObject({
      at: 'r1',
      discover: null,
      connect: 'r1',
      readsUs: 50_000,
      timeoutUs: null,
      subscribe: true,
      password: '123',
      fromUs: 1_000_000,
    });
    expect(clients[2]).toMatchObject({ discover: ['s1'], rediscover: 'always' });
  });

  test('expectations carry a text for the report', () => {
    const { expect: expectations } = parse(
      `expect:
  - { failover: { within: 10s } }
  - { failover: false }
  - { lostWrites: { atMost: 0 } }
  - { downtime: { atLeast: 1s, atMost: 3s } }
  - { master: r2 }
  - { event: +odown }
  - { event: { name: +sdown, node: s1, happens: false } }
`,
    );
    expect(expectations.map(({ text }) => text)).toEqual([
      'failover within 10s',
      'no failover',
      'lost writes at most 0',
      'downtime at least 1s at most 3s',
      'master r2',
      'event +odown',
      'no event +sdown on s1',
    ]);
    expect(expectations[3]).toMatchObject({ atMostUs: 3_000_000, atLeastUs: 1_000_000 });
  });

  test('expectations of clients, keys and the time between events', () => {
    const { expect: expectations } = parse(
      `clients:
  - { name: app, discover: sentinel, write: 20ms }
expect:
  - { failovers: { atMost: 1 } }
  - { lostWrites: { client: app, atLeast: 1 } }
  - { refused: { kind: NOREPLICAS, atLeast: 9s } }
  - { keys: { node: r2, atMost: 5 } }
  - { event: { name: +sdown, message: master, happens: false } }
  - { elapsed: { from: { event: +switch-master, node: '@voters' }, to: { event: ready, node: r1 }, atMost: 3s } }
`,
    );
    expect(expectations.map(({ text }) => text)).toEqual([
      'failovers at most 1',
      'lost writes of app at least 1',
      'NOREPLICAS for at least 9s',
      'keys on r2 at most 5',
      'no event +sdown (master)',
      'from +switch-master on @voters to ready on r1 at most 3s',
    ]);
    expect(expectations[5]).toMatchObject({
      from: { event: '+switch-master', node: '@voters', message: null },
      to: { event: 'ready', node: 'r1', message: null },
      atMostUs: 3_000_000,
    });
  });

  test('network conditions with pairs', () => {
    const { network } = parse(
      'network: { latency: 50us, loss: 0.5, pairs: [{ between: [[a], [r2]], latency: 5ms }] }\n',
    );
    expect(network).toEqual({
      latencyUs: 50,
      lossPerMillion: 500_000,
      overrides: [{ between: [['a'], ['r2']], latencyUs: 5_000 }],
    });
  });

  test('an explicit empty list of sentinels is meant', () => {
    expect(parseScenario('topology: { redis: { r1: [] }, sentinels: {} }', 'x').deployment.sentinels).toEqual(
      [],
    );
  });

  test('a verb inside a merged mapping is found', () => {
    const { timeline } = parse('timeline:\n  - &k { at: 1s, kill: r1 }\n  - { <<: *k, at: 2s }\n');
    expect(timeline.map(({ atUs }) => atUs)).toEqual([1_000_000, 2_000_000]);
  });
});

describe('files', () => {
  test.each(readdirSync('examples/scenarios'))('the example %s is read without a warning', (name) => {
    const scenario = loadScenario(`examples/scenarios/${name}`);
    expect(scenario.about).not.toBe('');
    expect(scenario.expect.length).toBeGreaterThan(0);
    expect(scenario.deployment.notes).toEqual([]);
  });

  test('a folder or a file with services is a deployment, another file a scenario', () => {
    expect(loadScenarioOrDeployment('examples/redis-ha').kind).toBe('deployment');
    expect(loadScenarioOrDeployment('examples/redis-ha/docker-compose.yml').kind).toBe('deployment');
    expect(loadScenarioOrDeployment('examples/scenarios/master-kill.yaml').kind).toBe('scenario');
  });

  test('a deployment is named relative to the scenario', () => {
    const scenario = parseScenario(
      'deployment: ../redis-ha\ntimeline:\n  - { at: 0s, kill: redis-master }\n',
      'examples/scenarios/x.yaml',
    );
    expect(scenario.deployment.redis).toHaveLength(3);
  });
});
