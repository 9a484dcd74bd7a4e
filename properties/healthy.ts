/** A failover in a cluster where nothing else is wrong: every step is soon followed by the next. */
import type { RedisState } from '../models/redis/index.ts';
import { FAILOVER_IN_PROGRESS } from '../models/sentinel/flags.ts';
import type { SentinelState } from '../models/sentinel/index.ts';
import { FAST_INFO_MS } from '../models/sentinel/periods.ts';
import { type Instance, linkOf, masterByName } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseVote } from '../src/measure/payload.ts';
import { masterNamed } from './courses.ts';
import { CALM, Expectations, isAlive, lifeOf, TAKEN } from './expectations.ts';
import { entries, lifeOfSpeaker, type Speaker, speakerOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { Calm, processBehind, reaches, roundTripUs } from './reach.ts';
import { A_TICK, TICK_US } from './ticks.ts';

/** The longest round trip to any of these, in microseconds. */
function longestUs({ cluster }: CheckContext, { process }: Announcement, others: readonly number[]): number {
  return Math.max(0, ...others.map((other) => roundTripUs(cluster, process, other)));
}

/** What the other process knows of this master, if it is a Sentinel with this id. */
function recordOf({ cluster }: CheckContext, process: number, runId: string, name: string): Instance | null {
  const state = cluster.world.state.processes[process]?.state as SentinelState | null;
  return state === null || state.myId !== runId ? null : masterByName(state, name);
}

/** Another Sentinel that this one reaches, with its record of the same master. */
interface Heard {
  readonly process: number;
  readonly entry: Instance;
  readonly record: Instance;
}

/** All of them, by the own connections of the announcing Sentinel. */
function heardBy(context: CheckContext, calm: Calm, { process }: Announcement, speaker: Speaker): Heard[] {
  const { cluster } = context;
  const { state, master } = speaker;
  return entries(state, master.sentinelIds)
    .filter((entry) => reaches(cluster, calm.lastActedUs, process, state, entry))
    .flatMap((entry) => {
      const other = processBehind(cluster, entry);
      const record = recordOf(context, other, entry.runId, master.name);
      return record === null ? [] : [{ process: other, entry, record }];
    });
}

/** Free to vote for the candidate (S-VOTE-1). */
function isFree({ cluster }: CheckContext, { process, record }: Heard, { state, master }: Speaker): boolean {
  const { currentEpoch } = cluster.world.state.processes[process]!.state as SentinelState;
  const isUnvoted = record.leaderEpoch < state.currentEpoch && currentEpoch <= state.currentEpoch;
  return isUnvoted && record.address.ip === master.address.ip;
}

const ELECTION_TICKS = 2;
/** Two that start so close together may each miss what the other asks for. */
const ALONE_US = 1_000_000;

function candidateChecker(context: CheckContext): Checker {
  const { cluster } = context;
  const findings = new Findings();
  const calm = new Calm();
  const expectations = new Expectations(context, findings, calm);
  const told = new Set<number>();
  let lastTriedUs = Number.NEGATIVE_INFINITY;
  let attempt = { epoch: 0, candidate: '' };

  function tried(announcement: Announcement): void {
    expectations.callAllOff();
    const isAlone = announcement.atUs - lastTriedUs > ALONE_US;
    lastTriedUs = announcement.atUs;
    const speaker = speakerOf(cluster, announcement);
    if (told.delete(lifeOfSpeaker(cluster, announcement)) || speaker === null || !isAlone) return;
    const { master, state } = speaker;
    attempt = { epoch: state.currentEpoch, candidate: state.myId };
    const voters = heardBy(context, calm, announcement, speaker)
      .filter((heard) => isFree(context, heard, speaker))
      .map((heard) => heard.process);
    const known = master.sentinelIds.length + 1;
    if (voters.length + 1 < Math.max(master.quorum, Math.floor(known / 2) + 1)) return;
    const limitUs = (ELECTION_TICKS - 1) * TICK_US + 2 * longestUs(context, announcement, voters);
    const what = `of ${known}, alone with ${voters.length} free to vote, is elected`;
    expectations.await(announcement, master.name, limitUs, voters, what);
  }

  /** Who is needed is with another by now (S-VOTE-1, S-ASK-7), or has more Sentinels to ask (S-ELECT-1). */
  function isOver({ event, message }: Announcement): boolean {
    if (event === '+new-epoch') return Number(message) > attempt.epoch;
    if (event === '+vote-for-leader') return parseVote(message).candidate !== attempt.candidate;
    return event === '+switch-master' || event === '+sentinel';
  }

  return {
    announced(announcement) {
      const { event, process } = announcement;
      const life = lifeOfSpeaker(cluster, announcement);
      if (isOver(announcement)) expectations.callOffWith(process);
      if (event === 'user-failover') told.add(life);
      else if (event === '+try-failover') tried(announcement);
      else if (event === '+elected-leader') expectations.keep(announcement, masterNamed(announcement));
      else if (TAKEN.includes(event))
        expectations.callOff(life, event === '+tilt' ? null : masterNamed(announcement));
    },
    acted: (nowUs) => calm.acted(nowUs),
    end: () => findings.verdict(),
  };
}

export const loneCandidate: Property = {
  name: 'lone-candidate-elected',
  statement:
    'A candidate without a rival is elected at once where enough Sentinels hear it that are free to vote.',
  assumptions: [
    CALM,
    'no other Sentinel starts a failover of any master from a second before until the limit, and none of them hears of a greater epoch, another candidate, a switch or one more Sentinel; the attempt is not an operator’s',
    'enough: with its own vote max(quorum, floor(known / 2) + 1); free: no vote for this master in this epoch or a later one, and no greater epoch',
  ],
  parameters: ['quorum'],
  formula: `${ELECTION_TICKS} × ${A_TICK} + 2 × the round trip`,
  witness: 'a candidate had no rival and enough voters',
  rules: ['S-START-5', 'S-ASK-3', 'S-VOTE-1', 'S-VOTE-3', 'S-ELECT-1', 'S-ELECT-2'],
  holds: true,
  hears: [
    'user-failover',
    '+try-failover',
    '+new-epoch',
    '+vote-for-leader',
    '+sentinel',
    '+elected-leader',
    ...TAKEN,
  ],
  begin: candidateChecker,
};

const PROMOTION_TICKS = 2;

/** It takes SLAVEOF, and INFO finds it a master (S-RECONF-1). */
function obeys({ cluster }: CheckContext, process: number): boolean {
  const { redis } = cluster.scenario.deployment;
  if (process < 0 || process >= redis.length) return false;
  const { load, renames, failover, pauses, shutdown } = cluster.world.state.processes[process]!
    .state as RedisState;
  const isPaused = pauses.clientUs > 0 || pauses.shutdownUs > 0 || pauses.failoverUs > 0;
  return load === null && !renames && failover.phase === 'none' && shutdown.phase === 'none' && !isPaused;
}

export const promotedSoon: Property = {
  name: 'promoted-soon',
  statement: 'A replica that was told to be a master, and can be heard, is seen as one after its next INFO.',
  assumptions: [
    CALM,
    'it takes commands: it does not load, end or hold clients, and none of its commands is renamed',
    'nobody else tells it anything in between, which would close the connection that INFO goes over (S-RECONF-2)',
  ],
  parameters: [],
  formula: `INFO period in a failover (1 s) + ${PROMOTION_TICKS} × ${A_TICK} + 2 × the round trip, where failover-timeout is longer`,
  witness: 'a replica was told that could be heard',
  rules: ['S-FSM-5', 'S-PERIOD-3', 'S-ROLE-4'],
  holds: true,
  hears: ['+failover-state-wait-promotion', '+promoted-slave', '-failover-abort-slave-timeout', ...TAKEN],
  begin(context) {
    const { cluster } = context;
    const findings = new Findings();
    const calm = new Calm();
    const expectations = new Expectations(context, findings, calm);

    function told(announcement: Announcement): void {
      const speaker = speakerOf(cluster, announcement);
      if (speaker === null) return;
      const { state, master } = speaker;
      const replica = state.instances[master.promotedSlaveId];
      if (replica === null || replica === undefined) return;
      const process = processBehind(cluster, replica);
      if (
        !reaches(cluster, calm.lastActedUs, announcement.process, state, replica) ||
        !obeys(context, process)
      )
        return;
      const limitUs =
        1000 * FAST_INFO_MS +
        (PROMOTION_TICKS - 1) * TICK_US +
        2 * longestUs(context, announcement, [process]);
      if (limitUs + TICK_US >= 1000 * master.failoverTimeoutMs) return;
      const link = linkOf(state, replica);
      const { cc } = link;
      // Another leader may tell it to follow again; whatever it is told closes this connection (S-RECONF-2).
      const isStillTold = () => {
        const server = cluster.world.state.processes[process]!.state as RedisState;
        return server.config.replicaof === null && link.cc === cc;
      };
      const what = `sees ${replica.name} as a master`;
      expectations.await(announcement, master.name, limitUs, [process], what, isStillTold);
    }

    return {
      announced(announcement) {
        const { event } = announcement;
        if (event === '+failover-state-wait-promotion') told(announcement);
        else if (event === '+promoted-slave') expectations.keep(announcement, masterNamed(announcement));
        else {
          const master = event === '+tilt' ? null : masterNamed(announcement);
          expectations.callOff(lifeOfSpeaker(cluster, announcement), master);
        }
      },
      acted: (nowUs) => calm.acted(nowUs),
      end: () => findings.verdict(),
    };
  },
};

const FOLLOWING_TICKS = 2;

/** Sentinels that hear the leader at once and know only older configurations. */
function followersOf(
  context: CheckContext,
  calm: Calm,
  announcement: Announcement,
  speaker: Speaker,
): number[] {
  const { state, master } = speaker;
  return (
    heardBy(context, calm, announcement, speaker)
      .filter(({ entry }) => linkOf(state, entry).pendingCommands === 0)
      .filter(({ record }) => record.configEpoch < master.failoverEpoch)
      // S-ROLE-4: its own promotion would take it back to the epoch of its attempt.
      .filter(({ record }) => (record.flags & FAILOVER_IN_PROGRESS) === 0)
      .map(({ process }) => process)
  );
}

/** What has become of a promotion at a Sentinel that hears of it. */
function follows({ cluster }: CheckContext, follower: number, { master }: Speaker, epoch: number): boolean {
  const state = cluster.world.state.processes[follower]!.state as SentinelState;
  const record = masterByName(state, master.name);
  return record === null || record.configEpoch >= epoch;
}

export const switchFollowed: Property = {
  name: 'switch-followed',
  statement:
    'As soon as a promotion is seen, every Sentinel that hears the leader follows its configuration epoch.',
  assumptions: [
    CALM,
    'hears: by the own connection of the leader, on which no answer is outstanding (the answer to an earlier PUBLISH would put off the next, S-PERIOD-6); it watches this master too, with an older configuration epoch and no failover of its own',
  ],
  parameters: [],
  formula: `${FOLLOWING_TICKS} × ${A_TICK} + the round trip`,
  witness: 'a Sentinel heard the leader after a promotion',
  rules: ['S-PERIOD-7', 'S-HELLO-2', 'S-HELLO-10', 'S-SWITCH-1'],
  holds: true,
  hears: ['+promoted-slave'],
  begin(context) {
    const { cluster, lookAt } = context;
    const findings = new Findings();
    const calm = new Calm();

    function promoted(announcement: Announcement): void {
      const speaker = speakerOf(cluster, announcement);
      if (speaker === null) return;
      const epoch = speaker.master.failoverEpoch;
      for (const follower of followersOf(context, calm, announcement, speaker)) {
        const saidUs = cluster.world.nowUs;
        const lives = [announcement.process, follower].map((process) => lifeOf(cluster, process));
        const limitUs = FOLLOWING_TICKS * TICK_US + longestUs(context, announcement, [follower]);
        lookAt(announcement.atUs + limitUs, () => {
          if (!calm.since(saidUs) || !lives.every((life) => isAlive(cluster, life))) return;
          findings.witness();
          if (follows(context, follower, speaker, epoch)) return;
          const { name } = cluster.world.state.processes[follower]!;
          findings.violate(`${name} does not follow ${announcement.node} in epoch ${epoch}`);
        });
      }
    }

    return {
      announced: promoted,
      acted: (nowUs) => calm.acted(nowUs),
      end: () => findings.verdict(),
    };
  },
};
