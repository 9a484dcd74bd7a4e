import { describe, expect, test } from 'vitest';
import type { Lab } from '../support/sentinelLab.ts';
import { stage } from '../support/stages.ts';
import { addressOf, masterInfo, replicaInfo } from '../support/wire.ts';

const slaveofs = (lab: Lab, name: string) =>
  lab.heard(name, 'REPLICAOF').map(({ message }) => ('to' in message ? message.to : undefined));
const ABOUT_N1 = { host: addressOf('n1'), port: 6379 };

describe('1 Sentinel: a role that is not the expected one', () => {
  test('a change is announced once, with the role (S-ROLE-1)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.script('n1', { INFO: replicaInfo('n1', 'n9') }).run(10_500);
    lab
      .script('n1', { INFO: masterInfo('n1', ['n2']) })
      .script('n2', { INFO: masterInfo('n2') })
      .run(10_500);
    lab.script('n2', { INFO: replicaInfo('n2', 'n1') }).run(10_500);
    const master = 'master mymaster 10.0.2.1 6379 new reported role is';
    const slave = 'slave 10.0.2.2:6379 10.0.2.2 6379 @ mymaster 10.0.2.1 6379 new reported role is';
    const changes = lab.said.filter(({ event }) => event.endsWith('role-change'));
    expect(changes.map(({ event, message }) => `${event} ${message}`).sort()).toEqual([
      `+role-change ${master} master`,
      `+role-change ${slave} slave`,
      `-role-change ${master} slave`,
      `-role-change ${slave} master`,
    ]);
  });

  test('a master that reports slave is not touched (S-ROLE-3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.script('n1', { INFO: replicaInfo('n1', 'n2') }).run(20_000);
    expect(slaveofs(lab, 'n1')).toEqual([]);
    expect(lab.events('s1')).toEqual(['-role-change']);
  });
});

describe('1 Sentinel: promotion is seen in INFO', () => {
  /** Up to the promoted replica's first INFO as a master. */
  function promoted(lines: readonly string[] = []): { lab: Lab; name: string } {
    const lab = stage({ replicas: 2, peers: 2, quorum: 1, lines });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const waiting = lab.untilSaid('s1', '+failover-state-wait-promotion');
    return { lab, name: waiting.message.includes(addressOf('n2')) ? 'n2' : 'n3' };
  }

  test('the configuration epoch, the state, the file, the events and the address follow (S-ROLE-4)', () => {
    const { lab, name } = promoted(['sentinel client-reconfig-script mymaster /bin/true']);
    lab.hush().script(name, { INFO: masterInfo(name) });
    expect(lab.master('s1').configEpoch).toBe(0);
    lab.untilSaid('s1', '+promoted-slave');
    expect(lab.events('s1')).toEqual([
      '-role-change',
      '+promoted-slave',
      '+failover-state-reconf-slaves',
      'scripts-unmodelled',
    ]);
    expect(lab.master('s1').configEpoch).toBe(1);
    expect(lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster')['failover-state']).toBe('reconf_slaves');
    expect(lab.saved('s1')!.masters[0]).toMatchObject({ host: addressOf(name), configEpoch: 1 });
    expect(lab.ask('s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toEqual([
      addressOf(name),
      '6379',
    ]);
  });

  test('another replica that turns master is no promotion (S-ROLE-4)', () => {
    const { lab, name } = promoted();
    const other = name === 'n2' ? 'n3' : 'n2';
    lab
      .hush()
      .script(other, { INFO: masterInfo(other) })
      .run(5000);
    expect(lab.events('s1')).toEqual(['-role-change']);
  });

  test('a chosen replica that was a master all along counts at its next INFO (S-ROLE-4)', () => {
    const lab = stage({ replicas: 1, peers: 0, quorum: 1 });
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '-role-change');
    lab.hush().ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.untilSaid('s1', '+promoted-slave');
    expect(lab.events('s1', '-role-change')).toEqual([]);
  });

  test.each(Array.from({ length: 6 }, (_, seed) => seed))(
    'seed %i, INFO takes 80 ms: a chosen replica that was a master all along does not count before it was told (S-ROLE-4, S-FSM-5)',
    (seed) => {
      const lab = stage({ replicas: 1, peers: 0, quorum: 1, seed });
      lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '-role-change');
      lab.slow('s1', 'n2', 40).run(2000);
      lab.hush().ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
      lab.untilSaid('s1', '+promoted-slave');
      expect(lab.events('s1')).toContain('+failover-state-wait-promotion');
    },
  );
});

