import { describe, expect, test } from 'vitest';
import { HELLO_CHANNEL, helloText } from '../../models/commands.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { cluster, stage } from '../support/stages.ts';
import { addressOf, helloOf, masterInfo } from '../support/wire.ts';

const helloAt = (lab: Lab, name: string) => {
  const { message } = lab.heard(name, 'PUBLISH').at(-1)!;
  return 'payload' in message && typeof message.payload !== 'string' ? message.payload : null;
};

describe('1 Sentinel: what a hello says', () => {
  test('eight tokens: own address and id, epochs, the master (S-HELLO-1)', () => {
    const lab = stage();
    lab.tell('s1', helloOf('p1', 'n1', { currentEpoch: 7, masterConfigEpoch: 3 }));
    lab.run(2500);
    expect(helloText(helloAt(lab, 'n1')!)).toBe(
      `10.0.1.1,26379,${lab.sentinel('s1').myId},7,mymaster,10.0.2.1,6379,3`,
    );
  });

  test.each([
    [['sentinel announce-ip 1.2.3.4'], '1.2.3.4', 26_379],
    [['sentinel announce-port 5000'], '10.0.1.1', 5000],
    [['sentinel announce-ip sentinel.example', 'sentinel announce-port 5000'], 'sentinel.example', 5000],
  ])('%j: %s, port %i (S-HELLO-1, S-HOST-9)', (lines, sentinelIp, sentinelPort) => {
    const lab = stage({ lines });
    lab.run(2500);
    expect(helloAt(lab, 'p1')).toMatchObject({ sentinelIp, sentinelPort });
  });

  test('another announced address or port is in the next hello, and none again (S-HELLO-1, S-HOST-9)', () => {
    const lab = stage({ peers: 1 });
    const next = (option: string, value: string) => {
      lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', option, value);
      lab.run(2500);
      const { sentinelIp, sentinelPort } = helloAt(lab, 'p1')!;
      return `${sentinelIp} ${sentinelPort}`;
    };
    expect(next('announce-port', '5000')).toBe('10.0.1.1 5000');
    expect(next('announce-port', '5001')).toBe('10.0.1.1 5001');
    expect(next('announce-ip', '192.0.2.7')).toBe('192.0.2.7 5001');
    expect(next('announce-port', '0')).toBe('192.0.2.7 26379');
  });

  test('another epoch, master or configuration epoch is in the next hello (S-HELLO-1)', () => {
    const lab = stage({ peers: 1 });
    const next = (change: Parameters<typeof helloOf>[2], master = 'n1') => {
      lab.tell('s1', helloOf('p1', master, change));
      lab.run(2500);
      return helloText(helloAt(lab, 'p1')!).split(',').slice(3).join();
    };
    expect(next({ currentEpoch: 2 })).toBe('2,mymaster,10.0.2.1,6379,0');
    expect(next({ currentEpoch: 2, masterConfigEpoch: 1 })).toBe('2,mymaster,10.0.2.1,6379,1');
    expect(next({ currentEpoch: 2, masterConfigEpoch: 2, masterPort: 6380 })).toBe(
      '2,mymaster,10.0.2.1,6380,2',
    );
    expect(next({ currentEpoch: 2, masterConfigEpoch: 3 }, 'n2')).toBe('2,mymaster,10.0.2.2,6379,3');
  });

  test('the master is named as announced: by host name with announce-hostnames (S-HELLO-1, S-HOST-7)', () => {
    const about = (extra: string) => {
      const lab = stage({
        replicas: 1,
        nodeLines: { s1: ['sentinel resolve-hostnames yes', extra, 'sentinel monitor named n2 6379 1'] },
      });
      lab.run(2500);
      const hellos = lab
        .heard('n2', 'PUBLISH')
        .map(({ message }) => ('payload' in message ? message.payload : ''));
      return hellos.find((hello) => typeof hello !== 'string' && hello.masterName === 'named');
    };
    expect(about('sentinel announce-hostnames no')).toMatchObject({ masterIp: addressOf('n2') });
    expect(about('sentinel announce-hostnames yes')).toMatchObject({ masterIp: 'n2' });
  });

  test('from the promotion on it names the promoted replica with the new epoch (S-HELLO-1)', () => {
    const lab = stage({ replicas: 1, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+failover-state-wait-promotion');
    lab.run(2500);
    expect(helloAt(lab, 'p1')).toMatchObject({
      masterIp: addressOf('n1'),
      masterConfigEpoch: 0,
      currentEpoch: 1,
    });
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+promoted-slave');
    lab.run(150);
    expect(helloAt(lab, 'p1')).toMatchObject({
      masterIp: addressOf('n2'),
      masterConfigEpoch: 1,
      currentEpoch: 1,
    });
  });
});

test('1 Sentinel: master, replicas and Sentinels get it, in a PUBLISH on the command connection (S-HELLO-2)', () => {
  const lab = stage();
  lab.run(3000);
  for (const name of ['n1', 'n2', 'n3', 'p1', 'p2']) {
    const { message, connection } = lab.heard(name, 'PUBLISH').at(-1)!;
    expect(message).toMatchObject({ channel: HELLO_CHANNEL });
    expect(connection).toBe(lab.heard(name, 'PING')[0]!.connection);
  }
});

test('1 master, 2 replicas, 3 sentinels: they find each other through the data nodes (S-HELLO-2, S-HELLO-3)', () => {
  const lab = cluster();
  for (const name of ['s1', 's2', 's3']) {
    expect(lab.askFields(name, 'SENTINEL', 'MASTER', 'mymaster')['num-other-sentinels']).toBe('2');
  }
  // Own hellos come back and keep the subscription alive: no silence longer than a hello period and a bit.
  const { pcLastActivityUs } = lab.link('s1', lab.replica('s1', 'r2'));
  expect(lab.nowUs + lab.sentinel('s1').clockOffsetUs - pcLastActivityUs).toBeLessThan(2_200_000);
  expect(lab.events('s1')).toEqual([]);
});

test('1 Sentinel alone: its own hellos keep its subscriptions fresh (S-HELLO-3, S-SDOWN-4)', () => {
  const lab = stage({ replicas: 1, peers: 0 });
  const before = lab.link('s1', lab.replica('s1', 'n2')).pc;
  lab.run(120_000);
  expect(lab.link('s1', lab.replica('s1', 'n2')).pc).toBe(before);
});
