/** Down states, the start of failovers, promotions and TILT (sections 1.3, 7, 10 and 11). */
import type { EventName } from '../models/events.ts';
import { MASTER_DOWN, O_DOWN, S_DOWN } from '../models/sentinel/flags.ts';
import { parseInstance } from '../src/measure/payload.ts';
import { untilForgotten } from './forgetting.ts';
import { entries, lifeOfSpeaker, speakerOf } from './look.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';
import { A_TICK, ON_TIME, TICK_US, tickUs } from './ticks.ts';

function quorumChecker(context: CheckContext): Checker {
  const { cluster } = context;
  const findings = new Findings();
  const leftTilt = new Map<number, number>();
  return {
    announced(announcement) {
      const life = lifeOfSpeaker(cluster, announcement);
      if (announcement.event === '-tilt') leftTilt.set(life, announcement.atUs);
      const speaker = announcement.event === '+odown' ? speakerOf(cluster, announcement) : null;
      if (speaker === null) return;
      const { state, master, wallUs } = speaker;
      const fiveUs = 5 * state.periods.askMs * 1000;
      const limitUs = fiveUs + tickUs(context, announcement, state, announcement.atUs - fiveUs);
      // S-TILT-6: the first tick after TILT takes the reports as TILT found them.
      const rebased = announcement.atUs - (leftTilt.get(life) ?? Number.NEGATIVE_INFINITY) > TICK_US;
      const reports = entries(state, master.sentinelIds).filter(({ flags }) => (flags & MASTER_DOWN) !== 0);
      const fresh = reports.filter(
        ({ lastMasterDownReplyUs }) => !rebased || wallUs - lastMasterDownReplyUs <= limitUs,
      );
      findings.witness();
      for (const { lastMasterDownReplyUs } of rebased ? reports : []) {
        findings.observe(wallUs - lastMasterDownReplyUs, limitUs);
      }
      const count = ((master.flags & S_DOWN) === 0 ? 0 : 1) + fresh.length;
      if (count < master.quorum || (master.flags & S_DOWN) === 0) {
        findings.violate(
          `${announcement.node}: ${count} fresh reports of ${master.name}, quorum ${master.quorum}`,
        );
      }
    },
    end: () => findings.verdict(),
  };
}

export const odownNeedsQuorum: Property = {
  name: 'odown-needs-quorum',
  statement: 'O_DOWN takes an own S_DOWN and, with it, fresh reports of at least quorum Sentinels.',
  assumptions: [
    ON_TIME,
    'in the first tick after TILT reports are as old as TILT was long, and count (S-TILT-6)',
  ],
  parameters: ['quorum'],
  formula: `reports ≥ quorum, each of age ≤ 5 × ask-period (1 s) + ${A_TICK}`,
  witness: 'a Sentinel announced +odown',
  rules: ['S-ODOWN-1', 'S-ODOWN-4', 'S-ASK-2', 'S-TILT-1'],
  holds: true,
  hears: ['+odown', '-tilt'],
  begin: quorumChecker,
};

export const noFailoverWithoutOdown: Property = {
  name: 'no-failover-without-odown',
  statement: 'A Sentinel starts a failover only while it holds the master for O_DOWN, or when told to.',
  assumptions: [],
  parameters: [],
  witness: 'a failover was started',
  rules: ['S-START-1', 'S-FORCE-1'],
  holds: true,
  hears: [
    '+try-failover',
    '+odown',
    '-odown',
    '+switch-master',
    '+monitor',
    '+reset-master',
    '-monitor',
    'user-failover',
  ],
  begin({ cluster }) {
    const findings = new Findings();
    const down = new Set<string>();
    const asked = new Set<number>();
    return {
      announced(announcement) {
        const { event, message, node } = announcement;
        const words = message.split(' ');
        const life = lifeOfSpeaker(cluster, announcement);
        const named = event === '+switch-master' ? words[0]! : parseInstance(message).master;
        const key = `${life} ${named}`;
        if (event === '+odown') down.add(key);
        else if (event === 'user-failover') asked.add(life);
        else if (event !== '+try-failover') down.delete(key);
        else {
          findings.witness();
          const speaker = speakerOf(cluster, announcement);
          const isDown = speaker !== null && (speaker.master.flags & O_DOWN) !== 0 && down.has(key);
          if (!isDown && !asked.has(life))
            findings.violate(`${node} starts a failover of ${named} without ODOWN`);
          asked.delete(life);
        }
      },
      end: () => findings.verdict(),
    };
  },
};

