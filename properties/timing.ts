/** How long the steps of a failover may take, by the Sentinel's own clock, and how soon they may happen again. */
import type { EventName } from '../models/events.ts';
import { S_DOWN } from '../models/sentinel/flags.ts';
import { MAX_DESYNC_MS } from '../models/sentinel/periods.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseVote } from '../src/measure/payload.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { type Course, courseChecker, heardBy, masterNamed } from './courses.ts';
import { TAKEN } from './expectations.ts';
import { entries, lifeOfSpeaker, type Speaker, sentinelOf, speakerOf, wallOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { A_TICK, ON_TIME, TICK_US } from './ticks.ts';

const OWN_CLOCK =
  'by the wall clock of the Sentinel; what TILT, a restart or a SENTINEL SET interrupts is not judged';
const ANSWERED_LATE =
  'a Sentinel that was stopped reads the answers that have waited for it before it notices TILT; what comes of them is not judged';

function courseProperty(
  property: Omit<Property, 'assumptions' | 'holds' | 'hears' | 'begin'>,
  courses: readonly Course[],
): Property {
  const isAnswered = courses.some(({ answered }) => answered !== undefined);
  return {
    ...property,
    assumptions: [OWN_CLOCK, ON_TIME, ...(isAnswered ? [ANSWERED_LATE] : [])],
    holds: true,
    hears: heardBy(courses),
    begin: (context) => courseChecker(context, courses),
  };
}

export const electionWithin = courseProperty(
  {
    name: 'election-within',
    statement: 'An attempt is elected or given up in time, counted from its last vote for another.',
    parameters: ['failover-timeout'],
    formula: `min(10 s, failover-timeout) + 1 s (drawn) + ${A_TICK}`,
    witness: 'an attempt was elected or given up',
    rules: ['S-FSM-3', 'S-START-3', 'S-VOTE-4'],
  },
  [
    {
      begins: '+try-failover',
      kept: ['+elected-leader', '-failover-abort-not-elected'],
      voids: [...TAKEN, '+vote-for-leader'],
      limitUs: ({ state, master }) =>
        1000 * (Math.min(state.periods.electionTimeoutMs, master.failoverTimeoutMs) + MAX_DESYNC_MS),
    },
  ],
);

const failoverTimeoutUs = ({ master }: Speaker) => 1000 * master.failoverTimeoutMs;

export const promotionWithin = courseProperty(
  {
    name: 'promotion-within',
    statement:
      'A chosen replica is told in time, and then seen as a master in time; otherwise it is given up by then.',
    parameters: ['failover-timeout'],
    formula: `failover-timeout + ${A_TICK}, each`,
    witness: 'a chosen replica was told, seen as a master, or given up',
    rules: ['S-FSM-5', 'S-FSM-6'],
  },
  [
    {
      begins: '+selected-slave',
      kept: ['+failover-state-wait-promotion', '-failover-abort-slave-timeout'],
      voids: TAKEN,
      limitUs: failoverTimeoutUs,
    },
    {
      begins: '+failover-state-wait-promotion',
      kept: ['+promoted-slave', '-failover-abort-slave-timeout'],
      answered: '+promoted-slave',
      voids: TAKEN,
      limitUs: failoverTimeoutUs,
    },
  ],
);

export const switchWithin = courseProperty(
  {
    name: 'switch-within',
    statement:
      'A promotion ends in the leader’s switch in time, unless the promoted replica goes down again.',
    parameters: ['failover-timeout'],
    formula: `failover-timeout + ${A_TICK} for each master that is watched`,
    witness: 'a leader switched',
    rules: ['S-RECONF-6', 'S-RECONF-8', 'S-SWITCH-2', 'S-TIMER-8'],
  },
  [
    {
      begins: '+promoted-slave',
      kept: ['+switch-master'],
      // S-RECONF-8: while any instance of the record is down the promoted one may be it.
      voids: [
        '+sdown',
        '+reset-master',
        '-monitor',
        '+config-update-from',
        '+set',
        '+tilt',
        'resolve-failed',
      ],
      limitUs: (speaker) => {
        const { state, master } = speaker;
        const down = entries(state, master.replicaIds).some(({ flags }) => (flags & S_DOWN) !== 0);
        return down ? null : failoverTimeoutUs(speaker) + (state.masterIds.length - 1) * TICK_US;
      },
    },
  ],
);

/** The masters for which this Sentinel has just voted for another: its vote names none, but the record has changed. */
function votedFor(cluster: Cluster, announcement: Announcement, votes: Map<string, number>): string[] {
  const state = sentinelOf(cluster, announcement);
  const { candidate, epoch } = parseVote(announcement.message);
  if (state === null) return [];
  const life = lifeOfSpeaker(cluster, announcement);
  const fresh = entries(state, state.masterIds).filter(({ name, leader, leaderEpoch }) => {
    const key = `${life} ${name}`;
    const isFresh = leader === candidate && leaderEpoch === epoch && votes.get(key) !== epoch;
    if (isFresh) votes.set(key, epoch);
    return isFresh;
  });
  const isOwn = candidate.toLowerCase() === state.myId.toLowerCase();
  return isOwn ? [] : fresh.map(({ name }) => name);
}

function retryChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const starts = new Map<string, number>();
  /** Epoch of the last vote. */
  const votes = new Map<string, number>();
  /** Sentinels whose next attempt is their operator's, even of a master in O_DOWN. */
  const told = new Set<number>();
  return {
    announced(announcement) {
      const life = lifeOfSpeaker(cluster, announcement);
      if (announcement.event === 'user-failover') {
        told.add(life);
        return;
      }
      if (announcement.event === '+vote-for-leader') {
        for (const master of votedFor(cluster, announcement, votes)) {
          starts.set(`${life} ${master}`, wallOf(cluster, announcement));
        }
        return;
      }
      const key = `${life} ${masterNamed(announcement)}`;
      if (announcement.event !== '+try-failover') {
        starts.delete(key);
        return;
      }
      const speaker = speakerOf(cluster, announcement);
      if (speaker === null) return;
      const before = starts.get(key);
      starts.set(key, speaker.wallUs);
      if (told.delete(life) || before === undefined) return;
      const limitUs = 2 * failoverTimeoutUs(speaker);
      findings.noSooner(speaker.wallUs - before, limitUs, `${announcement.node} tries again after`);
    },
    end: () => findings.verdict(),
  };
}

