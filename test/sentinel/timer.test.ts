import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { downAnswer, masterInfo } from '../support/wire.ts';

const INTERVALS_MS = [100, 90, 83, 76, 71, 66, 62, 58, 55, 52];

/** Ends of the ticks of `s1` during so many milliseconds. */
function ticksDuring(lab: Lab, ms: number): number[] {
  const endUs = lab.nowUs + ms * 1000;
  const ticks: number[] = [];
  lab.until(() => {
    const last = lab.sentinel('s1').ticks.lastEndUs;
    if (ticks.at(-1) !== last) ticks.push(last);
    return lab.nowUs > endUs;
  }, ms + 1000);
  return ticks;
}

const gapsMs = (ticks: readonly number[]) => ticks.slice(1).map((at, index) => (at - ticks[index]!) / 1000);

describe('1 Sentinel: ticks', () => {
  test('the first one runs 1 ms after the start (S-TIMER-1)', () => {
    const lab = stage({ settleMs: 0 });
    // The id is drawn and saved first; the tick waits for that.
    const monitored = lab.untilSaid('s1', '+monitor');
    expect(monitored.atUs).toBeGreaterThanOrEqual(1000);
    expect(monitored.atUs).toBeLessThanOrEqual(1000 + 4500);
    expect(lab.heard('n1', 'PING')).toHaveLength(0);
    lab.run(1);
    expect(lab.heard('n1', 'PING')).toHaveLength(1);
  });

  test('come at intervals of 1000 / hz, hz drawn from 10 to 19 each time (S-TIMER-2)', () => {
    const lab = stage({ literalTicks: true });
    const gaps = gapsMs(ticksDuring(lab, 120_000));
    expect([...new Set(gaps)].sort((a, b) => b - a)).toEqual(INTERVALS_MS);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean).toBeGreaterThan(70);
    expect(mean).toBeLessThan(72.6);
    for (const interval of INTERVALS_MS) {
      const share = gaps.filter((gap) => gap === interval).length / gaps.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });

  test('are those of other Sentinels only by chance, and the same for the same seed (S-TIMER-2, S-TIMER-5)', () => {
    const first = ticksDuring(stage({ literalTicks: true, seed: 3 }), 5000);
    expect(ticksDuring(stage({ literalTicks: true, seed: 3 }), 5000)).toEqual(first);
    expect(ticksDuring(stage({ literalTicks: true, seed: 4 }), 5000)).not.toEqual(first);
  });

  test('count their interval from the end of the last one, flushes included (S-TIMER-3)', () => {
    const lab = stage({ literalTicks: true, quorum: 1, peers: 0, fsyncUs: { min: 37_000, max: 37_000 } });
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    const voteEndUs = tried.atUs + 37_000;
    expect(lab.sentinel('s1').ticks.lastEndUs).toBe(voteEndUs);
    const ticks = ticksDuring(lab, 1000);
    expect(ticks[0]).toBe(voteEndUs);
    for (const gap of gapsMs(ticks)) expect(INTERVALS_MS).toContain(gap);
  });

  test('that have nothing to do are passed over: in a steady minute each one sends something (S-TIMER-2)', () => {
    const lab = stage();
    const ticks = ticksDuring(lab, 60_000);
    lab.run(1);
    const sentAt = new Set(
      ['n1', 'n2', 'n3', 'p1', 'p2'].flatMap((name) => lab.actor(name).heard.map(({ atUs }) => atUs - 50)),
    );
    expect(ticks.length).toBeGreaterThan(60);
    expect(ticks.slice(1).filter((atUs) => !sentAt.has(atUs))).toEqual([]);
  });

  test('are not moved by `hz`: INFO shows the drawn one (S-TIMER-4)', () => {
    const lab = stage({ literalTicks: true, nodeLines: { s1: ['hz 100'] } });
    for (let i = 0; i < 20; i++) {
      lab.run(130);
      const text = String(lab.ask('s1', 'INFO', 'server'));
      const hz = Number(/\r\nhz:(\d+)\r\n/.exec(text)![1]);
      const before = lab.sentinel('s1').ticks.lastEndUs;
      const [, next] = ticksDuring(lab.fork(), 200);
      expect((next! - before) / 1000).toBe(Math.floor(1000 / hz));
      expect(text).toContain('configured_hz:10');
    }
  });

  test('wait for input that is ready: after a freeze the queued replies are read first (S-TIMER-6)', () => {
    const lab = stage({ downAfterMs: 1000 });
    // A PING is on its way when the process freezes for 1.5 s: longer than down-after, too short for TILT.
    lab.until(() => lab.link('s1', lab.master('s1')).actPingUs !== 0);
    lab.pause('s1').run(1500).resume('s1').run(300);
    expect(lab.events('s1', '+tilt', '+sdown')).toEqual([]);
    // The same freeze without a reply in the queue.
    const silent = stage({ downAfterMs: 1000 });
    silent.mute('n1');
    silent.until(() => silent.link('s1', silent.master('s1')).actPingUs !== 0);
    silent.pause('s1').run(1500).resume('s1').run(300);
    expect(silent.events('s1', '+tilt', '+sdown')).toEqual(['+sdown']);
  });
});

