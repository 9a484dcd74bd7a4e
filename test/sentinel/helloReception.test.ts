import { describe, expect, test } from 'vitest';
import { helloText } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, stage } from '../support/stages.ts';
import { helloOf, idOf } from '../support/wire.ts';

const knownIds = (lab: Lab, masterName?: string) => {
  const { instances } = lab.sentinel('s1');
  return lab
    .master('s1', masterName)
    .sentinelIds.map((id) => instances[id]!.runId)
    .sort();
};

describe('1 Sentinel: hellos heard at a data node', () => {
  test('any message is a sign of life, the confirmation of the subscription too (S-HELLO-4)', () => {
    const lab = stage({ replicas: 1, peers: 0, settleMs: 0 });
    lab.run(20);
    const since = () =>
      lab.nowUs + lab.sentinel('s1').clockOffsetUs - lab.link('s1', lab.master('s1')).pcLastActivityUs;
    expect(since()).toBeLessThan(20_000);
    lab.run(1000).publish('n1', 'nonsense');
    expect(since()).toBeLessThanOrEqual(20_000);
    expect(lab.events('s1', '+sentinel')).toEqual([]);
  });

  test('typed and as text: a new Sentinel is learned (S-HELLO-4, S-HELLO-7)', () => {
    for (const payload of [helloOf('p5', 'n1'), helloText(helloOf('p5', 'n1'))]) {
      const lab = stage({ peers: 0 });
      lab.publish('n2', payload);
      expect(lab.lines('s1', '+sentinel')[0]!.message).toBe(
        `sentinel ${idOf('p5')} 10.0.3.5 26379 @ mymaster 10.0.2.1 6379`,
      );
    }
  });

  test('one that contains the own id anywhere is dropped (S-HELLO-4)', () => {
    const lab = stage({ peers: 0 });
    const { myId } = lab.sentinel('s1');
    lab.publish('n1', helloOf('p5', 'n1', { sentinelRunId: myId, currentEpoch: 9 }));
    lab.publish('n1', helloText(helloOf('p5', 'n1', { sentinelIp: `${myId}x`, currentEpoch: 9 })));
    expect(lab.events('s1')).toEqual([]);
    expect(lab.sentinel('s1').currentEpoch).toBe(0);
  });
});

describe('1 Sentinel: PUBLISH to it', () => {
  test('only the hello channel; the reply is 1 whatever it says; no filter of the own id (S-HELLO-5)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', 'PUBLISH', 'news', 'x')).toBe(
      '-ERR Only HELLO messages are accepted by Sentinel instances.',
    );
    expect(lab.ask('s1', 'PUBLISH', '__sentinel__:hello', 'nonsense')).toBe(1);
    const { myId } = lab.sentinel('s1');
    lab.tell('s1', helloOf('p5', 'n1', { sentinelRunId: myId }));
    expect(knownIds(lab)).toEqual([myId]);
  });

  test('must have exactly 8 tokens and name a monitored master, letter by letter (S-HELLO-6)', () => {
    const lab = stage({ peers: 0 });
    const text = helloText(helloOf('p5', 'n1', { currentEpoch: 3 }));
    for (const wrong of [`${text},1`, text.replace(/,\d+$/, ''), text.replace('mymaster', 'Mymaster')]) {
      lab.tell('s1', wrong);
    }
    expect(lab.events('s1')).toEqual([]);
    lab.tell('s1', text);
    expect(lab.events('s1')).toEqual(['+sentinel', '+new-epoch']);
  });
});

