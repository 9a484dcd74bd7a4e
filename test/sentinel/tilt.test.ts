import { describe, expect, test } from 'vitest';
import { cluster, stage } from '../support/stages.ts';
import { addressOf, helloOf, idOf, masterInfo } from '../support/wire.ts';

describe('1 Sentinel: entering and leaving TILT', () => {
  test.each([
    [2500, '+tilt'],
    [-50, '+tilt'],
    [1800, undefined],
  ])('a clock jump of %i ms gives %s (S-TILT-1)', (jumpMs, event) => {
    const lab = stage();
    // Just after a tick, so that the next delta is the jump and one interval.
    const lastUs = lab.sentinel('s1').ticks.lastEndUs;
    lab.until(() => lab.sentinel('s1').ticks.lastEndUs !== lastUs);
    lab.jumpClock('s1', jumpMs - (jumpMs < 0 ? 100 : 0)).run(500);
    expect(lab.events('s1', '+tilt')[0]).toBe(event);
  });

  test.each([
    [1500, []],
    [2500, ['+tilt']],
  ])('a freeze of %i ms gives %j (S-TILT-1)', (ms, events) => {
    const lab = stage();
    lab.pause('s1').run(ms).resume('s1').run(200);
    expect(lab.events('s1', '+tilt')).toEqual(events);
  });

  test('its line names no instance, and a new jump starts the time again (S-TILT-2)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(20_000);
    expect(lab.lines('s1', '+tilt').map(({ message }) => message)).toEqual(['#tilt mode entered']);
    lab.jumpClock('s1', 5000);
    const again = lab.untilSaid('s1', '+tilt');
    const left = lab.untilSaid('s1', '-tilt');
    expect(left.message).toBe('#tilt mode exited');
    expect((left.atUs - again.atUs) / 1000).toBeGreaterThanOrEqual(30_000);
    expect((left.atUs - again.atUs) / 1000).toBeLessThanOrEqual(30_100);
  });

  test('with no monitored master TILT is never left (S-TILT-3)', () => {
    const lab = stage();
    expect(lab.ask('s1', 'SENTINEL', 'REMOVE', 'mymaster')).toBe('+OK');
    lab.jumpClock('s1', 5000).run(120_000);
    expect(lab.events('s1', '+tilt', '-tilt')).toEqual(['+tilt']);
    expect(String(lab.ask('s1', 'INFO', 'sentinel'))).toContain('sentinel_tilt:1');
  });

  test('the instance whose gate ends TILT acts in the same tick (S-TILT-3)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(100).mute('n1');
    const left = lab.untilSaid('s1', '-tilt');
    expect(lab.lines('s1', '+sdown', 'master mymaster').map(({ atUs }) => atUs)).toEqual([left.atUs]);
  });
});

