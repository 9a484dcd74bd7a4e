/** How long things may take, by the Sentinel's own clock, and how soon they may happen again. */
import type { EventName } from '../models/events.ts';
import { FORCE_FAILOVER, MASTER, MASTER_REBOOT, O_DOWN, S_DOWN } from '../models/sentinel/flags.ts';
import { linkOf } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseInstance, parseSwitch, parseVote } from '../src/measure/payload.ts';
import { entries, lifeOfSpeaker, type Speaker, speakerAbout, speakerOf, wallOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

/** What a late tick adds: it may come tilt-trigger after the last one without TILT, plus the fsyncs in it. */
const FSYNCS_US = 100_000;
const lateUs = ({ state }: Speaker) => state.periods.tiltTriggerMs * 1000 + FSYNCS_US;

const OWN_CLOCK = 'by the wall clock of the Sentinel; what TILT or a restart interrupts is not judged';
const SLACK = 'tilt-trigger (2 s) + 0.1 s';

/** Which master an event is about; empty for those of the whole Sentinel. */
function masterNamed({ event, message }: Announcement): string {
  return event === '+switch-master' ? parseSwitch(message).master : parseInstance(message).master;
}

interface Pending {
  readonly sinceUs: number;
  readonly limitUs: number;
}

/** What a kind of obligation begins with, what keeps it, and what makes it void. */
interface Course {
  readonly begins: EventName;
  readonly kept: readonly EventName[];
  readonly voids: readonly EventName[];
  /** Null: there is none. */
  limitUs(speaker: Speaker): number | null;
  /** True when this event starts the time anew. */
  renews?(announcement: Announcement, speaker: Speaker): boolean;
}

function courseChecker({ cluster }: CheckContext, course: Course): Checker {
  const findings = new Findings();
  const pending = new Map<string, Pending>();
  const voidLife = (life: string) => {
    for (const key of [...pending.keys()]) if (key.startsWith(`${life} `)) pending.delete(key);
  };
  return {
    announced(announcement) {
      const life = lifeOfSpeaker(cluster, announcement);
      if (announcement.event === '+tilt') {
        voidLife(life);
        return;
      }
      if (announcement.event === '+vote-for-leader') {
        renewVotes(announcement, life);
        return;
      }
      const name = masterNamed(announcement);
      const key = `${life} ${name}`;
      const wallUs = wallOf(cluster, announcement);
      if (announcement.event === course.begins) {
        const speaker = speakerAbout(cluster, announcement, name);
        const limitUs = speaker === null || speaker.state.tilt ? null : course.limitUs(speaker);
        if (limitUs !== null) pending.set(key, { sinceUs: wallUs, limitUs });
        return;
      }
      const open = pending.get(key);
      if (open === undefined) return;
      if (course.kept.includes(announcement.event)) {
        findings.within(
          wallUs - open.sinceUs,
          open.limitUs,
          `${announcement.node} until ${announcement.event}`,
        );
      }
      pending.delete(key);
    },
    end: () => findings.verdict(),
  };

  /** S-VOTE-4: a vote for another moves the start time. */
  function renewVotes(announcement: Announcement, life: string): void {
    const wallUs = wallOf(cluster, announcement);
    for (const [key, open] of pending) {
      if (!key.startsWith(`${life} `)) continue;
      const speaker = speakerAbout(cluster, announcement, key.slice(life.length + 1));
      if (speaker === null) continue;
      const own =
        parseVote(announcement.message).candidate.toLowerCase() === speaker.state.myId.toLowerCase();
      if (!own) pending.set(key, { ...open, sinceUs: wallUs });
    }
  }
}

const ABORTS: readonly EventName[] = [
  '+switch-master',
  '+reset-master',
  '-monitor',
  '+config-update-from',
  '+tilt',
];

function courseProperty(
  property: Omit<Property, 'assumptions' | 'holds' | 'hears' | 'begin'>,
  course: Course,
): Property {
  return {
    ...property,
    assumptions: [OWN_CLOCK],
    holds: true,
    hears: [...new Set([course.begins, ...course.kept, ...course.voids])],
    begin: (context) => courseChecker(context, course),
  };
}

export const electionWithin = courseProperty(
  {
    name: 'election-within',
    statement: 'An attempt is elected or given up in time, counted from its last vote for another.',
    parameters: ['failover-timeout'],
    formula: `min(10 s, failover-timeout) + 1 s + ${SLACK}`,
    rules: ['S-FSM-3', 'S-START-3', 'S-VOTE-4'],
  },
  {
    begins: '+try-failover',
    kept: ['+elected-leader', '-failover-abort-not-elected'],
    voids: [...ABORTS, '+vote-for-leader'],
    limitUs: (speaker) =>
      Math.min(speaker.state.periods.electionTimeoutMs, speaker.master.failoverTimeoutMs) * 1000 +
      1_000_000 +
      lateUs(speaker),
  },
);

export const promotionWithin = courseProperty(
  {
    name: 'promotion-within',
    statement: 'A chosen replica is seen as a master, or given up, in time.',
    parameters: ['failover-timeout'],
    formula: `2 × failover-timeout + 2 × (${SLACK})`,
    rules: ['S-FSM-5', 'S-FSM-6'],
  },
  {
    begins: '+selected-slave',
    kept: ['+promoted-slave', '-failover-abort-slave-timeout'],
    voids: ABORTS,
    limitUs: (speaker) => 2 * (speaker.master.failoverTimeoutMs * 1000 + lateUs(speaker)),
  },
);

export const switchWithin = courseProperty(
  {
    name: 'switch-within',
    statement:
      'A promotion ends in the leader’s switch in time, unless the promoted replica goes down again.',
    parameters: ['failover-timeout'],
    formula: `failover-timeout + ${SLACK}`,
    rules: ['S-RECONF-6', 'S-RECONF-8', 'S-SWITCH-2'],
  },
  {
    begins: '+promoted-slave',
    kept: ['+switch-master'],
    // S-RECONF-8: while any instance of the record is down the promoted one may be it.
    voids: ['+sdown', '+reset-master', '-monitor', '+config-update-from', '+tilt'],
    limitUs: (speaker) => {
      const down = entries(speaker.state, speaker.master.replicaIds).some(
        ({ flags }) => (flags & S_DOWN) !== 0,
      );
      return down ? null : speaker.master.failoverTimeoutMs * 1000 + lateUs(speaker);
    },
  },
);

function retryChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const starts = new Map<string, number>();
  let soonest: { bound: number; tightest: number } | null = null;
  return {
    announced(announcement) {
      const key = `${lifeOfSpeaker(cluster, announcement)} ${masterNamed(announcement)}`;
      if (announcement.event !== '+try-failover') {
        starts.delete(key);
        return;
      }
      const speaker = speakerOf(cluster, announcement);
      if (speaker === null) return;
      const before = starts.get(key);
      starts.set(key, speaker.wallUs);
      const forced = (speaker.master.flags & FORCE_FAILOVER) !== 0 || !odown(speaker);
      if (before === undefined || forced) return;
      findings.witness();
      const bound = 2 * speaker.master.failoverTimeoutMs;
      const gap = (speaker.wallUs - before) / 1000;
      if (soonest === null || gap - bound < soonest.tightest - soonest.bound)
        soonest = { bound, tightest: gap };
      if (gap < bound) findings.violate(`${announcement.node} tries again after ${Math.round(gap)} ms`);
    },
    end() {
      const verdict = findings.verdict();
      return soonest === null ? verdict : { ...verdict, observed: soonest };
    },
  };
}

