import { describe, expect, test } from 'vitest';
import { errorReply } from '../../models/commands.ts';
import * as flags from '../../models/sentinel/flags.ts';
import { flagWords } from '../../models/sentinel/views.ts';
import { stage } from '../support/stages.ts';
import { downAnswer, fieldsOf, helloOf, idOf, replicaInfo } from '../support/wire.ts';

const COMMON = ['name', 'ip', 'port', 'runid', 'flags', 'link-pending-commands', 'link-refcount'];
const PINGS = ['last-ping-sent', 'last-ok-ping-reply', 'last-ping-reply'];
const ROLE = ['info-refresh', 'role-reported', 'role-reported-time'];

describe('1 Sentinel: flags', () => {
  const WORDS = [
    [flags.S_DOWN, 's_down'],
    [flags.O_DOWN, 'o_down'],
    [flags.MASTER, 'master'],
    [flags.SLAVE, 'slave'],
    [flags.SENTINEL, 'sentinel'],
    [flags.MASTER_DOWN, 'master_down'],
    [flags.FAILOVER_IN_PROGRESS, 'failover_in_progress'],
    [flags.PROMOTED, 'promoted'],
    [flags.RECONF_SENT, 'reconf_sent'],
    [flags.RECONF_INPROG, 'reconf_inprog'],
    [flags.RECONF_DONE, 'reconf_done'],
    [flags.FORCE_FAILOVER, 'force_failover'],
    [flags.SCRIPT_KILL_SENT, 'script_kill_sent'],
  ] as const;

  test('each has its word; a reboot has none before 7.2 (section 18.3)', () => {
    const lab = stage({ peers: 0 });
    const master = lab.master('s1');
    for (const [bit, word] of WORDS) {
      master.flags = bit;
      expect(flagWords(lab.sentinel('s1'), master)).toEqual([word]);
    }
    master.flags = flags.MASTER_REBOOT;
    expect(flagWords(lab.sentinel('s1'), master)).toEqual([]);
  });

  test('all at once stand in their order, disconnected after the types (section 18.3)', () => {
    const lab = stage({ peers: 0 });
    const master = lab.master('s1');
    master.flags = WORDS.reduce((all, [bit]) => all | bit, 0);
    const words = WORDS.map(([, word]) => word);
    expect(flagWords(lab.sentinel('s1'), master)).toEqual(words);
    lab.kill('n1').run(1);
    expect(flagWords(lab.sentinel('s1'), master)).toEqual([
      ...words.slice(0, 5),
      'disconnected',
      ...words.slice(5),
    ]);
  });
});

describe('1 Sentinel: instances as maps', () => {
  test('master: its fields in order, nothing that does not apply (S-CMD-3, section 18.3)', () => {
    const lab = stage();
    expect(Object.keys(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster'))).toEqual([
      ...[...COMMON, ...PINGS, 'down-after-milliseconds', ...ROLE, 'config-epoch', 'num-slaves'],
      ...['num-other-sentinels', 'quorum', 'failover-timeout', 'parallel-syncs'],
    ]);
  });

  test('master down, with scripts, in a failover: all its fields (S-CMD-3, section 18.3)', () => {
    const lab = stage({
      quorum: 1,
      lines: ['sentinel notification-script mymaster /n', 'sentinel client-reconfig-script mymaster /c'],
    });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.run(500);
    const fields = lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster');
    expect(Object.keys(fields)).toEqual([
      ...[
        ...COMMON,
        'failover-state',
        ...PINGS,
        's-down-time',
        'o-down-time',
        'down-after-milliseconds',
        ...ROLE,
      ],
      ...[
        'config-epoch',
        'num-slaves',
        'num-other-sentinels',
        'quorum',
        'failover-timeout',
        'parallel-syncs',
      ],
      ...['notification-script', 'client-reconfig-script'],
    ]);
    expect(fields.flags).toBe('s_down,o_down,master,failover_in_progress');
    expect(Number(fields['last-ping-sent'])).toBeGreaterThan(3400);
    expect(Number(fields['s-down-time'])).toBeGreaterThan(490);
  });

  test('replica: its fields in order; what INFO says (S-CMD-3, section 18.3)', () => {
    const lab = stage({ replicas: 1 });
    const map = () => fieldsOf((lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as unknown[])[0]);
    expect(Object.keys(map())).toEqual([
      ...[
        ...COMMON,
        ...PINGS,
        'down-after-milliseconds',
        ...ROLE,
        'master-link-down-time',
        'master-link-status',
      ],
      ...['master-host', 'master-port', 'slave-priority', 'slave-repl-offset', 'replica-announced'],
    ]);
    expect(map()).toMatchObject({
      ...{ name: '10.0.2.2:6379', runid: idOf('n2'), 'role-reported': 'slave', 'master-link-status': 'ok' },
      ...{
        'master-host': '10.0.2.1',
        'master-port': '6379',
        'slave-repl-offset': '1000',
        'last-ping-sent': '0',
      },
    });
  });

  test('replica never polled: the values of its creation (S-CMD-3, section 18.3)', () => {
    const lab = stage({
      replicas: 0,
      peers: 0,
      nodeLines: { s1: ['sentinel known-replica mymaster 10.0.9.9 1'] },
    });
    expect(fieldsOf((lab.ask('s1', 'SENTINEL', 'SLAVES', 'mymaster') as unknown[])[0])).toMatchObject({
      ...{ runid: '', 'info-refresh': '0', 'role-reported': 'slave', 'master-link-status': 'err' },
      ...{ 'master-host': '?', 'master-port': '0', 'slave-priority': '100', 'replica-announced': '1' },
    });
  });

  test('Sentinel: its fields in order; the vote that it reported (S-CMD-3, section 18.3)', () => {
    const lab = stage({ peers: 1 });
    const map = () => fieldsOf((lab.ask('s1', 'SENTINEL', 'SENTINELS', 'mymaster') as unknown[])[0]);
    expect(Object.keys(map())).toEqual([
      ...[
        ...COMMON,
        ...PINGS,
        'down-after-milliseconds',
        'last-hello-message',
        'voted-leader',
        'voted-leader-epoch',
      ],
    ]);
    expect(map()).toMatchObject({ name: idOf('p1'), 'voted-leader': '?', 'voted-leader-epoch': '0' });
    lab.script('p1', { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1, 'x', 4) }).mute('n1');
    lab.untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(10);
    expect(map()).toMatchObject({
      flags: 'sentinel,master_down',
      'voted-leader': 'x',
      'voted-leader-epoch': '4',
    });
  });

  test('replicas that are not announced are left out, but counted; masters never are (S-CMD-3, S-SELECT-4)', () => {
    const lab = stage({ replicas: 2, peers: 0 });
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { replica_announced: false }) });
    lab.script('n1', { INFO: replicaInfo('n1', 'n9', { replica_announced: false }) }).run(10_500);
    const replicas = lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as unknown[];
    expect(replicas.map((map) => fieldsOf(map).name)).toEqual(['10.0.2.3:6379']);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-slaves']).toBe('2');
    expect(lab.ask('s1', 'SENTINEL', 'MASTERS')).toHaveLength(1);
  });

  test('flags: a lost connection shows (S-LINK-2, section 18.3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.kill('n2').run(1);
    expect(fieldsOf((lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as unknown[])[0]).flags).toBe(
      'slave,disconnected',
    );
  });
});