describe('1 Sentinel, 2 peers: who says hello', () => {
  test('a known id at its address is nothing new (S-HELLO-7)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1'));
    expect(lab.events('s1')).toEqual([]);
  });

  test('a known id at another address replaces its entry, without +sentinel (S-HELLO-7)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { sentinelIp: '10.0.3.9', sentinelPort: 26_380 }));
    expect(
      lab.said.filter(({ node }) => node === 's1').map(({ event, message }) => `${event} ${message}`),
    ).toEqual([
      `+sentinel-address-switch master mymaster 10.0.2.1 6379 ip 10.0.3.9 port 26380 for ${idOf('p1')}`,
    ]);
    expect(knownIds(lab)).toEqual([idOf('p1'), idOf('p2')]);
    expect(
      lab.saved('s1')!.masters[0]!.knownSentinels.find(({ runId }) => runId === idOf('p1')),
    ).toMatchObject({
      host: '10.0.3.9',
      port: 26_380,
    });
  });

  test('a new id at a known address: the old one is forgotten by all masters (S-HELLO-7)', () => {
    const lab = stage({
      nodeLines: {
        s1: [
          'sentinel monitor other 10.0.2.2 6379 1',
          `sentinel known-sentinel other 10.0.3.1 26379 ${idOf('p1')}`,
        ],
      },
    });
    lab.tell('s1', helloOf('p1', 'n1', { sentinelRunId: idOf('q') }));
    expect(lab.events('s1')).toEqual(['+sentinel-invalid-addr', '+sentinel']);
    expect(lab.lines('s1', '+sentinel-invalid-addr')[0]!.message).toContain(idOf('p1'));
    expect(knownIds(lab)).toEqual([idOf('p2'), idOf('q')].sort());
    expect(knownIds(lab, 'other')).toEqual([]);
  });

  test('1 master, 1 replica, 3 sentinels: one restarted with a new id does not change the count (S-HELLO-7)', () => {
    const lab = cluster({ replicas: 1 });
    const disk = lab.world.state.processes[lab.process('s3')]!.disk as { saved: unknown };
    lab.kill('s3').run(100);
    disk.saved = null;
    lab.start('s3').run(8000);
    for (const name of ['s1', 's2']) {
      expect(lab.events(name, '+sentinel-invalid-addr', '+sentinel')).toEqual([
        '+sentinel-invalid-addr',
        '+sentinel',
      ]);
      expect(lab.askFields(name, 'SENTINEL', 'MASTER', 'mymaster')['num-other-sentinels']).toBe('2');
    }
  });

  test('2 masters: a new address is propagated to the other master, over new connections (S-HELLO-8)', () => {
    const lab = stage({
      nodeLines: {
        s1: [
          'sentinel monitor other 10.0.2.2 6379 1',
          `sentinel known-sentinel other 10.0.3.1 26379 ${idOf('p1')}`,
        ],
      },
    });
    lab.tell('s1', helloOf('p1', 'n1', { sentinelIp: '10.0.3.9' }));
    expect(lab.events('s1')).toEqual(['+sentinel-address-switch', '+sentinel-address-update']);
    expect(lab.lines('s1', '+sentinel-address-update')[0]!.message).toBe(
      `sentinel ${idOf('p1')} 10.0.3.9 26379 @ mymaster 10.0.2.1 6379 1 additional matching instances`,
    );
    const { instances } = lab.sentinel('s1');
    const other = instances[lab.master('s1', 'other').sentinelIds[0]!]!;
    expect(other.address.ip).toBe('10.0.3.9');
    lab.run(5);
    expect(lab.openAt('p1')).toEqual([]);
    // The next hello about the other master is no news.
    lab.hush().tell('s1', helloOf('p1', 'n2', { sentinelIp: '10.0.3.9', masterName: 'other' }));
    expect(lab.events('s1')).toEqual([]);
  });
});

