import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';
import { gapsOf, ScriptedMaster } from '../support/redisScripts.ts';

describe('partitions', () => {
  test('1 master, 1 replica, isolated for longer than repl-timeout 5: closed, retried every 6 s, partial resync soon after the heal (R-NET-2, R-RSM-6, R-TMO-1)', () => {
    const lab = group(1, ['repl-timeout 5', 'repl-ping-replica-period 1']);
    const from = lab.now;
    lab.cut('r1', 'r2').run(21);
    const lost = lab.times('r2', 'master-timeout', from)[0]! - from;
    const dropped = lab.times('r1', 'replica-timeout', from)[0]! - from;
    for (const time of [lost, dropped]) {
      expect(time).toBeGreaterThan(4);
      expect(time).toBeLessThan(7.1);
    }
    for (const gap of gapsOf(lab.times('r2', 'replica-connecting', from))) expect(gap).toBeCloseTo(6, 0);
    const healed = lab.heal('r1', 'r2').now;
    lab.until(() => lab.view('r2').link === 'up', 10);
    expect(lab.now - healed).toBeLessThan(4.2);
    expect(lab.times('r2', 'partial-resync', from)).toHaveLength(1);
    expect(lab.info('r1').sync_full).toBe(1);
  });

  test('1 replica, cut off before it connects: the link stands after the next SYN retransmission (R-NET-3)', () => {
    const lab = new ScriptedMaster();
    lab.cut('r1', 'peer').run(13);
    const healed = lab.heal('r1', 'peer').now;
    lab.until(() => lab.view('r1').link === 'up');
    expect(lab.now - healed).toBeGreaterThan(5);
    expect(lab.now - healed).toBeLessThan(8);
  });

  test('1 replica, repl-timeout 3: gives a hanging connect up after 4 s and begins a new one (R-NET-3, R-TMO-1)', () => {
    const lab = new ScriptedMaster(['repl-timeout 3']);
    lab.cut('r1', 'peer').run(15);
    const attempts = lab.times('r1', 'replica-connecting');
    expect(attempts.length).toBeGreaterThanOrEqual(4);
    for (const gap of gapsOf(attempts)) expect(gap).toBeCloseTo(4, 0);
  });
});

describe('states of a process, seen from outside', () => {
  test('1 paused master: connections succeed and stay silent, everything is answered in order on resume (R-NET-1)', () => {
    const lab = new RedisLab({ r1: [] });
    const old = lab.connect('r1');
    old.ask('PING');
    lab.pause('r1');
    const fresh = lab.connect('r1').send('SET a 1').send('GET a');
    old.send('PING');
    lab.run(20);
    expect([old.closed, fresh.closed, fresh.heard.length, old.heard.length]).toEqual([false, false, 0, 1]);
    lab.resume('r1').run(0.01);
    expect(fresh.replies).toEqual(['OK', '1']);
    expect(old.heard).toHaveLength(2);
  });
});
