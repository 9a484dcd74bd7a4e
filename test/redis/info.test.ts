import { describe, expect, test } from 'vitest';
import { renderInfo } from '../../models/redis/index.ts';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer, fullSync } from '../support/redisScripts.ts';

const namesOf = (lines: readonly string[]) =>
  lines.filter((line) => line !== '').map((line) => line.split(':')[0]);
const MASTER_TAIL = [
  'master_failover_state',
  'master_replid',
  'master_replid2',
  'master_repl_offset',
  'second_repl_offset',
  'repl_backlog_active',
  'repl_backlog_size',
  'repl_backlog_first_byte_offset',
  'repl_backlog_histlen',
];
const REPLICA_HEAD = [
  'role',
  'master_host',
  'master_port',
  'master_link_status',
  'master_last_io_seconds_ago',
  'master_sync_in_progress',
  'slave_read_repl_offset',
  'slave_repl_offset',
];
const REPLICA_TAIL = ['slave_priority', 'slave_read_only', 'replica_announced', 'connected_slaves'];

describe('ROLE', () => {
  test('1 master, 2 replicas, one still waiting: names the online ones with what they acknowledged (R-ROLE-7)', () => {
    const lab = group(1);
    lab.run(1.5).connect('r1').send({ kind: 'SYNC' });
    const { offset } = lab.view('r1');
    expect(lab.ask('r1', 'ROLE')).toEqual(['master', offset, [[lab.address('r2'), '6379', String(offset)]]]);
  });

  test('1 replica: its master, the state of the link and the offset, -1 without a link (R-ROLE-7)', () => {
    const lab = group(1);
    expect(lab.ask('r2', 'ROLE')).toEqual(['slave', 'r1', 6379, 'connected', lab.view('r2').offset]);
    lab.kill('r1').run(3);
    expect(lab.ask('r2', 'ROLE')).toEqual(['slave', 'r1', 6379, 'connect', -1]);
  });
});

describe('INFO replication', () => {
  test('1 master, 2 replicas, one announced: every line, in order (R-INFO-1)', () => {
    const lab = group(2, ['min-replicas-to-write 1'], {
      linesOf: { r3: ['replica-announce-ip 192.0.2.3', 'replica-announce-port 7003'] },
    });
    const lines = lab.infoLines('r1', 'replication');
    expect(namesOf(lines)).toEqual([
      'role',
      'connected_slaves',
      'min_slaves_good_slaves',
      'slave0',
      'slave1',
      ...MASTER_TAIL,
    ]);
    expect(lines.slice(0, 3)).toEqual(['role:master', 'connected_slaves:2', 'min_slaves_good_slaves:2']);
    const slaves = lines.filter((line) => line.startsWith('slave')).sort();
    expect(
      slaves.some((line) => /:ip=10\.0\.0\.2,port=6379,state=online,offset=\d+,lag=[01]$/.test(line)),
    ).toBe(true);
    expect(
      slaves.some((line) => /:ip=192\.0\.2\.3,port=7003,state=online,offset=\d+,lag=[01]$/.test(line)),
    ).toBe(true);
  });

  test('1 master without replicas or backlog: zeros and -1 (R-INFO-1)', () => {
    const lines = new RedisLab({ r1: [] }).infoLines('r1', 'replication');
    expect(lines).toContain(`master_replid2:${'0'.repeat(40)}`);
    expect(lines).toContain('second_repl_offset:-1');
    expect(lines).toContain('repl_backlog_first_byte_offset:0');
    expect(namesOf(lines)).not.toContain('min_slaves_good_slaves');
  });

  test('1 replica, linked and not: every line, in order (R-INFO-2)', () => {
    const lab = followPeer(['replica-priority 7', 'replica-announced no']);
    const up = lab.infoLines('r1', 'replication');
    expect(namesOf(up)).toEqual([...REPLICA_HEAD, ...REPLICA_TAIL, ...MASTER_TAIL]);
    expect(up).toContain('slave_priority:7');
    expect(up).toContain('replica_announced:0');
    expect(up).toContain('slave_read_only:1');
    lab.silence().broadcast('close').run(3);
    const down = lab.infoLines('r1', 'replication');
    expect(namesOf(down)).toEqual([
      ...REPLICA_HEAD,
      'master_link_down_since_seconds',
      ...REPLICA_TAIL,
      ...MASTER_TAIL,
    ]);
    expect(down).toContain('master_link_status:down');
    expect(down).toContain('master_last_io_seconds_ago:-1');
  });

  test('1 replica in a transfer: says so (R-INFO-2)', () => {
    const lab = followPeer();
    lab
      .script({ PSYNC: fullSync(5000).slice(0, 2) })
      .broadcast('close')
      .run(0.1);
    expect(lab.infoLines('r1', 'replication')).toContain('master_sync_in_progress:1');
  });

  test('1 master in a FAILOVER: names its state (R-INFO-1, R-FO-1)', () => {
    const lab = group(1);
    expect(lab.info('r1').master_failover_state).toBe('no-failover');
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.ask('r1', 'FAILOVER');
    expect(lab.info('r1').master_failover_state).toBe('waiting-for-sync');
  });
});

