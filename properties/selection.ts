/** Which replica is promoted (section 12), decided a second time from the leader's own view. */
import { O_DOWN, S_DOWN } from '../models/sentinel/flags.ts';
import { type Instance, linkOf } from '../models/sentinel/state.ts';
import { entries, type Speaker, speakerOf } from './look.ts';
import { Findings, type Property } from './property.ts';

/** Everything that speaks against a replica (S-SELECT-2). */
function faultsOf({ state, master, wallUs }: Speaker, replica: Instance): string[] {
  const { periods } = state;
  const link = linkOf(state, replica);
  const masterDown = (master.flags & S_DOWN) !== 0;
  const infoLimitMs = masterDown ? 5 * periods.pingMs : 3 * periods.infoMs;
  const downForMs = masterDown ? (wallUs - master.sDownSinceUs) / 1000 : 0;
  const faults: [boolean, string][] = [
    [(replica.flags & (S_DOWN | O_DOWN)) !== 0, 'down'],
    [link.disconnected, 'disconnected'],
    [wallUs - link.lastAvailUs > 5000 * periods.pingMs, 'silent'],
    [replica.slavePriority === 0, 'of priority 0'],
    [wallUs - replica.infoRefreshUs > 1000 * infoLimitMs, 'with old INFO'],
    [replica.masterLinkDownMs > downForMs + 10 * master.downAfterMs, 'cut off for too long'],
  ];
  return faults.filter(([applies]) => applies).map(([, name]) => name);
}

/** True when `a` comes before `b` (S-SELECT-3); an unknown run id comes last. */
function comesBefore(a: Instance, b: Instance): boolean {
  if (a.slavePriority !== b.slavePriority) return a.slavePriority < b.slavePriority;
  if (a.slaveReplOffset !== b.slaveReplOffset) return a.slaveReplOffset > b.slaveReplOffset;
  if (a.runId === '' || b.runId === '') return a.runId !== '' && b.runId === '';
  return a.runId.toLowerCase() < b.runId.toLowerCase();
}

export const bestReplica: Property = {
  name: 'best-replica',
  statement: 'The chosen replica is eligible, and no eligible one comes before it, in the leader’s own view.',
  assumptions: [],
  parameters: ['replica-priority', 'down-after-milliseconds'],
  formula:
    'eligible: PING answered ≤ 5 s ago, INFO ≤ 5 s ago (30 s while the master is up), link down ≤ 10 × down-after-milliseconds + time in S_DOWN; least priority, then greatest offset, then least run id',
  witness: 'a replica was chosen',
  rules: ['S-SELECT-1', 'S-SELECT-2', 'S-SELECT-3', 'S-SELECT-4'],
  holds: true,
  hears: ['+selected-slave'],
  begin({ cluster }) {
    const findings = new Findings();
    return {
      announced(announcement) {
        const speaker = speakerOf(cluster, announcement);
        if (speaker === null) return;
        const [, name] = announcement.message.split(' ');
        const replicas = entries(speaker.state, speaker.master.replicaIds);
        const chosen = replicas.find((replica) => replica.name === name);
        if (chosen === undefined) {
          findings.violate(`${announcement.node} chooses ${name}, which it does not know`);
          return;
        }
        findings.witness();
        const faults = faultsOf(speaker, chosen);
        if (faults.length > 0) findings.violate(`${announcement.node} chooses ${name}, ${faults.join(', ')}`);
        const better = replicas.find(
          (replica) => faultsOf(speaker, replica).length === 0 && comesBefore(replica, chosen),
        );
        if (better !== undefined)
          findings.violate(`${announcement.node} chooses ${name} before ${better.name}`);
      },
      end: () => findings.verdict(),
    };
  },
};
