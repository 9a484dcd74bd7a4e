import { describe, expect, test } from 'vitest';
import { errorReply, type Reply } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf, idOf } from '../support/wire.ts';

const KIND = 'IS-MASTER-DOWN-BY-ADDR';
const MASTER_DOWN = 32;
const asked = (lab: Lab, peer: string, fromUs = 0) => lab.heard(peer, KIND, fromUs);
const saysDown = (lab: Lab, peer: string) => (lab.peer('s1', peer).flags & MASTER_DOWN) !== 0;
const answer = (lab: Lab, peer: string, reply: Reply | null) => lab.script(peer, { [KIND]: reply });
const wall = (lab: Lab) => lab.nowUs + lab.sentinel('s1').clockOffsetUs;

describe('1 Sentinel, 2 peers: who is asked, and when', () => {
  test('nobody while the master is up; everybody from +sdown on, before O_DOWN (S-ASK-1)', () => {
    const lab = stage({ quorum: 3 });
    lab.run(20_000).mute('n1');
    const down = lab.untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(1);
    for (const peer of ['p1', 'p2']) {
      expect(asked(lab, peer).map(({ atUs }) => atUs)).toEqual([down.atUs + 50]);
    }
    expect(lab.events('s1', '+odown')).toEqual([]);
  });

  test('one that is S_DOWN is asked, one without a connection is not (S-ASK-1)', () => {
    const lab = stage({ quorum: 3 });
    lab
      .script('p1', { PING: errorReply('NOAUTH') })
      .kill('p2')
      .run(5000);
    expect(lab.lines('s1', '+sdown', 'sentinel')).toHaveLength(2);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    const fromUs = lab.nowUs;
    lab.start('p2').run(100);
    expect(asked(lab, 'p1', fromUs).length).toBeGreaterThan(0);
    expect(lab.link('s1', lab.peer('s1', 'p2')).pendingCommands).toBe(0);
  });

  test('once a second after the reply, and until a reply at every tick (S-ASK-4)', () => {
    const lab = stage({ quorum: 3, downAfterMs: 1000, literalTicks: true });
    answer(lab, 'p2', null);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    const fromUs = lab.run(2000).nowUs;
    lab.run(10_000);
    const gaps = (peer: string) => {
      const times = asked(lab, peer, fromUs).map(({ atUs }) => atUs / 1000);
      return times.slice(1).map((at, index) => at - times[index]!);
    };
    for (const gap of gaps('p1')) {
      expect(gap).toBeGreaterThan(1000);
      expect(gap).toBeLessThanOrEqual(1101);
    }
    expect(gaps('p2').length).toBeGreaterThan(100);
  });

  test('the tick that starts a failover asks twice, if the last reply is old (S-ASK-4, S-START-5)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1');
    const tried = lab.untilSaid('s1', '+try-failover');
    lab.run(30);
    // Both of one tick, and the answer to the first is not in before the second.
    expect(asked(lab, 'p1').length).toBe(2);
    expect(new Set(asked(lab, 'p1').map(({ atUs }) => atUs)).size).toBe(1);
    expect(asked(lab, 'p1')[0]!.atUs - tried.atUs).toBeLessThan(10_000);
  });

  test('a new entry counts as answered at its creation (S-ASK-4)', () => {
    const lab = stage({ quorum: 9, peers: 0 });
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    const late = stage({ quorum: 9, peers: 1, downAfterMs: 100 });
    late.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    late.run(3000);
    const created = late.peer('s1', 'p1').id;
    expect(created).toBeGreaterThan(0);
    expect(asked(late, 'p1')[0]!.atUs / 1000).toBeGreaterThan(1000);
    expect(asked(late, 'p1')[0]!.atUs / 1000).toBeLessThan(1110);
  });
});

describe('1 Sentinel, 2 peers: the question', () => {
  test('names the address, the epoch and nobody, as long as there is no failover (S-ASK-3)', () => {
    const lab = stage({ quorum: 3 });
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 6 }));
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(10);
    expect(asked(lab, 'p1')[0]!.message).toEqual({
      kind: KIND,
      ip: addressOf('n1'),
      port: 6379,
      epoch: 6,
      runId: '*',
    });
  });

  test('during an own failover it asks for the vote, always with the epoch of the moment (S-ASK-3)', () => {
    const lab = stage({ quorum: 1 });
    lab.mute('n1').untilSaid('s1', '+try-failover');
    lab.run(1500);
    const { myId } = lab.sentinel('s1');
    expect(asked(lab, 'p1').at(-1)!.message).toMatchObject({ epoch: 1, runId: myId });
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 8 }));
    lab.run(1500);
    expect(asked(lab, 'p1').at(-1)!.message).toMatchObject({ epoch: 8, runId: myId });
  });
});

const ZERO: Reply = { kind: 'integer', value: 0 };
const threeOf = (...items: Reply[]): Reply => ({ kind: 'array', items });