describe('1 Sentinel: a replica entry that reports master', () => {
  test('is told to follow at the second INFO, and at each one after (S-ROLE-5)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.script('n2', { INFO: masterInfo('n2') });
    const seen = lab.untilSaid('s1', '-role-change');
    const converted = lab.untilSaid('s1', '+convert-to-slave');
    expect((converted.atUs - seen.atUs) / 1000).toBeGreaterThan(10_000);
    expect((converted.atUs - seen.atUs) / 1000).toBeLessThan(10_110);
    lab.run(10_500);
    expect(lab.events('s1', '+convert-to-slave')).toHaveLength(2);
    expect(slaveofs(lab, 'n2')).toEqual([ABOUT_N1, ABOUT_N1]);
  });

  test('is left alone for 4 hello periods after it changed (S-ROLE-5)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '300', 'publish-period', '1000');
    lab.script('n2', { INFO: masterInfo('n2') });
    const seen = lab.untilSaid('s1', '-role-change');
    const converted = lab.untilSaid('s1', '+convert-to-slave');
    expect((converted.atUs - seen.atUs) / 1000).toBeGreaterThan(4000);
    expect((converted.atUs - seen.atUs) / 1000).toBeLessThan(4410);
  });

  test.each(['S_DOWN master', 'master that reports slave', 'master whose INFO is old'])(
    'is left alone under a %s: it does not look sane (S-ROLE-5, S-ROLE-8)',
    (why) => {
      const lab = stage({
        replicas: 1,
        peers: 0,
        downAfterMs: why === 'S_DOWN master' ? 3000 : 60_000,
        quorum: 9,
      });
      if (why === 'master that reports slave') lab.script('n1', { INFO: replicaInfo('n1', 'n9') });
      else if (why === 'S_DOWN master') lab.mute('n1');
      else lab.script('n1', { INFO: null }).ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '4000');
      lab
        .run(11_000)
        .script('n2', { INFO: masterInfo('n2') })
        .run(30_000);
      expect(lab.events('s1', '-role-change').length).toBeGreaterThan(0);
      expect(lab.events('s1', '+convert-to-slave')).toEqual([]);
    },
  );

  test('is left alone for 8 s after it went down; a longer outage counts from its start (S-ROLE-5, S-ROLE-9)', () => {
    const outage = (outageMs: number) => {
      const lab = stage({ replicas: 1, peers: 0 });
      lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '300');
      lab.script('n2', { INFO: masterInfo('n2') }).run(7000);
      lab.pause('n2').untilSaid('s1', '+sdown');
      lab.run(outageMs).resume('n2');
      const up = lab.untilSaid('s1', '-sdown');
      const down = lab.lines('s1', '+sdown')[0]!;
      const converted = lab.untilSaid('s1', '+convert-to-slave');
      return {
        sinceDownMs: (converted.atUs - down.atUs) / 1000,
        sinceUpMs: (converted.atUs - up.atUs) / 1000,
      };
    };
    const short = outage(2000);
    expect(short.sinceDownMs).toBeGreaterThan(8000);
    expect(short.sinceDownMs).toBeLessThan(8500);
    expect(outage(12_000).sinceUpMs).toBeLessThan(1000);
  });
});

