/** Clients of a scenario file → {@link ClientPlan}. */
import { addError } from '../config/problems.ts';
import { child, childText, itemsOf, type YamlNode } from '../config/yamlTree.ts';
import { durationUs } from './conditions.ts';
import type { ClientPlan } from './scenario.ts';
import { type Names, readNode } from './targets.ts';

const DEFAULT_TIMEOUT_US = 1_000_000;
/** Clients start 2 s before time zero. */
const DEFAULT_FROM_US = -2_000_000;

type Discover = ClientPlan['discover'];

function readDiscover(node: YamlNode, names: Names, direct: boolean): Discover {
  const discover = child(node, 'discover');
  if (discover === undefined) return direct ? null : 'sentinel';
  if (direct) {
    addError(names.problems, discover.at, 'a client either discovers or connects, not both', {
      expected: 'discover or connect',
    });
  }
  if (discover.kind === 'scalar') return 'sentinel';
  return itemsOf(discover)
    .map((item) => readNode(item, names, 'sentinel'))
    .filter((name) => name !== null);
}

function readTimeout(node: YamlNode | undefined): number | null {
  if (node === undefined) return DEFAULT_TIMEOUT_US;
  return durationUs(node);
}

function nodeOrNull(node: YamlNode | undefined, names: Names, kind: 'redis' | 'any'): string | null {
  return node === undefined ? null : readNode(node, names, kind);
}

function readClient(node: YamlNode, names: Names): ClientPlan {
  const connect = child(node, 'connect');
  return {
    name: childText(node, 'name')!,
    at: nodeOrNull(child(node, 'at'), names, 'any'),
    discover: readDiscover(node, names, connect !== undefined),
    connect: nodeOrNull(connect, names, 'redis'),
    rediscover: childText(node, 'rediscover') === 'always' ? 'always' : 'on-error',
    writeUs: durationUs(child(node, 'write')),
    readsUs: durationUs(child(node, 'reads')),
    timeoutUs: readTimeout(child(node, 'timeout')),
    subscribe: childText(node, 'subscribe') === 'true',
    user: childText(node, 'user') ?? null,
    password: childText(node, 'password') ?? null,
    fromUs: durationUs(child(node, 'from')) ?? DEFAULT_FROM_US,
  };
}

/** The names of the clients; one that is taken is reported. */
export function readClientNames(
  node: YamlNode | undefined,
  names: Omit<Names, 'clients'>,
): readonly string[] {
  const taken = new Set([
    ...names.deployment.redis.map(({ name }) => name),
    ...names.deployment.sentinels.map(({ name }) => name),
    ...Object.keys(names.deployment.boxes),
  ]);
  return itemsOf(node).map((client) => {
    const name = child(client, 'name')!;
    const text = childText(client, 'name')!;
    if (taken.has(text)) {
      addError(names.problems, name.at, `the name ${text} is taken`, {
        found: text,
        expected: 'a name that no node, box or other client has',
      });
    }
    taken.add(text);
    return text;
  });
}

function checkPeriods(node: YamlNode, names: Names): void {
  for (const key of ['write', 'reads']) {
    const period = child(node, key);
    if (period === undefined || durationUs(period) !== 0) continue;
    addError(names.problems, period.at, `${key} every 0 seconds never ends`, {
      found: childText(node, key)!,
      expected: 'a duration above zero',
    });
  }
}

/** The list under `clients`. */
export function readClients(node: YamlNode | undefined, names: Names): readonly ClientPlan[] {
  return itemsOf(node).map((client) => {
    checkPeriods(client, names);
    return readClient(client, names);
  });
}
