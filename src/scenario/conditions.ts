/** Network conditions as written → {@link LinkConditions}. */
import { child, itemsOf, type YamlNode } from '../config/yamlTree.ts';
import { parseDuration } from './durations.ts';
import type { LinkConditions, NetworkOverride, NetworkPlan } from './scenario.ts';
import { type Names, readGroups } from './targets.ts';

/** The text of a duration that the schema has already checked, in microseconds. */
export function durationUs(node: YamlNode | undefined): number | null {
  return node?.kind === 'scalar' ? parseDuration(node.text) : null;
}

function lossPerMillion(text: string): number {
  const part = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  return Math.round(part * 1_000_000);
}

/** Only what is written is set. */
export function readConditions(node: YamlNode): LinkConditions {
  const latencyUs = durationUs(child(node, 'latency'));
  const jitterUs = durationUs(child(node, 'jitter'));
  const loss = child(node, 'loss');
  return {
    ...(latencyUs === null ? {} : { latencyUs }),
    ...(jitterUs === null ? {} : { jitterUs }),
    ...(loss?.kind === 'scalar' ? { lossPerMillion: lossPerMillion(loss.text) } : {}),
  };
}

function readOverride(node: YamlNode, names: Names): NetworkOverride {
  const between = readGroups(child(node, 'between')!, names, 'nodes');
  return { between, ...readConditions(node) };
}

/** The scenario's `network`; pairs that overlap are in file order, later ones win. */
export function readNetwork(node: YamlNode | undefined, names: Names): NetworkPlan {
  if (node === undefined) return { overrides: [] };
  const pairs = [...itemsOf(child(node, 'pairs')), ...itemsOf(child(node, 'overrides'))];
  return { ...readConditions(node), overrides: pairs.map((pair) => readOverride(pair, names)) };
}
