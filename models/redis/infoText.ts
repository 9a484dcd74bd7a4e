/** INFO as Redis's text: sections of `name:value` lines. */
import type { NodeInfo, ReplicaSideInfo } from '../commands.ts';

type Line = readonly [string, string | number];

const flag = (value: boolean): number => (value ? 1 : 0);

const SECTIONS: readonly (readonly [string, (info: NodeInfo) => readonly Line[]])[] = [
  ['Server', serverLines],
  ['Persistence', persistenceLines],
  ['Stats', statsLines],
  ['Replication', replicationLines],
  ['Keyspace', keyspaceLines],
];

/** The text of these sections; none, `all`, `default` or `everything` stand for all of them. */
export function renderInfo(info: NodeInfo, sections: readonly string[]): string {
  const wanted = sections.map((section) => section.toLowerCase());
  const all =
    wanted.length === 0 ||
    wanted.some((word) => word === 'all' || word === 'default' || word === 'everything');
  const parts: string[] = [];
  for (const [title, lines] of SECTIONS) {
    if (!all && !wanted.includes(title.toLowerCase())) continue;
    let text = `# ${title}\r\n`;
    for (const [name, value] of lines(info)) text += `${name}:${value}\r\n`;
    parts.push(text);
  }
  return parts.join('\r\n');
}

/** R-INFO-3. */
function serverLines(info: NodeInfo): readonly Line[] {
  return [
    ['redis_version', '7.0.15'],
    ['redis_mode', 'standalone'],
    ['run_id', info.run_id],
    ['tcp_port', info.tcp_port],
    ['uptime_in_seconds', info.uptime_in_seconds],
  ];
}

function persistenceLines(info: NodeInfo): readonly Line[] {
  return [
    ['loading', flag(info.loading)],
    ['rdb_changes_since_last_save', info.rdb_changes_since_last_save],
    ['rdb_bgsave_in_progress', flag(info.rdb_bgsave_in_progress)],
    ['rdb_last_save_time', info.rdb_last_save_time],
    ['rdb_last_bgsave_status', info.rdb_last_bgsave_status],
    ['aof_enabled', flag(info.aof_enabled)],
    ['aof_last_write_status', info.aof_last_write_status],
  ];
}

function statsLines(info: NodeInfo): readonly Line[] {
  return [
    ['sync_full', info.sync_full],
    ['sync_partial_ok', info.sync_partial_ok],
    ['sync_partial_err', info.sync_partial_err],
  ];
}

/** In Redis's order (R-INFO-1, R-INFO-2). */
function replicationLines(info: NodeInfo): readonly Line[] {
  const lines: Line[] = [['role', info.role]];
  if (info.replica !== null) lines.push(...replicaSideLines(info.replica));
  lines.push(['connected_slaves', info.connected_slaves]);
  if (info.min_slaves_good_slaves !== null)
    lines.push(['min_slaves_good_slaves', info.min_slaves_good_slaves]);
  info.slaves.forEach(({ ip, port, state, offset, lag }, index) => {
    lines.push([`slave${index}`, `ip=${ip},port=${port},state=${state},offset=${offset},lag=${lag}`]);
  });
  lines.push(
    ['master_failover_state', info.master_failover_state],
    ['master_replid', info.master_replid],
    ['master_replid2', info.master_replid2],
    ['master_repl_offset', info.master_repl_offset],
    ['second_repl_offset', info.second_repl_offset],
    ['repl_backlog_active', flag(info.repl_backlog_active)],
    ['repl_backlog_size', info.repl_backlog_size],
    ['repl_backlog_first_byte_offset', info.repl_backlog_first_byte_offset],
    ['repl_backlog_histlen', info.repl_backlog_histlen],
  );
  return lines;
}

function replicaSideLines(replica: ReplicaSideInfo): readonly Line[] {
  const lines: Line[] = [
    ['master_host', replica.master_host],
    ['master_port', replica.master_port],
    ['master_link_status', replica.master_link_status],
    ['master_last_io_seconds_ago', replica.master_last_io_seconds_ago],
    ['master_sync_in_progress', flag(replica.master_sync_in_progress)],
    ['slave_read_repl_offset', replica.slave_read_repl_offset],
    ['slave_repl_offset', replica.slave_repl_offset],
  ];
  const down = replica.master_link_down_since_seconds;
  if (down !== null) lines.push(['master_link_down_since_seconds', down]);
  lines.push(
    ['slave_priority', replica.slave_priority],
    ['slave_read_only', flag(replica.slave_read_only)],
    ['replica_announced', flag(replica.replica_announced)],
  );
  return lines;
}

function keyspaceLines(info: NodeInfo): readonly Line[] {
  return info.keys === 0 ? [] : [['db0', `keys=${info.keys},expires=0,avg_ttl=0`]];
}
