/** Warnings for what runs, but not as its author believes: passwords, ids, mounts, write fences (section 12). */
import { isIP } from 'node:net';
import type { RedisNode, SentinelNode } from './deployment.ts';
import type { Position } from './diagnostic.ts';
import { type DeploymentDraft, nodeOfHost, type RedisDraft, type SentinelDraft } from './draft.ts';
import { addError, addWarning } from './problems.ts';

function redisNamed(draft: DeploymentDraft, host: string, from: string): RedisNode | undefined {
  const name = nodeOfHost(draft, host, from);
  return draft.redis.find(({ node }) => node.name === name)?.node;
}

/** M-11, M-13, M-14: what the replica says to its master. */
function warnOfReplicaPassword(draft: DeploymentDraft, replica: RedisDraft): void {
  const { config, name } = replica.node;
  if (config.replicaof === null || config.masteruser !== '') return;
  const master = redisNamed(draft, config.replicaof.host, name);
  if (master === undefined || master.config.requirepass === config.masterauth) return;
  const at = replica.places.get('masterauth')?.at ?? replica.node.at;
  if (config.masterauth === '') {
    addWarning(
      draft.problems,
      at,
      `${name} has no masterauth, but ${master.name} requires a password: it never synchronizes (M-11)`,
      {
        hint: `add masterauth to the configuration of ${name}`,
      },
    );
  } else {
    const rule = master.config.requirepass === '' ? 'M-13' : 'M-14';
    addWarning(
      draft.problems,
      at,
      `${name}'s masterauth is not the password of ${master.name}: it never synchronizes (${rule})`,
    );
  }
}

/** M-12: works until the first failover. */
function warnOfMasterPassword(draft: DeploymentDraft, master: RedisDraft): void {
  const { config, name } = master.node;
  if (config.replicaof !== null || config.masterauth !== '' || config.masteruser !== '') return;
  const protectedReplica = draft.redis.find(
    ({ node }) =>
      node.config.replicaof !== null &&
      node.config.requirepass !== '' &&
      nodeOfHost(draft, node.config.replicaof.host, node.name) === name,
  );
  if (protectedReplica === undefined) return;
  addWarning(
    draft.problems,
    master.node.at,
    `${name} has no masterauth: once it was replaced as master it cannot follow ${protectedReplica.node.name} (M-12)`,
    {
      hint: `add masterauth to the configuration of ${name}`,
    },
  );
}

/** M-15: a sentinel that cannot log in sees a healthy master as down. */
function warnOfSentinelPassword(draft: DeploymentDraft, sentinel: SentinelDraft): void {
  for (const master of sentinel.node.config.masters) {
    const node = redisNamed(draft, master.host, sentinel.node.name);
    if (node === undefined || node.config.requirepass === '' || master.authUser !== '') continue;
    if (node.config.requirepass === master.authPass) continue;
    const at = sentinel.places.get(master.name)?.at ?? sentinel.node.at;
    const what = master.authPass === '' ? 'has no auth-pass' : 'has another auth-pass';
    addWarning(
      draft.problems,
      at,
      `${sentinel.node.name} ${what} for ${master.name}, but ${node.name} requires a password: it sees a healthy master as down (M-15)`,
      {
        hint: `add the line: sentinel auth-pass ${master.name} <password>`,
      },
    );
  }
}

/** M-08: hellos with one's own id are ignored. */
function warnOfSharedIds(draft: DeploymentDraft): void {
  const first = new Map<string, SentinelNode>();
  for (const { node, places } of draft.sentinels) {
    const other = first.get(node.config.myId);
    if (node.config.myId === '') continue;
    if (other === undefined) {
      first.set(node.config.myId, node);
      continue;
    }
    const at = places.get('myid')?.at ?? node.at;
    addWarning(
      draft.problems,
      at,
      `${node.name} and ${other.name} have the same myid: they never discover each other (M-08)`,
      {
        hint: 'give each sentinel a file of its own, without a myid line',
      },
    );
  }
}

