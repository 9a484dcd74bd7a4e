/** How a Redis node's events are told, when they tell something that no other line says. */
import { parseInstance } from '../../measure/payload.ts';
import type { RunEvent } from '../../run/document.ts';
import { isExplainedLoss, isStartTold } from './actions.ts';
import { attemptOf, eventsOf, lostMastership, near, redisNode, type StoryContext, short } from './context.ts';
import { type Item, item } from './rows.ts';
import type { Teller } from './teller.ts';

function roleChanged(context: StoryContext, event: RunEvent): Item | null {
  if (event.message === 'master') {
    return item({
      at: event.t,
      node: event.node,
      cell: 'MASTER',
      tone: 'good',
      key: `master:${event.node}:${event.t}`,
      ...promotion(context, event),
    });
  }
  const demoted = lostMastership(context, event.node, event.t) !== undefined || isRepaired(context, event);
  const master = event.message.slice('replica '.length);
  return item({
    at: event.t,
    node: event.node,
    cell: demoted ? 'replica' : 'follows',
    tone: 'good',
    key: demoted ? `demote:${event.node}` : spreadKey(context, event),
    windowMs: 100,
    text: `now a replica of ${short(context, master)}`,
    rank: 1,
  });
}

/** Who made the node a master: a Sentinel or an operator, or its own master handing over. */
function promotion(context: StoryContext, event: RunEvent): { text: string; rule: string } {
  const isHandedOver = context.document.actions.some(
    ({ do: verb, args, t }) => verb === 'command' && args[1] === 'FAILOVER' && Math.abs(event.t - t) < 10_000,
  );
  if (isHandedOver) return { text: 'takes over by PSYNC FAILOVER', rule: 'R-FO-1' };
  const isStart = near(context, 'ready', event.node, event.t, 5) !== undefined;
  return { text: isStart ? '' : 'obeys REPLICAOF NO ONE', rule: 'S-FSM-5' };
}

function isRepaired(context: StoryContext, event: RunEvent): boolean {
  return eventsOf(context, '+fix-slave-config').some(
    (order) => Math.abs(order.t - event.t) <= 50 && parseInstance(order.message).host === event.node,
  );
}

/** A replica that is told to follow belongs to the switch of the observers, which comes at the same time. */
function spreadKey(context: StoryContext, event: RunEvent): string {
  const order = eventsOf(context, '+slave-reconf-sent').find((sent) => Math.abs(sent.t - event.t) <= 100);
  const master = order?.message.split(' ')[5];
  const known =
    order !== undefined && master !== undefined && attemptOf(context, order.node, master, event.t);
  return known ? `spread:${master}` : `follows:${event.t}`;
}

function ready(context: StoryContext, event: RunEvent): Item | null {
  if (isStartTold(context, event.node, event.t)) return null;
  return item({
    at: event.t,
    node: event.node,
    cell: 'ready',
    tone: 'good',
    key: `ready:${event.t}`,
    windowMs: 5,
    text: 'accepts connections',
    life: 'begins',
  });
}

function linkLost(context: StoryContext, event: RunEvent): Item | null {
  if (isExplainedLoss(context, event.t)) return null;
  return item({
    at: event.t,
    node: event.node,
    cell: 'no link',
    tone: 'warn',
    key: 'replica-link-lost',
    windowMs: 1500,
    text: 'lost the link to the master',
  });
}

function partialResync(_context: StoryContext, event: RunEvent): Item | null {
  return item({
    at: event.t,
    node: event.node,
    cell: 'in sync',
    tone: 'good',
    key: `partial:${Math.floor(event.t / 1000)}`,
    windowMs: 1000,
    text: 'partial resync: what it missed',
    rule: 'R-PSYNC-1',
  });
}

function fullResync(context: StoryContext, event: RunEvent): Item | null {
  const refusal = eventsOf(context, 'partial-resync-refused').findLast(
    (other) => other.t <= event.t && event.t - other.t < 60_000,
  );
  return item({
    at: event.t,
    node: event.node,
    cell: 'in sync',
    tone: 'good',
    key: 'full-resync-done',
    windowMs: 100,
    text: `full resync: ${refusalReason(refusal?.message ?? '')}`,
    rule: refusal === undefined ? '' : 'R-PSYNC-1',
  });
}

function refusalReason(message: string): string {
  if (message.startsWith('Replication ID mismatch')) return 'another history';
  if (message.startsWith('Requested offset for second ID')) return 'it was ahead';
  if (message.includes('backlog')) return 'backlog too short';
  return 'all data sent';
}

function writesRefused(context: StoryContext, event: RunEvent): Item {
  const config = redisNode(context, event.node)?.config;
  const needed = config === undefined ? 'too few replicas' : `under ${config.minReplicasToWrite} good`;
  return item({
    at: event.t,
    node: event.node,
    cell: 'refuses',
    tone: 'bad',
    key: `writes-refused:${event.node}`,
    windowMs: 5,
    text: `-NOREPLICAS: ${needed}`,
    rule: 'R-MINREP-3',
  });
}

function simple(
  cell: string,
  tone: Item['tone'],
  text: string,
  life: Item['life'] = 'same',
  windowMs = 100,
): Teller {
  return (_context, event) =>
    item({
      at: event.t,
      node: event.node,
      cell,
      tone,
      life,
      key: `${event.event}:${event.message}`,
      windowMs,
      text: event.message === '' ? text : `${text}: ${event.message}`,
    });
}

export const REDIS_TELLERS: Readonly<Record<string, Teller>> = {
  'role-changed': roleChanged,
  ready,
  'replica-link-lost': linkLost,
  'partial-resync': partialResync,
  'full-resync-done': fullResync,
  'writes-refused': writesRefused,
  'writes-accepted': simple('accepts', 'good', 'writes are accepted again'),
  'fatal-config': simple('refuses', 'bad', 'refuses its configuration', 'ends', 600_000),
  exited: simple('exits', 'bad', 'the process has ended by itself', 'ends'),
  loading: simple('loading', 'warn', 'loads its data and answers -LOADING'),
  loaded: simple('loaded', 'good', 'has loaded its data'),
  'replica-auth-failed': simple('no auth', 'bad', 'the master refuses its password', 'same', 600_000),
  'master-timeout': simple('timeout', 'warn', 'no data from its master for repl-timeout'),
  'replica-timeout': simple('timeout', 'warn', 'no acknowledgement from a replica for repl-timeout'),
  'full-resync-failed': simple(
    'disk',
    'bad',
    'cannot write the data set of its master: asks again',
    'same',
    600_000,
  ),
  'disk-error': simple('disk', 'bad', 'a save failed; writes may get -MISCONF', 'same', 600_000),
  'shutdown-waits': simple('waits', 'warn', 'holds writes until the replicas have caught up'),
  'shutdown-refused': simple('stays', 'warn', 'the shutdown was refused'),
};
