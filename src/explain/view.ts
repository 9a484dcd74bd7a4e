/** What a Sentinel has in mind about one master at an instant, with names for addresses and ms after time zero. */
import { FORCE_FAILOVER, MASTER_DOWN, NONE, O_DOWN, S_DOWN, SLAVE } from '../../models/sentinel/flags.ts';
import { infoPeriodMs } from '../../models/sentinel/pacing.ts';
import {
  type Instance,
  type Link,
  linkOf,
  NO_INSTANCE,
  type SentinelState,
} from '../../models/sentinel/state.ts';
import { toMs } from '../trace/recorder.ts';

export interface Vote {
  readonly candidate: string;
  readonly epoch: number;
}

/** Another Sentinel that this one knows. */
export interface PeerView {
  readonly name: string;
  readonly connected: boolean;
  readonly subjectivelyDown: boolean;
  /** It said within the last 5 s that the master is down (S-ASK-2). */
  readonly saysDown: boolean;
  /** The vote that it reported; null: none that still counts. */
  readonly vote: Vote | null;
}

/** Everything that S-SELECT-2 and S-SELECT-3 look at. */
export interface ReplicaView {
  readonly name: string;
  readonly subjectivelyDown: boolean;
  readonly connected: boolean;
  readonly sinceValidReplyMs: number;
  readonly validReplyLimitMs: number;
  readonly priority: number;
  readonly sinceInfoMs: number | null;
  readonly infoLimitMs: number;
  readonly linkDownMs: number;
  readonly linkDownLimitMs: number;
  readonly offset: number;
  readonly runId: string;
  readonly infoPeriodMs: number;
  readonly lastInfoAt: number | null;
  /** The role that its INFO shows, and since when this Sentinel knows. */
  readonly roleReported: 'master' | 'replica';
  readonly roleReportedAt: number;
  /** When this Sentinel last began to hold it for down; null: never. */
  readonly lastDownAt: number | null;
}

export interface MasterView {
  readonly master: string;
  /** The node that this Sentinel names as master. */
  readonly host: string;
  /** How long nothing valid was heard (S-SDOWN-1), and from when that is counted. */
  readonly silenceMs: number;
  readonly silentSince: number | null;
  /** An unanswered PING, or, with no connection and none under way, the last valid reply. */
  readonly silenceFrom: 'ping' | 'reply';
  /** It has answered PING since then, but with an error, which is no valid reply (S-PING-4). */
  readonly answersWithErrors: boolean;
  readonly connected: boolean;
  readonly roleReported: 'master' | 'replica';
  readonly roleReportedAt: number;
  readonly subjectivelyDown: boolean;
  readonly objectivelyDown: boolean;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly electionTimeoutMs: number;
  readonly publishPeriodMs: number;
  readonly quorum: number;
  readonly currentEpoch: number;
  readonly failoverEpoch: number;
  readonly attemptUnderWay: boolean;
  readonly forced: boolean;
  /** `failover_start_time`: of the last own attempt, or of the last vote for another; null: never (S-VOTE-4). */
  readonly failoverStartAt: number | null;
  /** Before this no attempt starts (S-START-2); null: nothing holds it back. */
  readonly nextAttemptAt: number | null;
  readonly ownVote: Vote | null;
  readonly peers: readonly PeerView[];
  readonly replicas: readonly ReplicaView[];
  readonly promoted: string | null;
  readonly tilt: boolean;
  readonly tiltUntil: number | null;
}

/** How to read the state of one Sentinel. */
export interface Lens {
  readonly wallUs: number;
  /** Wall clock → ms after time zero. */
  momentOf(wallUs: number): number;
  nameOf(address: string): string;
  nameOfId(id: string): string;
}

function silentSince(link: Link): number | null {
  if (link.actPingUs !== 0) return link.actPingUs;
  return link.disconnected ? link.lastAvailUs : null;
}

function voteOf(lens: Lens, leader: string, epoch: number): Vote | null {
  return leader === '' ? null : { candidate: lens.nameOfId(leader), epoch };
}

function peerView(state: SentinelState, entry: Instance, lens: Lens): PeerView {
  return {
    name: lens.nameOf(entry.address.ip),
    connected: !linkOf(state, entry).disconnected,
    subjectivelyDown: (entry.flags & S_DOWN) !== 0,
    saysDown: (entry.flags & MASTER_DOWN) !== 0,
    vote: voteOf(lens, entry.leader, entry.leaderEpoch),
  };
}

