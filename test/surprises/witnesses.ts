/** One change to each scenario of examples/surprises after which an expectation of it no longer holds. */
export interface Witness {
  /** What the change means, for the title. */
  readonly change: string;
  /** A text of the file, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  /** The expectations, as the report words them, that the change breaks. */
  readonly breaks: readonly string[];
}

/** A line after the one that is found, in a list of configuration lines. */
const also = (found: string, line: string) => ({ from: found, to: `${found}\n      - ${line}` });

/** File name without its ending → its witness. */
export const WITNESSES: Readonly<Record<string, Witness>> = {
  'clean-shutdown': {
    change: 'down-after 1 s',
    from: 'mymaster 5000',
    to: 'mymaster 1000',
    breaks: ['downtime at least 5s at most 8s'],
  },
  'clock-step-stops-failover': {
    change: 'a step of one second',
    from: 'by: 3s',
    to: 'by: 1s',
    breaks: ['event +tilt', 'downtime at least 29s at most 36s'],
  },
  'failover-behind-sentinels-back': {
    change: 'SENTINEL FAILOVER',
    from: '[r1, FAILOVER]',
    to: '[s1, SENTINEL, FAILOVER, mymaster]',
    breaks: ['downtime at least 20s at most 45s', 'NOMASTER for at least 15s'],
  },
  'full-disk': {
    change: 'stop-writes-on-bgsave-error no',
    ...also('- save 3600 1000000', 'stop-writes-on-bgsave-error no'),
    breaks: ['failover within 12s'],
  },
  'full-disk-after-failover': {
    change: 'snapshots that need no disk',
    from: 'repl-diskless-sync no',
    to: 'repl-diskless-sync yes',
    breaks: [
      'event disk-error on r2',
      'failovers at least 2 at most 2',
      'lost writes at least 250 at most 450',
      'event exited on r2',
    ],
  },
  'hung-replica-is-promoted': {
    change: 'a replica that hangs for longer than down-after',
    from: 'at: -1s, pause: r3',
    to: 'at: -7s, pause: r3',
    breaks: ['event +selected-slave (slave r3)', 'event -failover-abort-slave-timeout'],
  },
  'isolated-master-keeps-writing': {
    change: 'min-replicas-max-lag 3',
    ...also('- min-replicas-to-write 1', 'min-replicas-max-lag 3'),
    breaks: ['lost writes of pinned at least 440 at most 610'],
  },
  'leader-announces-last': {
    change: 'no other replica to wait for',
    from: '    r3: [*data, replicaof r1 6379]\n',
    to: '',
    breaks: ['from +switch-master on @voters to +switch-master on @leader at least 0.9s'],
  },
  'leader-crash-after-promotion': {
    change: 'a leader that lives',
    from: 'SIMULATE-FAILURE, crash-after-promotion',
    to: 'SIMULATE-FAILURE, help',
    breaks: ['event simulated-crash', 'downtime at least 20s at most 30s'],
  },
  'loading-master': {
    change: 'master-reboot-down-after-period',
    ...also(
      '- sentinel failover-timeout mymaster 10000',
      'sentinel master-reboot-down-after-period mymaster 5000',
    ),
    breaks: ['no failover', 'no event +sdown (master)'],
  },
  'min-replicas-is-not-synchronous': {
    change: 'no silence before the crash',
    from: 'at: -500ms, cut',
    to: 'at: 0s, cut',
    breaks: ['lost writes at least 15 at most 30'],
  },
  'new-sentinels-know-nothing': {
    change: 'a master that lives until they have met it',
    from: 'at: 0s, kill: r1',
    to: 'at: 20s, kill: r1',
    breaks: ['no failover', 'no event +odown'],
  },
  'old-master-returns': {
    change: 'min-replicas-to-write 1',
    ...also('- appendonly yes', 'min-replicas-to-write 1'),
    breaks: ['lost writes of pinned at least 450 at most 600'],
  },
  'one-replica-too-many': {
    change: 'min-replicas-to-write 1',
    from: '- min-replicas-to-write 2',
    to: '- min-replicas-to-write 1',
    breaks: ['NOREPLICAS for at least 23s at most 28s'],
  },
  'overtaken-failover': {
    change: 'a replica that the first leader need not wait for',
    from: 'cut: [[r3, s2], [r2]]',
    to: 'cut: [[s2], [r2]]',
    breaks: ['downtime at least 30s', 'NOMASTER for at least 25s'],
  },
  'planned-failover': {
    change: 'a writer that waits until it is over',
    from: 'write: 20ms',
    to: 'write: 20ms, from: 13s',
    breaks: ['lost writes at least 1 at most 70', 'NOREPLICAS for at least 9s at most 11s'],
  },
  'priority-before-data': {
    change: 'the same priority for all',
    from: 'replica-priority 10',
    to: 'replica-priority 100',
    breaks: ['master r3', 'lost writes at least 190 at most 210', 'event full-resync-done on r2'],
  },
  'quick-restart-stops-writes': {
    change: 'repl-diskless-sync-delay 0',
    ...also('- min-replicas-to-write 1', 'repl-diskless-sync-delay 0'),
    breaks: ['downtime at least 5s at most 9s'],
  },
  'quick-restart-wipes-replicas': {
    change: 'appendonly yes',
    from: 'save ""',
    to: 'appendonly yes',
    breaks: ['lost writes at least 90', 'keys on r2 at most 5000', 'keys on r3 at most 5000'],
  },
  'quorum-1': {
    change: 'a second Sentinel that lives',
    from: 'kill: [s2, s3]',
    to: 'kill: [s3]',
    breaks: ['no failover', 'event -failover-abort-not-elected'],
  },
  'reset-then-crash': {
    change: 'a crash after the next INFO',
    from: 'at: 10ms, kill: r1',
    to: 'at: 11s, kill: r1',
    breaks: ['no failover'],
  },
  'retry-waits': {
    change: 'failover-timeout 3 s',
    from: 'mymaster 10000',
    to: 'mymaster 3000',
    breaks: ['downtime at least 24s at most 29s'],
  },
  'ring-of-replicas': {
    change: 'SENTINEL FAILOVER',
    from: '[r1, REPLICAOF, r2, "6379"]',
    to: '[s1, SENTINEL, FAILOVER, mymaster]',
    breaks: ['downtime at least 89s', 'NOMASTER for at least 85s'],
  },
  'second-crash': {
    change: 'down-after 12 s',
    from: 'mymaster 5000',
    to: 'mymaster 12000',
    breaks: ['downtime at most 8s'],
  },
  'sentinels-start-late': {
    change: 'Sentinels that are back within nine times down-after',
    from: 'at: 60s, start',
    to: 'at: 40s, start',
    breaks: ['no failover', 'event -failover-abort-no-good-slave'],
  },
};
