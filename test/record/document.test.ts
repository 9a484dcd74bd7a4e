import { describe, expect, test } from 'vitest';
import type { ClientState } from '../../models/client/state.ts';
import type { Reply } from '../../models/commands.ts';
import { documentOf, type Seen } from '../../scripts/record/document.ts';
import { redisView, sentinelViews, singleMasterOf } from '../../scripts/record/finalViews.ts';
import { readLog } from '../../scripts/record/logEvents.ts';
import { planOf } from '../../scripts/record/plan.ts';
import { parseScenario } from '../../src/scenario/load.ts';

const ID = 'a'.repeat(40);
const NAMES = new Map([
  ['10.77.0.2', 'r1'],
  ['10.77.0.3', 'r2'],
  ['10.77.0.4', 's1'],
  [ID, 's1'],
]);
const ZERO_US = Date.UTC(2026, 10, 23, 12, 0, 0) * 1000;

function scenarioOf(timeline: readonly object[]) {
  const sentinel = ['sentinel resolve-hostnames yes', 'sentinel monitor m r1 6379 1'];
  return parseScenario(
    JSON.stringify({
      name: 'small',
      topology: { redis: { r1: [], r2: ['replicaof r1 6379'] }, sentinels: { s1: sentinel } },
      settle: '16s..26s',
      duration: '20s',
      clients: [{ name: 'app', discover: 'sentinel', write: '20ms' }],
      timeline,
      expect: [{ failover: { within: '10s' } }],
    }),
    's.yaml',
  );
}

const SCENARIO = scenarioOf([{ at: '0s', kill: 'r1' }]);

/** A log with lines at so many milliseconds after time zero. */
function log(role: string, lines: readonly (readonly [number, string])[]): string {
  return lines
    .map(([t, text]) => {
      const at = new Date(ZERO_US / 1000 + t).toISOString();
      return `7:${role} 23 Nov 2026 ${at.slice(11, 23)} # ${text}`;
    })
    .join('\n');
}

const LOGGED = [
  ...readLog(log('M', [[5300, "MASTER MODE enabled (user request from 'id=1')"]]), 'r2'),
  ...readLog(
    log('X', [
      [-9000, '+monitor master m 10.77.0.2 6379 quorum 1'],
      [-500, '+sdown slave 10.77.0.3:6379 10.77.0.3 6379 @ m 10.77.0.2 6379'],
      [5000, '+sdown master m 10.77.0.2 6379'],
      [5001, '+odown master m 10.77.0.2 6379 #quorum 1/1'],
      [5001, '+new-epoch 1'],
      [5001, '+try-failover master m 10.77.0.2 6379'],
      [5002, `+vote-for-leader ${ID} 1`],
      [5100, '+elected-leader master m 10.77.0.2 6379'],
      [5200, '+selected-slave slave 10.77.0.3:6379 10.77.0.3 6379 @ m 10.77.0.2 6379'],
      [6000, '+promoted-slave slave 10.77.0.3:6379 10.77.0.3 6379 @ m 10.77.0.2 6379'],
      [7000, '+switch-master m 10.77.0.2 6379 10.77.0.3 6379'],
      [7001, 'Next failover delay: I will not start a failover before Mon Nov 23 12:00:25 2026'],
      [25_000, '+sdown slave 10.77.0.2:6379 10.77.0.2 6379 @ m 10.77.0.3 6379'],
    ]),
    's1',
  ),
];

function clientState(ackedAtMs: readonly number[], ackedBy: readonly string[]): ClientState {
  return {
    name: 'app',
    ackedSequences: ackedAtMs.map((_, index) => index),
    ackedAtUs: ackedAtMs.map((t) => ZERO_US + t * 1000),
    ackedBy,
    refused: { CLOSED: { count: 1, firstUs: ZERO_US + 2000, lastUs: ZERO_US + 2000 } },
  } as unknown as ClientState;
}

function seen(changes: Partial<Seen> = {}): Seen {
  const state = clientState([-20, -5, 7100, 19_990], ['10.77.0.2', '10.77.0.2', '10.77.0.3', '10.77.0.3']);
  return {
    version: 'redis 7.0.15',
    zeroUs: ZERO_US,
    endUs: ZERO_US + 20_000_000,
    logged: LOGGED,
    actions: [{ t: 0.2, do: 'kill', args: ['r1'] }],
    clients: [{ state, startUs: ZERO_US - 2_000_000, kept: new Set(['app:0', 'app:2', 'app:3']) }],
    final: [],
    names: NAMES,
    ...changes,
  };
}

