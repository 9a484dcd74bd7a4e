import { describe, expect, test } from 'vitest';
import { errorReply } from '../../../models/commands.ts';
import { EVENTS } from '../../../models/events.ts';
import { NO_CONNECTION } from '../../../models/sentinel/state.ts';
import type { Lab } from '../../support/sentinelLab.ts';
import { cluster, stage } from '../../support/stages.ts';
import { addressOf, helloOf, masterInfo } from '../../support/wire.ts';

const linkTo = (lab: Lab, name: string) => lab.link('s1', lab.replica('s1', name));
const wall = (lab: Lab) => lab.nowUs + lab.sentinel('s1').clockOffsetUs;
const infoGaps = (lab: Lab, name: string, fromUs: number) => {
  const times = lab.heard(name, 'INFO', fromUs).map(({ atUs }) => atUs / 1000);
  return times.slice(1).map((at, index) => at - times[index]!);
};

describe('detection', () => {
  test('quirk 2, 1 master, 2 replicas, 3 sentinels, master killed: S_DOWN counts from the PING of the reconnection, not from the last PONG (S-SDOWN-2)', () => {
    const lab = cluster({ downAfterMs: 3000, literalTicks: true });
    const { linkId } = lab.master('s1');
    const lastPongUs = () => lab.sentinel('s1').links[linkId]!.lastPongUs;
    lab.until(() => wall(lab) - lastPongUs() > 900_000);
    const pongUs = lastPongUs();
    const killedUs = lab.kill('r1').nowUs;
    const down = lab.untilSaid('s1', '+sdown', 'master mymaster');
    expect((down.atUs - killedUs) / 1000).toBeGreaterThan(3000);
    expect((down.atUs - killedUs) / 1000).toBeLessThanOrEqual(3210);
    expect((wall(lab) - pongUs) / 1000).toBeGreaterThan(3900);
  });

  test('quirk 3, 1 Sentinel, 1 replica: a handshake that never ends counts as a connection (S-LINK-6)', () => {
    const lab = stage({ replicas: 1, peers: 0, downAfterMs: 60_000 });
    lab.kill('n2').run(100).cut('s1', 'n2').start('n2').run(1100);
    expect(lab.actor('n2').accepted).toEqual([]);
    expect(linkTo(lab, 'n2').disconnected).toBe(false);
  });

  test('quirk 3, 1 Sentinel, 1 replica: a lost subscription alone stops PING, INFO and hellos (S-LINK-2)', () => {
    const lab = stage({ replicas: 1, peers: 0, literalTicks: true });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '100', 'publish-period', '100');
    lab.run(1500);
    // The first loss is repaired at the next tick, the second one a second later.
    lab.hangUpOn('s1', linkTo(lab, 'n2').pc).run(110);
    const { cc } = linkTo(lab, 'n2');
    const lostUs = lab.hangUpOn('s1', linkTo(lab, 'n2').pc).run(1).nowUs;
    lab.run(800);
    expect(linkTo(lab, 'n2')).toMatchObject({ cc, pc: NO_CONNECTION });
    expect(lab.actor('n2').heard.filter(({ atUs }) => atUs > lostUs)).toEqual([]);
  });

  test('quirk 22, 1 Sentinel, 1 replica: the time of the last S_DOWN outlives it, so a node that was down for long is demoted at once (S-ROLE-9)', () => {
    const waitedAfter = (outageMs: number): number => {
      const lab = stage({ replicas: 1, peers: 0 });
      lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '300');
      lab.script('n2', { INFO: masterInfo('n2') }).run(7000);
      lab.pause('n2').untilSaid('s1', '+sdown');
      const { sDownSinceUs } = lab.replica('s1', 'n2');
      lab.run(outageMs).resume('n2');
      const up = lab.untilSaid('s1', '-sdown');
      expect(lab.replica('s1', 'n2').sDownSinceUs).toBe(sDownSinceUs);
      return (lab.untilSaid('s1', '+convert-to-slave').atUs - up.atUs) / 1000;
    };
    expect(waitedAfter(2000)).toBeGreaterThan(5000);
    expect(waitedAfter(12_000)).toBeLessThan(1000);
  });

  test('quirk 23, 1 Sentinel, 1 replica: errors to PING make it S_DOWN but keep the connection, silence does not (S-PING-4)', () => {
    const afterAMinute = (answer: ReturnType<typeof errorReply> | null) => {
      const lab = stage({ replicas: 1, peers: 0, downAfterMs: 10_000 });
      const { cc } = linkTo(lab, 'n2');
      lab.script('n2', answer === null ? { '*': null } : { PING: answer }).run(60_000);
      return [lab.events('s1', '+sdown', '-sdown'), linkTo(lab, 'n2').cc === cc];
    };
    expect(afterAMinute(errorReply('NOAUTH Authentication required.'))).toEqual([['+sdown'], true]);
    expect(afterAMinute(null)).toEqual([['+sdown'], false]);
  });
});