function replicaView(state: SentinelState, master: Instance, replica: Instance, lens: Lens): ReplicaView {
  const { wallUs } = lens;
  const link = linkOf(state, replica);
  const masterDown = (master.flags & S_DOWN) !== 0;
  const known = replica.infoRefreshUs !== 0;
  return {
    name: lens.nameOf(replica.address.ip),
    subjectivelyDown: (replica.flags & (S_DOWN | O_DOWN)) !== 0,
    connected: !link.disconnected,
    sinceValidReplyMs: toMs(wallUs - link.lastAvailUs),
    validReplyLimitMs: 5 * state.periods.pingMs,
    priority: replica.slavePriority,
    sinceInfoMs: known ? toMs(wallUs - replica.infoRefreshUs) : null,
    infoLimitMs: masterDown ? 5 * state.periods.pingMs : 3 * state.periods.infoMs,
    linkDownMs: replica.masterLinkDownMs,
    linkDownLimitMs: toMs(masterDown ? wallUs - master.sDownSinceUs : 0) + 10 * master.downAfterMs,
    offset: replica.slaveReplOffset,
    runId: replica.runId,
    infoPeriodMs: infoPeriodMs(state, replica),
    lastInfoAt: known ? lens.momentOf(replica.infoRefreshUs) : null,
    roleReported: replica.roleReported === SLAVE ? 'replica' : 'master',
    roleReportedAt: lens.momentOf(replica.roleReportedUs),
    lastDownAt: replica.sDownSinceUs === 0 ? null : lens.momentOf(replica.sDownSinceUs),
  };
}

/** Tables have an order of their own, which means nothing to a reader. */
function byName<Each extends { readonly name: string }>(views: Each[]): Each[] {
  return views.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** The view of one master record. */
export function masterView(state: SentinelState, master: Instance, lens: Lens): MasterView {
  const link = linkOf(state, master);
  const since = silentSince(link);
  const started = master.failoverStartUs !== 0;
  const underWay = master.failoverState !== NONE;
  const entriesOf = (ids: readonly number[]) => ids.map((id) => state.instances[id]!);
  return {
    master: master.name,
    host: lens.nameOf(master.address.ip),
    silenceMs: since === null ? 0 : toMs(lens.wallUs - since),
    silentSince: since === null ? null : lens.momentOf(since),
    silenceFrom: link.actPingUs !== 0 ? 'ping' : 'reply',
    answersWithErrors: link.actPingUs !== 0 && link.lastPongUs > link.actPingUs,
    connected: !link.disconnected,
    roleReported: master.roleReported === SLAVE ? 'replica' : 'master',
    roleReportedAt: lens.momentOf(master.roleReportedUs),
    subjectivelyDown: (master.flags & S_DOWN) !== 0,
    objectivelyDown: (master.flags & O_DOWN) !== 0,
    downAfterMs: master.downAfterMs,
    failoverTimeoutMs: master.failoverTimeoutMs,
    electionTimeoutMs: Math.min(state.periods.electionTimeoutMs, master.failoverTimeoutMs),
    publishPeriodMs: state.periods.publishMs,
    quorum: master.quorum,
    currentEpoch: state.currentEpoch,
    failoverEpoch: master.failoverEpoch,
    attemptUnderWay: underWay,
    forced: (master.flags & FORCE_FAILOVER) !== 0,
    failoverStartAt: started ? lens.momentOf(master.failoverStartUs) : null,
    nextAttemptAt: started ? lens.momentOf(master.failoverStartUs + 2000 * master.failoverTimeoutMs) : null,
    ownVote: voteOf(lens, master.leader, master.leaderEpoch),
    peers: byName(entriesOf(master.sentinelIds).map((entry) => peerView(state, entry, lens))),
    replicas: byName(
      entriesOf(master.replicaIds).map((replica) => replicaView(state, master, replica, lens)),
    ),
    promoted:
      master.promotedSlaveId === NO_INSTANCE
        ? null
        : lens.nameOf(state.instances[master.promotedSlaveId]!.address.ip),
    tilt: state.tilt,
    tiltUntil: state.tilt ? lens.momentOf(state.tiltStartUs + state.periods.tiltPeriodMs * 1000) : null,
  };
}

/** Votes for this candidate in this epoch, the Sentinel's own among them (S-ELECT-1). */
export function votesInView(view: MasterView, candidate: string, self: string): string[] {
  const voters = view.peers
    .filter(({ vote }) => vote?.candidate === candidate && vote.epoch === view.currentEpoch)
    .map(({ name }) => name);
  const own = view.ownVote?.candidate === candidate && view.ownVote.epoch === view.failoverEpoch;
  return own ? [self, ...voters] : voters;
}

/** Who says that the master is down, the Sentinel itself first (S-ODOWN-1). */
export function agreeing(view: MasterView, self: string): string[] {
  return [self, ...view.peers.filter(({ saysDown }) => saysDown).map(({ name }) => name)];
}
