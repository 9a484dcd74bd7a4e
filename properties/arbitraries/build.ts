/** From the numbers of a fault to entries of a timeline. */
import type { Deployment } from '../../src/config/deployment.ts';
import { firstMaster } from '../../src/run/failoverTest.ts';
import type { LinkConditions, Role, Target, TimelineEntry, Verb } from '../../src/scenario/scenario.ts';
import { at, entry, MS_US, type Places, placesOf, SECOND_MS } from './building.ts';
import { buildCommand } from './commands.ts';
import type { Draft } from './drafts.ts';
import type { FaultKind } from './kinds.ts';

const NODE_ROLES: readonly Role[] = ['@master', '@leader', '@replicas', '@sentinels'];
/** Of so many names drawn one is a role. */
const ROLES_EVERY = 4;

/** A node, or now and then a role that is looked up when the entry is carried out. */
function nodeOf({ nodes }: Places, draft: Draft): Target {
  const isRole = draft.node % ROLES_EVERY === ROLES_EVERY - 1;
  return [
    isRole ? at(NODE_ROLES, draft.extra) : at(nodes, draft.node - Math.floor(draft.node / ROLES_EVERY)),
  ];
}

/** Down, and up again unless it stays down. Who was meant by a role is not known later: everybody is started. */
function downAndUp(
  verb: 'kill' | 'stop' | 'power-off',
  target: Target,
  draft: Draft,
  { nodes, boxes }: Places,
): TimelineEntry[] {
  const named = target.flatMap((name) => (name.startsWith('@') ? nodes : (boxes[name] ?? [name])));
  const down = entry(draft.atMs, { do: verb, target });
  return draft.stays ? [down] : [down, entry(draft.atMs + draft.forMs, { do: 'start', target: named })];
}

function conditionsOf(extra: number): LinkConditions {
  const lossPerMillion = (extra % 3) * 20_000;
  const latencyUs = 50 + (extra % 40) * 1000;
  return { latencyUs, jitterUs: latencyUs >> 1, lossPerMillion };
}

/** The server comes back from its last or second last RDB file, if it has one. */
function restored(name: string, draft: Draft): TimelineEntry[] {
  const saved = entry(draft.atMs, { do: 'command', target: [name], words: ['BGSAVE'] });
  const killedMs = draft.atMs + SECOND_MS;
  return [
    saved,
    entry(killedMs, { do: 'kill', target: [name] }),
    entry(killedMs, { do: 'restore', target: [name], backup: draft.extra % 2 }),
    entry(killedMs + draft.forMs, { do: 'start', target: [name] }),
  ];
}

/** The entries of one fault, in order of time. */
export function build(kind: FaultKind, draft: Draft, deployment: Deployment): TimelineEntry[] {
  const places = placesOf(deployment);
  const forUs = draft.forMs * MS_US;
  const node = nodeOf(places, draft);
  const groups: readonly [Target, Target] = [at(places.places, draft.node), at(places.places, draft.other)];
  const one = (verb: Verb) => [entry(draft.atMs, verb)];
  switch (kind) {
    case 'kill-master':
      return downAndUp('kill', [firstMaster(deployment)], draft, places);
    case 'kill':
    case 'stop':
      return downAndUp(kind, node, draft, places);
    case 'power-off':
      return downAndUp(kind, groups[0], draft, places);
    case 'start':
    case 'resume':
      return one({ do: kind, target: node });
    case 'rejoin':
      return one({ do: kind, target: groups[0] });
    case 'heal':
      return one({ do: kind, groups: draft.extra % 2 === 0 ? null : groups });
    case 'pause':
      return one({ do: kind, target: node, forUs });
    case 'isolate':
      return one({ do: kind, target: groups[0], forUs });
    case 'cut':
    case 'cut-one-way':
      return one({ do: kind, groups, forUs });
    case 'network':
      return one({ do: kind, conditions: conditionsOf(draft.extra), between: null, forUs });
    case 'link':
      return one({ do: 'network', conditions: conditionsOf(draft.extra), between: groups, forUs });
    case 'clock':
      return one({ do: kind, target: node, byUs: (draft.extra - 400) * 10 * MS_US });
    case 'disk':
      return one({ do: kind, target: [at(places.nodes, draft.node)], full: true, forUs });
    case 'names':
      return one({ do: kind, target: [at(places.nodes, draft.node)], resolvable: false, forUs });
    case 'restore':
      return restored(at(places.servers, draft.node), draft);
    default:
      return buildCommand(kind, draft, deployment, places);
  }
}
