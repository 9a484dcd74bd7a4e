/** How soon the silence of an instance, and the loss of a master, is noticed. */
import { MASTER, MASTER_REBOOT } from '../models/sentinel/flags.ts';
import { type Instance, type Link, linkOf } from '../models/sentinel/state.ts';
import type { Announcement } from '../src/engine/world.ts';
import { moment } from '../src/report/numbers.ts';
import type { RunDocument } from '../src/run/document.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { greatest } from './groups.ts';
import { entries, lifeOfSpeaker, type Speaker, speakerOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { A_TICK, ON_TIME, TICK_US, tickUs } from './ticks.ts';

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
    const sinceUs = silentSinceUs(linkOf(state, instance));
    const silentUs = sinceUs === null ? 0 : wallUs - sinceUs;
    const downAfterUs = instance.downAfterMs * 1000;
    const text = `${announcement.node}: ${instance.name} is down`;
    if (silentUs <= downAfterUs) {
      if (!isDownByRole(instance)) this.#findings.violate(`${text} after ${moment(silentUs / 1000)}`);
      return;
    }
    if (announcement.atUs - (this.#rebased.get(life) ?? Number.NEGATIVE_INFINITY) < AFTER_TILT_US) return;
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

const LOSSES: ReadonlySet<string> = new Set(['kill', 'pause', 'isolate', 'power-off']);
/** The longest a kernel takes to reset the connections of a killed process. */
const TEARDOWN_US = 6000;
/** The link is made anew in one tick, and the last question is answered in another. */
const TICKS = 4;

interface Loss {
  readonly atUs: number;
  readonly limitUs: number;
}

/** The master's loss when it is the first fault of a healthy cluster, and nothing else comes in time to blur it. */
function lossOf({ deployment, network, timeline, durationUs }: Scenario): Loss | null {
  const masters = deployment.redis.filter(({ config }) => config.replicaof === null);
  const [first, second] = [...timeline].sort((a, b) => a.atUs - b.atUs);
  const isSteady =
    (network.lossPerMillion ?? 0) === 0 && (network.jitterUs ?? 0) === 0 && network.overrides.length === 0;
  if (first === undefined || !isSteady || masters.length !== 1 || !LOSSES.has(first.verb.do)) return null;
  const target = 'target' in first.verb ? first.verb.target : [];
  if (target.length !== 1 || (target[0] !== masters[0]!.name && target[0] !== '@master')) return null;
  const reaches = deployment.sentinels.every(({ config }) =>
    config.masters.every(({ quorum }) => quorum <= deployment.sentinels.length),
  );
  const limitUs = noticeUs(deployment, network.latencyUs ?? 0);
  const forUs = ('forUs' in first.verb ? first.verb.forUs : null) ?? Number.POSITIVE_INFINITY;
  const untilUs = Math.min(durationUs, first.atUs + forUs, second?.atUs ?? Number.POSITIVE_INFINITY);
  return reaches && untilUs >= first.atUs + limitUs ? { atUs: first.atUs, limitUs } : null;
}

/** The next PING, its silence, the next question and its answer. */
function noticeUs(deployment: Scenario['deployment'], latencyUs: number): number {
  const downAfterUs = 1000 * greatest(deployment, 'downAfterMs');
  return (
    downAfterUs + Math.min(downAfterUs, 1_000_000) + 1_000_000 + TICKS * TICK_US + TEARDOWN_US + 8 * latencyUs
  );
}

function noticeChecker({ cluster, zeroUs }: CheckContext): Checker {
  const findings = new Findings();
  const loss = lossOf(cluster.scenario);
  const lostUs = loss === null ? Number.POSITIVE_INFINITY : zeroUs + loss.atUs;
  let troubled = loss === null;
  let odownUs = Number.POSITIVE_INFINITY;
  return {
    announced({ event, atUs }) {
      if (atUs < lostUs) troubled ||= event !== '+odown';
      else if (event === '+odown') odownUs = Math.min(odownUs, atUs);
    },
    end(_run: RunDocument) {
      if (!troubled) findings.within(odownUs - lostUs, loss!.limitUs, 'O_DOWN');
      return findings.verdict();
    },
  };
}

export const odownWithin: Property = {
  name: 'odown-within',
  statement: 'The loss of a master in a healthy cluster is O_DOWN in time.',
  assumptions: [
    'one master; its kill, pause, isolation or power-off is the first fault, and no other comes before the limit',
    'a steady network without loss; at least quorum Sentinels',
  ],
  parameters: ['down-after-milliseconds', 'quorum'],
  formula: `down-after-milliseconds + min(down-after-milliseconds, 1 s) + ask-period (1 s) + ${TICKS} × ${A_TICK} + 6 ms + 8 × latency`,
  witness: 'the master was lost first, and the others had time',
  rules: ['S-SDOWN-1', 'S-SDOWN-2', 'S-PERIOD-5', 'S-ASK-4', 'S-ODOWN-1'],
  holds: true,
  hears: ['+odown', '+sdown', '+tilt'],
  begin: noticeChecker,
};
