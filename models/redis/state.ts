/** Everything a running Redis server knows, as plain data. */

import type { Message, Request, Snapshot, StreamCommand, StreamItem } from '../commands.ts';
import type { ConnectionTable } from '../connectionTable.ts';
import type { Machine } from '../machine.ts';
import type { ConnectionId } from '../process.ts';
import type { RandomStream } from '../random.ts';
import type { Backlog } from './backlog.ts';
import type { RedisConfig } from './config.ts';
import type { Keyspace } from './keyspace.ts';
import type { LoadTiming } from './loadTiming.ts';
import type { ConfigFile, RedisDisk } from './spec.ts';

export const NO_REPLID = '0000000000000000000000000000000000000000';

/** R-RSM-1, with the transient states left out. */
export type LinkPhase =
  | 'none'
  | 'connect'
  | 'connecting'
  | 'ping-reply'
  | 'batch-replies'
  | 'psync-reply'
  | 'transfer'
  | 'connected';

/** The replica side: this server's link to its master. */
export interface MasterLink {
  phase: LinkPhase;
  connection: ConnectionId | null;
  /** `repl_transfer_lastio`: whole seconds of wall clock. */
  ioSec: number;
  /** Replies of the pipelined batch that are still to come (R-RSM-2). */
  repliesAwaited: number;
  /** The next of them is the one to AUTH. */
  authAwaited: boolean;
  /** PSYNC was not understood and SYNC was sent (R-RSM-5). */
  syncSent: boolean;
  authMissing: boolean;
  /** Of the +FULLRESYNC verdict. */
  replId: string;
  offset: number;
  eofMarked: boolean;
  /** Where the last stream stopped (R-CACHE-1), or null. */
  cached: { replId: string; offset: number } | null;
  /** Last input from the master, whole seconds. */
  lastInputSec: number;
  /** `repl_down_since`; 0: never lost (R-CACHE-2). */
  downSinceSec: number;
  /** Input that stays in the socket while a received RDB is loaded. */
  unread: Message[];
  lostWhileLoading: boolean;
  /** FAILOVER's PSYNC asks the new master to promote itself (R-FO-1). */
  psyncFailover: boolean;
}

/** R-FULL-1. */
export type ReplicaPhase = 'wait-start' | 'wait-end' | 'send-bulk' | 'online';

/** The master side: one connected replica. */
export interface Replica {
  connection: ConnectionId;
  ip: string;
  port: number;
  phase: ReplicaPhase;
  /** `repl_ack_time`, whole seconds. */
  ackSec: number;
  ackOffset: number;
  /** Last input of any kind, whole seconds (R-FULL-3). */
  lastInputSec: number;
  /** Online, but nothing is streamed before its first ACK (R-FULL-9). */
  heldUntilAck: boolean;
  /** The stream since the fork, until it may be sent. */
  buffer: StreamItem[];
  bufferBytes: number;
  /** Since when the buffer is over its soft limit; 0: it is not. */
  overSoftSec: number;
  /** Offset of the +FULLRESYNC. */
  syncOffset: number;
  /** When the last byte of a disk-based RDB leaves; Infinity: not sending. */
  bulkEndUs: number;
  /** The RDB being sent from disk. */
  bulk: Snapshot | null;
}

/** Somebody connected to the port. */
export interface Client {
  connection: ConnectionId;
  ip: string;
  authenticated: boolean;
  /** Closed once it has its reply. */
  leaving: boolean;
  /** Commands queued since MULTI, or null. */
  queued: Request[] | null;
  /** A command was refused while queueing (R-ROLE-2). */
  queueRefused: boolean;
  channels: string[];
  patterns: string[];
  /** Offset right after its last command (R-WAIT-2). */
  writeOffset: number;
  lastInputSec: number;
  blocked: 'no' | 'wait' | 'pause' | 'shutdown';
  /** Input behind the command it is blocked on; the held command itself comes first under a pause. */
  pending: Request[];
  wait: Waiting | null;
  /** What REPLCONF said (R-RSM-2). */
  announcedIp: string;
  announcedPort: number;
  /** Set once it has sent PSYNC. */
  replica: Replica | null;
}

export interface Waiting {
  target: number;
  replicas: number;
  /** Infinity: for ever. */
  deadlineUs: number;
}

/** The one child process (R-FULL-3). */
export interface Child {
  kind: 'rdb-disk' | 'rdb-socket' | 'aof';
  /** True when replicas wait for it. */
  forSync: boolean;
  snapshot: Snapshot;
  repl: { replId: string; offset: number } | null;
  /** When it exits; it is reaped at a tick. */
  doneUs: number;
  /** SIGUSR1 has ended it: no failure, but nothing comes of it. */
  killed: boolean;
  /** A socket child's last bytes have left. */
  sent: boolean;
  dirtyAtFork: number;
  /** Commands in the AOF when the rewrite began. */
  aofCommandsAtFork: number;
}

