import { describe, expect, test } from 'vitest';
import type { Message } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, names, type Setting, stage } from '../support/stages.ts';
import { addressOf, helloOf, masterInfo, replicaInfo } from '../support/wire.ts';

interface Promoted {
  readonly lab: Lab;
  readonly chosen: string;
  readonly others: readonly string[];
}

/** A failover by command, up to the INFO that shows the promotion; n2 is the one. */
function promoted(setting: Setting = {}): Promoted {
  const replicas = setting.replicas ?? 3;
  const lab = stage({ peers: 1, quorum: 1, ...setting, replicas });
  lab.script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 1 }) }).run(10_500);
  lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
  lab.untilSaid('s1', '+failover-state-wait-promotion');
  lab
    .hush()
    .script('n2', { INFO: masterInfo('n2') })
    .untilSaid('s1', '+promoted-slave');
  return { lab, chosen: 'n2', others: names('n', replicas - 1, 3) };
}

const follows = (lab: Lab, name: string) => lab.script(name, { INFO: replicaInfo(name, 'n2') });
const sentTo = (lab: Lab, name: string) =>
  lab.heard(name, 'REPLICAOF').map(({ message }) => ('to' in message ? message.to : 0));
const ABOUT_N2 = { host: addressOf('n2'), port: 6379 };
const aboutReplica = (line: { message: string }) => /slave 10\.0\.2\.(\d)/.exec(line.message)![1];

test('1 Sentinel: giving a role is one transaction of six commands, all pending (S-RECONF-1, S-LINK-10)', () => {
  const { lab } = promoted({ replicas: 2 });
  lab.slow('s1', 'n3', 20);
  lab.untilSaid('s1', '+slave-reconf-sent');
  const before = lab.link('s1', lab.replica('s1', 'n3')).pendingCommands;
  expect(before).toBeGreaterThanOrEqual(6);
  lab.run(25);
  const ROLE_KINDS: Message['kind'][] = ['MULTI', 'REPLICAOF', 'CONFIG REWRITE', 'CLIENT KILL', 'EXEC'];
  const heard = lab.actor('n3').heard.filter(({ message }) => ROLE_KINDS.includes(message.kind));
  expect(heard.map(({ message }) => message)).toEqual([
    { kind: 'MULTI' },
    { kind: 'REPLICAOF', word: 'SLAVEOF', to: ABOUT_N2 },
    { kind: 'CONFIG REWRITE' },
    { kind: 'CLIENT KILL', type: 'normal', skipMe: true },
    { kind: 'CLIENT KILL', type: 'pubsub', skipMe: true },
    { kind: 'EXEC' },
  ]);
});

test('1 master, 2 replicas, 3 sentinels: SLAVEOF costs the others both connections, the sender one (S-RECONF-2)', () => {
  const lab = cluster();
  expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
  const { message } = lab.untilSaid('s1', '+failover-state-wait-promotion');
  const chosen = message.includes(addressOf('r2')) ? 'r2' : 'r3';
  const link = (name: string) => lab.link(name, lab.replica(name, chosen));
  const before = ['s1', 's2'].map((name) => ({ ...link(name) }));
  lab.run(10);
  expect([link('s1').cc === before[0]!.cc, link('s1').pc === before[0]!.pc]).toEqual([true, false]);
  expect([link('s2').cc === before[1]!.cc, link('s2').pc === before[1]!.pc]).toEqual([false, false]);
  lab.run(120);
  for (const name of ['s1', 's2']) expect(link(name).disconnected).toBe(false);
  expect(lab.events('s2', '+sdown')).toEqual([]);
});