describe('the run document of a recording', () => {
  const document = documentOf(planOf(SCENARIO, 3), seen());

  test('has the head of a simulated one, with the version that was recorded', () => {
    expect(document).toMatchObject({
      schema: 'sentinelsim/run/1',
      scenario: 'small',
      seed: 3,
      source: 'redis 7.0.15',
      durationMs: 20_000,
      unmodelled: [],
    });
  });

  test('events of all logs stand in order of time, named, from time zero to the end', () => {
    expect(document.events.map(({ t, node, event }) => [t, node, event])).toEqual([
      [-500, 's1', '+sdown'],
      [5000, 's1', '+sdown'],
      [5001, 's1', '+odown'],
      [5001, 's1', '+new-epoch'],
      [5001, 's1', '+try-failover'],
      [5002, 's1', '+vote-for-leader'],
      [5100, 's1', '+elected-leader'],
      [5200, 's1', '+selected-slave'],
      [5300, 'r2', 'role-changed'],
      [6000, 's1', '+promoted-slave'],
      [7000, 's1', '+switch-master'],
      [7001, 's1', 'next-failover-delay'],
    ]);
    const messages = new Map(document.events.map(({ event, message }) => [event, message]));
    expect(messages.get('+vote-for-leader')).toBe('s1 1');
    expect(messages.get('+selected-slave')).toBe('slave r2:6379 r2 6379 @ m r1 6379');
    expect(messages.get('+switch-master')).toBe('m r1 6379 r2 6379');
    expect(messages.get('next-failover-delay')).toBe('25000');
  });

  test('failovers and expectations are judged by the same measures as simulated ones', () => {
    expect(document.failovers).toMatchObject([
      { leader: 's1', from: 'r1', to: 'r2', outcome: 'completed', promotedAt: 6000, switchAt: 7000 },
    ]);
    expect(document.expectations).toEqual([
      { expect: 'failover within 10s', held: true, observed: '6.00 s' },
    ]);
  });

  test('clients have their gaps, refusals and lost writes, and the reason of the loss', () => {
    expect(document.clients).toEqual([
      {
        name: 'app',
        acked: 4,
        refused: { CLOSED: 1 },
        refusedAt: { CLOSED: [2, 2] },
        gaps: [
          [-5, 7100],
          [7100, 19_990],
        ],
        lost: { count: 1, first: -5, last: -5, reasons: { 'not-replicated': 1 } },
      },
    ]);
  });

  test('without one master at the end nothing is said of lost writes', () => {
    const state = clientState([], []);
    const clients = [{ state, startUs: ZERO_US, kept: null }];
    expect(documentOf(planOf(SCENARIO, 3), seen({ clients })).clients[0]!.lost).toBeNull();
  });

  test('a scenario without a timeline is told from its start', () => {
    const { events } = documentOf(planOf(scenarioOf([]), 3), seen());
    expect(events[0]).toMatchObject({ t: -9000, event: '+monitor' });
  });
});

describe('the plan of a recording', () => {
  test('has the addresses and the settling time of the simulated run with this seed', () => {
    const plan = planOf(SCENARIO, 3);
    expect(plan.machines.map(({ name, address }) => [name, address])).toEqual([
      ['r1', '10.77.0.2'],
      ['r2', '10.77.0.3'],
      ['s1', '10.77.0.4'],
      ['app', '10.77.0.5'],
    ]);
    expect(plan.settleUs).toBeGreaterThanOrEqual(16_000_000);
    expect(plan.settleUs).toBeLessThanOrEqual(26_000_000);
    expect(planOf(SCENARIO, 3).settleUs).toBe(plan.settleUs);
    expect(planOf(SCENARIO, 4).settleUs).not.toBe(plan.settleUs);
  });
});

describe('final views', () => {
  const info = (...lines: string[]): Reply => ({
    kind: 'bulk',
    text: `# Replication\r\n${lines.join('\r\n')}\r\n`,
  });

  test('a replica names its master, its link and its offset', () => {
    const reply = info(
      'role:slave',
      'master_host:10.77.0.2',
      'master_link_status:down',
      'connected_slaves:0',
    );
    expect(redisView('r2', [reply, { kind: 'integer', value: 7 }], NAMES)).toEqual({
      node: 'r2',
      role: 'replica',
      master: 'r1',
      link: 'down',
      offset: 0,
      keys: 7,
      replicas: 0,
    });
  });

  test('a master that loads its data has no key count', () => {
    const reply = info('role:master', 'connected_slaves:2', 'master_repl_offset:99');
    const loading: Reply = { kind: 'error', text: 'LOADING Redis is loading the dataset in memory' };
    const view = redisView('r1', [reply, loading], NAMES);
    expect(view).toMatchObject({
      role: 'master',
      master: null,
      link: null,
      offset: 99,
      keys: 0,
      replicas: 2,
    });
    expect(singleMasterOf([view])).toBe('r1');
    expect(singleMasterOf([view, { ...view, node: 'r2' }])).toBeNull();
    expect(singleMasterOf([{ node: 'r1', down: true }])).toBeNull();
  });

  test('a sentinel has one view for each master', () => {
    const words = (name: string, ip: string) =>
      [
        'name',
        name,
        'ip',
        ip,
        'flags',
        's_down,master',
        'config-epoch',
        '4',
        'num-slaves',
        '2',
        'num-other-sentinels',
        '1',
      ].map((text): Reply => ({ kind: 'bulk', text }));
    const masters: Reply = {
      kind: 'array',
      items: [
        { kind: 'array', items: words('m', '10.77.0.2') },
        { kind: 'array', items: words('n', '10.9.9.9') },
      ],
    };
    const common = { node: 's1', configEpoch: 4, flags: ['s_down', 'master'], replicas: 2, sentinels: 1 };
    expect(sentinelViews('s1', masters, NAMES)).toEqual([
      { ...common, name: 'm', master: 'r1' },
      { ...common, name: 'n', master: '10.9.9.9' },
    ]);
  });
});
