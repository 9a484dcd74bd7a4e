import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { addressOf, downAnswer, helloOf, idOf } from '../support/wire.ts';

/** `s1` watches `mymaster` (n1) and `other` (n2), and knows `p1` under both. */
function twoMasters(otherLines: readonly string[] = [], otherAddress = addressOf('p1')): Lab {
  return stage({
    replicas: 1,
    peers: 1,
    nodeLines: {
      s1: [
        'sentinel monitor other 10.0.2.2 6379 2',
        'sentinel down-after-milliseconds other 6000',
        `sentinel known-sentinel other ${otherAddress} 26379 ${idOf('p1')}`,
        ...otherLines,
      ],
    },
  });
}

const linkUnder = (lab: Lab, masterName: string) => {
  const { instances } = lab.sentinel('s1');
  return lab.link('s1', instances[lab.master('s1', masterName).sentinelIds[0]!]!);
};

describe('1 Sentinel, 2 masters, 1 peer known under both', () => {
  test('one link, found by run id whatever the address (S-LINK-15)', () => {
    for (const address of [addressOf('p1'), '10.9.9.9']) {
      const lab = twoMasters([], address);
      expect(linkUnder(lab, 'other')).toBe(linkUnder(lab, 'mymaster'));
      expect(linkUnder(lab, 'mymaster').refcount).toBe(2);
    }
    expect(twoMasters().actor('p1').accepted).toHaveLength(1);
  });

  test('data nodes never share, though one is the replica of one master and itself another (S-LINK-15)', () => {
    const lab = twoMasters();
    expect(lab.actor('n2').accepted).toHaveLength(4);
  });

  test('a peer learned later from a hello joins the link that stands (S-LINK-15)', () => {
    const lab = stage({
      replicas: 1,
      peers: 1,
      nodeLines: { s1: ['sentinel monitor other 10.0.2.2 6379 2'] },
    });
    lab.tell('s1', helloOf('p1', 'n2', { masterName: 'other' }));
    expect(lab.events('s1', '+sentinel')).toHaveLength(1);
    expect(linkUnder(lab, 'other')).toBe(linkUnder(lab, 'mymaster'));
    lab.run(2000);
    expect(lab.actor('p1').accepted).toHaveLength(1);
  });

  test('one PING a period, but a hello for each master (S-LINK-16)', () => {
    const lab = twoMasters();
    const fromUs = lab.run(5000).nowUs;
    lab.run(21_000);
    const pings = lab.heard('p1', 'PING', fromUs).length;
    expect(pings).toBeGreaterThanOrEqual(19);
    expect(pings).toBeLessThanOrEqual(21);
    const about = lab.heard('p1', 'PUBLISH', fromUs).map(({ message }) => {
      const payload = 'payload' in message ? message.payload : '';
      return typeof payload === 'string' ? payload : payload.masterName;
    });
    for (const name of ['mymaster', 'other']) {
      const count = about.filter((each) => each === name).length;
      expect(count).toBeGreaterThanOrEqual(9);
      expect(count).toBeLessThanOrEqual(11);
    }
  });

  test('each entry is S_DOWN after the time of its own master (S-LINK-16)', () => {
    const lab = twoMasters();
    lab.run(2000).mute('p1');
    const first = lab.untilSaid('s1', '+sdown', 'mymaster');
    const second = lab.untilSaid('s1', '+sdown', '@ other');
    expect(second.atUs - first.atUs).toBeGreaterThan(2_900_000);
    expect(second.atUs - first.atUs).toBeLessThan(3_100_000);
  });

  test('the cap counts every owner: 200 pending commands (S-LINK-10, S-LINK-16)', () => {
    const lab = twoMasters([
      'sentinel down-after-milliseconds mymaster 60000',
      'sentinel down-after-milliseconds other 60000',
    ]);
    lab.mute('p1').run(29_000);
    expect(linkUnder(lab, 'mymaster').pendingCommands).toBeGreaterThanOrEqual(200);
    expect(linkUnder(lab, 'mymaster').pendingCommands).toBeLessThanOrEqual(203);
  });

  test('a released owner leaves the link to the other, the last one closes it (S-LINK-17)', () => {
    const lab = twoMasters();
    lab.ask('s1', 'SENTINEL', 'REMOVE', 'other');
    lab.run(2000);
    expect(linkUnder(lab, 'mymaster').refcount).toBe(1);
    expect(lab.actor('p1').ended).toHaveLength(0);
    expect(lab.heard('p1', 'PING', lab.nowUs - 1_500_000).length).toBeGreaterThan(0);
    lab.ask('s1', 'SENTINEL', 'REMOVE', 'mymaster');
    lab.run(10);
    expect(lab.actor('p1').ended).toHaveLength(1);
  });

  test('an answer for a released owner is discarded, the next ones still find theirs (S-LINK-17)', () => {
    const lab = twoMasters();
    lab.run(5000).slow('s1', 'p1', 20).mute('n2');
    lab.script('p1', { 'IS-MASTER-DOWN-BY-ADDR': downAnswer(1) });
    lab.until(() => lab.heard('p1', 'IS-MASTER-DOWN-BY-ADDR').length > 0);
    // The answer is on its way.
    lab.ask('s1', 'SENTINEL', 'REMOVE', 'other');
    lab.run(60_000);
    expect(lab.peer('s1', 'p1').flags & 32).toBe(0);
    expect(linkUnder(lab, 'mymaster').pendingCommands).toBeLessThanOrEqual(2);
    expect(lab.lines('s1', '+sdown', 'sentinel')).toEqual([]);
  });
});
