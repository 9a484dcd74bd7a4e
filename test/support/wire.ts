/** What scripted nodes and Sentinels say: INFO, hellos, answers. Names give addresses and ids. */
import type { Hello, NodeInfo, ReplicaSideInfo, Reply } from '../../models/commands.ts';

const NETWORKS: Readonly<Record<string, number>> = { r: 0, s: 1, n: 2, p: 3, c: 4 };

/** `r1`: a data node; `s1`: a Sentinel; `n1`: a scripted data node; `p1`: a scripted Sentinel; `c1`: a client. */
export function addressOf(name: string): string {
  return `10.0.${NETWORKS[name[0]!]}.${name.slice(1)}`;
}

export function portOf(name: string): number {
  if (name.startsWith('c')) return 0;
  return name.startsWith('r') || name.startsWith('n') ? 6379 : 26_379;
}

/** The run id of a scripted node or Sentinel. */
export const idOf = (name: string) => name.padEnd(40, '0');

const BLANK_INFO: NodeInfo = {
  run_id: '',
  tcp_port: 6379,
  uptime_in_seconds: 100,
  loading: false,
  rdb_bgsave_in_progress: false,
  rdb_changes_since_last_save: 0,
  rdb_last_save_time: 0,
  rdb_last_bgsave_status: 'ok',
  aof_enabled: false,
  aof_last_write_status: 'ok',
  sync_full: 0,
  sync_partial_ok: 0,
  sync_partial_err: 0,
  keys: 0,
  role: 'master',
  replica: null,
  connected_slaves: 0,
  min_slaves_good_slaves: null,
  slaves: [],
  master_failover_state: 'no-failover',
  master_replid: 'a'.repeat(40),
  master_replid2: '0'.repeat(40),
  master_repl_offset: 0,
  second_repl_offset: -1,
  repl_backlog_active: true,
  repl_backlog_size: 1_048_576,
  repl_backlog_first_byte_offset: 1,
  repl_backlog_histlen: 0,
};

/** INFO of a master with these replicas. */
export function masterInfo(name: string, replicas: readonly string[] = [], runId = idOf(name)): Reply {
  const slaves = replicas.map((replica) => ({
    ip: addressOf(replica),
    port: portOf(replica),
    state: 'online' as const,
    offset: 0,
    lag: 0,
  }));
  return {
    kind: 'info',
    sections: [],
    info: { ...BLANK_INFO, run_id: runId, connected_slaves: slaves.length, slaves },
  };
}

/** INFO of a replica of `master`, in step with it unless `change` says otherwise. */
export function replicaInfo(
  name: string,
  master: string,
  change: Partial<ReplicaSideInfo> = {},
  runId = idOf(name),
): Reply {
  const replica: ReplicaSideInfo = {
    master_host: addressOf(master),
    master_port: portOf(master),
    master_link_status: 'up',
    master_last_io_seconds_ago: 0,
    master_sync_in_progress: false,
    slave_read_repl_offset: 1000,
    slave_repl_offset: 1000,
    master_link_down_since_seconds: null,
    slave_priority: 100,
    slave_read_only: true,
    replica_announced: true,
    ...change,
  };
  return { kind: 'info', sections: [], info: { ...BLANK_INFO, run_id: runId, role: 'slave', replica } };
}

/** The hello of `from` about the master `mymaster` at `master`. */
export function helloOf(from: string, master: string, change: Partial<Hello> = {}): Hello {
  return {
    sentinelIp: addressOf(from),
    sentinelPort: portOf(from),
    sentinelRunId: idOf(from),
    currentEpoch: 0,
    masterName: 'mymaster',
    masterIp: addressOf(master),
    masterPort: portOf(master),
    masterConfigEpoch: 0,
    ...change,
  };
}

/** The answer to "is the master down, and do I get your vote?". */
export function downAnswer(down: 0 | 1, leader = '*', epoch = 0): Reply {
  return {
    kind: 'array',
    items: [
      { kind: 'integer', value: down },
      { kind: 'bulk', text: leader },
      { kind: 'integer', value: epoch },
    ],
  };
}

/** A reply as JavaScript values: numbers, texts, lists, null; errors begin with `-`. */
export function plain(reply: Reply): unknown {
  switch (reply.kind) {
    case 'status':
      return `+${reply.text}`;
    case 'error':
      return `-${reply.text}`;
    case 'integer':
      return reply.value;
    case 'bulk':
      return reply.text;
    case 'array':
      return reply.items === null ? null : reply.items.map(plain);
    default:
      return reply;
  }
}

/** A flat map (S-CMD-3) as an object. */
export function fieldsOf(value: unknown): Record<string, string> {
  const words = value as string[];
  const fields: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 2) fields[words[at]!] = words[at + 1]!;
  return fields;
}
