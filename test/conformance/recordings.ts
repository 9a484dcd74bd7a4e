/**
 * Recordings of real clusters (Redis 7.0.15), and the scenario that each of them played: those of `npm run record` stand beside
 * their scenario, older ones say themselves what was done.
 */
import { readFileSync } from 'node:fs';
import type { RunEvent } from '../../src/run/document.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export interface RecordedClient {
  readonly fixed: string | null;
  readonly intervalMs: number;
  readonly acked: number;
  readonly gaps: readonly (readonly [number, number])[];
  readonly errors: Readonly<Record<string, number>>;
  readonly errorSpanMs: Readonly<Record<string, readonly [number, number]>>;
  readonly lost: { readonly count: number } | null;
}

export interface Recording {
  readonly scenario: string;
  readonly about: string;
  readonly durationMs: number;
  readonly topology: {
    readonly quorum?: number;
    readonly settle?: number;
    readonly downAfter?: number;
    readonly failoverTimeout?: number;
    readonly parallelSyncs?: number;
    readonly dataset?: { readonly keys: number; readonly valueBytes: number };
    readonly redis: readonly { readonly name: string; readonly conf: readonly string[] }[];
    readonly sentinels: readonly { readonly name: string; readonly conf?: readonly string[] }[];
  };
  readonly actions: readonly {
    readonly t: number;
    readonly do: string;
    readonly args: readonly (string | readonly string[])[];
  }[];
  readonly events: readonly RunEvent[];
  readonly clients: readonly RecordedClient[];
}

interface Recorded {
  readonly scenario: object;
  readonly recordings: readonly Recording[];
}

function readFixture(name: string): readonly Recording[] | Recorded {
  const url = new URL(`./fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as readonly Recording[] | Recorded;
}

/** All recordings of one scenario. */
export function readRecordings(name: string): readonly Recording[] {
  const fixture = readFixture(name);
  return 'recordings' in fixture ? fixture.recordings : fixture;
}

const milliseconds = (t: number) => `${Math.round(t)}ms`;

/** What was done in a recording, as a scenario file says it. */
function timelineOf({ actions }: Recording): object[] {
  return actions.flatMap((action): object[] => {
    const at = milliseconds(action.t);
    switch (action.do) {
      case 'kill':
        return [action.args[1] === 'SIGTERM' ? { at, stop: action.args[0] } : { at, kill: action.args[0] }];
      case 'cmd':
        return [{ at, command: action.args }];
      case 'cut':
      case 'heal':
        return [{ at, [action.do]: action.args }];
      case 'end':
        return [];
      default:
        return [{ at, [action.do]: action.args[0] }];
    }
  });
}

function sentinelLines({ topology }: Recording, own: readonly string[]): string[] {
  return [
    'sentinel resolve-hostnames yes',
    `sentinel monitor mymaster r1 6379 ${topology.quorum ?? 2}`,
    'sentinel auth-pass mymaster pw',
    `sentinel down-after-milliseconds mymaster ${topology.downAfter ?? 5000}`,
    `sentinel failover-timeout mymaster ${topology.failoverTimeout ?? 10_000}`,
    `sentinel parallel-syncs mymaster ${topology.parallelSyncs ?? 1}`,
    ...own,
  ];
}

/**
 * Sentinels found each other within 2 s, then a fixed time passed (12 s unless noted), clients started, and 2 to 12 s
 * later came time zero.
 */
function settleOf({ topology }: Recording): string {
  const shortestMs = 2000 + (topology.settle ?? 12_000) + 2000;
  return `${shortestMs}ms..${shortestMs + 10_000}ms`;
}

/** The scenario of a recording, as text that the scenario reader takes (YAML is a superset of JSON). */
export function scenarioText(recording: Recording): string {
  const { topology, clients } = recording;
  const secured = ['requirepass pw', 'masterauth pw'];
  return JSON.stringify({
    name: recording.scenario,
    about: recording.about,
    topology: {
      redis: Object.fromEntries(
        topology.redis.map(({ name, conf }) => [
          name,
          [...(name === 'r1' ? [] : ['replicaof r1 6379']), ...secured, ...conf],
        ]),
      ),
      sentinels: Object.fromEntries(
        topology.sentinels.map(({ name, conf }) => [name, sentinelLines(recording, conf ?? [])]),
      ),
    },
    ...(topology.dataset === undefined ? {} : { dataset: topology.dataset }),
    settle: settleOf(recording),
    duration: milliseconds(recording.durationMs),
    network: { latency: '25us' },
    clients: clients.map((client, index) => ({
      name: `client${index}`,
      write: milliseconds(client.intervalMs),
      password: 'pw',
      ...(client.fixed === null ? { discover: 'sentinel' } : { at: client.fixed, connect: client.fixed }),
    })),
    timeline: timelineOf(recording),
  });
}

/** The scenario that was recorded. */
export function scenarioOf(name: string): Scenario {
  const fixture = readFixture(name);
  const text = 'recordings' in fixture ? JSON.stringify(fixture.scenario) : scenarioText(fixture[0]!);
  return parseScenario(text, `${name}.yaml`);
}
