/** Faults that an operator makes at the command line of a node. */
import type { MonitoredMaster } from '../../models/sentinel/config.ts';
import type { Deployment } from '../../src/config/deployment.ts';
import type { Target, TimelineEntry } from '../../src/scenario/scenario.ts';
import { at, entry, type Places, SECOND_MS } from './building.ts';
import type { Draft } from './drafts.ts';
import type { FaultKind } from './kinds.ts';

const LONGEST_SLEEP_MS = 8000;

type CommandKind = Extract<
  FaultKind,
  | 'sleep'
  | 'failover'
  | 'shutdown'
  | 'save'
  | 'client-kill'
  | 'config-set'
  | 'replicaof'
  | 'set'
  | 'reset'
  | 'remove'
  | 'crash-after'
>;

const SETTINGS: readonly (readonly [string, string])[] = [
  ['min-replicas-to-write', '1'],
  ['min-replicas-to-write', '0'],
  ['min-replicas-to-write', '2'],
  ['min-replicas-max-lag', '3'],
  ['replica-priority', '0'],
  ['replica-priority', '10'],
  ['appendonly', 'yes'],
  ['appendonly', 'no'],
  ['save', ''],
  ['repl-backlog-size', '16384'],
];

const WATCH_SETTINGS: readonly (readonly [string, string])[] = [
  ['down-after-milliseconds', '1000'],
  ['down-after-milliseconds', '8000'],
  ['failover-timeout', '5000'],
  ['failover-timeout', '20000'],
  ['parallel-syncs', '2'],
  ['quorum', '1'],
  ['quorum', '2'],
];

const SAVES = [['BGSAVE'], ['BGREWRITEAOF'], ['SAVE']] as const;
const CLIENT_TYPES = ['normal', 'replica', 'master', 'pubsub'] as const;
const CRASHES = ['crash-after-election', 'crash-after-promotion'] as const;

function mastersOf({ sentinels }: Deployment): readonly MonitoredMaster[] {
  return sentinels[0]?.config.masters ?? [];
}

/** What makes a record that was removed what it was. */
function watchedAgain(sentinel: string, master: MonitoredMaster, atMs: number): TimelineEntry[] {
  const { name, host, port, quorum, downAfterMs, failoverTimeoutMs, authPass } = master;
  const command = (...words: string[]) =>
    entry(atMs, { do: 'command', target: [sentinel], words: ['SENTINEL', ...words] });
  return [
    command('MONITOR', name, host, String(port), String(quorum)),
    command('SET', name, 'down-after-milliseconds', String(downAfterMs)),
    command('SET', name, 'failover-timeout', String(failoverTimeoutMs)),
    ...(authPass === '' ? [] : [command('SET', name, 'auth-pass', authPass)]),
  ];
}

/** A server with the one that it follows, as the files say it. */
function rootOf(server: string, { redis, aliases }: Deployment): string {
  let root = server;
  for (let steps = 0; steps < redis.length; steps++) {
    const host = redis.find(({ name }) => name === root)?.config.replicaof?.host;
    if (host === undefined) break;
    root = aliases[host] ?? host;
  }
  return root;
}

/** Within the group: who is told to follow another master takes two groups for one, and no Sentinel parts them again. */
function replicaOf(server: string, draft: Draft, deployment: Deployment): string[] {
  const root = rootOf(server, deployment);
  const others = deployment.redis.filter(({ name }) => name !== server && rootOf(name, deployment) === root);
  if (draft.extra % 2 === 0 || others.length === 0) return ['REPLICAOF', 'NO', 'ONE'];
  const { name, config } = at(others, draft.other);
  return ['REPLICAOF', name, String(config.port)];
}

/** The entries of one fault that is a command. */
export function buildCommand(
  kind: CommandKind,
  draft: Draft,
  deployment: Deployment,
  places: Places,
): TimelineEntry[] {
  const server: Target = [at(places.servers, draft.node)];
  const sentinel: Target = [at(places.sentinels, draft.node)];
  const master = at(mastersOf(deployment), draft.other);
  const send = (target: Target, ...words: string[]) => entry(draft.atMs, { do: 'command', target, words });
  const started = (target: Target) => entry(draft.atMs + draft.forMs, { do: 'start', target });
  switch (kind) {
    case 'sleep':
      return [send(server, 'DEBUG', 'SLEEP', String(Math.min(draft.forMs, LONGEST_SLEEP_MS) / SECOND_MS))];
    case 'failover':
      return [send(sentinel, 'SENTINEL', 'FAILOVER', master.name)];
    case 'shutdown': {
      const down = send(server, 'SHUTDOWN', draft.extra % 2 === 0 ? 'NOSAVE' : 'SAVE', 'NOW');
      return draft.stays ? [down] : [down, started(server)];
    }
    case 'save':
      return [send(server, ...at(SAVES, draft.extra))];
    case 'client-kill':
      return [send(server, 'CLIENT', 'KILL', 'TYPE', at(CLIENT_TYPES, draft.extra))];
    case 'config-set':
      return [send(server, 'CONFIG', 'SET', ...at(SETTINGS, draft.extra))];
    case 'replicaof':
      return [send(server, ...replicaOf(server[0]!, draft, deployment))];
    case 'set':
      return [send(sentinel, 'SENTINEL', 'SET', master.name, ...at(WATCH_SETTINGS, draft.extra))];
    case 'reset':
      return [send(sentinel, 'SENTINEL', 'RESET', master.name)];
    case 'remove':
      return [
        send(sentinel, 'SENTINEL', 'REMOVE', master.name),
        ...watchedAgain(sentinel[0]!, master, draft.atMs + draft.forMs),
      ];
    case 'crash-after': {
      const armed = send(sentinel, 'SENTINEL', 'SIMULATE-FAILURE', at(CRASHES, draft.extra));
      return draft.stays ? [armed] : [armed, started(sentinel)];
    }
  }
}
