/** What faults are built of. */
import type { Deployment } from '../../src/config/deployment.ts';
import type { Target, TimelineEntry, Verb } from '../../src/scenario/scenario.ts';

export const MS_US = 1000;
export const SECOND_MS = 1000;

/** The names that a fault can have as its target. */
export interface Places {
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
  readonly nodes: readonly string[];
  readonly boxes: Deployment['boxes'];
  /** Nodes and boxes. */
  readonly places: readonly Target[];
}

export function placesOf({ redis, sentinels, boxes }: Deployment): Places {
  const servers = redis.map(({ name }) => name);
  const watchers = sentinels.map(({ name }) => name);
  const nodes = [...servers, ...watchers];
  const places = [...nodes, ...Object.keys(boxes)].map((name) => [name]);
  return { servers, sentinels: watchers, nodes, boxes, places };
}

export function entry(atMs: number, verb: Verb): TimelineEntry {
  return { atUs: atMs * MS_US, verb };
}

export function at<T>(items: readonly T[], index: number): T {
  return items[index % items.length]!;
}
