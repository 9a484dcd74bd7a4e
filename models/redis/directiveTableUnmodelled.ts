/** The other directives of Redis 7.0: read with their type and range, remembered for CONFIG GET, without effect here. */
import { BOOLEAN, type Directive, STRING, type ValueType } from './directiveTable.ts';
import { INT_MAX, LONG_MAX, UINT_MAX } from './directiveValues.ts';

function plain(name: string, value: ValueType, initial: string, aliases: readonly string[] = []): Directive {
  return { name, aliases, value, field: null, initial, change: 'free', hidden: false };
}

function immutable(name: string, value: ValueType, initial: string): Directive {
  return { ...plain(name, value, initial), change: 'immutable' };
}

function guarded(name: string, value: ValueType, initial: string): Directive {
  return { ...plain(name, value, initial), change: 'protected' };
}

function hidden(name: string, value: ValueType, initial: string): Directive {
  return { ...plain(name, value, initial), hidden: true };
}

function integer(min: number, max: number = INT_MAX): ValueType {
  return { type: 'integer', min, max };
}

function memory(min = 0): ValueType {
  return { type: 'memory', min, max: LONG_MAX };
}

function oneOf(...words: string[]): ValueType {
  return { type: 'enum', words };
}

const FILE_NAME: ValueType = { type: 'file name', noun: 'filename' };
const PORT = integer(0, 65_535);
const PROTECTED = oneOf('no', 'yes', 'local');
const SHUTDOWN_FLAGS: ValueType = { type: 'flags', words: ['default', 'save', 'nosave', 'now', 'force'] };