function warnOfRedisMount(draft: DeploymentDraft, { node }: RedisDraft): void {
  if (node.configFile !== 'read-only' && node.configFile !== 'not-replaceable') return;
  addWarning(
    draft.problems,
    node.at,
    `${node.name} cannot rewrite its configuration file (${node.configFile}): a restart undoes every change of role (M-05)`,
    {
      hint: 'mount a writable folder that holds the file',
    },
  );
}

/** M-06 is fatal; with M-07 the sentinel runs but forgets. */
function checkSentinelMount(draft: DeploymentDraft, { node }: SentinelDraft, path: string): void {
  if (node.configFile === 'read-only') {
    addError(
      draft.problems,
      node.at,
      `Sentinel does not start: 'Sentinel config file ${path} is not writable: Permission denied. Exiting...' (M-06)`,
      {
        expected: 'a configuration file that Sentinel can rewrite',
        hint: 'mount a writable folder that holds the file',
      },
    );
  }
  if (node.configFile === 'not-replaceable') {
    addWarning(
      draft.problems,
      node.at,
      `${node.name} cannot replace its single-file mount ${path}: what it learns is lost at a restart (M-07)`,
      {
        hint: 'mount the folder that holds the file',
      },
    );
  }
}

/** M-18: the fence falls with the first failover. */
function warnOfLoneFence(draft: DeploymentDraft): void {
  const fenced = draft.redis.filter(({ node }) => node.config.minReplicasToWrite > 0);
  const bare = draft.redis.filter(({ node }) => node.config.minReplicasToWrite === 0);
  if (fenced.length === 0 || bare.length === 0) return;
  const at: Position = fenced[0]!.places.get('min-replicas-to-write')?.at ?? fenced[0]!.node.at;
  addWarning(
    draft.problems,
    at,
    `min-replicas-to-write is missing on ${bare.map(({ node }) => node.name).join(', ')}: no fence after a failover (M-18)`,
    {
      hint: 'put the same min-replicas lines on every data node',
    },
  );
}

/** M-24: +odown needs that many sentinels. */
function warnOfQuorum(draft: DeploymentDraft, sentinel: SentinelDraft): void {
  for (const master of sentinel.node.config.masters) {
    const watching = draft.sentinels.filter(({ node }) =>
      node.config.masters.some(({ name }) => name === master.name),
    ).length;
    if (master.quorum <= watching) continue;
    const at = sentinel.places.get(master.name)?.at ?? sentinel.node.at;
    addWarning(
      draft.problems,
      at,
      `the quorum ${master.quorum} of ${master.name} is more than its ${watching} sentinels: it never fails over (M-24)`,
    );
  }
}

/** A fixed address that is written twice leads to one of the two nodes only. */
function checkAddresses(draft: DeploymentDraft): void {
  const seen = new Map<string, string>();
  for (const [node, address] of Object.entries(draft.addresses)) {
    const other = seen.get(address);
    const at = [...draft.redis, ...draft.sentinels].find((known) => known.node.name === node)?.node.at;
    if (at !== undefined && (isIP(address) !== 4 || other !== undefined)) {
      const reason = other === undefined ? 'is no IPv4 address' : `is the address of ${other} too`;
      addError(draft.problems, at, `${address} ${reason}`, {
        found: address,
        expected: 'an IPv4 address of its own',
      });
    }
    seen.set(address, node);
  }
}

/** All warnings of a deployment; `paths` has the configuration file of each sentinel as it sees it. */
export function addWarnings(draft: DeploymentDraft, paths: ReadonlyMap<string, string> = new Map()): void {
  for (const redis of draft.redis) {
    warnOfReplicaPassword(draft, redis);
    warnOfMasterPassword(draft, redis);
    warnOfRedisMount(draft, redis);
  }
  for (const sentinel of draft.sentinels) {
    warnOfSentinelPassword(draft, sentinel);
    checkSentinelMount(draft, sentinel, paths.get(sentinel.node.name) ?? 'sentinel.conf');
    warnOfQuorum(draft, sentinel);
  }
  warnOfSharedIds(draft);
  warnOfLoneFence(draft);
  checkAddresses(draft);
}