describe('1 Sentinel: CKQUORUM', () => {
  const NO_QUORUM = 'Not enough available Sentinels to reach the specified quorum for this master';
  const NO_MAJORITY = 'Not enough available Sentinels to reach the majority and authorize a failover';

  test.each([0, 1, 2, 3, 4].flatMap((down) => [1, 2, 3, 5, 6].map((quorum) => ({ down, quorum }))))(
    '4 peers, $down of them S_DOWN, quorum $quorum (S-CMD-CKQ-1)',
    ({ down, quorum }) => {
      const lab = stage({ peers: 4, quorum, downAfterMs: 500 });
      for (let i = 1; i <= down; i++) lab.script(`p${i}`, { PING: errorReply('BUSY') });
      lab.run(2000);
      const usable = 5 - down;
      const lacks = [...(usable < quorum ? [NO_QUORUM] : []), ...(usable * 2 <= 5 ? [NO_MAJORITY] : [])];
      expect(lab.ask('s1', 'SENTINEL', 'CKQUORUM', 'mymaster')).toBe(
        lacks.length === 0
          ? `+OK ${usable} usable Sentinels. Quorum and failover authorization can be reached`
          : `-NOQUORUM ${usable} usable Sentinels. ${lacks.join('. ')}`,
      );
    },
  );

  test('a peer without connection and hellos is usable as long as it is not S_DOWN (S-CMD-CKQ-1)', () => {
    const lab = stage({ peers: 1, downAfterMs: 60_000 });
    lab.kill('p1').run(20_000);
    expect(lab.ask('s1', 'SENTINEL', 'CKQUORUM', 'mymaster')).toMatch(/^\+OK 2 usable/);
  });
});

describe('1 Sentinel: INFO', () => {
  const sections = (text: unknown) => [...String(text).matchAll(/# (\w+)/g)].map(([, name]) => name);

  test('five sections; all of them, or those that are named (S-CMD-INFO)', () => {
    const lab = stage({ peers: 0 });
    const all = ['Server', 'Clients', 'Stats', 'CPU', 'Sentinel'];
    for (const words of [[], ['default'], ['all'], ['EVERYTHING']]) {
      expect(sections(lab.ask('s1', 'INFO', ...words))).toEqual(all);
    }
    expect(sections(lab.ask('s1', 'INFO', 'sentinel', 'server', 'replication'))).toEqual([
      'Server',
      'Sentinel',
    ]);
    expect(lab.ask('s1', 'INFO', 'keyspace')).toBe('');
  });

  test('the Sentinel section: state of each master, this one counted (S-CMD-INFO)', () => {
    const lab = stage({ quorum: 2 });
    const text = () => String(lab.ask('s1', 'INFO', 'sentinel')).split('\r\n');
    expect(text()).toEqual([
      ...['# Sentinel', 'sentinel_masters:1', 'sentinel_tilt:0', 'sentinel_tilt_since_seconds:-1'],
      ...[
        'sentinel_running_scripts:0',
        'sentinel_scripts_queue_length:0',
        'sentinel_simulate_failure_flags:0',
      ],
      ...['master0:name=mymaster,status=ok,address=10.0.2.1:6379,slaves=2,sentinels=3', ''],
    ]);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    expect(text()[7]).toContain('status=sdown');
    lab.script('p1', { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1) }).untilSaid('s1', '+odown');
    expect(text()[7]).toContain('status=odown');
    lab.jumpClock('s1', 5000).run(2500);
    expect(text().slice(2, 4)).toEqual(['sentinel_tilt:1', 'sentinel_tilt_since_seconds:2']);
    lab.tell('s1', helloOf('p1', 'n2', { masterConfigEpoch: 1 }));
    expect(text()[7]).toContain('status=ok,address=10.0.2.2:6379');
  });
});