describe('1 Sentinel, 3 other replicas: RECONF_SLAVES', () => {
  test.each([1, 2, 3])('parallel-syncs %i: so many at a time (S-RECONF-3)', (parallel) => {
    const { lab, others } = promoted({
      replicas: 4,
      lines: [`sentinel parallel-syncs mymaster ${parallel}`],
    });
    const sent = () => lab.lines('s1', '+slave-reconf-sent').map(aboutReplica);
    lab.run(2500);
    expect(sent()).toHaveLength(parallel);
    const done = new Set<string>();
    while (done.size < others.length) {
      const next = sent()
        .map((number) => `n${number}`)
        .find((name) => !done.has(name))!;
      done.add(next);
      follows(lab, next).untilSaid('s1', '+slave-reconf-done');
      lab.run(110);
      expect(sent().length).toBe(Math.min(others.length, parallel + done.size));
    }
    expect(new Set(sent()).size).toBe(3);
    expect(lab.events('s1', '+switch-master')).toHaveLength(1);
  });

  test('parallel-syncs 1: one that obeys but has no link yet takes the slot (S-RECONF-3)', () => {
    const { lab } = promoted({ replicas: 3 });
    const first = aboutReplica(lab.untilSaid('s1', '+slave-reconf-sent'));
    const unlinked = replicaInfo(`n${first}`, 'n2', { master_link_status: 'down' });
    lab.script(`n${first}`, { INFO: unlinked }).untilSaid('s1', '+slave-reconf-inprog');
    lab.run(3000);
    expect(lab.events('s1', '+slave-reconf-sent')).toHaveLength(1);
  });

  test('one whose link is down is passed over until it is back (S-RECONF-3)', () => {
    const { lab } = promoted({ replicas: 2, downAfterMs: 60_000 });
    lab.kill('n3').run(1);
    lab.run(3000);
    expect(lab.events('s1', '+slave-reconf-sent')).toEqual([]);
    lab.start('n3').untilSaid('s1', '+slave-reconf-sent');
  });

  test('parallel-syncs 1, one does not obey: it blocks the rest, no time-out of its own (S-RECONF-4)', () => {
    const { lab } = promoted({ replicas: 3, failoverTimeoutMs: 30_000 });
    lab.run(29_500);
    expect(lab.events('s1', '+slave-reconf-sent', '-slave-reconf-sent-timeout')).toEqual([
      '+slave-reconf-sent',
    ]);
  });

  test('parallel-syncs 3, two do not obey: both time out after 10 s, are told again, and count as done (S-RECONF-4, S-RECONF-5)', () => {
    const { lab } = promoted({
      replicas: 3,
      lines: ['sentinel parallel-syncs mymaster 3'],
      failoverTimeoutMs: 60_000,
    });
    const promotion = lab.lines('s1', '+promoted-slave')[0]!;
    lab.untilSaid('s1', '+switch-master');
    const story = lab.events(
      's1',
      '+slave-reconf-sent',
      '-slave-reconf-sent-timeout',
      '+failover-end',
      '+switch-master',
    );
    expect(story).toEqual([
      ...['+slave-reconf-sent', '+slave-reconf-sent', '-slave-reconf-sent-timeout', '+slave-reconf-sent'],
      ...['-slave-reconf-sent-timeout', '+slave-reconf-sent', '+failover-end', '+switch-master'],
    ]);
    const expiries = lab.lines('s1', '-slave-reconf-sent-timeout');
    expect((expiries[0]!.atUs - promotion.atUs) / 1000).toBeGreaterThan(10_000);
    expect((expiries[0]!.atUs - promotion.atUs) / 1000).toBeLessThan(10_220);
    expect(new Set(expiries.map(aboutReplica)).size).toBe(2);
    lab.run(10);
    const [first, last] = expiries.map((line) => `n${aboutReplica(line)}`) as [string, string];
    expect(sentTo(lab, first)).toEqual([ABOUT_N2, ABOUT_N2]);
    // Its second SLAVEOF is queued in the tick of the switch, which closes its link (S-TIMER-11).
    expect(sentTo(lab, last)).toEqual([ABOUT_N2]);
  });

  test('one in progress has no time-out: with a free slot the others are told, it is waited for (S-RECONF-5)', () => {
    const { lab } = promoted({
      replicas: 3,
      lines: ['sentinel parallel-syncs mymaster 2'],
      failoverTimeoutMs: 60_000,
    });
    for (const name of ['n3', 'n4'])
      lab.script(name, { INFO: replicaInfo(name, 'n2', { master_link_status: 'down' }) });
    lab.run(40_000);
    expect(lab.events('s1', '+slave-reconf-inprog')).toHaveLength(2);
    expect(lab.events('s1', '-slave-reconf-sent-timeout', '+failover-end')).toEqual([]);
  });

  test('one that is S_DOWN but connected is told too (S-RECONF-5)', () => {
    const lab = stage({ replicas: 2, peers: 0, quorum: 1, downAfterMs: 1000 });
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 1 }) }).run(10_500);
    lab.script('n3', { PING: { kind: 'error', text: 'BUSY' } }).untilSaid('s1', '+sdown', addressOf('n3'));
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    lab.untilSaid('s1', '+slave-reconf-sent', addressOf('n3'), 200);
  });
});

