/**
 * Everything that crosses a connection, typed. Each value stands for one RESP2 request, reply or push, or for a
 * piece of a replication stream; another engine can carry the same values as bytes over a socket.
 * Values are immutable: they are shared between sender, network and receiver.
 */

/** A Sentinel's hello, the eight tokens of S-HELLO-1. */
export interface Hello {
  readonly sentinelIp: string;
  readonly sentinelPort: number;
  readonly sentinelRunId: string;
  readonly currentEpoch: number;
  readonly masterName: string;
  readonly masterIp: string;
  readonly masterPort: number;
  readonly masterConfigEpoch: number;
}

/** The hello as it stands on the wire. */
export function helloText(hello: Hello): string {
  return [
    hello.sentinelIp,
    hello.sentinelPort,
    hello.sentinelRunId,
    hello.currentEpoch,
    hello.masterName,
    hello.masterIp,
    hello.masterPort,
    hello.masterConfigEpoch,
  ].join(',');
}

export const HELLO_CHANNEL = '__sentinel__:hello';

/** What a pub/sub message carries: text, or a hello that is kept typed. */
export type Payload = string | Hello;

// --- Requests ---------------------------------------------------------------------------------------------------

export type Request =
  | { readonly kind: 'PING'; readonly text?: string }
  | { readonly kind: 'AUTH'; readonly user: string | null; readonly password: string }
  | { readonly kind: 'INFO'; readonly sections: readonly string[] }
  | { readonly kind: 'ROLE' }
  | { readonly kind: 'GET'; readonly key: string }
  | { readonly kind: 'SET'; readonly key: string; readonly value: string }
  | { readonly kind: 'DEL'; readonly keys: readonly string[] }
  | { readonly kind: 'DBSIZE' }
  | { readonly kind: 'FLUSHALL' }
  | { readonly kind: 'WAIT'; readonly replicas: number; readonly timeoutMs: number }
  | { readonly kind: 'PUBLISH'; readonly channel: string; readonly payload: Payload }
  | { readonly kind: 'SUBSCRIBE'; readonly channels: readonly string[] }
  | { readonly kind: 'PSUBSCRIBE'; readonly patterns: readonly string[] }
  | { readonly kind: 'MULTI' }
  | { readonly kind: 'EXEC' }
  | { readonly kind: 'DISCARD' }
  /** REPLICAOF and its older name SLAVEOF; `to` null is NO ONE. */
  | {
      readonly kind: 'REPLICAOF';
      readonly word: 'REPLICAOF' | 'SLAVEOF';
      readonly to: { readonly host: string; readonly port: number } | null;
    }
  | { readonly kind: 'CONFIG GET'; readonly patterns: readonly string[] }
  | { readonly kind: 'CONFIG SET'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: 'CONFIG REWRITE' }
  | {
      readonly kind: 'CLIENT KILL';
      readonly type: 'normal' | 'pubsub' | 'replica' | 'master' | 'all';
      readonly skipMe: boolean;
    }
  | { readonly kind: 'CLIENT SETNAME'; readonly clientName: string }
  | { readonly kind: 'CLIENT PAUSE'; readonly timeoutMs: number; readonly writesOnly: boolean }
  | { readonly kind: 'CLIENT UNPAUSE' }
  | { readonly kind: 'SCRIPT KILL' }
  | { readonly kind: 'SAVE' }
  | { readonly kind: 'BGSAVE' }
  | { readonly kind: 'BGREWRITEAOF' }
  | { readonly kind: 'DEBUG SLEEP'; readonly seconds: number }
  | { readonly kind: 'DEBUG POPULATE'; readonly keys: number; readonly valueBytes: number }
  | {
      readonly kind: 'SHUTDOWN';
      readonly save: boolean | null;
      readonly now: boolean;
      readonly force: boolean;
      readonly abort: boolean;
    }
  | {
      readonly kind: 'FAILOVER';
      readonly to: { readonly host: string; readonly port: number } | null;
      readonly force: boolean;
      readonly abort: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'REPLCONF'; readonly option: 'listening-port'; readonly port: number }
  | { readonly kind: 'REPLCONF'; readonly option: 'ip-address'; readonly address: string }
  | { readonly kind: 'REPLCONF'; readonly option: 'capa'; readonly capabilities: readonly string[] }
  | { readonly kind: 'REPLCONF'; readonly option: 'ACK'; readonly offset: number }
  | {
      readonly kind: 'PSYNC';
      readonly replId: string;
      readonly offset: number;
      readonly failover: boolean;
    }
  | { readonly kind: 'SYNC' }
  /** The question of S-ASK-3, which also asks for a vote when `runId` is not `*`. */
  | {
      readonly kind: 'IS-MASTER-DOWN-BY-ADDR';
      readonly ip: string;
      readonly port: number;
      readonly epoch: number;
      readonly runId: string;
    }
  /** Any other SENTINEL subcommand: the words after SENTINEL. */
  | { readonly kind: 'SENTINEL'; readonly words: readonly string[] }
  /** A command that no model knows, or a known one with a wrong shape; `words` as given. */
  | { readonly kind: 'UNKNOWN'; readonly words: readonly string[] };

// --- Replies and pushes -----------------------------------------------------------------------------------------

