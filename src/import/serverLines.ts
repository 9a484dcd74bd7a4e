/** What lines of a redis-server's log mean, under the project's event names. Older versions say slave for replica. */
import type { LogLine } from './logLine.ts';
import { type LineRule, type LoggedEvent, readByRules } from './sentinelLines.ts';

const RULES: readonly LineRule[] = [
  [/^(?:Connecting to|Reconnecting to) MASTER (\S+) after failure$/, 'replica-connecting', '$1'],
  [/^Connecting to (?:MASTER|PRIMARY) (\S+)$/, 'replica-connecting', '$1'],
  [/^Reconnecting to (?:MASTER|PRIMARY) (\S+)$/, 'replica-reconnecting', '$1'],
  [/^(?:MASTER|PRIMARY) MODE enabled/, 'role-changed', 'master'],
  [/^(?:REPLICAOF|SLAVE OF) (\S+) enabled/, 'role-changed', 'replica $1'],
  [/^Failover target (\S+) is synced, failing over\.$/, 'role-changed', 'replica $1'],
  [/^FAILOVER to (\S+) time out exceeded, failing over\.$/, 'role-changed', 'replica $1'],
  [/^Connection with (?:master|primary) lost\.$/, 'replica-link-lost', ''],
  [/^Connection with (?:replica|slave) .*lost\.$/, 'master-lost-replica', ''],
  [/^(?:MASTER|PRIMARY) timeout: no data nor PING received/, 'master-timeout', ''],
  [/^Disconnecting timedout (?:replica|slave)/, 'replica-timeout', ''],
  [/^Unable to AUTH to (?:MASTER|PRIMARY): -?(.*)$/, 'replica-auth-failed', '$1'],
  [/^Successful partial resynchronization with (?:master|primary)\.$/, 'partial-resync', ''],
  [/^Partial resynchronization not accepted: (.*)$/, 'partial-resync-refused', '$1'],
  [/^(Unable to partial resync with .*)$/, 'partial-resync-refused', '$1'],
  [/^Starting BGSAVE for SYNC with target/, 'bgsave-for-sync', ''],
  [/^Full resync from (?:master|primary): /, 'full-resync-started', ''],
  [/sync: Finished with success$/, 'full-resync-done', ''],
  [
    /^Write error or short write writing to the DB dump file .* synchronization: (.*)$/,
    'full-resync-failed',
    '$1',
  ],
  [/^Ready to accept connections/, 'ready', ''],
  [/^The server is now ready to accept connections on port/, 'ready', ''],
  [/^User requested shutdown\.*$/, 'shutdown-requested', ''],
  [/^Waiting for replicas before shutting down\.$/, 'shutdown-waits', ''],
  [/^(.*, can't exit\.)$/, 'shutdown-refused', '$1'],
  [/^(?:Redis|Valkey) is now ready to exit, bye bye/, 'exited', '0'],
  [/^DB loaded from (?:disk|append only file)/, 'loaded', ''],
  [/^(?:DB saved on disk|Background saving terminated with success)$/, 'saved-rdb', ''],
  [/^Background AOF rewrite terminated with error$/, 'disk-error', 'AOF rewrite failed'],
  [/^(Background saving error)$/, 'disk-error', '$1'],
  [/^(Error writing to the AOF file: .*)$/, 'disk-error', '$1'],
  [/^(Replica was unable to write command to disk\.)$/, 'disk-error', '$1'],
];

/** Known lines that stand for no event. */
const QUIET: readonly RegExp[] = [
  /^oO0OoO0OoO0Oo /,
  /^(Redis|Valkey) version=/,
  /^(Configuration loaded|Server (initialized|started)|Running mode=|monotonic clock: )/,
  /^Warning: no config file specified/,
  /^WARNING:? /,
  /^(Increased maximum number of open files|You requested maxclients of|Current maximum open files)/,
  /^(MASTER|PRIMARY) <-> (REPLICA|SLAVE) sync/,
  /^(Non blocking connect for SYNC|Error condition on socket for SYNC|Timeout (connecting|receiving))/,
  /^((Master|Primary) replied to PING|Master did not respond|Error reply to |Failed to read response)/,
  /^(Trying a partial|Partial resynchronization (not possible|request))/,
  /^(Caching|Discarding previously cached) /,
  /^(Before turning into a|Setting secondary replication|Master replication ID changed)/,
  /^(Full resync requested|(Replica|Slave) .* asks for synchronization|Delay next BGSAVE|Replication backlog)/,
  /^(Waiting for (next|end of) BGSAVE|Can't attach the (replica|slave)|Current BGSAVE has socket)/,
  /^(Background (saving|RDB transfer|AOF)|Fork CoW|Streamed RDB transfer|Diskless rdb transfer)/,
  /^Synchronization with (replica|slave) .* succeeded/,
  /^(Loading RDB|RDB |Done loading RDB|Reading RDB|Concurrent|\d+ changes in \d+ seconds)/,
  /^(Creating AOF|AOF |Removing the|DB loaded from (base|incr)|Starting (automatic )?rewriting|Asynchronous AOF)/,
  /^(Received SIG|Calling fsync|Saving the final RDB)/,
  // A Unix socket beside the port.
  /^The server is now ready to accept connections at /,
  /^CONFIG REWRITE executed/,
];

/** As readSentinelLine, for a redis-server. A child that saves speaks for itself; its parent says when that is done. */
export function readServerLine({ role, text }: Pick<LogLine, 'role' | 'text'>): LoggedEvent | 'quiet' | null {
  const told = readByRules(text, RULES, QUIET);
  return role === 'C' && told !== null ? 'quiet' : told;
}

/** The address at which a server was spoken to: `laddr` of the client that asked for another role. */
export function ownAddress(text: string): string | null {
  return /\(user request from '.*? laddr=(\S+) /.exec(text)?.[1] ?? null;
}