describe('1 Sentinel: the end of a failover', () => {
  test('all done: end and switch in one tick (S-RECONF-6)', () => {
    const { lab } = promoted({ replicas: 2 });
    lab.untilSaid('s1', '+slave-reconf-sent');
    follows(lab, 'n3');
    const ended = lab.untilSaid('s1', '+failover-end');
    expect(lab.untilSaid('s1', '+switch-master')).toEqual({
      ...ended,
      event: '+switch-master',
      message: 'mymaster 10.0.2.1 6379 10.0.2.2 6379',
    });
  });

  test('no other replica, or all S_DOWN: at the first tick after the promotion (S-RECONF-7)', () => {
    const alone = promoted({ replicas: 1 }).lab;
    const first = alone.untilSaid('s1', '+switch-master');
    expect(first.atUs - alone.lines('s1', '+promoted-slave')[0]!.atUs).toBeLessThan(106_000);
    const lab = stage({ replicas: 2, peers: 0, quorum: 1, downAfterMs: 1000 });
    lab.kill('n3').untilSaid('s1', '+sdown', addressOf('n3'));
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.script('n2', { INFO: masterInfo('n2') });
    const promotion = lab.untilSaid('s1', '+promoted-slave');
    expect(lab.untilSaid('s1', '+switch-master').atUs - promotion.atUs).toBeLessThan(106_000);
  });

  test('failover-timeout: end, a last try for the rest, switch, all in one tick, so the last try reaches nobody (S-RECONF-6, S-RECONF-7, S-TIMER-11)', () => {
    const { lab } = promoted({ replicas: 4, failoverTimeoutMs: 8000 });
    const promotion = lab.lines('s1', '+promoted-slave')[0]!;
    const timedOut = lab.untilSaid('s1', '+failover-end-for-timeout');
    expect((timedOut.atUs - promotion.atUs) / 1000).toBeGreaterThan(8000);
    expect((timedOut.atUs - promotion.atUs) / 1000).toBeLessThan(8110);
    lab.run(10);
    const tick = lab.said
      .filter(({ node, atUs }) => node === 's1' && atUs >= timedOut.atUs)
      .map(({ event }) => event);
    expect(tick).toEqual([
      ...['+failover-end-for-timeout', '+failover-end', '+slave-reconf-sent-be', '+slave-reconf-sent-be'],
      ...['+switch-master', '+slave', '+slave', '+slave', '+slave'],
    ]);
    const told = ['n3', 'n4', 'n5'].map((name) => sentTo(lab, name));
    expect(told.flat()).toEqual([ABOUT_N2]);
  });

  test('the last try includes those in progress (S-RECONF-6)', () => {
    const { lab } = promoted({ replicas: 2, failoverTimeoutMs: 8000 });
    lab.script('n3', { INFO: replicaInfo('n3', 'n2', { master_link_status: 'down' }) });
    lab.untilSaid('s1', '+slave-reconf-inprog');
    lab.untilSaid('s1', '+slave-reconf-sent-be', addressOf('n3'));
  });

  test('the promoted replica is S_DOWN: neither progress nor time-out, until it is back (S-RECONF-8)', () => {
    const { lab } = promoted({ replicas: 2, failoverTimeoutMs: 8000, downAfterMs: 2000 });
    lab.kill('n2').run(60_000);
    expect(lab.events('s1', '+sdown', '+failover-end', '+switch-master')).toEqual(['+sdown']);
    expect(lab.view('s1').failoverState).toBe('reconf_slaves');
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('-INPROG Failover already in progress');
    expect(lab.masterOf('s1')).toBe('n2');
    // Nobody's votes about the new master are to be had from it.
    const vote = ['SENTINEL', 'is-master-down-by-addr', addressOf('n2'), '6379', '9', 'me'];
    expect(lab.ask('s1', ...vote)).toEqual([0, '*', 0]);
    lab.start('n2').untilSaid('s1', '-sdown');
    lab.untilSaid('s1', '+failover-end-for-timeout', '', 200);
  });

  test('such a leader is freed by a greater configuration epoch, and by a restart (S-RECONF-8)', () => {
    const stuck = promoted({ replicas: 2, downAfterMs: 2000 }).lab;
    stuck.kill('n2').run(10_000);
    const heard = stuck.fork();
    heard.tell('s1', helloOf('p1', 'n3', { currentEpoch: 2, masterConfigEpoch: 2 }));
    expect([heard.masterOf('s1'), heard.view('s1').failoverState]).toEqual(['n3', 'none']);
    stuck.kill('s1').run(100).start('s1').run(100);
    expect([stuck.masterOf('s1'), stuck.view('s1').failoverState]).toEqual(['n2', 'none']);
  });

  test('whoever was left is repaired failover-timeout after its last change (S-RECONF-9, S-ROLE-6)', () => {
    const { lab } = promoted({ replicas: 2, failoverTimeoutMs: 8000 });
    const switched = lab.untilSaid('s1', '+switch-master');
    lab.hush();
    const fixed = lab.untilSaid('s1', '+fix-slave-config', addressOf('n3'));
    expect((fixed.atUs - switched.atUs) / 1000).toBeGreaterThan(8000);
    expect((fixed.atUs - switched.atUs) / 1000).toBeLessThan(20_300);
    lab.run(1);
    expect(sentTo(lab, 'n3').at(-1)).toEqual(ABOUT_N2);
  });
});