export const onePromotionAConfigEpoch = untilForgotten({
  name: 'one-promotion-a-config-epoch',
  statement: 'A configuration epoch of a master names one promoted replica.',
  assumptions: [
    'nobody forces failovers: two at once use one epoch (S-FORCE-4)',
    'the attempt was elected in its own epoch: when the failover of another master moves the epoch on, a second one can be elected with the same epoch as the first (S-ELECT-3, S-ELECT-7)',
  ],
  parameters: [],
  witness: 'a replica was promoted',
  rules: ['S-VOTE-2', 'S-ROLE-4', 'S-ELECT-2', 'S-ELECT-3'],
  holds: true,
  hears: ['+promoted-slave', '+elected-leader', 'user-failover'],
  begin({ cluster }) {
    const findings = new Findings();
    const promoted = new Map<string, string>();
    /** Attempts of a life that were elected in a later epoch than their own. */
    const overtaken = new Set<string>();
    let forced = false;
    return {
      announced(announcement) {
        if (announcement.event === 'user-failover') forced = true;
        if (announcement.event === 'user-failover' || forced) return;
        const speaker = speakerOf(cluster, announcement);
        if (speaker === null) return;
        const attempt = `${speaker.life} ${speaker.master.name} ${speaker.master.failoverEpoch}`;
        if (announcement.event === '+elected-leader') {
          if (speaker.state.currentEpoch !== speaker.master.failoverEpoch) overtaken.add(attempt);
          return;
        }
        if (overtaken.has(attempt)) return;
        findings.witness();
        const [, , host, port] = announcement.message.split(' ');
        const key = `${speaker.master.name} ${speaker.master.failoverEpoch}`;
        const before = promoted.get(key) ?? `${host} ${port}`;
        if (before !== `${host} ${port}`) {
          findings.violate(`epoch ${speaker.master.failoverEpoch} promotes ${before} and ${host} ${port}`);
        }
        promoted.set(key, before);
      },
      end: () => findings.verdict(),
    };
  },
});

/** What the acting half of a tick, and roles in INFO, lead to (S-TILT-4, S-ROLE-2). */
const ACTS: readonly EventName[] = [
  '+sdown',
  '-sdown',
  '+odown',
  '-odown',
  '+elected-leader',
  '-failover-abort-not-elected',
  '+failover-state-select-slave',
  '-failover-abort-no-good-slave',
  '+selected-slave',
  '+failover-state-send-slaveof-noone',
  '-failover-abort-slave-timeout',
  '+failover-state-wait-promotion',
  '+promoted-slave',
  '+slave-reconf-sent',
  '-slave-reconf-sent-timeout',
  '+slave-reconf-sent-be',
  '+failover-end-for-timeout',
  '+failover-end',
  '+convert-to-slave',
  '+fix-slave-config',
];

export const noActionInTilt: Property = {
  name: 'no-action-in-tilt',
  statement: 'In TILT a Sentinel judges nobody, moves no failover on and repairs nothing.',
  assumptions: [],
  parameters: [],
  witness: 'a Sentinel was in TILT',
  rules: ['S-TILT-3', 'S-TILT-4', 'S-TILT-5', 'S-ROLE-2'],
  holds: true,
  hears: ['+tilt', '-tilt', '+try-failover', 'user-failover', ...ACTS],
  begin({ cluster }) {
    const findings = new Findings();
    const tilted = new Set<number>();
    const told = new Set<number>();
    return {
      announced(announcement) {
        const { event, node, message } = announcement;
        const life = lifeOfSpeaker(cluster, announcement);
        if (event === '+tilt') {
          findings.witness();
          tilted.add(life);
        } else if (event === '-tilt') tilted.delete(life);
        else if (event === 'user-failover') told.add(life);
        else if (event === '+try-failover' && told.delete(life)) return;
        else if (tilted.has(life)) findings.violate(`${node} in TILT: ${event} ${message}`);
      },
      end: () => findings.verdict(),
    };
  },
};
