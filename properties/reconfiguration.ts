/** Pointing the other replicas to the new master (section 13). */
import { RECONF_INPROG, RECONF_SENT, UPDATE_CONFIG } from '../models/sentinel/flags.ts';
import { entries, speakerOf } from './look.ts';
import { Findings, type Property } from './property.ts';

export const parallelSyncs: Property = {
  name: 'parallel-syncs',
  statement: 'At most parallel-syncs replicas are being reconfigured at a time.',
  assumptions: [
    'the last call at the end of a failover goes to all that are left (S-RECONF-6); a Sentinel that ends several at once switches one a tick (S-TIMER-8)',
    'who is told while it holds: a lower SENTINEL SET parallel-syncs takes nobody back',
  ],
  parameters: ['parallel-syncs'],
  formula: 'replicas told and not yet following ≤ parallel-syncs',
  witness: 'a replica was told to follow the new master',
  rules: ['S-RECONF-3', 'S-RECONF-5', 'S-RECONF-6'],
  holds: true,
  hears: ['+slave-reconf-sent', '+slave-reconf-inprog', '+set'],
  begin({ cluster }) {
    const findings = new Findings();
    let changed = false;
    return {
      announced(announcement) {
        if (announcement.event === '+set') changed = true;
        if (changed && announcement.event !== '+slave-reconf-sent') return;
        const speaker = speakerOf(cluster, announcement);
        if (speaker === null) return;
        const { state, master } = speaker;
        // S-TIMER-8: one master a tick is switched; until then the last call shows.
        if (master.failoverState === UPDATE_CONFIG) return;
        findings.witness();
        const busy = entries(state, master.replicaIds).filter(
          ({ flags }) => (flags & (RECONF_SENT | RECONF_INPROG)) !== 0,
        );
        if (busy.length > master.parallelSyncs) {
          findings.violate(
            `${announcement.node} reconfigures ${busy.length}, parallel-syncs ${master.parallelSyncs}`,
          );
        }
      },
      end: () => findings.verdict(),
    };
  },
};