const GENERAL: readonly Directive[] = [
  immutable('daemonize', BOOLEAN, 'no'),
  immutable('supervised', oneOf('upstart', 'systemd', 'auto', 'no'), 'no'),
  immutable('pidfile', STRING, ''),
  plain('loglevel', oneOf('debug', 'verbose', 'notice', 'warning'), 'notice'),
  immutable('logfile', STRING, ''),
  immutable('syslog-enabled', BOOLEAN, 'no'),
  immutable('syslog-ident', STRING, 'redis'),
  immutable(
    'syslog-facility',
    oneOf('user', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'),
    'local0',
  ),
  immutable('databases', integer(1), '16'),
  immutable('always-show-logo', BOOLEAN, 'no'),
  immutable('set-proc-title', BOOLEAN, 'yes'),
  plain('proc-title-template', STRING, '{title} {listen-addr} {server-mode}'),
  plain('crash-log-enabled', BOOLEAN, 'yes'),
  plain('crash-memcheck-enabled', BOOLEAN, 'yes'),
  hidden('use-exit-on-panic', BOOLEAN, 'no'),
  immutable('disable-thp', BOOLEAN, 'yes'),
  hidden('watchdog-period', integer(0), '0'),
  plain('shutdown-on-sigint', SHUTDOWN_FLAGS, 'default'),
  plain('dynamic-hz', BOOLEAN, 'yes'),
  plain('ignore-warnings', STRING, ''),
  immutable('server_cpulist', STRING, ''),
  immutable('bio_cpulist', STRING, ''),
  immutable('aof_rewrite_cpulist', STRING, ''),
  immutable('bgsave_cpulist', STRING, ''),
  plain('oom-score-adj', oneOf('no', 'yes', 'relative', 'absolute'), 'no'),
  plain('oom-score-adj-values', { type: 'special' }, '0 200 800'),
  immutable('enable-protected-configs', PROTECTED, 'no'),
  immutable('enable-debug-command', PROTECTED, 'no'),
  immutable('enable-module-command', PROTECTED, 'no'),
  plain('propagation-error-behavior', oneOf('ignore', 'panic', 'panic-on-replicas'), 'ignore'),
];

const NETWORK: readonly Directive[] = [
  immutable('tcp-backlog', integer(0), '511'),
  plain('tcp-keepalive', integer(0), '300'),
  immutable('unixsocket', STRING, ''),
  immutable('unixsocketperm', { type: 'octal' }, '0'),
  plain('bind-source-addr', STRING, ''),
  immutable('socket-mark-id', integer(0, UINT_MAX), '0'),
  immutable('io-threads', integer(1, 128), '1'),
  immutable('io-threads-do-reads', BOOLEAN, 'no'),
  plain('client-query-buffer-limit', memory(1_048_576), '1073741824'),
  plain('proto-max-bulk-len', memory(1_048_576), '536870912'),
  plain('maxmemory-clients', { type: 'memory or percent' }, '0'),
  plain('tracking-table-max-keys', integer(0, LONG_MAX), '1000000'),
  plain('repl-disable-tcp-nodelay', BOOLEAN, 'no'),
  plain('replica-ignore-maxmemory', BOOLEAN, 'yes', ['slave-ignore-maxmemory']),
  immutable('aclfile', STRING, ''),
  plain('acllog-max-len', integer(0, LONG_MAX), '128'),
  plain('acl-pubsub-default', oneOf('allchannels', 'resetchannels'), 'resetchannels'),
  plain('sanitize-dump-payload', oneOf('no', 'yes', 'clients'), 'no'),
];

const PERSISTENCE: readonly Directive[] = [
  guarded('dir', STRING, '/data'),
  guarded('dbfilename', FILE_NAME, 'dump.rdb'),
  immutable('appendfilename', FILE_NAME, 'appendonly.aof'),
  immutable('appenddirname', { type: 'file name', noun: 'dirname' }, 'appendonlydir'),
  immutable('rdbchecksum', BOOLEAN, 'yes'),
  plain('rdbcompression', BOOLEAN, 'yes'),
  plain('rdb-save-incremental-fsync', BOOLEAN, 'yes'),
  hidden('rdb-key-save-delay', integer(-INT_MAX - 1), '0'),
  plain('aof-load-truncated', BOOLEAN, 'yes'),
  plain('aof-use-rdb-preamble', BOOLEAN, 'yes'),
  plain('aof-timestamp-enabled', BOOLEAN, 'no'),
  plain('aof-rewrite-incremental-fsync', BOOLEAN, 'yes'),
  hidden('aof-disable-auto-gc', BOOLEAN, 'no'),
];

const MEMORY: readonly Directive[] = [
  plain('maxmemory-samples', integer(1), '5'),
  plain('maxmemory-eviction-tenacity', integer(0, 100), '10'),
  plain('lfu-log-factor', integer(0), '10'),
  plain('lfu-decay-time', integer(0), '1'),
  plain('active-expire-effort', integer(1, 10), '1'),
  plain('lazyfree-lazy-eviction', BOOLEAN, 'no'),
  plain('lazyfree-lazy-expire', BOOLEAN, 'no'),
  plain('lazyfree-lazy-server-del', BOOLEAN, 'no'),
  plain('lazyfree-lazy-user-del', BOOLEAN, 'no'),
  plain('lazyfree-lazy-user-flush', BOOLEAN, 'no'),
  plain('activerehashing', BOOLEAN, 'yes'),
  plain('activedefrag', BOOLEAN, 'no'),
  plain('active-defrag-ignore-bytes', memory(1), '104857600'),
  plain('active-defrag-threshold-lower', integer(0, 1_000), '10'),
  plain('active-defrag-threshold-upper', integer(0, 1_000), '100'),
  plain('active-defrag-cycle-min', integer(1, 99), '1'),
  plain('active-defrag-cycle-max', integer(1, 99), '25'),
  plain('active-defrag-max-scan-fields', integer(1, LONG_MAX), '1000'),
  plain('jemalloc-bg-thread', BOOLEAN, 'yes'),
  plain('hash-max-listpack-entries', integer(0, LONG_MAX), '512', ['hash-max-ziplist-entries']),
  plain('hash-max-listpack-value', memory(), '64', ['hash-max-ziplist-value']),
  plain('list-max-listpack-size', integer(-INT_MAX - 1), '-2', ['list-max-ziplist-size']),
  plain('list-compress-depth', integer(0), '0'),
  plain('set-max-intset-entries', integer(0, LONG_MAX), '512'),
  plain('zset-max-listpack-entries', integer(0, LONG_MAX), '128', ['zset-max-ziplist-entries']),
  plain('zset-max-listpack-value', memory(), '64', ['zset-max-ziplist-value']),
  plain('hll-sparse-max-bytes', memory(), '3000'),
  plain('stream-node-max-bytes', memory(), '4096'),
  plain('stream-node-max-entries', integer(0, LONG_MAX), '100'),
];

const INSIGHT: readonly Directive[] = [
  plain('slowlog-log-slower-than', integer(-1, LONG_MAX), '10000'),
  plain('slowlog-max-len', integer(0, LONG_MAX), '128'),
  plain('latency-monitor-threshold', integer(0, LONG_MAX), '0'),
  plain('latency-tracking', BOOLEAN, 'yes'),
  plain('latency-tracking-info-percentiles', { type: 'numbers', min: 0, max: 100 }, '50 99 99.9'),
  plain('notify-keyspace-events', { type: 'special' }, ''),
  plain('busy-reply-threshold', integer(0, LONG_MAX), '5000', ['lua-time-limit']),
];

const CLUSTER: readonly Directive[] = [
  immutable('cluster-enabled', BOOLEAN, 'no'),
  immutable('cluster-config-file', STRING, 'nodes.conf'),
  plain('cluster-node-timeout', integer(0, LONG_MAX), '15000'),
  immutable('cluster-port', PORT, '0'),
  plain('cluster-announce-ip', STRING, ''),
  plain('cluster-announce-port', PORT, '0'),
  plain('cluster-announce-bus-port', PORT, '0'),
  plain('cluster-announce-tls-port', PORT, '0'),
  plain('cluster-announce-hostname', STRING, ''),
  plain('cluster-preferred-endpoint-type', oneOf('ip', 'hostname', 'unknown-endpoint'), 'ip'),
  plain('cluster-require-full-coverage', BOOLEAN, 'yes'),
  plain('cluster-replica-no-failover', BOOLEAN, 'no', ['cluster-slave-no-failover']),
  plain('cluster-replica-validity-factor', integer(0), '10', ['cluster-slave-validity-factor']),
  plain('cluster-migration-barrier', integer(0), '1'),
  plain('cluster-allow-replica-migration', BOOLEAN, 'yes'),
  plain('cluster-allow-reads-when-down', BOOLEAN, 'no'),
  plain('cluster-allow-pubsubshard-when-down', BOOLEAN, 'yes'),
  plain('cluster-link-sendbuf-limit', memory(), '0'),
];

const TLS: readonly Directive[] = [
  plain('tls-port', PORT, '0'),
  plain('tls-cluster', BOOLEAN, 'no'),
  plain('tls-replication', BOOLEAN, 'no'),
  plain('tls-auth-clients', oneOf('no', 'yes', 'optional'), 'yes'),
  plain('tls-prefer-server-ciphers', BOOLEAN, 'no'),
  plain('tls-session-caching', BOOLEAN, 'yes'),
  plain('tls-session-cache-size', integer(0), '20480'),
  plain('tls-session-cache-timeout', integer(0), '300'),
  plain('tls-cert-file', STRING, ''),
  plain('tls-key-file', STRING, ''),
  plain('tls-key-file-pass', STRING, ''),
  plain('tls-client-cert-file', STRING, ''),
  plain('tls-client-key-file', STRING, ''),
  plain('tls-client-key-file-pass', STRING, ''),
  plain('tls-dh-params-file', STRING, ''),
  plain('tls-ca-cert-file', STRING, ''),
  plain('tls-ca-cert-dir', STRING, ''),
  plain('tls-protocols', STRING, ''),
  plain('tls-ciphers', STRING, ''),
  plain('tls-ciphersuites', STRING, ''),
];

export const UNMODELLED: readonly Directive[] = [
  ...GENERAL,
  ...NETWORK,
  ...PERSISTENCE,
  ...MEMORY,
  ...INSIGHT,
  ...CLUSTER,
  ...TLS,
];