/** A load in progress: no cron runs, input waits for progress callbacks (R-CLK-5). */
export interface Load {
  kind: 'boot' | 'sync';
  startedUs: number;
  endUs: number;
  readonly timing: LoadTiming;
  /** Clients' input since the last callback. */
  input: { connection: ConnectionId; message: Request }[];
  /** Second of the last newline to the master (R-ACK-4). */
  newlineSec: number;
  snapshot: Snapshot;
}

export interface Persistence {
  /** Changes since the last save. */
  dirty: number;
  /** A write that brings `dirty` here may make a save point due. */
  dirtyMark: number;
  lastSaveSec: number;
  lastSaveTrySec: number;
  lastSaveOk: boolean;
  aof: 'off' | 'on' | 'wait-rewrite';
  aofWriteOk: boolean;
  /** Commands that the disk refused, to be written when it recovers. */
  aofUnwritten: StreamCommand[];
  /** Commands since the sync that the manifest does not know yet (R-AOF-6). */
  aofPending: StreamCommand[];
  aofPendingWallUs: number[];
  /** Bytes at which an automatic rewrite may start; Infinity: never (R-AOF-9). */
  aofRewriteAtBytes: number;
  rewriteScheduled: boolean;
  rewriteFailures: number;
  /** No rewrite before this time, after repeated failures. */
  rewriteNotBeforeUs: number;
}

/** Ticks of serverCron: number `loops` is due at `nextUs`, and each later one a period after it (R-CLK-2). */
export interface Cron {
  nextUs: number;
  periodUs: number;
  loops: number;
  loopsPerSecond: number;
  /** Calls of replicationCron, for the PING period (R-TMO-3). */
  replicationLoops: number;
  /** The tick that was asked for, as its number. */
  dueLoops: number;
}

export interface Shutdown {
  phase: 'none' | 'requested' | 'waiting';
  save: boolean | null;
  now: boolean;
  force: boolean;
  deadlineWallUs: number;
  /** The clients that sent SHUTDOWN. */
  clients: ConnectionId[];
}

/** End times of write pauses by purpose, in microseconds; 0: none. */
export interface Pauses {
  clientUs: number;
  /** CLIENT PAUSE ... ALL. */
  clientAll: boolean;
  shutdownUs: number;
  failoverUs: number;
}

/** The FAILOVER command (R-FO-1). */
export interface ManualFailover {
  phase: 'none' | 'waiting-for-sync' | 'in-progress';
  host: string | null;
  port: number;
  force: boolean;
  /** Infinity: no TIMEOUT was given. */
  deadlineUs: number;
}

export interface RedisState {
  machine: Machine;
  configFile: ConfigFile;
  literalCron: boolean;
  /** `replicaof` in here follows the present role. */
  config: RedisConfig;
  disk: RedisDisk;
  runId: string;
  idRandom: RandomStream;
  diskRandom: RandomStream;
  startedUs: number;
  /** Some command is renamed or disabled. */
  renames: boolean;
  /** True once the process has asked to end. */
  exited: boolean;
  keyspace: Keyspace;
  /** By connection. */
  clients: ConnectionTable<Client>;
  /** Channel and pattern subscribers, in the order they subscribed. */
  channels: Map<string, ConnectionId[]>;
  patterns: Map<string, ConnectionId[]>;
  link: MasterLink;
  replicas: Replica[];
  replId: string;
  replId2: string;
  /** -1: no second id. */
  secondOffset: number;
  /** `master_repl_offset`: produced by a master, applied by a replica. */
  offset: number;
  backlog: Backlog | null;
  /** The next write is preceded by SELECT. */
  selectNext: boolean;
  /** `repl_no_slaves_since`. */
  noReplicasSinceSec: number;
  /** `repl_good_slaves_count`, refreshed at the points of R-MINREP-2 only. */
  goodReplicas: number;
  /** Writes get -NOREPLICAS. */
  fenced: boolean;
  syncFull: number;
  syncPartialOk: number;
  syncPartialErr: number;
  child: Child | null;
  load: Load | null;
  persistence: Persistence;
  cron: Cron;
  shutdown: Shutdown;
  pauses: Pauses;
  failover: ManualFailover;
  /** What the running EXEC propagates, or null outside of one. */
  batch: StreamItem[] | null;
  /** Clients held by a pause, in order. */
  held: ConnectionId[];
  /** Clients blocked in WAIT, in order. */
  waiting: ConnectionId[];
  /** Clients that may go on with their pending input. */
  unblocked: ConnectionId[];
  /** Due times changed: ask for another wake-up at the end of this stimulus. */
  rescheduleNeeded: boolean;
}

export function isReplica(state: RedisState): boolean {
  return state.config.replicaof !== null;
}
