import { describe, expect, test } from 'vitest';
import { EVENTS, type EventName } from '../../models/events.ts';
import { stage } from '../support/stages.ts';
import { helloOf, idOf, masterInfo } from '../support/wire.ts';

/** Levels as the reference lists them. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  warning: [
    ...[
      '+monitor',
      '-monitor',
      '+set',
      '+reset-master',
      '+sdown',
      '-sdown',
      '+odown',
      '-odown',
      '+new-epoch',
    ],
    ...['+vote-for-leader', '+try-failover', '-failover-abort-not-elected', '+elected-leader'],
    ...['+failover-state-select-slave', '-failover-abort-no-good-slave', '+selected-slave'],
    ...['-failover-abort-slave-timeout', '+promoted-slave', '+failover-state-reconf-slaves'],
    ...[
      '+failover-end-for-timeout',
      '+failover-end',
      '+config-update-from',
      '+switch-master',
      '+tilt',
      '-tilt',
    ],
    ...['-script-error', '-script-timeout'],
  ],
  notice: [
    ...[
      '+slave',
      '+sentinel',
      '+sentinel-address-switch',
      '+sentinel-address-update',
      '+sentinel-invalid-addr',
    ],
    ...['+reboot', '+convert-to-slave', '+fix-slave-config', '+failover-state-send-slaveof-noone'],
    ...['+failover-state-wait-promotion', '+slave-reconf-sent', '+slave-reconf-inprog', '+slave-reconf-done'],
    ...['-slave-reconf-sent-timeout', '+slave-reconf-sent-be'],
  ],
  verbose: ['+role-change', '-role-change'],
  debug: ['-cmd-link-reconnection', '-pubsub-link-reconnection'],
};

test('every event has its level, and all but DEBUG are published (S-EVENT-1, S-EVENT-2)', () => {
  const own = (Object.keys(EVENTS) as EventName[]).filter((name) => /^[+-]/.test(name));
  expect(own.sort()).toEqual(Object.values(LEVELS).flat().sort());
  for (const [level, names] of Object.entries(LEVELS)) {
    for (const name of names) {
      expect(EVENTS[name as EventName]).toMatchObject({ level, published: level !== 'debug' });
    }
  }
});

describe('1 Sentinel: subscribers', () => {
  test('get the payload on the channel named after the event, VERBOSE ones too, log lines not (S-EVENT-1)', () => {
    const lab = stage({ replicas: 1 });
    const one = lab.open('s1', { kind: 'SUBSCRIBE', channels: ['-role-change'] });
    const all = lab.open('s1', { kind: 'PSUBSCRIBE', patterns: ['*'] });
    lab.script('n2', { INFO: masterInfo('n2') }).untilSaid('s1', '-role-change');
    lab.ask('s1', 'SENTINEL', 'FAILOVER', 'mymaster');
    lab.run(1);
    const payload = 'slave 10.0.2.2:6379 10.0.2.2 6379 @ mymaster 10.0.2.1 6379 new reported role is master';
    expect(lab.arrived(one)).toEqual([
      { kind: 'subscribed', channel: '-role-change', count: 1 },
      { kind: 'message', channel: '-role-change', payload },
    ]);
    const channels = lab.arrived(all).map((message) => ('channel' in message ? message.channel : ''));
    // "Executing user requested FAILOVER" is a log line.
    expect(channels).toEqual(['*', '-role-change', '+new-epoch', '+try-failover']);
  });

  test('do not get DEBUG events (S-EVENT-1)', () => {
    const lab = stage({
      nodeLines: { s1: ['sentinel resolve-hostnames yes', 'sentinel monitor g ghost 6379 1'] },
    });
    const all = lab.open('s1', { kind: 'PSUBSCRIBE', patterns: ['*'] });
    lab.run(3000);
    expect(lab.events('s1', '-cmd-link-reconnection').length).toBeGreaterThan(0);
    expect(lab.arrived(all)).toHaveLength(1);
  });
});

test('1 Sentinel: instances in payloads: type, name, address, and the master of a child (S-EVENT-2)', () => {
  const lab = stage({ replicas: 1, peers: 1, downAfterMs: 1000 });
  lab.kill('n1', 'n2', 'p1').run(2500);
  expect(
    lab
      .lines('s1', '+sdown')
      .map(({ message }) => message)
      .sort(),
  ).toEqual([
    'master mymaster 10.0.2.1 6379',
    `sentinel ${idOf('p1')} 10.0.3.1 26379 @ mymaster 10.0.2.1 6379`,
    'slave 10.0.2.2:6379 10.0.2.2 6379 @ mymaster 10.0.2.1 6379',
  ]);
});

test('1 Sentinel: IPv6 replicas are named in brackets (S-EVENT-2)', () => {
  const lab = stage({
    replicas: 0,
    peers: 1,
    nodeLines: { s1: ['sentinel known-replica mymaster ::1 6379'] },
  });
  lab.tell('s1', helloOf('p1', 'n1'));
  expect(lab.untilSaid('s1', '+sdown').message).toBe('slave [::1]:6379 ::1 6379 @ mymaster 10.0.2.1 6379');
});

test('1 Sentinel: payloads are cut at 1023 bytes (S-EVENT-2)', () => {
  const lab = stage({ peers: 0 });
  lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'auth-user', 'x'.repeat(2000));
  expect(lab.lines('s1', '+set')[0]!.message).toHaveLength(1023);
  for (const character of ['é', '€', '𝄞']) {
    lab.hush().ask('s1', 'SENTINEL', 'SET', 'mymaster', 'auth-user', character.repeat(2000));
    const { message } = lab.lines('s1', '+set')[0]!;
    const bytes = Buffer.byteLength(message);
    expect(bytes).toBeLessThanOrEqual(1023);
    expect(bytes).toBeGreaterThan(1023 - Buffer.byteLength(character));
    expect(message.endsWith(character)).toBe(true);
  }
});
