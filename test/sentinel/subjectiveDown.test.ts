import { describe, expect, test } from 'vitest';
import { errorReply } from '../../models/commands.ts';
import { NO_CONNECTION } from '../../models/sentinel/state.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { masterInfo, replicaInfo } from '../support/wire.ts';

const wall = (lab: Lab) => lab.nowUs + lab.sentinel('s1').clockOffsetUs;
const link = (lab: Lab) => lab.link('s1', lab.replica('s1', 'n2'));
const single = { replicas: 1, peers: 0 } as const;

describe('1 replica, down-after 3 s: how long it was silent', () => {
  test('counts from the oldest unanswered PING (S-SDOWN-1)', () => {
    const lab = stage({ ...single, literalTicks: true });
    lab.mute('n2').until(() => link(lab).actPingUs !== 0);
    const pingUs = link(lab).actPingUs;
    const down = lab.untilSaid('s1', '+sdown');
    const silenceMs = (down.atUs + lab.sentinel('s1').clockOffsetUs - pingUs) / 1000;
    expect(silenceMs).toBeGreaterThan(3000);
    expect(silenceMs).toBeLessThanOrEqual(3100);
  });

  test('an unreachable one counts from its creation: that PING was never sent (S-SDOWN-1, S-PERSIST-6)', () => {
    const lab = stage({ ...single, nodeLines: { s1: ['sentinel known-replica mymaster 10.0.9.9 6379'] } });
    const down = lab.untilSaid('s1', '+sdown', '10.0.9.9');
    expect(down.atUs / 1000).toBeGreaterThan(3000);
    expect(down.atUs / 1000).toBeLessThan(3110);
  });

  test('after a crash it counts from the PING of the first attempt to reconnect (S-SDOWN-2)', () => {
    const lab = stage({ ...single, literalTicks: true });
    lab.run(1700).until(() => wall(lab) - link(lab).lastPongUs > 800_000);
    const lastPongUs = link(lab).lastPongUs;
    const killedUs = lab.kill('n2').nowUs;
    const down = lab.untilSaid('s1', '+sdown');
    const sinceKillMs = (down.atUs - killedUs) / 1000;
    expect(sinceKillMs).toBeGreaterThan(3000);
    expect(sinceKillMs).toBeLessThanOrEqual(3200);
    expect(wall(lab) - lastPongUs).toBeGreaterThan(3_500_000);
  });

  test('unresolvable after a crash: no PING is accounted, the last valid reply counts (S-SDOWN-1, S-SDOWN-2)', () => {
    const lab = stage({
      ...single,
      nodeLines: { s1: ['sentinel resolve-hostnames yes', 'sentinel known-replica mymaster ghost 6379'] },
    });
    // The name never resolved: the entry is judged by its age all the same.
    const ghost = lab.sentinel('s1').instances.find((each) => each?.address.hostname === 'ghost')!;
    expect(lab.link('s1', ghost).actPingUs).toBe(ghost.roleReportedUs);
    expect(lab.untilSaid('s1', '+sdown', 'slave').atUs / 1000).toBeLessThan(3110);
  });

  test('down-after 500 ms, a subscription lost twice: down by the last valid reply, before it may be made again (S-SDOWN-1, S-LINK-3)', () => {
    const lab = stage({ ...single, downAfterMs: 500, literalTicks: true });
    lab.run(3000).hangUpOn('s1', link(lab).pc).run(110);
    lab.until(() => link(lab).actPingUs === 0).hangUpOn('s1', link(lab).pc);
    const { lastAvailUs } = link(lab);
    lab.untilSaid('s1', '+sdown', 'slave');
    expect(link(lab)).toMatchObject({ disconnected: true, actPingUs: 0, lastAvailUs });
    expect(wall(lab) - lastAvailUs).toBeLessThanOrEqual(610_000);
  });
});

describe('1 replica, down-after 10 s: half-open connections', () => {
  const setting = { ...single, downAfterMs: 10_000 };

  test('after half of it without any reply the command connection is made anew, once in 15 s (S-SDOWN-3)', () => {
    const lab = stage({ ...setting, literalTicks: true });
    lab
      .run(20_000)
      .mute('n2')
      .until(() => link(lab).actPingUs !== 0);
    const { actPingUs, cc } = link(lab);
    lab.until(() => link(lab).cc !== cc);
    const silentMs = (wall(lab) - actPingUs) / 1000;
    expect(silentMs).toBeGreaterThan(5000);
    expect(silentMs).toBeLessThan(5110);
    lab.until(() => link(lab).cc !== NO_CONNECTION);
    const second = link(lab).cc;
    // The silence goes on counting, and the new connection is protected.
    expect(link(lab).actPingUs).toBe(actPingUs);
    const openedUs = lab.nowUs;
    lab.until(() => link(lab).cc !== second);
    expect((lab.nowUs - openedUs) / 1000).toBeGreaterThan(15_000);
    expect((lab.nowUs - openedUs) / 1000).toBeLessThan(15_110);
    expect(lab.lines('s1', '+sdown')).toHaveLength(1);
  });

  test('a young connection is left alone for 15 s (S-SDOWN-3)', () => {
    const lab = stage(setting);
    const { cc } = link(lab);
    lab.mute('n2').until(() => link(lab).cc !== cc);
    expect(lab.nowUs / 1000).toBeGreaterThan(15_000);
  });

  test('replies that prove nothing keep it (S-SDOWN-3, S-PING-4)', () => {
    const lab = stage(setting);
    const { cc } = link(lab);
    lab.script('n2', { PING: errorReply('NOAUTH') }).run(60_000);
    expect(link(lab).cc).toBe(cc);
    expect(lab.events('s1')).toEqual(['+sdown']);
  });

  test('a subscription that was silent for 6 s is made anew, if it is older than 15 s (S-SDOWN-4)', () => {
    const lab = stage({ ...setting, literalTicks: true });
    // Hellos get an error: nothing is passed on to subscribers.
    const quiet = () =>
      lab.world.interact(lab.process('n2'), (state: { subscribers: number[] }) =>
        state.subscribers.splice(0),
      );
    quiet();
    const { pc, cc } = link(lab);
    lab.until(() => link(lab).pc !== pc);
    expect(lab.nowUs / 1000).toBeGreaterThan(15_000);
    expect(lab.nowUs / 1000).toBeLessThan(15_110);
    lab.run(60_000);
    const old = link(lab).pc;
    quiet();
    const silentUs = link(lab).pcLastActivityUs;
    lab.until(() => link(lab).pc !== old);
    expect((wall(lab) - silentUs) / 1000).toBeGreaterThan(6000);
    expect((wall(lab) - silentUs) / 1000).toBeLessThan(6110);
    expect(link(lab).cc).toBe(cc);
  });
});

