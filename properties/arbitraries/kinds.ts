/** The kinds of faults, from the plainest to the oddest: shrinking goes towards the first. */
export const FAULT_KINDS = [
  'kill-master',
  'kill',
  'pause',
  'isolate',
  'cut',
  'cut-one-way',
  'stop',
  'power-off',
  'network',
  'clock',
  'disk',
  'names',
  'sleep',
  'failover',
  /** One that has not been asked for by anything before: it may end what another fault began. */
  'start',
  'resume',
  'rejoin',
  'heal',
  /** Conditions between two places, not of the whole network. */
  'link',
  /** A server comes back from an RDB backup. */
  'restore',
  'shutdown',
  'save',
  'client-kill',
  'config-set',
  'replicaof',
  /** SENTINEL SET, RESET, REMOVE with a later MONITOR, SIMULATE-FAILURE. */
  'set',
  'reset',
  'remove',
  'crash-after',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