describe('1 Sentinel: order inside a tick', () => {
  test('1 master: TILT is checked before the master is handled (S-TIMER-7)', () => {
    const lab = stage({ downAfterMs: 1000 });
    lab.mute('n1');
    lab.untilSaid('s1', '+sdown');
    const other = stage({ downAfterMs: 1000 });
    other.mute('n1').run(950);
    // In the tick in which the silence would be long enough, the jump of the clock has been seen already.
    other.jumpClock('s1', 5000).run(500);
    expect(other.events('s1', '+sdown', '+tilt')).toEqual(['+tilt']);
  });

  test('1 master, 1 replica: reconnect, commands, then the down state: a new link is not judged at once (S-TIMER-9)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.kill('n2').run(2000).start('n2');
    const pings = () => lab.heard('n2', 'PING').length;
    lab.until(() => lab.isRunning('n2') && pings() > 0, 3000);
    // One tick: connection, introduction and PING, then the hello that is overdue, in this order.
    const kinds = lab
      .actor('n2')
      .heard.filter(({ connection }) => connection === lab.heard('n2', 'PING')[0]!.connection);
    expect(kinds.map(({ message }) => message.kind)).toEqual(['CLIENT SETNAME', 'PING', 'PUBLISH']);
    expect(new Set(kinds.map(({ atUs }) => atUs)).size).toBe(1);
  });

  test('1 master, quorum 1: +sdown, +odown, start and own vote are one tick (S-TIMER-9, S-TIMER-10)', () => {
    const lab = stage({ quorum: 1, peers: 2, fsyncUs: { min: 0, max: 0 } });
    lab.mute('n1');
    const down = lab.untilSaid('s1', '+sdown');
    const inTick = lab
      .run(0)
      .said.filter(({ atUs }) => atUs === down.atUs)
      .map(({ event }) => event);
    expect(inTick).toEqual(['+sdown', '+odown', '+new-epoch', '+try-failover', '+vote-for-leader']);
  });

  test('2 masters in UPDATE_CONFIG: the last one is switched in a tick, the other one in the next (S-TIMER-8)', () => {
    const lab = stage({
      replicas: 1,
      peers: 0,
      quorum: 1,
      failoverTimeoutMs: 3000,
      nodeLines: {
        s1: [
          'sentinel monitor other 10.0.2.1 6379 1',
          'sentinel failover-timeout other 3000',
          'sentinel down-after-milliseconds other 3000',
        ],
      },
    });
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster')).toBe('+OK');
    expect(lab.ask('s1', 'SENTINEL', 'FAILOVER', 'other')).toBe('+OK');
    lab.until(() => lab.lines('s1', '+failover-state-wait-promotion').length === 2);
    lab.script('n2', { INFO: masterInfo('n2') });
    lab.until(() => lab.lines('s1', '+switch-master').length === 2);
    const [first, second] = lab.lines('s1', '+switch-master');
    const ends = lab.lines('s1', '+failover-end');
    expect(new Set(ends.map(({ atUs }) => atUs)).size).toBe(1);
    expect(first!.message.split(' ')[0]).toBe(ends.at(-1)!.message.split(' ')[1]);
    const gapMs = (second!.atUs - first!.atUs) / 1000;
    expect(gapMs).toBeGreaterThanOrEqual(52);
    expect(gapMs).toBeLessThanOrEqual(105);
  });

  test('failover states advance one tick at a time (S-TIMER-10)', () => {
    const lab = stage({ quorum: 1, peers: 2, fsyncUs: { min: 0, max: 0 } });
    for (const peer of ['p1', 'p2'])
      lab.script(peer, { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1, lab.sentinel('s1').myId, 1) });
    lab.mute('n1');
    const steps = ['+try-failover', '+elected-leader', '+selected-slave', '+failover-state-wait-promotion'];
    const times = steps.map((event) => lab.untilSaid('s1', event).atUs);
    for (const gap of gapsMs(times)) expect(INTERVALS_MS).toContain(gap);
  });

  test('O_DOWN shortens the INFO period of the replicas in the same tick (S-TIMER-10)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1');
    const down = lab.untilSaid('s1', '+odown');
    lab.run(50);
    const [asked] = lab.heard('n2', 'INFO', down.atUs);
    expect(asked!.atUs - down.atUs).toBeLessThan(6000);
  });

  test('questions of a starting failover leave after the flush of the own vote (S-TIMER-11)', () => {
    const lab = stage({ quorum: 1, fsyncUs: { min: 30_000, max: 30_000 } });
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    lab.run(100);
    const questions = lab.heard('p1', 'IS-MASTER-DOWN-BY-ADDR', tried.atUs);
    expect(questions[0]!.atUs).toBe(tried.atUs + 30_000 + 50);
  });
});