describe('1 Sentinel: S_DOWN and back', () => {
  test('a master that reports slave is S_DOWN after down-after and 20 s (S-SDOWN-5)', () => {
    const lab = stage({ ...single, quorum: 2 });
    lab.script('n1', { INFO: replicaInfo('n1', 'n9') });
    const seen = lab.untilSaid('s1', '-role-change');
    const down = lab.untilSaid('s1', '+sdown');
    expect((down.atUs - seen.atUs) / 1000).toBeGreaterThan(23_000);
    expect((down.atUs - seen.atUs) / 1000).toBeLessThan(23_110);
    lab.script('n1', { INFO: masterInfo('n1') });
    const back = lab.untilSaid('s1', '+role-change');
    expect(lab.untilSaid('s1', '-sdown').atUs - back.atUs).toBeLessThan(101_000);
  });

  test('+sdown notes its time, -sdown keeps it and clears SCRIPT_KILL_SENT (S-SDOWN-6, S-SDOWN-7)', () => {
    const lab = stage(single);
    const replica = () => lab.replica('s1', 'n2');
    lab.script('n2', { PING: errorReply('BUSY') });
    const down = lab.untilSaid('s1', '+sdown');
    expect(down.message).toBe('slave 10.0.2.2:6379 10.0.2.2 6379 @ mymaster 10.0.2.1 6379');
    const since = replica().sDownSinceUs;
    expect(since).toBe(down.atUs + lab.sentinel('s1').clockOffsetUs);
    lab.run(2000);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster').flags).toBe('master');
    lab.script('n2', { PING: { kind: 'status', text: 'PONG' } }).untilSaid('s1', '-sdown');
    expect(replica()).toMatchObject({ sDownSinceUs: since, flags: 2 });
  });

  test.each([
    [0, false],
    [4000, true],
  ])(
    'master-reboot-down-after-period %i: a restarted master that loads for long is down: %s (S-SDOWN-8)',
    (ms, down) => {
      const lab = stage({ ...single, lines: [`sentinel master-reboot-down-after-period mymaster ${ms}`] });
      lab.script('n1', { PING: errorReply('LOADING'), INFO: masterInfo('n1', ['n2'], 'e'.repeat(40)) });
      const reboot = lab.untilSaid('s1', '+reboot');
      // It was noticed with the ten-second INFO.
      expect(reboot.atUs / 1000).toBeGreaterThan(10_000);
      lab.run(60_000);
      expect(lab.events('s1', '+sdown')).toEqual(down ? ['+sdown'] : []);
      if (!down) return;
      const afterMs = (lab.lines('s1', '+sdown')[0]!.atUs - reboot.atUs) / 1000;
      expect(afterMs).toBeGreaterThan(4000);
      expect(afterMs).toBeLessThan(4110);
      lab.script('n1', { PING: { kind: 'status', text: 'PONG' } }).run(1300);
      expect(lab.events('s1', '-sdown')).toEqual(['-sdown']);
    },
  );

  test('a restarted replica is not held to that period (S-SDOWN-8, S-SDOWN-9)', () => {
    const lab = stage({ ...single, lines: ['sentinel master-reboot-down-after-period mymaster 1000'] });
    lab.script('n2', { PING: errorReply('LOADING'), INFO: replicaInfo('n2', 'n1', {}, 'e'.repeat(40)) });
    lab.untilSaid('s1', '+reboot');
    lab.run(60_000);
    expect(lab.events('s1', '+sdown')).toEqual([]);
  });

  test('replicas and Sentinels are judged by silence alone, with the time of their master (S-SDOWN-9)', () => {
    const lab = stage({ replicas: 1, peers: 1, downAfterMs: 4000 });
    lab.script('n2', { INFO: masterInfo('n2') }).run(60_000);
    expect(lab.events('s1', '+sdown')).toEqual([]);
    const killedUs = lab.kill('n2', 'p1').nowUs;
    for (const text of ['slave', 'sentinel']) {
      const afterMs = (lab.untilSaid('s1', '+sdown', `${text} `).atUs - killedUs) / 1000;
      expect(afterMs).toBeGreaterThan(4000);
      expect(afterMs).toBeLessThanOrEqual(4210);
    }
  });
});