describe('other sections', () => {
  test('1 master: the text of all, of some, of none that is known (R-INFO-3, R-INFO-4)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'SET a 1');
    const info = lab.info('r1');
    const text = (...sections: string[]) => renderInfo(info, sections);
    const keyspace = '# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n';
    const stats = '# Stats\r\nsync_full:0\r\nsync_partial_ok:0\r\nsync_partial_err:0\r\n';
    const server = [
      '# Server',
      'redis_version:7.0.15',
      'redis_mode:standalone',
      `run_id:${info.run_id}`,
      'tcp_port:6379',
      `uptime_in_seconds:${info.uptime_in_seconds}`,
    ];
    const persistence = [
      '# Persistence',
      'loading:0',
      'rdb_changes_since_last_save:1',
      'rdb_bgsave_in_progress:0',
      `rdb_last_save_time:${info.rdb_last_save_time}`,
      'rdb_last_bgsave_status:ok',
      'aof_enabled:0',
      'aof_last_write_status:ok',
    ];
    expect(text('keyspace', 'STATS', 'nothing')).toBe(`${stats}\r\n${keyspace}`);
    expect(text('nothing')).toBe('');
    expect(text('server')).toBe(`${server.join('\r\n')}\r\n`);
    expect(text('persistence')).toBe(`${persistence.join('\r\n')}\r\n`);
    const whole = `${text('server')}\r\n${text('persistence')}\r\n${stats}\r\n${text('replication')}\r\n${keyspace}`;
    for (const words of [[], ['ALL'], ['default'], ['everything', 'stats']])
      expect(text(...words)).toBe(whole);
  });

  test('1 master restarted: a new run id, its port and its age (R-INFO-3)', () => {
    const lab = new RedisLab({ r1: ['port 6400'] });
    const before = lab.run(30).info('r1');
    expect(before.run_id).toMatch(/^[0-9a-f]{40}$/);
    expect(before.tcp_port).toBe(6400);
    expect(before.uptime_in_seconds).toBe(32);
    const after = lab.restart('r1').run(1).info('r1');
    expect(after.run_id).not.toBe(before.run_id);
    expect(after.uptime_in_seconds).toBeLessThan(2);
  });

  test('1 master: saves, changes and their outcome (R-INFO-4)', () => {
    const lab = new RedisLab({ r1: ['save 3600 1'] }, { dataset: { keys: 1_000_000, valueBytes: 100 } });
    lab.ask('r1', 'SET a 1');
    expect(lab.info('r1')).toMatchObject({
      rdb_changes_since_last_save: 1,
      aof_enabled: false,
      loading: false,
    });
    lab.ask('r1', 'BGSAVE');
    expect(lab.info('r1').rdb_bgsave_in_progress).toBe(true);
    lab.run(2);
    expect(lab.info('r1')).toMatchObject({
      rdb_changes_since_last_save: 0,
      rdb_bgsave_in_progress: false,
      rdb_last_bgsave_status: 'ok',
    });
    expect(lab.infoLines('r1', 'persistence')).toContain('rdb_last_bgsave_status:ok');
  });
});