describe('1 Sentinel: epochs and configurations of hellos', () => {
  test('a greater epoch is saved, then announced; a lesser one is nothing (S-HELLO-9)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 5 }));
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 4 }));
    expect(lab.lines('s1', '+new-epoch').map(({ message }) => message)).toEqual(['5']);
    expect(lab.saved('s1')!.currentEpoch).toBe(5);
  });

  test('it counts also from a sender that cannot be created (S-HELLO-9, S-HELLO-14)', () => {
    const lab = stage({ peers: 0 });
    lab.tell('s1', helloOf('p1', 'n2', { sentinelIp: 'no-name', currentEpoch: 6, masterConfigEpoch: 6 }));
    expect(knownIds(lab)).toEqual([]);
    expect(lab.sentinel('s1').currentEpoch).toBe(6);
    expect(lab.masterOf('s1')).toBe('n1');
  });

  test('a greater configuration epoch with another address: switch, with its events and a flush (S-HELLO-10)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    expect(
      lab.said
        .filter(({ node }) => node === 's1')
        .map(({ event, message }) => `${event} ${message}`)
        .sort(),
    ).toEqual([
      `+config-update-from sentinel ${idOf('p1')} 10.0.3.1 26379 @ mymaster 10.0.2.1 6379`,
      '+new-epoch 1',
      '+slave slave 10.0.2.1:6379 10.0.2.1 6379 @ mymaster 10.0.2.2 6379',
      '+slave slave 10.0.2.3:6379 10.0.2.3 6379 @ mymaster 10.0.2.2 6379',
      '+switch-master mymaster 10.0.2.1 6379 10.0.2.2 6379',
    ]);
    expect(lab.saved('s1')!.masters[0]).toMatchObject({ host: '10.0.2.2', configEpoch: 1 });
  });

  test('another port alone is another address (S-HELLO-10)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { masterPort: 6380, currentEpoch: 1, masterConfigEpoch: 1 }));
    expect(lab.lines('s1', '+switch-master')[0]!.message).toBe('mymaster 10.0.2.1 6379 10.0.2.1 6380');
  });

  test('the same address with a greater epoch: silently noted, not saved (S-HELLO-10)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { masterConfigEpoch: 4 }));
    expect(lab.master('s1').configEpoch).toBe(4);
    expect(lab.events('s1')).toEqual([]);
    expect(lab.saved('s1')!.masters[0]!.configEpoch).toBe(0);
  });

  test('equal epochs change nothing, whatever the address (S-HELLO-10)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n2', { masterConfigEpoch: 0 }));
    expect(lab.masterOf('s1')).toBe('n1');
    expect(lab.events('s1')).toEqual([]);
  });

  test('the time of the last hello is reported, and a silent Sentinel is never forgotten (S-HELLO-11)', () => {
    const lab = stage({ peers: 1 });
    lab.run(3000).tell('s1', helloOf('p1', 'n1'));
    const age = () => Number((lab.ask('s1', 'SENTINEL', 'SENTINELS', 'mymaster') as string[][])[0]!.at(-5));
    const fields = (lab.ask('s1', 'SENTINEL', 'SENTINELS', 'mymaster') as string[][])[0]!;
    expect(fields.at(-6)).toBe('last-hello-message');
    expect(age()).toBeLessThan(5);
    lab.kill('p1').run(3_600_000);
    expect(age()).toBeGreaterThanOrEqual(3_600_000);
    expect(knownIds(lab)).toEqual([idOf('p1')]);
  });

  test('a greater configuration epoch ends an own failover (S-HELLO-12)', () => {
    const lab = stage({ quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    lab.hush().tell('s1', helloOf('p1', 'n3', { currentEpoch: 2, masterConfigEpoch: 2 }));
    expect(lab.masterOf('s1')).toBe('n3');
    lab.run(30_000);
    const fields = lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster');
    expect(fields.flags).toBe('master');
    expect(fields['failover-state']).toBeUndefined();
    expect(lab.events('s1', '-failover-abort-slave-timeout', '+promoted-slave')).toEqual([]);
  });

  test('a master that does not resolve here: epoch and event, but no switch until a greater epoch (S-HELLO-13)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n2', { masterIp: 'n2', currentEpoch: 1, masterConfigEpoch: 1 }));
    expect(lab.lines('s1', '+switch-master')[0]!.message).toBe('mymaster 10.0.2.1 6379 n2 6379');
    expect(lab.masterOf('s1')).toBe('n1');
    expect(lab.master('s1').configEpoch).toBe(1);
    lab.tell('s1', helloOf('p2', 'n2', { currentEpoch: 1, masterConfigEpoch: 1 }));
    expect(lab.masterOf('s1')).toBe('n1');
    lab.tell('s1', helloOf('p2', 'n2', { currentEpoch: 2, masterConfigEpoch: 2 }));
    expect(lab.masterOf('s1')).toBe('n2');
  });

  test('1 master, 1 replica, 2 sentinels: an empty announce-ip removes the sender at the other (S-HELLO-14)', () => {
    const lab = cluster({ replicas: 1, sentinels: 2 });
    expect(knownIds(lab)).toHaveLength(1);
    expect(lab.ask('s2', 'SENTINEL', 'CONFIG', 'SET', 'announce-ip', '')).toBe('+OK');
    lab.run(4000);
    expect(lab.events('s1', '+sentinel-address-switch').length).toBeGreaterThan(0);
    expect(knownIds(lab)).toEqual([]);
  });
});
