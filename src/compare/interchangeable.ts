/** Nodes that nothing tells apart: chance alone decides which of them is promoted, or leads. */
import type { Scenario } from '../scenario/scenario.ts';

/** Node → what it is called in a comparison: its name, or `r2/r3` for one of several with one configuration that nobody names. */
export function interchangeableNodes({ deployment, timeline, clients }: Scenario): Map<string, string> {
  const named = JSON.stringify([timeline, clients]);
  const groups = new Map<string, string[]>();
  for (const { name, config } of [...deployment.redis, ...deployment.sentinels]) {
    const key = named.includes(`"${name}"`) ? name : JSON.stringify(config);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return new Map([...groups.values()].flatMap((names) => names.map((name) => [name, names.join('/')])));
}