describe('INFO and hellos', () => {
  test('quirk 11, 1 Sentinel, 1 master in a failover, 1 replica: the replica is polled every second, the master every ten (S-PERIOD-3)', () => {
    const lab = stage({ replicas: 1, peers: 0, quorum: 1, failoverTimeoutMs: 60_000 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const fromUs = lab.run(2000).nowUs;
    lab.run(40_000);
    for (const gap of infoGaps(lab, 'n2', fromUs)) expect(gap).toBeLessThanOrEqual(1101);
    const master = infoGaps(lab, 'n1', fromUs);
    expect(master.length).toBeGreaterThanOrEqual(2);
    for (const gap of master) expect(gap).toBeGreaterThan(10_000);
  });

  test('quirk 12, 1 Sentinel, 1 replica, 1 peer: the new master is asked only 10 s after the last INFO of the old one (S-PERIOD-4)', () => {
    const lab = stage({ replicas: 1, peers: 1 });
    const polledUs = lab.heard('n1', 'INFO').at(-1)!.atUs;
    const switchedUs = lab.run(2000).nowUs;
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    lab.script('n2', { INFO: masterInfo('n2') }).run(12_000);
    const [first] = lab.heard('n2', 'INFO', switchedUs);
    expect((first!.atUs - polledUs) / 1000).toBeGreaterThan(10_000);
    expect((first!.atUs - polledUs) / 1000).toBeLessThan(10_102);
  });

  test('quirk 12, 1 master, 2 replicas, 3 sentinels: after RESET the replicas are unknown for up to 10 s (S-PERIOD-4)', () => {
    const settled = cluster();
    const waits = [0, 2500, 5000, 7500].map((ms) => {
      const lab = settled.fork().run(ms);
      const resetUs = lab.nowUs;
      expect(lab.ask('s1', 'SENTINEL', 'RESET', '*')).toBe(1);
      expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-slaves']).toBe('0');
      return (lab.untilSaid('s1', '+slave').atUs - resetUs) / 1000;
    });
    expect(Math.max(...waits)).toBeGreaterThan(7000);
    expect(Math.max(...waits)).toBeLessThan(10_102);
  });

  test('quirk 19, 1 Sentinel: a greater configuration epoch with the same address is taken silently, and forgotten by a restart (S-HELLO-10)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { masterConfigEpoch: 4 }));
    expect(lab.master('s1').configEpoch).toBe(4);
    expect(lab.events('s1')).toEqual([]);
    lab.kill('s1').run(100).start('s1').run(5);
    expect(lab.master('s1').configEpoch).toBe(0);
  });

  test('quirk 21, 1 Sentinel without names, a peer with: the epoch is stored without the address, which no equal epoch mends (S-HELLO-13)', () => {
    const lab = stage();
    const named = { masterIp: 'n2', currentEpoch: 1, masterConfigEpoch: 1 };
    lab.tell('s1', helloOf('p1', 'n2', named));
    expect(lab.events('s1', '+switch-master')).toEqual(['+switch-master']);
    expect([lab.masterOf('s1'), lab.master('s1').configEpoch]).toEqual(['n1', 1]);
    lab.tell('s1', helloOf('p2', 'n2', { ...named, masterIp: addressOf('n2') }));
    expect(lab.masterOf('s1')).toBe('n1');
  });

  test('quirk 25, 1 Sentinel, 1 replica: a role change is published although it is below the default log level (S-EVENT-1)', () => {
    const lab = stage({ replicas: 1 });
    const connection = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['-role-change'] });
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '-role-change');
    lab.run(1);
    expect(lab.arrived(connection).map(({ kind }) => kind)).toEqual(['subscribed', 'message']);
    expect(EVENTS['-role-change'].level).toBe('verbose');
  });
});
