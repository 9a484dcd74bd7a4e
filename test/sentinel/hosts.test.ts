import { describe, expect, test } from 'vitest';
import { Lab } from '../support/sentinelLab.ts';
import { monitorLines, stage } from '../support/stages.ts';
import { addressOf, helloOf, masterInfo, replicaInfo } from '../support/wire.ts';

const RESOLVE = 'sentinel resolve-hostnames yes';
const ANNOUNCE = 'sentinel announce-hostnames yes';

/** `s1` watches `mymaster` by host name. */
function byName(host: string, lines: readonly string[], settleMs = 500): Lab {
  const lab = new Lab({
    sentinels: { s1: [...monitorLines('n1').map((line) => line.replace(addressOf('n1'), host)), ...lines] },
    actors: { n1: { INFO: masterInfo('n1', ['n2']) }, n2: { INFO: replicaInfo('n2', 'n1') } },
  });
  lab.start('n1', 'n2', 'c1').run(1);
  lab.start('s1').run(settleMs);
  return lab;
}

describe('1 Sentinel: names of masters', () => {
  test.each([
    ['10.0.2.1', true],
    ['::1', true],
    ['fe80::1:2', true],
    ['0.0.0.0', true],
    ['255.255.255.255', true],
    ['256.0.0.1', false],
    ['1..2.3', false],
    ['1.2.3.0004', false],
    ['1.2.3.-4', false],
    ['1.2.3.x', false],
    ['1.2.3', false],
    ['n2', false],
    ['', false],
  ])('resolve-hostnames no: "%s" is an address: %s (S-HOST-1)', (host, accepted) => {
    const lab = stage({ peers: 0, settleMs: 20 });
    const reply = lab.ask('s1', 'SENTINEL', 'MONITOR', 'x', host, '6379', '1');
    expect(reply).toBe(accepted ? '+OK' : '-ERR Invalid IP address or hostname specified');
  });

  test('resolve-hostnames yes: the name is kept, with its address; a failure is logged (S-HOST-1)', () => {
    const lab = byName('n1', [RESOLVE]);
    expect(lab.master('s1').address).toEqual({ hostname: 'n1', ip: '10.0.2.1', port: 6379 });
    expect(lab.ask('s1', 'SENTINEL', 'MONITOR', 'x', 'ghost', '6379', '1')).toBe(
      '-ERR Invalid IP address or hostname specified',
    );
    lab.setName('n2', null).tell('s1', helloOf('p1', 'n2', { masterIp: 'n2', masterConfigEpoch: 1 }));
    expect(lab.lines('s1', 'resolve-failed').at(-1)!.message).toBe('n2');
  });

  test('an unknown name is tolerated at startup, in INFO and in hellos, not in MONITOR and in a switch (S-HOST-2)', () => {
    const lab = byName('ghost', [RESOLVE, 'sentinel known-replica mymaster phantom 6379'], 20);
    expect(lab.isRunning('s1')).toBe(true);
    expect(lab.master('s1').address).toEqual({ hostname: 'ghost', ip: '', port: 6379 });
    lab.tell('s1', helloOf('p1', 'n1', { sentinelIp: 'spectre' }));
    expect(lab.events('s1', '+sentinel')).toEqual(['+sentinel']);
    lab.tell('s1', helloOf('p1', 'n1', { sentinelIp: 'spectre', masterIp: 'wraith', masterConfigEpoch: 1 }));
    expect(lab.master('s1').address.hostname).toBe('ghost');
    const { info } = masterInfo('n1') as { info: object };
    const slaves = [{ ip: 'banshee', port: 6379, state: 'online', offset: 0, lag: 0 }];
    const named = byName('n1', [RESOLVE]);
    named
      .script('n1', { INFO: { kind: 'info', sections: [], info: { ...info, slaves } as never } })
      .run(10_500);
    expect(
      named.lines('s1', '+slave', 'banshee').length + named.lines('s1', '+slave', ':6379  6379').length,
    ).toBe(1);
  });

  test('a replica of an unknown name is looked up twice with each INFO: once to find it, once to make it (S-HOST-2)', () => {
    const { info } = masterInfo('n1') as { info: object };
    const slaves = [{ ip: 'banshee', port: 6379, state: 'online', offset: 0, lag: 0 }];
    const lab = byName('n1', [RESOLVE]);
    lab.script('n1', { INFO: { kind: 'info', sections: [], info: { ...info, slaves } as never } });
    const counts = [1, 2, 3].map(() => {
      const asked = lab.heard('n1', 'INFO').length;
      lab.until(() => lab.heard('n1', 'INFO').length > asked, 20_000);
      return lab.hush().run(1).lines('s1', 'resolve-failed', 'banshee').length;
    });
    expect(counts).toEqual([2, 2, 2]);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-slaves']).toBe('2');
  });

  test('a name in the file with resolve-hostnames no: the next start is refused (S-HOST-3)', () => {
    const lab = byName('n1', [RESOLVE, ANNOUNCE]);
    expect(lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', 'resolve-hostnames', 'no')).toBe('+OK');
    lab.kill('s1').run(100).hush().start('s1').run(20);
    expect(lab.isRunning('s1')).toBe(false);
    expect(lab.events('s1')).toEqual(['resolve-failed', 'fatal-config', 'exited']);
    expect(lab.lines('s1', 'fatal-config')[0]!.message).toBe("Can't resolve instance hostname.");
  });

  test('an unresolved master at a first start is saved without a host: the next start is refused (S-HOST-8)', () => {
    const lab = byName('ghost', [RESOLVE], 20);
    expect(lab.lines('s1', '+monitor')[0]!.message).toBe('master mymaster  6379 quorum 2');
    lab.kill('s1').run(100).start('s1').run(20);
    expect(lab.isRunning('s1')).toBe(false);
    expect(lab.lines('s1', 'fatal-config')[0]!.message).toBe(
      'Unrecognized sentinel configuration statement.',
    );
    // With announced host names the name is saved.
    const named = byName('ghost', [RESOLVE, ANNOUNCE], 20);
    named.kill('s1').run(100).start('s1').run(20);
    expect(named.isRunning('s1')).toBe(true);
  });
});

describe('1 Sentinel: equal addresses', () => {
  const question = (host: string, port = '6379') => [
    'SENTINEL',
    'is-master-down-by-addr',
    host,
    port,
    '1',
    'me',
  ];

  test('by number, or by name whatever its letters, and by port (S-HOST-4, S-HOST-5)', () => {
    const lab = byName('n1', [RESOLVE]);
    const votes = (host: string, port?: string) =>
      (lab.fork().ask('s1', ...question(host, port)) as unknown[])[1] === 'me';
    expect([votes('10.0.2.1'), votes('n1'), votes('10.0.2.2'), votes('10.0.2.1', '1')]).toEqual([
      ...[true, true, false, false],
    ]);
    lab.setName('alias', '10.0.2.1');
    expect(votes('alias')).toBe(true);
    // Unknown as it is, the text is that of the record.
    expect([votes('N1'), votes('ghost')]).toEqual([true, false]);
  });

  test('two unresolved ones have the same empty number (S-HOST-4)', () => {
    const lab = byName('ghost', [RESOLVE], 20);
    expect(lab.ask('s1', ...question('phantom'))).toEqual([0, 'me', 1]);
  });

  test('a replica that follows the master by name or by number follows it (S-HOST-6)', () => {
    const follows = (master_host: string, lines: readonly string[]) => {
      const lab = byName(lines.length > 0 ? 'n1' : '10.0.2.1', lines);
      lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'failover-timeout', '1000');
      lab.script('n2', { INFO: replicaInfo('n2', 'n1', { master_host }) }).run(25_000);
      return lab.events('s1', '+fix-slave-config').length === 0;
    };
    expect([follows('n1', [RESOLVE]), follows('10.0.2.1', [RESOLVE]), follows('N1', [RESOLVE])]).toEqual([
      true,
      true,
      true,
    ]);
    expect([follows('n2', [RESOLVE]), follows('n1', []), follows('10.0.2.1', [])]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('1 Sentinel: announced names', () => {
  test('announce-hostnames yes: names in events, replies, questions, hellos, the file (S-HOST-7)', () => {
    const lab = byName('n1', [RESOLVE, ANNOUNCE, 'sentinel known-replica mymaster n2 6379']);
    lab.tell('s1', helloOf('p1', 'n1'));
    expect(lab.lines('s1', '+monitor')[0]!.message).toBe('master mymaster n1 6379 quorum 2');
    expect(lab.ask('s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toEqual(['n1', '6379']);
    expect(lab.saved('s1')!.masters[0]!.host).toBe('n1');
    const names = (lab.ask('s1', 'SENTINEL', 'REPLICAS', 'mymaster') as string[][]).map((map) => map[1]);
    // INFO names the same node by its number: the names differ, so it stands there twice.
    expect(names.sort()).toEqual(['10.0.2.2:6379', 'n2:6379']);
  });

  test('SLAVEOF names the master as announced (S-HOST-7, S-RECONF-1)', () => {
    const told = (lines: readonly string[]) => {
      const lab = byName('n1', lines);
      lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '+convert-to-slave');
      const { message } = lab.run(1).heard('n2', 'REPLICAOF')[0]!;
      return 'to' in message && message.to !== null && typeof message.to === 'object'
        ? message.to.host
        : null;
    };
    expect([told([RESOLVE]), told([RESOLVE, ANNOUNCE])]).toEqual(['10.0.2.1', 'n1']);
  });

  test('announce-ip and announce-port are for its own hellos alone, unchecked (S-HOST-9)', () => {
    const lab = stage({ lines: ['sentinel announce-ip not.an.address', 'sentinel announce-port 1'] });
    lab.run(2500);
    expect(lab.heard('p1', 'PUBLISH')[0]!.message).toMatchObject({
      payload: { sentinelIp: 'not.an.address', sentinelPort: 1, masterIp: '10.0.2.1' },
    });
    expect(lab.ask('s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toEqual(['10.0.2.1', '6379']);
    expect(lab.ask('s1', 'PING')).toBe('+PONG');
  });
});

describe('1 Sentinel: its configuration file at startup', () => {
  test('lines about a master may come before its own (S-CONF-1)', () => {
    const early = new Lab({
      sentinels: { s1: ['sentinel down-after-milliseconds m 777', 'sentinel monitor m 10.0.2.1 6379 1'] },
    });
    early.start('s1').run(5);
    expect(early.master('s1', 'm').downAfterMs).toBe(777);
  });

  test('two names of one replica: saved by number they are duplicates, and the next start is refused (S-CONF-2, S-HOST-7)', () => {
    const twice = [
      RESOLVE,
      ANNOUNCE,
      'sentinel known-replica mymaster n2 6379',
      'sentinel known-replica mymaster N2 6379',
    ];
    const lab = byName('n1', twice);
    expect(lab.isRunning('s1')).toBe(true);
    lab.setName('N2', '10.0.2.2').run(1500);
    lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', 'announce-hostnames', 'no');
    lab.kill('s1').run(100).start('s1').run(20);
    expect(lab.lines('s1', 'fatal-config')[0]?.message).toBe('Duplicate hostname and port for replica.');
  });

  test('known-slave: a rewrite adds known-replica beside it, and the next start is refused (S-CONF-5)', () => {
    const restarted = (word: string) => {
      const lab = stage({ nodeLines: { s1: [`sentinel ${word} mymaster ${addressOf('n3')} 6379`] } });
      expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['num-slaves']).toBe('2');
      lab.kill('s1').run(100).start('s1').run(20);
      return lab.isRunning('s1') ? '' : lab.lines('s1', 'fatal-config')[0]!.message;
    };
    expect(restarted('known-replica')).toBe('');
    expect(restarted('known-slave')).toBe('Duplicate hostname and port for replica.');
  });

  test('config-epoch raises the current epoch; the children have the down-after of their master (S-CONF-2, S-CONF-3)', () => {
    const lab = stage({ lines: ['sentinel config-epoch mymaster 9', 'sentinel current-epoch 4'] });
    expect(lab.sentinel('s1').currentEpoch).toBe(9);
    for (const instance of [lab.replica('s1', 'n2'), lab.peer('s1', 'p1')])
      expect(instance.downAfterMs).toBe(3000);
  });
});
