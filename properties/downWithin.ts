/** How soon the silence of an instance is noticed. */
import { MASTER, MASTER_REBOOT } from '../models/sentinel/flags.ts';
import { type Instance, type Link, linkOf } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { moment } from '../src/report/numbers.ts';
import { entries, lifeOfSpeaker, type Speaker, speakerOf } from './look.ts';
import { type CheckContext, Findings, type Property } from './property.ts';
import { isBlind } from './reach.ts';
import { A_TICK, ON_TIME, tickUs } from './ticks.ts';

/** From when on the instance has been silent; null: it is not. */
function silentSinceUs(link: Link): number | null {
  if (link.actPingUs !== 0) return link.actPingUs;
  return link.disconnected ? link.lastAvailUs : null;
}

/** Conditions 2 and 3 of S-SDOWN-5. */
function isDownByRole({ flags, roleReported }: Instance): boolean {
  return (flags & MASTER) !== 0 && (roleReported !== MASTER || (flags & MASTER_REBOOT) !== 0);
}

function instanceNamed({ state, master }: Speaker, message: string): Instance | undefined {
  const [type, name] = message.split(' ');
  const ids = type === 'master' ? [master.id] : type === 'slave' ? master.replicaIds : master.sentinelIds;
  return entries(state, ids).find((each) => each.name === name);
}

/** S-TILT-6: what is overdue happens at once. */
const AFTER_TILT_US = 500_000;

class Silences {
  readonly #context: CheckContext;
  readonly #findings: Findings;
  /** Life → when the Sentinel last left TILT, or was told something new. */
  readonly #rebased = new Map<number, number>();

  constructor(context: CheckContext, findings: Findings) {
    this.#context = context;
    this.#findings = findings;
  }

  hear(announcement: Announcement): void {
    const life = lifeOfSpeaker(this.#context.cluster, announcement);
    if (announcement.event !== '+sdown') {
      this.#rebased.set(life, announcement.atUs);
      return;
    }
    const speaker = speakerOf(this.#context.cluster, announcement);
    const instance = speaker === null ? undefined : instanceNamed(speaker, announcement.message);
    if (speaker !== null && instance !== undefined) this.#judge(announcement, speaker, instance);
  }

  #judge(announcement: Announcement, speaker: Speaker, instance: Instance): void {
    const { state, wallUs, life } = speaker;
    const link = linkOf(state, instance);
    if (isBlind(link)) return;
    const sinceUs = silentSinceUs(link);
    const silentUs = sinceUs === null ? 0 : wallUs - sinceUs;
    const downAfterUs = instance.downAfterMs * 1000;
    const text = `${announcement.node}: ${instance.name} is down`;
    if (isDownByRole(instance)) return;
    if (silentUs <= downAfterUs) {
      this.#findings.violate(`${text} after ${moment(silentUs / 1000)}`);
      return;
    }
    const rebasedUs = this.#rebased.get(life) ?? Number.NEGATIVE_INFINITY;
    const isOnTime = this.#context.interference.isFreeSince(announcement.process, rebasedUs);
    const lateUs = isOnTime ? 0 : 1000 * state.periods.tiltTriggerMs;
    if (announcement.atUs - rebasedUs < AFTER_TILT_US + lateUs) return;
    const slackUs = tickUs(this.#context, announcement, state, announcement.atUs - silentUs);
    this.#findings.within(silentUs, downAfterUs + slackUs, text);
  }
}

export const sdownWithin: Property = {
  name: 'sdown-within',
  statement: 'S_DOWN comes after more than down-after-milliseconds of silence, and soon.',
  assumptions: [
    'by the wall clock of the Sentinel; what TILT, a SENTINEL SET or a Sentinel that is learned for another master too has made overdue happens at once and is not judged (S-TILT-6, S-LINK-15)',
    ON_TIME,
    'a master that reports slave, or that reboots, is down by other limits (S-SDOWN-5)',
    'fewer than a hundred commands to it are unanswered, or a PING is: without one it counts from the last answer that it had when the connection is lost (S-LINK-10, S-SDOWN-1)',
  ],
  parameters: ['down-after-milliseconds'],
  formula: `down-after-milliseconds < silence ≤ down-after-milliseconds + ${A_TICK}`,
  witness: 'a Sentinel announced +sdown by silence',
  rules: ['S-SDOWN-1', 'S-SDOWN-5', 'S-SDOWN-9', 'S-TIMER-2'],
  holds: true,
  hears: ['+sdown', '-tilt', '+set', '+sentinel'],
  begin(context) {
    const findings = new Findings();
    const silences = new Silences(context, findings);
    return {
      announced: (announcement) => silences.hear(announcement),
      end: () => findings.verdict(),
    };
  },
};
