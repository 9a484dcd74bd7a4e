/** What makes a set of nodes a deployment: masters, replicas that follow them, sentinels that watch them. */
import type { MonitoredMaster } from '../../models/sentinel/config.ts';
import type { Position } from './diagnostic.ts';
import { type DeploymentDraft, hostNames, nodeOfHost, type RedisDraft, type SentinelDraft } from './draft.ts';
import { suggestion } from './nearest.ts';
import { addError, addWarning, startOf } from './problems.ts';

/** Redis node → the node that its `replicaof` names. */
type Follows = ReadonlyMap<string, string>;

function reportUnknownHost(draft: DeploymentDraft, host: string, at: Position, line: string): void {
  addError(draft.problems, at, `${host} is not a Redis node of this deployment`, {
    found: line,
    expected: 'the host name of a Redis node',
    hint: suggestion(host, hostNames(draft)),
  });
}

function wordPlace(
  place: { at: Position; words: readonly { column: number }[] } | undefined,
  word: number,
  otherwise: Position,
): Position {
  const column = place?.words[word]?.column;
  return place === undefined || column === undefined ? otherwise : { ...place.at, column };
}

function followed(draft: DeploymentDraft, replica: RedisDraft): string | null {
  const { replicaof } = replica.node.config;
  if (replicaof === null) return null;
  const place = replica.places.get('replicaof');
  const at = wordPlace(place, 1, replica.node.at);
  const name = nodeOfHost(draft, replicaof.host, replica.node.name);
  const target = draft.redis.find(({ node }) => node.name === name)?.node;
  if (target === undefined) {
    reportUnknownHost(draft, replicaof.host, at, place?.text ?? '');
    return null;
  }
  if (target.config.port !== replicaof.port) {
    addWarning(
      draft.problems,
      wordPlace(place, 2, at),
      `${target.name} listens on port ${target.config.port}`,
      {
        found: place?.text ?? '',
        hint: `replicaof ${replicaof.host} ${target.config.port}`,
      },
    );
  }
  return target.name;
}

function readFollows(draft: DeploymentDraft): Follows {
  const follows = new Map<string, string>();
  for (const replica of draft.redis) {
    const master = followed(draft, replica);
    if (master !== null) follows.set(replica.node.name, master);
  }
  return follows;
}

/** The nodes of the circle that a walk along `follows` from `start` runs into; empty if it ends. */
function circleFrom(start: string, follows: Follows): readonly string[] {
  const path: string[] = [];
  for (let node: string | undefined = start; node !== undefined; node = follows.get(node)) {
    if (path.includes(node)) return path.slice(path.indexOf(node));
    path.push(node);
  }
  return [];
}

/** Reports every circle once; true if there is one. */
function reportCircles(draft: DeploymentDraft, follows: Follows): boolean {
  const seen = new Set<string>();
  for (const { node, places } of draft.redis) {
    const circle = circleFrom(node.name, follows);
    if (circle.length === 0 || seen.has(circle[0]!)) continue;
    if (!circle.includes(node.name)) continue;
    for (const name of circle) seen.add(name);
    const place = places.get('replicaof');
    addError(
      draft.problems,
      place?.at ?? node.at,
      `the replicas follow each other in a circle: ${[...circle, circle[0]].join(' -> ')}`,
      {
        found: place?.text ?? '',
        expected: 'one node without a replicaof line',
        hint: 'remove the replicaof line of the node that is to be the master',
      },
    );
  }
  return seen.size > 0;
}

function monitoredNode(
  draft: DeploymentDraft,
  sentinel: SentinelDraft,
  master: MonitoredMaster,
): string | null {
  const place = sentinel.places.get(master.name);
  const at = wordPlace(place, 3, sentinel.node.at);
  const name = nodeOfHost(draft, master.host, sentinel.node.name);
  const target = draft.redis.find(({ node }) => node.name === name)?.node;
  if (target === undefined) {
    reportUnknownHost(draft, master.host, at, place?.text ?? '');
    return null;
  }
  if (target.config.port !== master.port) {
    addWarning(
      draft.problems,
      wordPlace(place, 4, at),
      `${target.name} listens on port ${target.config.port}`,
      {
        found: place?.text ?? '',
      },
    );
  }
  return target.name;
}

function readMonitored(draft: DeploymentDraft): ReadonlySet<string> {
  const monitored = new Set<string>();
  for (const sentinel of draft.sentinels) {
    if (sentinel.node.config.masters.length === 0) {
      addError(draft.problems, sentinel.node.at, `the sentinel ${sentinel.node.name} monitors no master`, {
        expected: 'sentinel monitor <name> <host> <port> <quorum>',
        hint: 'add a sentinel monitor line',
      });
    }
    for (const master of sentinel.node.config.masters) {
      const node = monitoredNode(draft, sentinel, master);
      if (node !== null) monitored.add(node);
    }
  }
  return monitored;
}

/** Several masters are fine when each has its own `sentinel monitor`; a lone one need not be watched by all. */
function checkMasters(draft: DeploymentDraft, monitored: ReadonlySet<string> | null): void {
  const masters = draft.redis.filter(({ node }) => node.config.replicaof === null);
  if (masters.length === 0) {
    addError(draft.problems, draft.redis[0]!.node.at, 'no master: every Redis node has a replicaof line', {
      expected: 'one node without a replicaof line',
    });
    return;
  }
  if (masters.length === 1 || monitored === null) return;
  const names = masters.map(({ node }) => node.name).join(', ');
  for (const { node } of masters) {
    if (monitored.has(node.name)) continue;
    addError(
      draft.problems,
      node.at,
      `${masters.length} masters (${names}), and no sentinel monitors ${node.name}`,
      {
        found: node.name,
        expected: 'one master, or a sentinel monitor line for each',
        hint: `add a replicaof line to ${node.name}`,
      },
    );
  }
}

/**
 * Reports what is missing or contradicts itself. `sentinelsRead` is false when a sentinel's own file has errors: then
 * nothing is concluded from what it monitors.
 */
export function checkStructure(
  draft: DeploymentDraft,
  sentinelsRead: boolean,
  sentinelsNeeded: boolean,
): void {
  if (draft.redis.length === 0) {
    addError(draft.problems, startOf(draft.file), 'no Redis node', {
      expected: 'at least one node that runs redis-server',
    });
  }
  if (draft.sentinels.length === 0 && sentinelsNeeded) {
    addError(draft.problems, startOf(draft.file), 'no sentinel: nothing would fail over', {
      expected: 'at least one node that runs redis-sentinel or redis-server --sentinel',
    });
  }
  if (draft.redis.length === 0) return;
  const circles = reportCircles(draft, readFollows(draft));
  const monitored = sentinelsRead ? readMonitored(draft) : null;
  if (!circles) checkMasters(draft, draft.sentinels.length === 0 ? null : monitored);
}
