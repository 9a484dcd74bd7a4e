/** Targets of verbs: the names, boxes, clients and roles that a scenario knows. */
import type { Deployment } from '../config/deployment.ts';
import { suggestion } from '../config/nearest.ts';
import { addError, type Problems } from '../config/problems.ts';
import { itemsOf, type YamlNode } from '../config/yamlTree.ts';
import type { Role, Target } from './scenario.ts';

const ROLES: readonly Role[] = ['@master', '@replicas', '@sentinels', '@leader'];

/** What a target may name in a place. */
export type Scope = 'processes' | 'machines' | 'nodes';

/** All that can be named in a scenario. */
export interface Names {
  readonly deployment: Deployment;
  readonly clients: readonly string[];
  readonly problems: Problems;
}

function nodeNames({ deployment }: Names): readonly string[] {
  return [...deployment.redis, ...deployment.sentinels].map(({ name }) => name);
}

/** Processes can be killed, machines (clients too) can be cut off; `nodes` is without roles. */
function candidates(names: Names, scope: Scope): readonly string[] {
  const fixed = [...nodeNames(names), ...Object.keys(names.deployment.boxes)];
  if (scope === 'machines') return [...fixed, ...names.clients, ...ROLES];
  return scope === 'processes' ? [...fixed, ...ROLES] : [...fixed, ...names.clients];
}

function readName(node: YamlNode, names: Names, scope: Scope): readonly string[] {
  if (node.kind === 'list') return node.items.flatMap((item) => readName(item, names, scope));
  if (node.kind !== 'scalar') return [];
  const known = candidates(names, scope);
  if (known.includes(node.text)) return [node.text];
  const alias = names.deployment.aliases[node.text];
  if (alias !== undefined && Object.hasOwn(names.deployment.aliases, node.text)) return [alias];
  const isClient = names.clients.includes(node.text);
  addError(names.problems, node.at, isClient ? `${node.text} is a client` : `there is no ${node.text}`, {
    found: node.text,
    expected: isClient ? 'a Redis node or a sentinel' : 'a node, a box, a client or a role',
    hint: suggestion(node.text, known),
  });
  return [];
}

/** The names of a target, box and role names as they are; unknown ones are reported. */
export function readTarget(node: YamlNode, names: Names, scope: Scope): Target {
  return itemsOf(node).flatMap((item) => readName(item, names, scope));
}

/** Two groups, as in `cut: [[a, b], [c]]`. */
export function readGroups(node: YamlNode, names: Names, scope: Scope): readonly [Target, Target] {
  const [first, second] = itemsOf(node);
  return [readTarget(first!, names, scope), readTarget(second!, names, scope)];
}

/** One node's name; reports any other text and gives null. */
export function readNode(node: YamlNode, names: Names, kind: 'redis' | 'sentinel' | 'any'): string | null {
  if (node.kind !== 'scalar') return null;
  const { redis, sentinels, aliases } = names.deployment;
  const pool = kind === 'redis' ? redis : kind === 'sentinel' ? sentinels : [...redis, ...sentinels];
  const known: readonly string[] = pool.map(({ name }) => name);
  const name = Object.hasOwn(aliases, node.text) ? aliases[node.text]! : node.text;
  if (known.includes(name)) return name;
  const what = kind === 'any' ? 'node' : kind === 'redis' ? 'Redis node' : 'sentinel';
  addError(names.problems, node.at, `there is no ${what} ${node.text}`, {
    found: node.text,
    expected: `a ${what}`,
    hint: suggestion(node.text, known),
  });
  return null;
}