describe('1 Sentinel, 2 peers: answers', () => {
  test('say whether that Sentinel sees the master down (S-ASK-5)', () => {
    const lab = stage({ quorum: 3 });
    answer(lab, 'p1', downAnswer(1)).mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(10);
    expect([saysDown(lab, 'p1'), saysDown(lab, 'p2')]).toEqual([true, false]);
    answer(lab, 'p1', downAnswer(0)).run(1200);
    expect(saysDown(lab, 'p1')).toBe(false);
  });

  test.each([
    ['an error', errorReply('ERR x')],
    ['a number', { kind: 'integer', value: 1 } as const],
    [
      'two elements',
      {
        kind: 'array',
        items: [
          { kind: 'integer', value: 1 },
          { kind: 'bulk', text: '*' },
        ],
      } as const,
    ],
    ['a text for the first', threeOf({ kind: 'bulk', text: '1' }, { kind: 'bulk', text: '*' }, ZERO)],
    ['a number for the second', threeOf(ZERO, ZERO, ZERO)],
    ['null for the second', threeOf(ZERO, { kind: 'bulk', text: null }, ZERO)],
    ['a text for the third', threeOf(ZERO, { kind: 'bulk', text: '*' }, { kind: 'bulk', text: '0' })],
  ])('that are no answer (%s) are ignored, and asked for again (S-ASK-5)', (_what, reply) => {
    const lab = stage({ quorum: 3 });
    answer(lab, 'p1', reply).mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    const fromUs = lab.nowUs;
    const before = lab.peer('s1', 'p1').lastMasterDownReplyUs;
    lab.run(1000);
    expect(saysDown(lab, 'p1')).toBe(false);
    expect(lab.peer('s1', 'p1').lastMasterDownReplyUs).toBe(before);
    expect(asked(lab, 'p1', fromUs).length).toBeGreaterThanOrEqual(10);
  });

  test('a vote is noted and logged once for each epoch; * leaves it in place (S-ASK-5)', () => {
    const lab = stage({ quorum: 3 });
    answer(lab, 'p1', downAnswer(1, 'somebody', 3))
      .mute('n1')
      .untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(2500);
    expect(lab.lines('s1', 'vote-received').map(({ message }) => message)).toEqual([
      `${idOf('p1')} voted for somebody 3`,
    ]);
    answer(lab, 'p1', downAnswer(1, '*', 9)).run(4000);
    expect(lab.peer('s1', 'p1')).toMatchObject({ leader: 'somebody', leaderEpoch: 3 });
    answer(lab, 'p1', downAnswer(1, 'somebody', 4)).run(1500);
    expect(lab.lines('s1', 'vote-received')).toHaveLength(2);
  });

  test('are forgotten 5 s after the last one, the epoch is not; also when the master is up (S-ASK-2)', () => {
    for (const masterReturns of [false, true]) {
      const lab = stage({ quorum: 3 });
      answer(lab, 'p1', downAnswer(1, 'somebody', 3))
        .pause('n1')
        .untilSaid('s1', '+sdown', 'master mymaster');
      lab.run(10);
      answer(lab, 'p1', null);
      if (masterReturns) lab.resume('n1').untilSaid('s1', '-sdown');
      const { lastMasterDownReplyUs } = lab.peer('s1', 'p1');
      lab.until(() => !saysDown(lab, 'p1'));
      const ageMs = (wall(lab) - lastMasterDownReplyUs) / 1000;
      expect(ageMs).toBeGreaterThan(5000);
      expect(ageMs).toBeLessThan(5110);
      expect(lab.peer('s1', 'p1')).toMatchObject({ leader: '', leaderEpoch: 3 });
    }
  });
});

describe('1 Sentinel that is asked', () => {
  const question = (node: string, epoch: string, runId: string, port = '6379') => [
    ...['SENTINEL', 'is-master-down-by-addr', addressOf(node), port, epoch, runId],
  ];

  test('gives its view, its vote if it is wanted, and the epoch of that vote (S-ASK-6)', () => {
    const lab = stage();
    expect(lab.ask('s1', ...question('n1', '0', '*'))).toEqual([0, '*', 0]);
    expect(lab.ask('s1', ...question('n1', '1', 'me'))).toEqual([0, 'me', 1]);
    // The vote is named only to those who ask for one.
    expect(lab.ask('s1', ...question('n1', '1', '*'))).toEqual([0, '*', 0]);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    expect(lab.ask('s1', ...question('n1', '1', '*'))).toEqual([1, '*', 0]);
    expect(lab.ask('s1', ...question('n1', '1', 'you'))).toEqual([1, 'me', 1]);
  });

  test('names * with its epoch when it does not remember for whom (S-ASK-6)', () => {
    const lab = stage({
      nodeLines: { s1: ['sentinel leader-epoch mymaster 4', 'sentinel current-epoch 4'] },
    });
    expect(lab.ask('s1', ...question('n1', '4', 'me'))).toEqual([0, '*', 4]);
  });

  test.each([
    ['port', question('n1', '1', '*', 'x')],
    ['epoch', question('n1', 'x', '*')],
  ])('refuses a %s that is no number (S-ASK-6)', (_what, words) => {
    expect(stage({ peers: 0 }).ask('s1', ...words)).toBe('-ERR value is not an integer or out of range');
  });

  test('knows masters by address: replicas and strangers give 0 and no vote (S-ASK-6, S-ASK-7)', () => {
    const lab = stage();
    for (const node of ['n2', 'n9']) expect(lab.ask('s1', ...question(node, '5', 'me'))).toEqual([0, '*', 0]);
    expect(lab.ask('s1', ...question('n1', '5', 'me', '6380'))).toEqual([0, '*', 0]);
    expect(lab.sentinel('s1').currentEpoch).toBe(0);
  });

  test('has switched already: no vote about the old address (S-ASK-7)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    expect(lab.ask('s1', ...question('n1', '2', 'me'))).toEqual([0, '*', 0]);
    expect(lab.ask('s1', ...question('n2', '2', 'me'))).toEqual([0, 'me', 2]);
  });

  test('watches two masters at one address: the vote lands on one of them (S-ASK-7)', () => {
    const lab = stage({ nodeLines: { s1: ['sentinel monitor twin 10.0.2.1 6379 1'] } });
    expect(lab.ask('s1', ...question('n1', '2', 'me'))).toEqual([0, 'me', 2]);
    const epochs = ['mymaster', 'twin'].map((name) => lab.master('s1', name).leaderEpoch);
    expect(epochs.sort()).toEqual([0, 2]);
  });
});
