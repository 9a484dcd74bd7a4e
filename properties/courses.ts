/** Obligations with a time limit: what begins with one event has to be kept by another in time. */
import type { EventName } from '../models/events.ts';
import type { SentinelState } from '../models/sentinel/index.ts';
import type { Announcement } from '../src/engine/world.ts';
import { parseInstance, parseSwitch, parseVote } from '../src/measure/payload.ts';
import { lifeOfSpeaker, type Speaker, sentinelOf, speakerAbout, wallAt, wallOf } from './look.ts';
import { type CheckContext, type Checker, Findings } from './property.ts';
import { TICK_US, tickUs } from './ticks.ts';

export interface Course {
  readonly begins: EventName;
  /** What keeps it. */
  readonly kept: readonly EventName[];
  /** The one of them that comes with an answer, and not with a tick. */
  readonly answered?: EventName;
  /** What makes it void. */
  readonly voids: readonly EventName[];
  /** In microseconds, without the tick; null: there is no limit. */
  limitUs(speaker: Speaker): number | null;
}

interface Pending {
  readonly life: number;
  readonly process: number;
  readonly master: string;
  readonly limitUs: number;
  /** By the Sentinel's wall clock. */
  sinceUs: number;
  /** By the clock of the world. */
  sinceWorldUs: number;
}

/** Which master an event is about; empty for those of the whole Sentinel. */
export function masterNamed({ event, message }: Announcement): string {
  return event === '+switch-master' ? parseSwitch(message).master : parseInstance(message).master;
}

/** Events that a checker of these courses has to hear. */
export function heardBy(courses: readonly Course[]): EventName[] {
  return [...new Set(courses.flatMap(({ begins, kept, voids }) => [begins, ...kept, ...voids]))];
}

/** The courses of one Sentinel and master follow each other. */
class Courses {
  readonly #context: CheckContext;
  readonly #course: Course;
  readonly #findings: Findings;
  #pending: Pending[] = [];

  constructor(context: CheckContext, course: Course, findings: Findings) {
    this.#context = context;
    this.#course = course;
    this.#findings = findings;
  }

  hear(announcement: Announcement): void {
    const life = lifeOfSpeaker(this.#context.cluster, announcement);
    switch (announcement.event) {
      case '+tilt':
      // S-TIMER-8: a master whose new address does not resolve stays the one to be switched.
      case 'resolve-failed':
        this.#pending = this.#pending.filter((open) => open.life !== life);
        return;
      case '+vote-for-leader':
        this.#renew(announcement, life);
        return;
      default:
        this.#advance(announcement, life);
    }
  }

  #advance(announcement: Announcement, life: number): void {
    const { event } = announcement;
    const { begins, kept, voids } = this.#course;
    const master = masterNamed(announcement);
    const open = this.#pending.find((each) => each.life === life && each.master === master);
    if (open !== undefined && (kept.includes(event) || voids.includes(event))) {
      this.#pending.splice(this.#pending.indexOf(open), 1);
      if (kept.includes(event)) this.#judge(open, announcement);
    }
    if (event === begins) this.#open(announcement, life, master);
  }

  #open(announcement: Announcement, life: number, master: string): void {
    const speaker = speakerAbout(this.#context.cluster, announcement, master);
    const limitUs = speaker === null || speaker.state.tilt ? null : this.#course.limitUs(speaker);
    if (speaker === null || limitUs === null) return;
    const sinceWorldUs = announcement.atUs;
    const { process } = announcement;
    this.#pending.push({ life, process, master, limitUs, sinceUs: speaker.wallUs, sinceWorldUs });
  }

  /** What should have ended by now, and has not. */
  end(): void {
    const { cluster, interference } = this.#context;
    const { nowUs, processes } = cluster.world.state;
    for (const { life, process, limitUs, sinceUs, sinceWorldUs } of this.#pending) {
      const target = processes[process]!;
      const lives = target.status === 'running' && lifeOfSpeaker(cluster, { process }) === life;
      if (!lives || !interference.isFreeSince(process, sinceWorldUs)) continue;
      const lastsUs = wallAt(cluster, target, nowUs) - sinceUs;
      if (lastsUs <= limitUs + TICK_US) continue;
      this.#findings.within(lastsUs, limitUs + TICK_US, `${target.name} waits for ${this.#course.kept[0]}`);
    }
  }

  #judge(open: Pending, announcement: Announcement): void {
    const { cluster, interference } = this.#context;
    const isFree = interference.isFreeSince(announcement.process, open.sinceWorldUs);
    // S-TILT-1: TILT is noticed in a tick; answers that have waited for the process are read before that.
    if (!isFree && announcement.event === this.#course.answered) return;
    const state = sentinelOf(cluster, announcement) as SentinelState;
    const slackUs = tickUs(this.#context, announcement, state, open.sinceWorldUs);
    const tookUs = wallOf(cluster, announcement) - open.sinceUs;
    this.#findings.within(tookUs, open.limitUs + slackUs, `${announcement.node} until ${announcement.event}`);
  }

  /** S-VOTE-4: a vote for another moves the start time. */
  #renew(announcement: Announcement, life: number): void {
    const state = sentinelOf(this.#context.cluster, announcement);
    if (state === null) return;
    const { candidate } = parseVote(announcement.message);
    if (candidate.toLowerCase() === state.myId.toLowerCase()) return;
    for (const open of this.#pending) {
      if (open.life !== life) continue;
      open.sinceUs = wallOf(this.#context.cluster, announcement);
      open.sinceWorldUs = announcement.atUs;
    }
  }
}

/** A checker that all of these courses are kept in time. */
export function courseChecker(context: CheckContext, courses: readonly Course[]): Checker {
  const findings = new Findings();
  const followed = courses.map((course) => new Courses(context, course, findings));
  const heard = courses.map((course) => new Set(heardBy([course])));
  return {
    announced(announcement) {
      followed.forEach((course, place) => {
        if (heard[place]!.has(announcement.event)) course.hear(announcement);
      });
    },
    end() {
      for (const course of followed) course.end();
      return findings.verdict();
    },
  };
}