export const retryDelay: Property = {
  name: 'retry-delay',
  statement:
    'A Sentinel that did not switch starts a failover of a master no sooner than this after its last, and after its last vote for another.',
  assumptions: [
    OWN_CLOCK,
    'a switch, a RESET or a restart forgets the last attempt, and an operator need not wait (S-SWITCH-3, S-FORCE-1)',
  ],
  parameters: ['failover-timeout'],
  formula: '2 × failover-timeout, at the least',
  witness: 'a Sentinel tried after an attempt or a vote',
  rules: ['S-START-2', 'S-START-3', 'S-VOTE-4'],
  holds: true,
  hears: [
    '+try-failover',
    '+vote-for-leader',
    '+switch-master',
    '+reset-master',
    '-monitor',
    '+monitor',
    '+set',
    'user-failover',
  ],
  begin: retryChecker,
};

/** The shortest interval of ticks: 1000 / 19 in whole milliseconds (S-TIMER-2). */
const SHORTEST_TICK_US = 52_000;

/** Each of these is reached a tick after the one before it. */
const STEPS: readonly EventName[] = ['+elected-leader', '+selected-slave', '+failover-state-wait-promotion'];

export const oneStepATick: Property = {
  name: 'one-step-a-tick',
  statement: 'A failover takes one step a tick: elected, chosen, told.',
  assumptions: [],
  parameters: [],
  formula: 'a tick of 1000 / 19 ms, at the least',
  witness: 'a failover took two steps',
  rules: ['S-FSM-1', 'S-TIMER-2'],
  holds: true,
  hears: STEPS,
  begin({ cluster }) {
    const findings = new Findings();
    const last = new Map<string, { readonly step: number; readonly atUs: number }>();
    return {
      announced(announcement) {
        const step = STEPS.indexOf(announcement.event);
        const key = `${lifeOfSpeaker(cluster, announcement)} ${masterNamed(announcement)}`;
        const before = last.get(key);
        last.set(key, { step, atUs: announcement.atUs });
        if (before === undefined || before.step !== step - 1) return;
        findings.noSooner(announcement.atUs - before.atUs, SHORTEST_TICK_US, `${announcement.node} goes on`);
      },
      end: () => findings.verdict(),
    };
  },
};
