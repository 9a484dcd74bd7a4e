/** A checker that cannot fail is worth nothing: each property catches a change of what happened, or of the model's state. */
import { describe, expect, test } from 'vitest';
import { drawUint32 } from '../../models/random.ts';
import type { RedisState } from '../../models/redis/index.ts';
import type { SentinelState } from '../../models/sentinel/index.ts';
import { catalogue } from '../../properties/catalogue.ts';
import { inspect } from '../../properties/checkRun.ts';
import type { CheckContext, Verdict } from '../../properties/property.ts';
import type { Announcement } from '../../src/engine/world.ts';
import type { RunDocument } from '../../src/run/document.ts';
import { prepare } from '../../src/run/prepare.ts';
import { processOf } from '../../src/run/roles.ts';
import { simulate } from '../../src/run/simulate.ts';

type Hear = (announcement: Announcement) => void;

interface Mutant {
  readonly change: string;
  /** Instead of passing the announcement on. */
  readonly between?: (announcement: Announcement, context: CheckContext, hear: Hear) => void;
  /** After the run, before it is judged. */
  readonly after?: (run: RunDocument, context: CheckContext) => RunDocument;
  readonly seeds?: number;
  readonly durationMs?: number;
  /** Default `isolated-master`. */
  readonly scenario?: keyof typeof SCENARIOS;
}

const stateOf = <State>({ cluster }: CheckContext, { process }: Announcement) =>
  cluster.world.state.processes[process]!.state as State;

/** Passes one kind of event on in its own way, and the others as they are. */
function on(event: string, act: (announcement: Announcement, context: CheckContext, hear: Hear) => void) {
  return (announcement: Announcement, context: CheckContext, hear: Hear) => {
    if (announcement.event === event) act(announcement, context, hear);
    else hear(announcement);
  };
}

const twice = (event: string) =>
  on(event, (announcement, _context, hear) => {
    hear(announcement);
    hear(announcement);
  });

const never =
  (...events: string[]) =>
  (announcement: Announcement, _context: CheckContext, hear: Hear) => {
    if (!events.includes(announcement.event)) hear(announcement);
  };

const LATER_US = 100_000_000;
const later = (event: string) =>
  on(event, (announcement, _context, hear) => hear({ ...announcement, atUs: announcement.atUs + LATER_US }));

/** The Sentinel that announces, and its record of the master. */
function recordOf(context: CheckContext, announcement: Announcement) {
  const state = stateOf<SentinelState>(context, announcement);
  return { state, master: state.instances[state.masterIds[0]!]! };
}

/** Every record and entry of the Sentinel looks different for the time of one announcement. */
function withInstances(event: string, change: Partial<SentinelState['instances'][number] & object>) {
  return on(event, (announcement, context, hear) => {
    const state = stateOf<SentinelState>(context, announcement);
    const instances = state.instances.filter((instance) => instance !== null);
    const before = instances.map((instance) => ({ ...instance }));
    for (const instance of instances) Object.assign(instance, change);
    hear(announcement);
    instances.forEach((instance, index) => {
      Object.assign(instance, before[index]);
    });
  });
}

const otherReplica = on('+selected-slave', (announcement, context, hear) => {
  const state = stateOf<SentinelState>(context, announcement);
  const words = announcement.message.split(' ');
  const names = state.instances.flatMap((each) =>
    each !== null && (each.flags & 2) !== 0 ? [each.name] : [],
  );
  const other = names.find((name) => name !== words[1])!;
  hear({ ...announcement, message: [words[0], other, ...words.slice(2)].join(' ') });
});

/** After the run this server holds other keys. */
function withMapOf(node: string, change: (map: Map<string, string>) => void): NonNullable<Mutant['after']> {
  return (run, { cluster }) => {
    const { keyspace } = processOf(cluster, node).state as RedisState;
    keyspace.map = new Map(keyspace.map);
    change(keyspace.map);
    return run;
  };
}

