/** Who takes part: the nodes in the order of their columns, and the short names they go by. */
import type { Deployment } from '../../config/deployment.ts';
import { parseInstance, parseSwitch } from '../../measure/payload.ts';
import type { RunDocument } from '../../run/document.ts';

export interface Cast {
  readonly sentinels: readonly string[];
  /** The first master stands first. */
  readonly redis: readonly string[];
  /** Who was a master at the start. */
  readonly masters: ReadonlySet<string>;
  readonly shortNames: ReadonlyMap<string, string>;
}

const LONGEST_KEPT = 6;

export function castOf(document: RunDocument, deployment: Deployment | undefined): Cast {
  const known = deployment === undefined ? castFromRun(document) : castFromDeployment(deployment);
  return { ...known, shortNames: shortNamesOf(known.sentinels, known.redis, known.masters) };
}

interface Known {
  readonly sentinels: readonly string[];
  readonly redis: readonly string[];
  readonly masters: ReadonlySet<string>;
}

function castFromDeployment(deployment: Deployment): Known {
  const masters = deployment.redis.filter((node) => node.config.replicaof === null).map((node) => node.name);
  const replicas = deployment.redis.filter((node) => node.config.replicaof !== null).map((node) => node.name);
  const sentinels = deployment.sentinels.map((node) => node.name);
  return { sentinels, redis: [...masters, ...replicas], masters: new Set(masters) };
}

function castFromRun(document: RunDocument): Known {
  const sentinels = new Set<string>();
  const redis = new Set<string>();
  for (const view of document.final) {
    if ('configEpoch' in view) sentinels.add(view.node);
    else if ('role' in view) redis.add(view.node);
  }
  const listed = sentinels.size;
  for (const event of document.events) {
    if (event.event.startsWith('+') || event.event.startsWith('-')) sentinels.add(event.node);
    else if (!sentinels.has(event.node)) redis.add(event.node);
  }
  for (const view of document.final) if (!sentinels.has(view.node)) redis.add(view.node);
  for (const name of namedBySentinels(document)) redis.add(name);
  for (const sentinel of sentinels) redis.delete(sentinel);
  const masters = firstMasters(document);
  const ordered = [...redis].sort((a, b) => Number(masters.has(b)) - Number(masters.has(a)));
  const known = [...sentinels];
  const inOrder = [...known.slice(0, listed), ...known.slice(listed).sort()];
  return { sentinels: inOrder, redis: ordered, masters };
}

/** Data nodes that may have no events of their own, as in imported logs. */
function namedBySentinels(document: RunDocument): string[] {
  return document.events.flatMap(({ event, message }) => {
    if (!/^[+-](monitor|sdown|odown|slave|switch-master|selected-slave)$/.test(event)) return [];
    if (event === '+switch-master') return [parseSwitch(message).from, parseSwitch(message).to];
    const { type, host, masterHost } = parseInstance(message);
    return type === 'sentinel' ? [masterHost] : [host, masterHost];
  });
}

function firstMasters(document: RunDocument): ReadonlySet<string> {
  const first = new Map<string, string>();
  for (const event of document.events) {
    if (!event.event.startsWith('+')) continue;
    const { type, master, masterHost } = parseInstance(event.message);
    if (type === 'master' && !first.has(master)) first.set(master, masterHost);
  }
  if (first.size > 0) return new Set(first.values());
  return new Set(
    document.final.flatMap((view) => ('role' in view && view.role === 'master' ? [view.node] : [])),
  );
}

/** Names that fit a column stay; otherwise sentinels become s1.., masters m, replicas r1.. */
function shortNamesOf(
  sentinels: readonly string[],
  redis: readonly string[],
  masters: ReadonlySet<string>,
): Map<string, string> {
  const all = [...sentinels, ...redis];
  if (all.every((name) => name.length <= LONGEST_KEPT)) return new Map(all.map((name) => [name, name]));
  const names = new Map<string, string>();
  sentinels.forEach((name, index) => {
    names.set(name, `s${index + 1}`);
  });
  const firsts = redis.filter((name) => masters.has(name));
  const replicas = redis.filter((name) => !masters.has(name));
  firsts.forEach((name, index) => {
    names.set(name, firsts.length === 1 ? 'm' : `m${index + 1}`);
  });
  replicas.forEach((name, index) => {
    names.set(name, `r${index + 1}`);
  });
  const clash = all.some((name) => [...names].some(([other, taken]) => taken === name && other !== name));
  return clash ? new Map(all.map((name) => [name, name])) : names;
}
