/** What is worth knowing: what a reader of this run would not have expected, each rule a sentence or null. */
import { parseInstance, parseSwitch } from '../measure/payload.ts';
import type { RunClient, RunFailover } from '../run/document.ts';
import { between, count, roughly, setting, span } from './numbers.ts';
import {
  changedBehindSentinelsBack,
  clockStopsSentinel,
  errorsInsteadOfPong,
  leaderDied,
  notTheMostData,
  obeysLate,
  replicasAloneForTooLong,
  replicasWiped,
  retryWaits,
  ringOfReplicas,
  secondIsNotBlocked,
  viewsSplit,
} from './rarerSurprises.ts';
import {
  demotedAfter,
  eventsOf,
  lostMastership,
  names,
  promotedAfter,
  redisNode,
  type StoryContext,
} from './story/context.ts';

type Surprise = (context: StoryContext) => string | null;

const MOST = 3;

/** At most three, the weightiest first. */
export function surprisesOf(context: StoryContext): string[] {
  const found: string[] = [];
  for (const surprise of SURPRISES) {
    const sentence = surprise(context);
    if (sentence !== null) found.push(sentence);
    if (found.length === MOST) break;
  }
  return found;
}

function completed(context: StoryContext): RunFailover | undefined {
  return context.document.failovers.find((failover) => failover.outcome === 'completed');
}

function lostTotal(clients: readonly RunClient[]): number {
  return clients.reduce((sum, client) => sum + (client.lost?.count ?? 0), 0);
}

function plannedFailoverLosesWrites(context: StoryContext): string | null {
  const failover = completed(context);
  const lost = lostTotal(context.document.clients);
  if (failover === undefined || failover.odownAt !== null || lost === 0) return null;
  return `A planned failover is not free: ${failover.from} went on acknowledging writes after ${failover.to} was promoted, and ${count(lost, 'write')} ${lost === 1 ? 'is' : 'are'} gone. Stop the writers first (R-LOSS-15).`;
}

function lostDespiteMinReplicas(context: StoryContext): string | null {
  const failover = completed(context);
  const lost = lostTotal(context.document.clients);
  if (failover === undefined || failover.odownAt === null || lost === 0) return null;
  const config = redisNode(context, failover.from)?.config;
  if (config === undefined || config.minReplicasToWrite === 0) return null;
  return `${count(lost, 'acknowledged write')} ${lost === 1 ? 'was' : 'were'} lost although ${failover.from} has min-replicas-to-write ${config.minReplicasToWrite}: it looks at how old the replicas’ last word is (min-replicas-max-lag ${config.minReplicasMaxLagSec} s), not at whether a write has reached them (R-MINREP-5).`;
}

function cutMasterKeepsWriting(context: StoryContext): string | null {
  const failover = completed(context);
  if (failover === undefined) return null;
  const cut = context.document.actions.some(
    (action) => ['isolate', 'cut', 'cut-one-way'].includes(action.do) && names(action, failover.from),
  );
  const losers = context.document.clients.filter((client) => (client.lost?.count ?? 0) > 0);
  const lost = losers[0]?.lost;
  if (!cut || !lost || lost.first === null || lost.last === null) return null;
  const died = context.document.actions.some(
    (action) => ['kill', 'power-off'].includes(action.do) && names(action, failover.from),
  );
  return `${failover.from} was cut off${died ? ' before it died' : ', not dead'}: it acknowledged writes from ${between(lost.first, lost.last)} that nobody else ever got (R-LOSS-3).`;
}

function secondMaster(context: StoryContext): string | null {
  for (const action of context.document.actions) {
    if (action.do !== 'start') continue;
    for (const node of action.args.flat()) {
      const name = String(node);
      const demoted = demotedAfter(context, name, action.t);
      if (lostMastership(context, name, action.t) === undefined || demoted === null) continue;
      if ((promotedAfter(context, name, action.t) ?? Infinity) < demoted) continue;
      if (demoted - action.t >= 1000) return secondMasterText(context, name, demoted - action.t);
    }
  }
  return null;
}

function secondMasterText(context: StoryContext, node: string, ms: number): string {
  const minimum = redisNode(context, node)?.config.minReplicasToWrite;
  const risk =
    minimum === undefined || minimum === 0
      ? 'a client that knows its address may write to it, and such writes are lost'
      : `only min-replicas-to-write ${minimum} kept it from taking writes`;
  return `${node} came back as a second master for ${span(ms)}, until a Sentinel demoted it (S-ROLE-5): ${risk}.`;
}