/** A full sync ends at another place. */
function synchronisedTo(change: (state: RedisState) => Partial<RedisState>): NonNullable<Mutant['between']> {
  return on('full-resync-done', (announcement, context, hear) => {
    const state = stateOf<RedisState>(context, announcement);
    Object.assign(state, change(state));
    hear(announcement);
  });
}

/** A server that starts is not what it was. */
function readyWith(change: (state: RedisState) => void): NonNullable<Mutant['between']> {
  return on('ready', (announcement, context, hear) => {
    context.lookAt(announcement.atUs, () => change(stateOf<RedisState>(context, announcement)));
    hear(announcement);
  });
}

const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  'sdown-within': [
    { change: 'S_DOWN before down-after', between: withInstances('+sdown', { downAfterMs: 60_000 }) },
    { change: 'S_DOWN seconds late', between: later('+sdown') },
  ],
  'dead-are-down': [
    {
      change: 'a silence that is not measured',
      between: on('+odown', (announcement, context, hear) => {
        const { cluster } = context;
        cluster.world.kill(cluster.processByName.get('r2')!);
        for (const link of stateOf<SentinelState>(context, announcement).links) {
          if (link !== null) link.actPingUs = Number.MAX_SAFE_INTEGER;
        }
        hear(announcement);
      }),
    },
  ],
  'odown-needs-quorum': [
    { change: 'one report too few', between: withInstances('+odown', { quorum: 4 }) },
    { change: 'stale reports counted', between: withInstances('+odown', { lastMasterDownReplyUs: 1 }) },
    { change: 'no own S_DOWN', between: withInstances('+odown', { flags: 32 }) },
  ],
  'odown-within': [
    { change: 'no O_DOWN, and no switch', between: never('+odown', '+switch-master', '+config-update-from') },
    { change: 'O_DOWN late', between: later('+odown') },
  ],
  'no-action-in-tilt': [
    {
      change: 'TILT ignored',
      between: on('+sdown', (announcement, _context, hear) => {
        hear({ ...announcement, event: '+tilt', message: '#tilt mode entered' });
        hear(announcement);
      }),
    },
  ],
  'tilt-for-a-reason': [
    {
      change: 'TILT out of the blue',
      between: on('+sdown', (announcement, _context, hear) => {
        hear({ ...announcement, event: '+tilt', message: '#tilt mode entered' });
      }),
    },
    {
      change: 'a clock set back unnoticed',
      between: on('+sdown', ({ process }, { cluster }, hear) => {
        cluster.world.state.machines[cluster.world.state.processes[process]!.machine]!.clockOffsetUs -= 5e6;
        hear({ process, event: '+sdown', atUs: 0, node: '', message: '' });
      }),
    },
  ],
  'tilt-lasts': [
    {
      change: 'TILT ends early',
      between: on('+odown', (announcement, _context, hear) => {
        hear({ ...announcement, event: '+tilt', message: '#tilt mode entered' });
        hear({ ...announcement, event: '-tilt', message: '#tilt mode exited' });
      }),
    },
    {
      change: 'TILT without end',
      between: on('+sdown', (announcement, _context, hear) => {
        hear({ ...announcement, event: '+tilt', message: '#tilt mode entered' });
      }),
    },
  ],
  'no-failover-without-odown': [{ change: 'no O_DOWN before', between: never('+odown') }],
  'retry-delay': [
    { change: 'a second attempt at once', between: twice('+try-failover') },
    {
      change: 'an attempt after a vote for another',
      between: on('+vote-for-leader', (announcement, context, hear) => {
        hear(announcement);
        const { state, master } = recordOf(context, announcement);
        if (master.leader === state.myId) return;
        const { hostname, port } = master.address;
        const message = `master ${master.name} ${hostname} ${port}`;
        hear({ ...announcement, event: '+try-failover', message });
      }),
    },
  ],
  'one-vote-an-epoch': [{ change: 'two votes an epoch', between: twice('+vote-for-leader') }],
  'one-leader-an-epoch': [{ change: 'two leaders an epoch', between: twice('+elected-leader') }],
  'election-needs-majority': [
    { change: 'nobody voted', between: never('+vote-for-leader') },
    { change: 'quorum not reached', between: withInstances('+elected-leader', { quorum: 4 }) },
  ],
  'epochs-grow': [
    { change: 'the same epoch again', between: twice('+new-epoch') },
    {
      change: 'the configuration epoch forgotten',
      between: on('+slave-reconf-done', (announcement, context) => {
        const state = stateOf<SentinelState>(context, announcement);
        forgetConfigEpochs(state);
      }),
    },
  ],
  'restart-remembers': [
    {
      change: 'the last vote forgotten',
      durationMs: 40_000,
      between: on('+vote-for-leader', (announcement, { cluster, lookAt }, hear) => {
        hear({ ...announcement, message: announcement.message.replace(/ .*/, ' 99') });
        const soon = (us: number) => announcement.atUs + us;
        lookAt(soon(1_000_000), () => cluster.world.kill(announcement.process));
        lookAt(soon(2_000_000), () => cluster.world.start(announcement.process));
      }),
    },
  ],
  'election-within': [{ change: 'elected after the time-out', between: later('+elected-leader') }],
  'lone-candidate-elected': [
    { change: 'not elected', between: never('+elected-leader') },
    { change: 'elected late', between: later('+elected-leader') },
  ],
  'one-step-a-tick': [
    {
      change: 'chosen in the tick of the election',
      between: on('+elected-leader', (announcement, _context, hear) => {
        hear(announcement);
        hear({ ...announcement, event: '+selected-slave', atUs: announcement.atUs + 20_000 });
      }),
    },
  ],
  'best-replica': [
    { change: 'another replica', between: otherReplica },
    { change: 'one of priority 0', between: withInstances('+selected-slave', { slavePriority: 0 }) },
    { change: 'one with old INFO', between: withInstances('+selected-slave', { infoRefreshUs: 1 }) },
  ],
  'promotion-within': [
    { change: 'promoted after the time-out', between: later('+promoted-slave') },
    { change: 'neither promoted nor given up', between: never('+promoted-slave', '+switch-master') },
  ],
  'promoted-soon': [{ change: 'never seen as a master', between: never('+promoted-slave') }],
  'one-promotion-a-config-epoch': [
    {
      change: 'two replicas',
      between: on('+promoted-slave', (announcement, _context, hear) => {
        hear(announcement);
        hear({
          ...announcement,
          message: announcement.message.replace(/^slave \S+ \S+/, 'slave x 10.9.9.9'),
        });
      }),
    },
  ],
  'parallel-syncs': [
    { change: 'one too many', between: withInstances('+slave-reconf-sent', { parallelSyncs: 0 }) },
  ],
  'switch-within': [{ change: 'switched after the time-out', between: later('+switch-master') }],
  'switch-followed': [
    {
      change: 'another epoch than the leader says',
      between: on('+promoted-slave', (announcement, context, hear) => {
        const { master } = recordOf(context, announcement);
        const { failoverEpoch } = master;
        master.failoverEpoch = failoverEpoch + 1;
        hear(announcement);
        master.failoverEpoch = failoverEpoch;
      }),
    },
  ],
  'acknowledged-with-good-replicas': [
    {
      change: 'too few good replicas',
      between: on('writes-accepted', (announcement, context, hear) => {
        const { config } = stateOf<RedisState>(context, announcement);
        const { minReplicasToWrite } = config;
        config.minReplicasToWrite = 3;
        hear(announcement);
        config.minReplicasToWrite = minReplicasToWrite;
      }),
    },
    {
      change: 'a write while they are refused',
      between: on('writes-accepted', (announcement, context, hear) => {
        const { keyspace } = stateOf<RedisState>(context, announcement);
        keyspace.map = new Map([...keyspace.map, ['forged', '']]);
        hear(announcement);
      }),
    },
  ],
  'fenced-in-time': [
    {
      change: 'the fence forgotten',
      between: on('writes-refused', (announcement, context) => {
        stateOf<RedisState>(context, announcement).fenced = false;
      }),
    },
  ],
  'refused-for-a-reason': [
    {
      change: 'enough good replicas',
      between: on('writes-refused', (announcement, context, hear) => {
        const { config } = stateOf<RedisState>(context, announcement);
        const { minReplicasToWrite } = config;
        config.minReplicasToWrite = 0;
        hear(announcement);
        config.minReplicasToWrite = minReplicasToWrite;
      }),
    },
    { change: 'clients are refused, and no server refuses', between: never('writes-refused') },
  ],
  'same-data-at-the-same-offset': [
    {
      change: 'a replica that lacks a key',
      after: withMapOf('r3', (map) => map.delete(map.keys().next().value!)),
    },
    {
      change: 'a replica with another value',
      after: withMapOf('r3', (map) => map.set(map.keys().next().value!, 'forged')),
    },
  ],
  'in-step-with-its-master': [
    {
      change: 'a replica that lacks a byte',
      between: synchronisedTo(({ offset }) => ({ offset: offset - 1 })),
    },
    { change: 'a replica ahead', between: synchronisedTo(({ offset }) => ({ offset: offset + 1_000_000 })) },
    { change: 'another history', between: synchronisedTo(() => ({ replId: 'another' })) },
  ],
  'full-sync-for-a-reason': [
    {
      change: 'everything for a replica that lacks nothing',
      between: on('full-resync-started', (announcement, context, hear) => {
        const replica = stateOf<RedisState>(context, announcement);
        const { replId, offset } = processOf(context.cluster, 'r2').state as RedisState;
        const before = { replId: replica.replId, offset: replica.offset };
        Object.assign(replica, { replId, offset });
        hear(announcement);
        Object.assign(replica, before);
      }),
    },
  ],
  'restart-keeps-the-role': [
    {
      change: 'a replica that follows somebody else',
      between: readyWith(({ config }) => {
        config.replicaof = { host: 'elsewhere', port: 6379 };
      }),
    },
  ],
  'restart-keeps-the-data': [
    {
      change: 'a key is gone',
      between: readyWith(({ keyspace }) => {
        keyspace.map = new Map([...keyspace.map].slice(1));
      }),
    },
  ],
  'full-disk-takes-no-writes': [
    {
      change: 'a write while the disk is full',
      scenario: 'full-disk',
      between: on('disk-error', (announcement, context, hear) => {
        const { keyspace } = stateOf<RedisState>(context, announcement);
        context.lookAt(announcement.atUs + 2_500_000, () => {
          keyspace.map = new Map([...keyspace.map, ['forged', '']]);
        });
        hear(announcement);
      }),
    },
  ],
  'shutdown-waits': [
    {
      change: 'a replica that has not acknowledged everything',
      scenario: 'full-disk',
      between: on('exited', (announcement, context, hear) => {
        stateOf<RedisState>(context, announcement).offset++;
        hear(announcement);
      }),
    },
    {
      change: 'a write while the replicas are waited for',
      scenario: 'full-disk',
      between: on('exited', (announcement, context, hear) => {
        const { keyspace } = stateOf<RedisState>(context, announcement);
        hear({ ...announcement, event: 'shutdown-waits' });
        keyspace.map = new Map([...keyspace.map, ['forged', '']]);
        hear(announcement);
      }),
    },
  ],
  'losses-are-classified': [
    {
      change: 'losses out of the blue',
      after: (run) => ({ ...run, events: [], actions: [], final: [] }),
    },
  ],
  convergence: [
    {
      change: 'a second master',
      after: (run, { cluster }) => {
        (processOf(cluster, 'r3').state as RedisState).config.replicaof = null;
        return run;
      },
    },
    {
      change: 'a Sentinel that knows better',
      after: (run, { cluster }) => {
        const state = processOf(cluster, 's1').state as SentinelState;
        const master = state.instances[state.masterIds[0]!]!;
        master.address = { ...master.address, ip: cluster.world.state.machines[0]!.address };
        return run;
      },
    },
  ],
  'same-seed-same-run': [
    {
      change: 'a checker that acts',
      seeds: 800,
      durationMs: 12_000,
      between: on('+sdown', (_announcement, { cluster }) => {
        cluster.world.kill(cluster.processByName.get('s3')!);
      }),
    },
    {
      change: 'a checker that draws a number',
      seeds: 800,
      durationMs: 12_000,
      between: on('+sdown', (_announcement, { cluster }) => {
        drawUint32(cluster.world.state.random);
      }),
    },
  ],
  'forks-start-the-same': [
    {
      change: 'a future that depends on who looks',
      seeds: 1600,
      durationMs: 12_000,
      between: on('+sdown', (_announcement, { cluster }) => {
        for (const name of ['s1', 's2', 's3']) cluster.world.kill(cluster.processByName.get(name)!);
      }),
    },
  ],
};