/** An operator's attempt does not wait for O_DOWN (S-FORCE-1); the flag is set after its announcements. */
function odown({ master }: Speaker): boolean {
  return (master.flags & O_DOWN) !== 0;
}

export const retryDelay: Property = {
  name: 'retry-delay',
  statement:
    'A Sentinel that did not switch starts its next failover of a master no sooner than this after its last.',
  assumptions: [
    OWN_CLOCK,
    'a switch, a RESET or a restart forgets the last attempt, and an operator need not wait (S-SWITCH-3, S-FORCE-1)',
  ],
  parameters: ['failover-timeout'],
  formula: '2 × failover-timeout',
  rules: ['S-START-2', 'S-START-3'],
  holds: true,
  hears: ['+try-failover', '+switch-master', '+reset-master', '-monitor', '+monitor'],
  begin: retryChecker,
};

function sdownChecker({ cluster }: CheckContext): Checker {
  const findings = new Findings();
  const untilted = new Map<string, number>();
  return {
    announced(announcement) {
      const life = lifeOfSpeaker(cluster, announcement);
      if (announcement.event !== '+sdown') {
        untilted.set(life, announcement.atUs);
        return;
      }
      const speaker = speakerOf(cluster, announcement);
      if (speaker === null) return;
      const { state, master, wallUs } = speaker;
      const [type, name] = announcement.message.split(' ');
      const ids = type === 'master' ? [master.id] : type === 'slave' ? master.replicaIds : master.sentinelIds;
      const instance = entries(state, ids).find((each) => each.name === name);
      if (instance === undefined) return;
      const link = linkOf(state, instance);
      const since = link.actPingUs !== 0 ? link.actPingUs : link.disconnected ? link.lastAvailUs : wallUs;
      const limitUs = instance.downAfterMs * 1000;
      if (wallUs - since <= limitUs) {
        const byRole = (instance.flags & MASTER) !== 0 && isDownByRole(instance.roleReported, instance.flags);
        if (!byRole)
          findings.violate(`${announcement.node}: ${name} is down after ${(wallUs - since) / 1000} ms`);
        return;
      }
      // S-TILT-6: what is overdue happens at once.
      if (announcement.atUs - (untilted.get(life) ?? Number.NEGATIVE_INFINITY) < 500_000) return;
      findings.within(
        wallUs - since,
        limitUs + 1_000_000 + lateUs(speaker),
        `${announcement.node}: ${name} is down`,
      );
    },
    end: () => findings.verdict(),
  };
}

/** Conditions 2 and 3 of S-SDOWN-5. */
function isDownByRole(roleReported: number, flags: number): boolean {
  return roleReported !== MASTER || (flags & MASTER_REBOOT) !== 0;
}

export const sdownWithin: Property = {
  name: 'sdown-within',
  statement: 'S_DOWN comes after more than down-after-milliseconds of silence, and soon.',
  assumptions: [
    OWN_CLOCK,
    'a master that reports slave, or that reboots, is down by other limits (S-SDOWN-5)',
  ],
  parameters: ['down-after-milliseconds'],
  formula: `down-after-milliseconds < silence ≤ down-after-milliseconds + 1 s + ${SLACK}`,
  rules: ['S-SDOWN-1', 'S-SDOWN-5', 'S-SDOWN-9', 'S-PERIOD-5'],
  holds: true,
  hears: ['+sdown', '-tilt'],
  begin: sdownChecker,
};
