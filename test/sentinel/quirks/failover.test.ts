import { describe, expect, test } from 'vitest';
import type { Lab } from '../../support/sentinelLab.ts';
import { cluster, stage } from '../../support/stages.ts';
import { addressOf, masterInfo, replicaInfo } from '../../support/wire.ts';

const first = (lab: Lab, event: string) => lab.said.find((line) => line.event === event)!;
const promotedBy = (line: { message: string }) => (line.message.includes(addressOf('r2')) ? 'r2' : 'r3');
const addressAt = (lab: Lab, name: string) =>
  lab.ask(name, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
const untilSome = (lab: Lab, event: string, times = 1) =>
  lab.until(() => lab.said.filter((line) => line.event === event).length >= times);

describe('1 master, 2 replicas, 3 sentinels', () => {
  test('quirk 13: the observers announce the switch before the leader, which names the new master to clients, but not in its own replies (S-SWITCH-1)', () => {
    const lab = cluster();
    untilSome(lab.kill('r1'), '+switch-master', 2);
    const { node: leader, message } = first(lab, '+promoted-slave');
    const [chosen, observed] = [promotedBy({ message }), first(lab, '+switch-master')];
    expect(observed.node).not.toBe(leader);
    expect(addressAt(lab, leader)).toEqual([addressOf(chosen), '6379']);
    expect(lab.askFields(leader, 'SENTINEL', 'MASTER', 'mymaster').ip).toBe(addressOf('r1'));
    expect(lab.ask(leader, 'INFO', 'sentinel')).toContain(`address=${addressOf('r1')}:6379`);
    const own = lab.untilSaid(leader, '+switch-master');
    expect((own.atUs - observed.atUs) / 1000).toBeGreaterThan(900);
  });

  test('quirk 15: the promoted replica dies, and its leader stays in reconf_slaves far beyond failover-timeout (S-RECONF-8)', () => {
    const lab = cluster({ failoverTimeoutMs: 5000, sentinels: 1, quorum: 1 });
    untilSome(lab.kill('r1'), '+promoted-slave');
    lab.kill(promotedBy(first(lab, '+promoted-slave'))).run(60_000);
    expect(lab.view('s1').failoverState).toBe('reconf_slaves');
    expect(lab.events('s1', '+failover-end', '+failover-end-for-timeout')).toEqual([]);
  });

  test('quirk 15: RESET of a leader in RECONF_SLAVES detaches it from the others (S-SWITCH-8)', () => {
    const lab = cluster();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const chosen = promotedBy(lab.untilSaid('s1', '+promoted-slave'));
    untilSome(lab, '+switch-master', 2);
    expect(lab.view('s1').failoverState).toBe('reconf_slaves');
    expect(lab.ask('s1', 'SENTINEL', 'RESET', '*')).toBe(1);
    lab.run(60_000);
    expect(['s1', 's2', 's3'].map((name) => lab.masterOf(name))).toEqual(['r1', chosen, chosen]);
    expect(new Set(['s1', 's2', 's3'].map((name) => lab.master(name).configEpoch))).toEqual(new Set([1]));
  });

  test('quirk 16: the master comes back after the election, and is replaced all the same (S-FSM-8, S-ODOWN-3)', () => {
    const lab = cluster();
    untilSome(lab.pause('r1'), '+elected-leader');
    const { node: leader } = first(lab, '+elected-leader');
    lab.resume('r1').run(6000);
    expect(lab.events(leader, '-sdown', '-odown', '+promoted-slave', '+switch-master')).toEqual([
      '-sdown',
      '-odown',
      '+promoted-slave',
      '+switch-master',
    ]);
  });

  test('quirk 17: a replica that is not announced is not listed, and is promoted (S-SELECT-4)', () => {
    const lab = cluster({ nodeLines: { r3: ['replica-announced no', 'replica-priority 1'] } });
    const listed = lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as string[][];
    expect(listed.map((fields) => fields[3])).toEqual([addressOf('r2')]);
    lab.kill('r1').run(12_000);
    expect(lab.masterOf('s1')).toBe('r3');
  });

  test('quirk 18: RESET is not saved, so a restart knows everybody again (S-SWITCH-6)', () => {
    const lab = cluster();
    lab.cut('s1', 'r1');
    lab.ask('s1', 'SENTINEL', 'RESET', '*');
    const known = () => {
      const fields = lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster');
      return [fields['num-slaves'], fields['num-other-sentinels']];
    };
    expect(known()).toEqual(['0', '0']);
    lab.kill('s1').run(100).start('s1').run(100);
    expect(known()).toEqual(['2', '2']);
  });

  test('quirk 20: SLAVEOF costs the other sentinels both connections to that node, its sender only the subscription (S-RECONF-2)', () => {
    const lab = cluster();
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const chosen = promotedBy(lab.untilSaid('s1', '+failover-state-wait-promotion'));
    const links = () =>
      ['s1', 's2', 's3'].map((name) => {
        const { cc, pc } = lab.link(name, lab.replica(name, chosen));
        return { cc, pc };
      });
    const before = links();
    lab.run(5);
    const kept = links().map(({ cc, pc }, index) => [cc === before[index]!.cc, pc === before[index]!.pc]);
    expect(kept).toEqual([
      [true, false],
      [false, false],
      [false, false],
    ]);
  });
});

describe('1 Sentinel', () => {
  test('quirk 14, 3 replicas, parallel-syncs 1: one that does not obey never times out, and blocks the rest until failover-timeout (S-RECONF-4)', () => {
    const lab = stage({ peers: 0, quorum: 1, replicas: 3, failoverTimeoutMs: 60_000 });
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', { slave_priority: 1 }) }).run(10_500);
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    lab.hush().run(59_000);
    expect(lab.events('s1', '+slave-reconf-sent', '-slave-reconf-sent-timeout')).toEqual([
      '+slave-reconf-sent',
    ]);
    lab.untilSaid('s1', '+failover-end-for-timeout', '', 2000);
    lab.untilSaid('s1', '+slave-reconf-sent-be', '', 10);
  });

  test('quirk 24, 2 masters ready to switch: one switches in this tick, the other one in the next (S-TIMER-8)', () => {
    const lab = stage({
      replicas: 1,
      peers: 0,
      quorum: 1,
      nodeLines: { s1: ['sentinel monitor other 10.0.2.1 6379 1'] },
    });
    for (const name of ['mymaster', 'other']) lab.ask('s1', 'SENTINEL', 'FAILOVER', name);
    untilSome(lab, '+failover-state-wait-promotion', 2);
    untilSome(lab.script('n2', { INFO: masterInfo('n2') }), '+switch-master', 2);
    expect(new Set(lab.lines('s1', '+failover-end').map(({ atUs }) => atUs)).size).toBe(1);
    const [one, other] = lab.lines('s1', '+switch-master');
    const gapMs = (other!.atUs - one!.atUs) / 1000;
    expect(gapMs).toBeGreaterThanOrEqual(52);
    expect(gapMs).toBeLessThan(106);
  });
});