function forgetConfigEpochs(state: SentinelState): void {
  for (const id of state.masterIds) state.instances[id]!.configEpoch = -1;
}

const SCENARIOS = {
  'isolated-master': prepare('test/properties/mutants/isolated-master.yaml'),
  'full-disk': prepare('test/properties/mutants/full-disk.yaml'),
};

function judge(
  name: string,
  { between, after = (run) => run, durationMs, scenario = 'isolated-master' }: Mutant,
  seed: number,
): Verdict {
  const whole = SCENARIOS[scenario];
  const durationUs = durationMs === undefined ? whole.scenario.durationUs : durationMs * 1000;
  const prepared = { ...whole, scenario: { ...whole.scenario, durationUs } };
  const property = catalogue.find((each) => each.name === name)!;
  const inspection = inspect(prepared, seed, [property], between ?? null);
  const { document } = simulate(prepared, seed, undefined, inspection.watch);
  return inspection.judge(after(document, inspection.context))[0]!.verdict;
}

const holding = catalogue.filter(({ holds }) => holds).map(({ name }) => name);

test('every property that holds has a mutant', () => {
  expect(Object.keys(MUTANTS).sort()).toEqual([...holding].sort());
});

describe.each(holding)('1 master, 2 replicas, 3 sentinels: %s', (name) => {
  test('holds in the unchanged run', () => {
    for (const { scenario } of MUTANTS[name]!) {
      const unchanged = scenario === undefined ? { change: 'none' } : { change: 'none', scenario };
      expect(judge(name, unchanged, 1).violation).toBeNull();
    }
  });

  test.each(MUTANTS[name]!)('catches: $change', (mutant) => {
    const seeds = Array.from({ length: mutant.seeds ?? 1 }, (_, index) => index + 1);
    expect(seeds.some((seed) => judge(name, mutant, seed).violation !== null)).toBe(true);
  });
});

test.each([
  ['one-vote-an-epoch', '+vote-for-leader', '+reset-master'],
  ['one-vote-an-epoch', '+vote-for-leader', 'config-not-saved'],
  ['one-leader-an-epoch', '+elected-leader', '-monitor'],
  ['epochs-grow', '+new-epoch', '+reset-master'],
] as const)(
  '1 master, 2 replicas, 3 sentinels: %s is not judged when %s comes after %s (S-SWITCH-6)',
  (name, event, forgets) => {
    const forgetful = on(event, (announcement, _context, hear) => {
      hear({ ...announcement, event: forgets });
      hear(announcement);
      hear(announcement);
    });
    expect(judge(name, { change: 'a Sentinel forgets', between: forgetful }, 1).violation).toBeNull();
  },
);