function restartTooQuick(context: StoryContext): string | null {
  const { actions, clients, failovers } = context.document;
  if (failovers.length > 0) return null;
  const kill = actions.find(
    (action) =>
      ['kill', 'stop', 'power-off'].includes(action.do) &&
      [...context.cast.masters].some((m) => names(action, m)),
  );
  if (kill === undefined) return null;
  const start = actions.find(
    (action) => action.do === 'start' && action.t > kill.t && names(action, String(kill.args[0])),
  );
  if (start === undefined || masterSeenDown(context) || masterLoading(context) !== null) return null;
  const gap = longestGap(clients);
  if (gap === null || gap[1] - gap[0] < start.t - kill.t + 1000) return null;
  const refused = clients.some((client) => client.refused.NOREPLICAS !== undefined);
  const why = refused
    ? ': it restarts with a new replication id, so its replicas need a full resync before they count for min-replicas-to-write'
    : '';
  return `${kill.args[0]} was back after ${span(start.t - kill.t)}, before a Sentinel took it for down, yet no write was acknowledged for ${span(gap[1] - gap[0])}${why}.`;
}

function masterSeenDown(context: StoryContext): boolean {
  return eventsOf(context, '+sdown').some((event) => parseInstance(event.message).type === 'master');
}

function longestGap(clients: readonly RunClient[]): readonly [number, number] | null {
  let longest: readonly [number, number] | null = null;
  for (const gap of clients.flatMap((client) => client.gaps)) {
    if (longest === null || gap[1] - gap[0] > longest[1] - longest[0]) longest = gap;
  }
  return longest;
}

function minReplicasOnMasterAlone(context: StoryContext): string | null {
  const failover = completed(context);
  if (failover?.to == null) return null;
  const old = redisNode(context, failover.from)?.config.minReplicasToWrite ?? 0;
  const fresh = redisNode(context, failover.to)?.config.minReplicasToWrite ?? 0;
  if (old === 0 || fresh > 0) return null;
  return `After the failover nothing enforces min-replicas-to-write: ${failover.from} sets it, ${failover.to} does not (R-MINREP-9).`;
}

function replicaLossStopsWrites(context: StoryContext): string | null {
  if (restartTooQuick(context) !== null) return null;
  for (const client of context.document.clients) {
    const refused = client.refused.NOREPLICAS ?? 0;
    const when = client.refusedAt.NOREPLICAS;
    if (refused === 0 || when === undefined) continue;
    return `min-replicas-to-write refused ${count(refused, 'write')} of ${client.name} from ${between(when[0], when[1])}: too few replicas had been heard of lately (R-MINREP-3).`;
  }
  return null;
}

function masterLoading(context: StoryContext): string | null {
  const loading = eventsOf(context, 'loading').find(
    (event) => event.t >= 0 && context.cast.masters.has(event.node),
  );
  if (loading === undefined || context.document.failovers.length > 0) return null;
  const loaded = eventsOf(context, 'loaded').find(
    (event) => event.node === loading.node && event.t >= loading.t,
  );
  const lasted = (loaded?.t ?? context.document.durationMs) - loading.t;
  if (lasted < 1000) return null;
  return `${loading.node} loaded its data for ${span(lasted)} and was never failed over: -LOADING is a valid answer to PING, so a loading master counts as alive (S-PING-3).`;
}

function leaderSwitchesLast(context: StoryContext): string | null {
  const failover = completed(context);
  if (failover === undefined || failover.switchAt === null) return null;
  const first = eventsOf(context, '+switch-master').find((event) => {
    const payload = parseSwitch(event.message);
    return event.t >= failover.tryAt && payload.master === failover.master && payload.to === failover.to;
  });
  if (first === undefined || failover.switchAt - first.t < 500) return null;
  return `The leader ${failover.leader} announced +switch-master ${span(failover.switchAt - first.t)} after ${first.node}: whoever listens to one Sentinel alone may hear of the new master late (S-RECONF-6).`;
}

function detectionDominates(context: StoryContext): string | null {
  const failover = completed(context);
  const sentinel = context.deployment?.sentinels[0]?.config.masters.find((m) => m.name === failover?.master);
  if (failover?.odownAt == null || sentinel === undefined || sentinel.downAfterMs < 10_000) return null;
  return `Of the ${roughly(failover.switchAt ?? failover.tryAt)} most is down-after-milliseconds ${setting(sentinel.downAfterMs)}: nothing else in the configuration makes a failover faster.`;
}

const SURPRISES: readonly Surprise[] = [
  viewsSplit,
  ringOfReplicas,
  plannedFailoverLosesWrites,
  cutMasterKeepsWriting,
  lostDespiteMinReplicas,
  replicasWiped,
  restartTooQuick,
  masterLoading,
  replicasAloneForTooLong,
  leaderDied,
  retryWaits,
  secondIsNotBlocked,
  obeysLate,
  clockStopsSentinel,
  changedBehindSentinelsBack,
  notTheMostData,
  errorsInsteadOfPong,
  minReplicasOnMasterAlone,
  replicaLossStopsWrites,
  secondMaster,
  detectionDominates,
  leaderSwitchesLast,
];