export type Reply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bulk'; readonly text: string | null }
  | { readonly kind: 'array'; readonly items: readonly Reply[] | null }
  /** A bulk string that is an INFO text, kept typed; `renderInfo` gives the text. */
  | { readonly kind: 'info'; readonly info: NodeInfo; readonly sections: readonly string[] }
  /** The reply to PSYNC: `+FULLRESYNC <replid> <offset>`. */
  | { readonly kind: 'fullresync'; readonly replId: string; readonly offset: number }
  /** The reply to PSYNC: `+CONTINUE <replid>`. */
  | { readonly kind: 'continue'; readonly replId: string };

export type Push =
  | { readonly kind: 'subscribed'; readonly channel: string; readonly count: number }
  /** `pattern` is set when a pattern subscription matched. */
  | {
      readonly kind: 'message';
      readonly channel: string;
      readonly payload: Payload;
      readonly pattern?: string;
    };

// --- Replication ------------------------------------------------------------------------------------------------

/** A command as it stands in a replication stream. */
export type StreamCommand =
  | { readonly kind: 'SET'; readonly key: string; readonly value: string }
  | { readonly kind: 'DEL'; readonly keys: readonly string[] }
  | { readonly kind: 'FLUSHALL' }
  | { readonly kind: 'PUBLISH'; readonly channel: string; readonly payload: Payload }
  | { readonly kind: 'SELECT' }
  | { readonly kind: 'PING' }
  | { readonly kind: 'GETACK' }
  | { readonly kind: 'DEBUG POPULATE'; readonly keys: number; readonly valueBytes: number };

/** One command of a stream with its length in bytes (R-OFF-1). */
export interface StreamItem {
  readonly command: StreamCommand;
  readonly bytes: number;
}

/** The keyspace at one instant, as an RDB carries it. Never changed once made. */
export interface Snapshot {
  readonly keys: ReadonlyMap<string, string>;
  /** Anonymous keys loaded before the run (`dataset`), and the bytes of one value. */
  readonly populatedKeys: number;
  readonly populatedValueBytes: number;
  readonly rdbBytes: number;
}

export type Replication =
  | { readonly kind: 'stream'; readonly items: readonly StreamItem[] }
  /** A bare newline: "still here". */
  | { readonly kind: 'newline' }
  /** The first byte of an RDB payload; `totalBytes` is 0 for the EOF-marked form (R-FULL-5). */
  | { readonly kind: 'rdb-begin'; readonly eofMarked: boolean; readonly totalBytes: number }
  /** The last byte of an RDB payload, with its content. */
  | { readonly kind: 'rdb-end'; readonly snapshot: Snapshot };

export type Message = Request | Reply | Push | Replication;

// --- INFO -------------------------------------------------------------------------------------------------------

/** One `slave<i>:` line of a master's INFO. */
export interface ReplicaInfo {
  readonly ip: string;
  readonly port: number;
  readonly state: 'wait_bgsave' | 'send_bulk' | 'online';
  readonly offset: number;
  readonly lag: number;
}

/** The fields of a data node's INFO that Sentinel and tools read, under Redis's own names (R-INFO-1 to R-INFO-4). */
export interface NodeInfo {
  readonly run_id: string;
  readonly tcp_port: number;
  readonly uptime_in_seconds: number;
  readonly loading: boolean;
  readonly rdb_bgsave_in_progress: boolean;
  readonly rdb_changes_since_last_save: number;
  readonly rdb_last_save_time: number;
  readonly rdb_last_bgsave_status: 'ok' | 'err';
  readonly aof_enabled: boolean;
  readonly aof_last_write_status: 'ok' | 'err';
  readonly sync_full: number;
  readonly sync_partial_ok: number;
  readonly sync_partial_err: number;
  readonly keys: number;
  readonly role: 'master' | 'slave';
  /** Set when the role is slave. */
  readonly replica: ReplicaSideInfo | null;
  readonly connected_slaves: number;
  /** Null unless both min-replicas options are non-zero. */
  readonly min_slaves_good_slaves: number | null;
  readonly slaves: readonly ReplicaInfo[];
  readonly master_failover_state: 'no-failover' | 'failover-in-progress' | 'waiting-for-sync';
  readonly master_replid: string;
  readonly master_replid2: string;
  readonly master_repl_offset: number;
  readonly second_repl_offset: number;
  readonly repl_backlog_active: boolean;
  readonly repl_backlog_size: number;
  readonly repl_backlog_first_byte_offset: number;
  readonly repl_backlog_histlen: number;
}

/** The lines that INFO has only on a replica. */
export interface ReplicaSideInfo {
  readonly master_host: string;
  readonly master_port: number;
  readonly master_link_status: 'up' | 'down';
  readonly master_last_io_seconds_ago: number;
  readonly master_sync_in_progress: boolean;
  readonly slave_read_repl_offset: number;
  readonly slave_repl_offset: number;
  /** Null while the link is up: the line is absent. */
  readonly master_link_down_since_seconds: number | null;
  readonly slave_priority: number;
  readonly slave_read_only: boolean;
  readonly replica_announced: boolean;
}

// --- Frequent values, made once -----------------------------------------------------------------------------------

export const OK: Reply = { kind: 'status', text: 'OK' };
export const PONG: Reply = { kind: 'status', text: 'PONG' };
export const QUEUED: Reply = { kind: 'status', text: 'QUEUED' };
export const PING: Request = { kind: 'PING' };
export const INFO: Request = { kind: 'INFO', sections: [] };

export function errorReply(text: string): Reply {
  return { kind: 'error', text };
}
