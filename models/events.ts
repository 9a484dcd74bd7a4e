/**
 * The vocabulary of everything a model announces. Sentinel's events have Sentinel's own names and payloads (S-EVENT-2);
 * the others are log lines of Sentinel and Redis under the project's names.
 */
export type EventLevel = 'debug' | 'verbose' | 'notice' | 'warning';

export interface EventDefinition {
  readonly level: EventLevel;
  /** True for Sentinel events, which are published to subscribers; false for log lines and Redis-side events. */
  readonly published: boolean;
  /** One line for a reader who has never seen Sentinel. */
  readonly meaning: string;
}

const sentinel = (level: EventLevel, meaning: string): EventDefinition => ({
  level,
  published: level !== 'debug',
  meaning,
});
const logLine = (level: EventLevel, meaning: string): EventDefinition => ({
  level,
  published: false,
  meaning,
});

export const EVENTS = {
  '+monitor': sentinel('warning', 'this Sentinel starts to watch the master'),
  '-monitor': sentinel('warning', 'this Sentinel no longer watches the master'),
  '+set': sentinel('warning', 'a setting of the master was changed by SENTINEL SET'),
  '+reset-master': sentinel('warning', 'SENTINEL RESET made this Sentinel forget replicas and peers'),
  '+slave': sentinel('notice', 'a replica was learned from INFO, or listed again after a switch'),
  '+sentinel': sentinel('notice', 'another Sentinel was learned from its hello'),
  '+sentinel-address-switch': sentinel('notice', 'a known Sentinel says hello from another address'),
  '+sentinel-address-update': sentinel(
    'notice',
    'the new address of a Sentinel was noted for other masters too',
  ),
  '+sentinel-invalid-addr': sentinel(
    'notice',
    'a new Sentinel uses the address of an old one, which is forgotten',
  ),
  '+reboot': sentinel('notice', 'INFO shows another run id: the process was restarted'),
  '+role-change': sentinel('verbose', 'INFO shows the role that this Sentinel expects again'),
  '-role-change': sentinel('verbose', 'INFO shows another role than this Sentinel expects'),
  '+convert-to-slave': sentinel(
    'notice',
    'a node that wrongly claims to be a master is told to follow the real one',
  ),
  '+fix-slave-config': sentinel(
    'notice',
    'a replica that follows somebody else is told to follow the master',
  ),
  '+sdown': sentinel('warning', 'this Sentinel alone believes that the instance is down'),
  '-sdown': sentinel('warning', 'this Sentinel sees the instance again'),
  '+odown': sentinel('warning', 'a quorum of Sentinels says that the master is down'),
  '-odown': sentinel('warning', 'there is no quorum any more that says that the master is down'),
  '+new-epoch': sentinel('warning', 'a greater epoch was seen or begun'),
  '+vote-for-leader': sentinel('warning', 'this Sentinel gave its one vote of the epoch'),
  '+try-failover': sentinel('warning', 'this Sentinel starts a failover and asks for votes'),
  '-failover-abort-not-elected': sentinel('warning', 'not enough votes in time: the attempt ends'),
  '+elected-leader': sentinel('warning', 'this Sentinel may carry out the failover'),
  '+failover-state-select-slave': sentinel('warning', 'the leader looks for the best replica'),
  '-failover-abort-no-good-slave': sentinel('warning', 'no replica is fit for promotion: the attempt ends'),
  '+selected-slave': sentinel('warning', 'the leader has chosen the replica to promote'),
  '+failover-state-send-slaveof-noone': sentinel('notice', 'the leader is about to promote the replica'),
  '-failover-abort-slave-timeout': sentinel('warning', 'the chosen replica did not become a master in time'),
  '+failover-state-wait-promotion': sentinel('notice', 'SLAVEOF NO ONE was sent; INFO must confirm it'),
  '+promoted-slave': sentinel('warning', 'INFO of the chosen replica shows it as a master'),
  '+failover-state-reconf-slaves': sentinel(
    'warning',
    'the leader points the other replicas to the new master',
  ),
  '+slave-reconf-sent': sentinel('notice', 'a replica was told to follow the new master'),
  '+slave-reconf-inprog': sentinel('notice', 'the replica names the new master, its link is not up yet'),
  '+slave-reconf-done': sentinel('notice', 'the replica follows the new master'),
  '-slave-reconf-sent-timeout': sentinel('notice', 'the replica did not obey in time and is passed over'),
  '+slave-reconf-sent-be': sentinel(
    'notice',
    'told to follow the new master on a best-effort basis, at the end',
  ),
  '+failover-end-for-timeout': sentinel('warning', 'the failover ends although replicas are left'),
  '+failover-end': sentinel('warning', 'the failover ends'),
  '+config-update-from': sentinel('warning', 'another Sentinel announces a newer configuration'),
  '+switch-master': sentinel('warning', 'from now on this Sentinel names the new master'),
  '+tilt': sentinel('warning', 'the clock jumped or the process froze: this Sentinel only watches for 30 s'),
  '-tilt': sentinel('warning', 'this Sentinel acts again'),
  '-script-error': sentinel('warning', 'a script failed'),
  '-script-timeout': sentinel('warning', 'a script ran too long'),
  '-cmd-link-reconnection': sentinel('debug', 'the command connection could not be made'),
  '-pubsub-link-reconnection': sentinel('debug', 'the subscription connection could not be made'),

  'vote-received': logLine('warning', 'a vote has reached the Sentinel that asked for it'),
  'next-failover-delay': logLine('warning', 'a failover is wanted, but the last attempt is too recent'),
  'user-failover': logLine('warning', 'SENTINEL FAILOVER was accepted'),
  'simulated-crash': logLine('warning', 'SENTINEL SIMULATE-FAILURE ends this Sentinel'),
  'config-not-saved': logLine('warning', 'this Sentinel could not write its state to disk'),
  'resolve-failed': logLine('warning', 'a host name could not be resolved'),
  'scripts-unmodelled': logLine('notice', 'a configured script would run now; scripts are not modelled'),

  ready: logLine('notice', 'the process accepts connections'),
  'fatal-config': logLine('warning', 'the process refuses its configuration and exits'),
  exited: logLine('notice', 'the process has ended by itself'),
  loading: logLine('notice', 'the server loads its data and answers -LOADING'),
  loaded: logLine('notice', 'the server has loaded its data'),
  'role-changed': logLine('notice', 'the node took another role, or another master'),
  'replica-connecting': logLine('notice', 'the replica tries to connect to its master'),
  'replica-reconnecting': logLine('debug', 'the replica tries again at once after losing its link'),
  'replica-link-lost': logLine('warning', 'the replica lost the link to its master'),
  'replica-auth-failed': logLine('warning', 'the master refuses the password of this replica'),
  'master-lost-replica': logLine('warning', 'the master lost the link of a replica'),
  'master-timeout': logLine('warning', 'no data from the master for repl-timeout'),
  'replica-timeout': logLine('warning', 'no acknowledgement from a replica for repl-timeout'),
  'partial-resync': logLine('notice', 'the replica continues where it stopped'),
  'partial-resync-refused': logLine(
    'notice',
    'the replica cannot continue where it stopped: it needs everything',
  ),
  'bgsave-for-sync': logLine('notice', 'the master starts to send its whole data set'),
  'full-resync-started': logLine('notice', 'the replica starts to receive the whole data set'),
  'full-resync-done': logLine('notice', 'the replica has replaced its data by the master’s'),
  'full-resync-failed': logLine(
    'warning',
    'the disk of the replica does not take the data set: it asks again at once',
  ),
  'writes-refused': logLine('notice', 'from now on writes get -NOREPLICAS'),
  'writes-accepted': logLine('notice', 'writes are accepted again'),
  'disk-error': logLine('warning', 'a save failed; writes and PING may get -MISCONF'),
  'saved-rdb': logLine('notice', 'a snapshot was written'),
  'shutdown-requested': logLine('warning', 'a graceful shutdown begins'),
  'shutdown-waits': logLine('notice', 'the shutdown holds writes until the replicas have caught up'),
  'shutdown-refused': logLine('warning', 'the shutdown was refused'),
} as const satisfies Record<string, EventDefinition>;

export type EventName = keyof typeof EVENTS;
