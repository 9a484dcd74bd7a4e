/** How each of a Sentinel's events is told: one short cell, and plain words with numbers and the rule. */
import { failoverDelayed, odown, odownEnds, sdown, sdownEnds } from './downTellers.ts';
import { abort, elected, promoted, selected, tryFailover, vote } from './electionTellers.ts';
import { plain, quoting } from './plainTellers.ts';
import { converts, learned, reboot, repairs, switched } from './switchTellers.ts';
import type { Teller } from './teller.ts';

export const SENTINEL_TELLERS: Readonly<Record<string, Teller>> = {
  '+sdown': sdown,
  '-sdown': sdownEnds,
  '+odown': odown,
  '-odown': odownEnds,
  'next-failover-delay': failoverDelayed,
  '+try-failover': tryFailover,
  '+vote-for-leader': vote,
  '+elected-leader': elected,
  '+selected-slave': selected,
  '+promoted-slave': promoted,
  '+switch-master': switched,
  '+convert-to-slave': converts,
  '+fix-slave-config': repairs,
  '+reboot': reboot,
  '+slave': learned('learns', 'replicas, from INFO', 'S-INFO-4'),
  '+sentinel': learned('meets', 'peers, from hellos', 'S-HELLO-7'),
  '-failover-abort-not-elected': abort('ABORT', 'too few votes in time', 'S-FSM-3'),
  '-failover-abort-no-good-slave': abort('ABORT', 'no replica is fit', 'S-FSM-4'),
  '-failover-abort-slave-timeout': abort('ABORT', 'no promotion in time', 'S-FSM-6'),
  '-slave-reconf-sent-timeout': plain('gave up', 'warn', 'a replica did not obey in time', 'S-RECONF-3'),
  '+failover-end-for-timeout': plain(
    'TIMEOUT',
    'warn',
    'ends the failover with replicas left over',
    'S-RECONF-6',
  ),
  '+tilt': plain('TILT', 'warn', 'time jumped: it only watches for 30 s', 'S-TILT-1', 300),
  '-tilt': plain('-TILT', 'good', 'acts again', '', 300),
  '+monitor': plain('watches', 'plain', 'watches the master'),
  '-monitor': plain('removed', 'warn', 'no longer watches the master'),
  '+reset-master': plain('RESET', 'warn', 'forgets the replicas and peers it knew', 'S-SWITCH-6'),
  '+set': quoting('set', 'a setting was changed', 0),
  '+sentinel-address-switch': quoting('address', 'a Sentinel has moved', 1500),
  '+sentinel-invalid-addr': quoting('address', 'a new Sentinel at an old address', 1500),
  'simulated-crash': plain('crashes', 'bad', 'ends itself, as SIMULATE-FAILURE asked', '', 0, 'ends'),
  'config-not-saved': quoting('no save', 'cannot write its own file', 600_000),
  'resolve-failed': quoting('no name', 'cannot resolve a host name', 600_000),
  'scripts-unmodelled': quoting('script', 'a script would run now', 600_000),
};
