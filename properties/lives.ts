/** Servers that come back: what they were when they went down, and what they are when they are ready again. */
import type { RedisState } from '../models/redis/index.ts';
import type { Announcement } from '../src/engine/world.ts';
import type { Target } from '../src/scenario/scenario.ts';
import type { CheckContext } from './property.ts';

export interface Restart {
  readonly process: number;
  readonly node: string;
  /** As its former life left it. */
  readonly before: RedisState;
  readonly after: RedisState;
}

/** To be given every `ready`; tells of each server that is ready for another time, before it does anything else. */
export function restartsOf(
  { cluster, lookAt }: CheckContext,
  tell: (restart: Restart) => void,
): (ready: Announcement) => void {
  const { processes } = cluster.world.state;
  const count = cluster.scenario.deployment.redis.length;
  const last = processes.slice(0, count).map(({ state }) => state as RedisState | null);
  return ({ process, node, atUs }) => {
    if (process >= count) return;
    const look = () => {
      const after = processes[process]!.state as RedisState | null;
      const before = last[process]!;
      if (after === null || after === before) return;
      last[process] = after;
      if (before !== null) tell({ process, node, before, after });
    };
    // One that had nothing to load says it while it boots, and has no state yet.
    if (processes[process]!.state === null) lookAt(atUs, look);
    else look();
  };
}

/** True for the servers at which one of these entries of the timeline may be aimed. */
export function aimedAt({ cluster }: CheckContext, targets: readonly Target[]): (node: string) => boolean {
  const { boxes } = cluster.scenario.deployment;
  const names = new Set(targets.flat().flatMap((name) => boxes[name] ?? [name]));
  const byRole = [...names].some((name) => name.startsWith('@'));
  return (node) => byRole || names.has(node);
}