describe('1 Sentinel, failover-timeout 5 s: a replica that follows somebody else', () => {
  const setting = { replicas: 1, peers: 0, failoverTimeoutMs: 5000 };

  test.each([
    ['another host', { master_host: '10.9.9.9' }],
    ['another port', { master_port: 1 }],
  ])(
    '%s: is told to follow the master, failover-timeout after it was seen, at each INFO (S-ROLE-6)',
    (_what, change) => {
      const lab = stage(setting);
      lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '300');
      lab.run(500).script('n2', { INFO: replicaInfo('n2', 'n1', change) });
      lab.until(() => lab.replica('s1', 'n2').slaveConfChangeUs > lab.sentinel('s1').clockOffsetUs + 900_000);
      const seenUs = lab.nowUs;
      const fixed = lab.untilSaid('s1', '+fix-slave-config');
      expect((fixed.atUs - seenUs) / 1000).toBeGreaterThan(5000);
      expect((fixed.atUs - seenUs) / 1000).toBeLessThan(5410);
      lab.run(2000);
      expect(slaveofs(lab, 'n2').length).toBeGreaterThanOrEqual(4);
      expect(slaveofs(lab, 'n2')[0]).toEqual(ABOUT_N1);
    },
  );

  test('a replica of the right master is not touched, whatever the state of its link (S-ROLE-6)', () => {
    const lab = stage(setting);
    const down = { master_link_status: 'down' as const, master_link_down_since_seconds: 99 };
    lab.script('n2', { INFO: replicaInfo('n2', 'n1', down) }).run(40_000);
    expect(slaveofs(lab, 'n2')).toEqual([]);
  });

  test('not within failover-timeout of its last time down (S-ROLE-6, S-ROLE-9)', () => {
    const lab = stage({ ...setting, downAfterMs: 1000 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '300');
    lab
      .run(500)
      .script('n2', { INFO: replicaInfo('n2', 'n1', { master_port: 1 }) })
      .run(3500);
    lab.pause('n2');
    const down = lab.untilSaid('s1', '+sdown');
    lab.resume('n2');
    const fixed = lab.untilSaid('s1', '+fix-slave-config');
    expect((fixed.atUs - down.atUs) / 1000).toBeGreaterThan(5000);
    expect((fixed.atUs - down.atUs) / 1000).toBeLessThan(5410);
  });

  test('during a failover the old master is still the measure (S-ROLE-6)', () => {
    const lab = stage({ ...setting, replicas: 2, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'parallel-syncs', '1');
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const waiting = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const [chosen, other] = waiting.message.includes(addressOf('n2')) ? ['n2', 'n3'] : ['n3', 'n2'];
    lab.script(other!, { INFO: replicaInfo(other!, chosen!, { master_link_status: 'down' }) });
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'failover-timeout', '3000');
    expect(lab.untilSaid('s1', '+fix-slave-config').message).toContain(`slave ${addressOf(other!)}`);
    lab.run(1);
    expect(slaveofs(lab, other!)[0]).toEqual(ABOUT_N1);
  });
});

describe('1 Sentinel, 2 replicas, failover: progress of the other replica', () => {
  function reconfiguring(): { lab: Lab; chosen: string; other: string } {
    const lab = stage({ replicas: 2, peers: 0, quorum: 1 });
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    const waiting = lab.untilSaid('s1', '+failover-state-wait-promotion');
    const [chosen, other] = waiting.message.includes(addressOf('n2')) ? ['n2', 'n3'] : ['n3', 'n2'];
    lab.script(chosen!, { INFO: masterInfo(chosen!) }).untilSaid('s1', '+slave-reconf-sent');
    return { lab: lab.hush(), chosen: chosen!, other: other! };
  }

  test('it names the new master: in progress; its link is up: done (S-ROLE-7)', () => {
    const { lab, chosen, other } = reconfiguring();
    lab.run(3000);
    expect(lab.events('s1', '+slave-reconf-inprog')).toEqual([]);
    lab.script(other, { INFO: replicaInfo(other, chosen, { master_link_status: 'down' }) }).run(3000);
    expect(lab.events('s1')).toEqual(['+slave-reconf-inprog']);
    lab.script(other, { INFO: replicaInfo(other, chosen) }).run(1200);
    expect(lab.events('s1').slice(1, 3)).toEqual(['+slave-reconf-done', '+failover-end']);
  });

  test('both steps can be seen in one INFO (S-ROLE-7)', () => {
    const { lab, chosen, other } = reconfiguring();
    lab.script(other, { INFO: replicaInfo(other, chosen) });
    const first = lab.untilSaid('s1', '+slave-reconf-inprog');
    expect(lab.lines('s1', '+slave-reconf-done')[0]!.atUs).toBe(first.atUs);
  });

  test('the right host on another port is not the new master (S-ROLE-7)', () => {
    const { lab, chosen, other } = reconfiguring();
    lab.script(other, { INFO: replicaInfo(other, chosen, { master_port: 6380 }) }).run(5000);
    expect(lab.events('s1')).toEqual([]);
  });
});