describe('1 Sentinel in TILT', () => {
  test('judges nobody down or up, starts nothing, and asks nobody (S-TILT-4)', () => {
    const lab = stage({ quorum: 1 });
    lab.kill('n3').run(5000);
    expect(lab.events('s1', '+sdown')).toEqual(['+sdown']);
    lab.jumpClock('s1', 5000).run(500).hush();
    lab.start('n3').mute('n1').run(20_000);
    expect(lab.said.filter(({ node }) => node === 's1')).toEqual([]);
    expect(lab.heard('p1', 'IS-MASTER-DOWN-BY-ADDR')).toEqual([]);
    lab.run(15_000);
    expect(lab.events('s1', '-sdown', '+sdown', '+try-failover')).toEqual([
      '+sdown',
      '+try-failover',
      '-sdown',
    ]);
  });

  test('does not move a running failover, not even its time-outs (S-TILT-4, S-TILT-6)', () => {
    const lab = stage({ quorum: 1, peers: 0, failoverTimeoutMs: 5000 });
    lab.mute('n1').untilSaid('s1', '+failover-state-wait-promotion');
    lab.jumpClock('s1', 5000).run(20_000);
    expect(lab.events('s1', '-failover-abort-slave-timeout')).toEqual([]);
    const left = lab.untilSaid('s1', '-tilt');
    expect(lab.lines('s1', '-failover-abort-slave-timeout').map(({ atUs }) => atUs)).toEqual([left.atUs]);
  });

  test('answers 0 to "is the master down", whatever it believes (S-TILT-4)', () => {
    const lab = stage();
    lab.mute('n1').untilSaid('s1', '+sdown');
    const question = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', addressOf('n1'), '6379', '0', '*'];
    expect(lab.ask('s1', ...question)).toEqual([1, '*', 0]);
    lab.jumpClock('s1', 5000).run(200);
    expect(lab.ask('s1', ...question)).toEqual([0, '*', 0]);
  });

  test('does not repair replicas, but notes their roles (S-TILT-4, S-TILT-5, S-ROLE-2)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(200).hush();
    lab.script('n2', { INFO: masterInfo('n2') }).run(25_000);
    expect(lab.events('s1')).toEqual(['-role-change']);
    expect(lab.heard('n2', 'REPLICAOF')).toEqual([]);
    // Without TILT the node is told to follow at the second INFO.
    lab.run(20_000);
    expect(lab.events('s1')).toContain('+convert-to-slave');
  });

  test('goes on with PING, INFO, hellos and reconnecting (S-TILT-5)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(200);
    const fromUs = lab.nowUs;
    lab.kill('n3').run(3000).start('n3').run(10_000);
    expect(lab.heard('n1', 'PING', fromUs).length).toBeGreaterThan(10);
    expect(lab.heard('n1', 'INFO', fromUs).length).toBeGreaterThan(0);
    expect(lab.heard('p1', 'PUBLISH', fromUs).length).toBeGreaterThan(3);
    expect(lab.heard('n3', 'SUBSCRIBE', fromUs)).toHaveLength(1);
  });

  test('learns replicas and restarts from INFO (S-TILT-5)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(200).hush();
    lab.script('n1', { INFO: masterInfo('n1', ['n2', 'n3', 'n4'], 'f'.repeat(40)) }).run(12_000);
    expect(lab.events('s1')).toEqual(['+reboot', '+slave']);
  });

  test('votes, follows epochs and takes over configurations (S-TILT-5)', () => {
    const lab = stage();
    lab.jumpClock('s1', 5000).run(200).hush();
    const vote = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', addressOf('n1'), '6379', '4', idOf('p1')];
    expect(lab.ask('s1', ...vote)).toEqual([0, idOf('p1'), 4]);
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 5, masterConfigEpoch: 5 }));
    expect(lab.masterOf('s1')).toBe('n2');
    expect(lab.events('s1')).toEqual([
      '+new-epoch',
      '+vote-for-leader',
      '+new-epoch',
      '+config-update-from',
      '+switch-master',
      '+slave',
      '+slave',
    ]);
  });

  test('accepts SENTINEL FAILOVER, which moves only after TILT (S-TILT-5)', () => {
    const lab = stage({ quorum: 1, peers: 0 });
    lab.jumpClock('s1', 5000).run(200);
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
    lab.run(20_000);
    expect(lab.events('s1', '+try-failover', '+elected-leader')).toEqual(['+try-failover']);
    const left = lab.untilSaid('s1', '-tilt');
    expect(lab.untilSaid('s1', '+elected-leader').atUs - left.atUs).toBeLessThan(10_000);
  });
});

test('1 master, 2 replicas, 3 sentinels: one in TILT lets the others fail over and follows (S-TILT-5)', () => {
  const lab = cluster();
  lab.jumpClock('s1', 5000).run(200).hush();
  lab.kill('r1').run(10_000);
  expect(lab.masterOf('s1')).not.toBe('r1');
  expect(lab.events('s1', '+sdown', '+odown', '+vote-for-leader', '+switch-master')).toEqual([
    '+vote-for-leader',
    '+switch-master',
  ]);
});

test('1 Sentinel: on leaving TILT nothing is rebased: a long silence counts at once (S-TILT-6)', () => {
  const lab = stage();
  lab.jumpClock('s1', 5000).run(10_000).mute('n2');
  const left = lab.untilSaid('s1', '-tilt');
  expect(lab.lines('s1', '+sdown', addressOf('n2')).map(({ atUs }) => atUs)).toEqual([left.atUs]);
});
