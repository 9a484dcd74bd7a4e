import { describe, expect, test } from 'vitest';
import { NO_CONNECTION } from '../../models/sentinel/state.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, stage } from '../support/stages.ts';
import { downAnswer, helloOf, masterInfo } from '../support/wire.ts';

const O_DOWN = 16;
const isObjectivelyDown = (lab: Lab) => (lab.master('s1').flags & O_DOWN) !== 0;
const say = (lab: Lab, down: 0 | 1, ...peers: string[]) => {
  for (const peer of peers) lab.script(peer, { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(down) });
};

describe('1 Sentinel, 4 peers: O_DOWN', () => {
  test.each(
    [1, 2, 3, 4, 5, 6].flatMap((quorum) => [0, 1, 2, 3, 4].map((agreeing) => ({ quorum, agreeing }))),
  )(
    'quorum $quorum, $agreeing others agree: own view and theirs are counted (S-ODOWN-1)',
    ({ quorum, agreeing }) => {
      const lab = stage({ peers: 4, quorum });
      say(lab, 1, ...['p1', 'p2', 'p3', 'p4'].slice(0, agreeing));
      lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
      lab.run(300);
      expect(isObjectivelyDown(lab)).toBe(agreeing + 1 >= quorum);
    },
  );

  test('without the own S_DOWN the others do not count (S-ODOWN-1)', () => {
    const lab = stage({ peers: 4, quorum: 2 });
    say(lab, 1, 'p1', 'p2', 'p3', 'p4');
    lab.run(10_000);
    expect(lab.events('s1')).toEqual([]);
  });

  test('quorum 1: in the tick of S_DOWN (S-ODOWN-1)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1');
    const down = lab.untilSaid('s1', '+sdown', 'master mymaster');
    expect(lab.untilSaid('s1', '+odown').atUs).toBe(down.atUs);
  });

  test('its line gives the count and the quorum, and its time is noted (S-ODOWN-2)', () => {
    const lab = stage({ peers: 4, quorum: 2 });
    say(lab, 1, 'p1', 'p2', 'p3');
    lab.mute('n1');
    const down = lab.untilSaid('s1', '+odown');
    expect(down.message).toBe('master mymaster 10.0.2.1 6379 #quorum 4/2');
    expect(lab.master('s1').oDownSinceUs).toBe(down.atUs + lab.sentinel('s1').clockOffsetUs);
    expect(
      Number(lab.run(700).askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['o-down-time']),
    ).toBeGreaterThan(690);
  });

  test('ends when the others take it back, and does not stop a failover (S-ODOWN-3)', () => {
    const lab = stage({ peers: 2, quorum: 2 });
    say(lab, 1, 'p1', 'p2');
    lab.mute('n1').untilSaid('s1', '+try-failover');
    say(lab, 0, 'p1', 'p2');
    expect(lab.untilSaid('s1', '-odown').message).toBe('master mymaster 10.0.2.1 6379');
    expect(lab.view('s1').flags).toContain('failover_in_progress');
    expect(lab.view('s1').failoverState).toBe('wait_start');
  });

  test('ends when the master answers again (S-ODOWN-3)', () => {
    const lab = stage({ peers: 2, quorum: 2 });
    say(lab, 1, 'p1', 'p2');
    lab.pause('n1').untilSaid('s1', '+odown');
    lab.resume('n1').untilSaid('s1', '-odown');
    expect(lab.events('s1', '-sdown', '-odown')).toEqual(['-sdown', '-odown']);
    expect(lab.view('s1').flags).toContain('failover_in_progress');
  });

  test('answers count whatever the state of the one who gave them (S-ODOWN-4)', () => {
    const lab = stage({ peers: 1, quorum: 2, failoverTimeoutMs: 60_000 });
    say(lab, 1, 'p1');
    lab.mute('n1').untilSaid('s1', '+odown');
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'ask-period', '60000');
    lab.mute('p1').untilSaid('s1', '+sdown', 'sentinel');
    expect(isObjectivelyDown(lab)).toBe(true);
  });

  test('the answer of one that has gone since counts until it is forgotten (S-ODOWN-4, S-ASK-2)', () => {
    const lab = stage({ peers: 1, quorum: 2, failoverTimeoutMs: 60_000 });
    say(lab, 1, 'p1');
    lab.mute('n1').untilSaid('s1', '+odown');
    lab.kill('p1').run(3000);
    expect(lab.link('s1', lab.peer('s1', 'p1')).cc).toBe(NO_CONNECTION);
    expect(isObjectivelyDown(lab)).toBe(true);
    lab.run(3000);
    expect(isObjectivelyDown(lab)).toBe(false);
  });

  test('answers about the old master serve for the new one, up to 5 s (S-ODOWN-4)', () => {
    const lab = stage({ peers: 2, quorum: 2, downAfterMs: 1000 });
    say(lab, 1, 'p1', 'p2');
    lab.mute('n1').untilSaid('s1', '+odown');
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 5, masterConfigEpoch: 5 }));
    lab
      .hush()
      .script('n2', { INFO: masterInfo('n2') })
      .mute('n2');
    const down = lab.untilSaid('s1', '+sdown', 'master mymaster 10.0.2.2');
    const tick = lab.said.filter(({ atUs }) => atUs === down.atUs).map(({ event }) => event);
    expect(tick.slice(0, 4)).toEqual(['+sdown', '+odown', '+new-epoch', '+try-failover']);
  });
});

test('1 master, 2 replicas, 3 sentinels: the leader ends O_DOWN of the old master before its own switch (S-ODOWN-5)', () => {
  const lab = cluster();
  lab.kill('r1').run(12_000);
  const leader = lab.said.find(({ event }) => event === '+elected-leader')!.node;
  const order = lab.events(leader, '-odown', '+switch-master');
  expect(order).toEqual(['-odown', '+switch-master']);
});
