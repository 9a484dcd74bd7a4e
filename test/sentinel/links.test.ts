import { describe, expect, test } from 'vitest';
import { NO_CONNECTION } from '../../models/sentinel/state.ts';
import type { Lab } from '../support/sentinelLab.ts';
import { names, stage } from '../support/stages.ts';
import { addressOf, masterInfo } from '../support/wire.ts';

/** Kinds of what a neighbour heard on each of its connections, up to the first hello or reply. */
const firstWords = (lab: Lab, name: string, connection: number, count: number) =>
  lab
    .actor(name)
    .heard.filter((each) => each.connection === connection)
    .slice(0, count)
    .map(({ message }) => message.kind);

/** The connections of `s1` to a data node: commands, subscription. */
const linkTo = (lab: Lab, name: string) =>
  lab.link('s1', name === 'n1' ? lab.master('s1') : lab.replica('s1', name));

describe('1 Sentinel: which connections there are', () => {
  test('master, replica: two connections; Sentinel: one (S-LINK-1)', () => {
    const lab = stage({ replicas: 1, peers: 1 });
    for (const name of ['n1', 'n2']) {
      expect(lab.actor(name).accepted).toHaveLength(2);
      const [cc, pc] = lab.openAt(name) as [number, number];
      expect(firstWords(lab, name, cc, 3)).toEqual(['CLIENT SETNAME', 'PING', 'INFO']);
      expect(firstWords(lab, name, pc, 3)).toEqual(['CLIENT SETNAME', 'SUBSCRIBE']);
    }
    expect(lab.actor('p1').accepted).toHaveLength(1);
    expect(lab.heard('p1', 'SUBSCRIBE')).toEqual([]);
  });

  test('1 replica: without its subscription nothing periodic is sent on the live command connection (S-LINK-2)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'info-period', '100');
    lab.run(1500);
    // The first loss is repaired at the next tick, the second one only a second later (S-LINK-3).
    lab.hangUpOn('s1', linkTo(lab, 'n2').pc).run(110);
    const { cc } = linkTo(lab, 'n2');
    lab.hangUpOn('s1', linkTo(lab, 'n2').pc).run(1);
    const lostUs = lab.nowUs;
    expect(linkTo(lab, 'n2')).toMatchObject({ cc, pc: NO_CONNECTION, disconnected: true });
    lab.run(800);
    expect(lab.actor('n2').heard.filter(({ atUs }) => atUs > lostUs)).toEqual([]);
    lab.run(400);
    expect(linkTo(lab, 'n2')).toMatchObject({ cc, disconnected: false });
    expect(lab.heard('n2', 'INFO', lostUs).length).toBeGreaterThan(0);
  });
});

describe('1 Sentinel: reconnecting', () => {
  test('1 dead replica: attempts are a second and at most a tick apart (S-LINK-3)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.kill('n2').run(2000);
    const attempts = new Set<number>();
    const endUs = lab.nowUs + 30_000_000;
    lab.until(() => attempts.add(linkTo(lab, 'n2').lastReconnUs) && lab.nowUs > endUs);
    const times = [...attempts];
    expect(times.length).toBeGreaterThanOrEqual(27);
    for (let i = 1; i < times.length; i++) {
      expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(1_000_000);
      expect(times[i]! - times[i - 1]!).toBeLessThanOrEqual(1_101_000);
    }
  });

  test('1 replica: a loss after more than a second is repaired at the very next tick (S-LINK-3)', () => {
    const lab = stage({ replicas: 1, peers: 0, literalTicks: true });
    lab.run(2000).untilTick('s1');
    lab.hangUpOn('s1', linkTo(lab, 'n2').cc).run(1);
    expect(linkTo(lab, 'n2').cc).toBe(NO_CONNECTION);
    lab.untilTick('s1');
    expect(linkTo(lab, 'n2').cc).not.toBe(NO_CONNECTION);
  });

  test('1 master on port 0: never connected (S-LINK-3)', () => {
    const lab = stage({ peers: 0 });
    expect(lab.ask('s1', 'SENTINEL', 'MONITOR', 'nowhere', '10.0.2.1', '0', '1')).toBe('+OK');
    lab.run(10_000);
    const link = lab.link('s1', lab.master('s1', 'nowhere'));
    expect(link).toMatchObject({ cc: NO_CONNECTION, pc: NO_CONNECTION, lastReconnUs: 0, disconnected: true });
  });

  test('both connections introduce themselves: AUTH, SETNAME, then PING or SUBSCRIBE (S-LINK-4, S-LINK-5)', () => {
    const lab = stage({ peers: 0, lines: ['sentinel auth-pass mymaster pw'] });
    const [cc, pc] = lab.openAt('n1') as [number, number];
    expect(firstWords(lab, 'n1', cc, 4)).toEqual(['AUTH', 'CLIENT SETNAME', 'PING', 'INFO']);
    expect(firstWords(lab, 'n1', pc, 4)).toEqual(['AUTH', 'CLIENT SETNAME', 'SUBSCRIBE']);
    const { message } = lab.heard('n1', 'SUBSCRIBE')[0]!;
    expect(message).toEqual({ kind: 'SUBSCRIBE', channels: ['__sentinel__:hello'] });
  });

  test('a host name is resolved again for every command connection; a failure keeps the address (S-LINK-4)', () => {
    const named = ['sentinel resolve-hostnames yes', 'sentinel monitor named n2 6379 1'];
    const lab = stage({ replicas: 1, peers: 0, nodeLines: { s1: named } });
    const record = () => lab.master('s1', 'named');
    expect(record().address).toEqual({ hostname: 'n2', ip: addressOf('n2'), port: 6379 });
    lab.setName('n2', null).hangUpOn('s1', lab.link('s1', record()).cc).run(1500);
    expect(record().address.ip).toBe(addressOf('n2'));
    expect(lab.link('s1', record()).disconnected).toBe(false);
    lab.setName('n2', addressOf('n1')).hangUpOn('s1', lab.link('s1', record()).cc).run(1500);
    expect(record().address).toEqual({ hostname: 'n2', ip: addressOf('n1'), port: 6379 });
  });

  test('an unresolved name: an event at each attempt, and no PING is accounted (S-LINK-4, S-LINK-5)', () => {
    const named = ['sentinel resolve-hostnames yes', 'sentinel monitor named ghost 6379 1'];
    const lab = stage({ replicas: 0, peers: 0, nodeLines: { s1: named } });
    lab.run(5000);
    const attempts = lab.events('s1', '-cmd-link-reconnection', '-pubsub-link-reconnection');
    expect(attempts.slice(0, 4)).toEqual([
      '-cmd-link-reconnection',
      '-pubsub-link-reconnection',
      '-cmd-link-reconnection',
      '-pubsub-link-reconnection',
    ]);
    expect(lab.link('s1', lab.master('s1', 'named'))).toMatchObject({ cc: NO_CONNECTION, lastPingUs: 0 });
  });

  test('a connection counts from its attempt: commands queue up behind a handshake that never ends (S-LINK-6)', () => {
    const lab = stage({ replicas: 1, peers: 0, downAfterMs: 60_000 });
    lab.kill('n2').run(100);
    expect(linkTo(lab, 'n2').disconnected).toBe(true);
    lab.cut('s1', 'n2').start('n2').run(1100);
    expect(linkTo(lab, 'n2')).toMatchObject({ disconnected: false });
    expect(linkTo(lab, 'n2').cc).not.toBe(NO_CONNECTION);
    const before = linkTo(lab, 'n2').pendingCommands;
    lab.run(3000);
    expect(linkTo(lab, 'n2').pendingCommands).toBeGreaterThan(before);
    expect(lab.actor('n2').accepted).toEqual([]);
  });

  test('a refused connection: connected for an instant, then not (S-LINK-6)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.kill('n2').run(2000);
    lab.until(() => !linkTo(lab, 'n2').disconnected);
    const attemptUs = lab.nowUs;
    lab.until(() => linkTo(lab, 'n2').disconnected);
    expect(lab.nowUs - attemptUs).toBe(100);
  });

  test('after a long outage one tick connects and sends PING once, INFO and hello (S-LINK-7)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.kill('n2').run(15_000).start('n2').run(1200);
    const [cc] = lab.openAt('n2') as [number];
    expect(firstWords(lab, 'n2', cc, 9)).toEqual(['CLIENT SETNAME', 'PING', 'INFO', 'PUBLISH']);
    expect(new Set(lab.heard('n2', 'INFO').map(({ atUs }) => atUs))).toEqual(
      new Set(lab.heard('n2', 'PING').map(({ atUs }) => atUs)),
    );
  });
});

describe('1 Sentinel: losing connections', () => {
  test('closed by the node: only the slot becomes empty, and nobody is told (S-LINK-8)', () => {
    const lab = stage({ replicas: 1, peers: 0, literalTicks: true });
    lab.run(2000).untilTick('s1').run(1);
    const before = { ...linkTo(lab, 'n2') };
    lab.hangUpOn('s1', before.cc).run(1);
    expect(linkTo(lab, 'n2')).toEqual({ ...before, cc: NO_CONNECTION, disconnected: true });
    expect(lab.events('s1')).toEqual([]);
  });

  test('closed by the Sentinel: nothing is pending, and what was asked is never heard (S-LINK-9)', () => {
    const lab = stage({ replicas: 1, peers: 0 });
    lab.slow('s1', 'n1', 40).script('n1', { INFO: masterInfo('n1', ['n2', 'n3']) });
    lab.until(() => lab.heard('n1', 'INFO').length === 2, 20_000);
    // The reply is on its way back.
    lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', 'auth-pass', 'pw');
    expect(linkTo(lab, 'n1')).toMatchObject({ cc: NO_CONNECTION, pc: NO_CONNECTION, pendingCommands: 0 });
    lab.run(60);
    expect(lab.events('s1', '+slave')).toEqual([]);
    lab.run(1000);
    expect(lab.events('s1', '+slave')).toEqual(['+slave']);
  });

  test('what closes connections: SET auth-* (master, replicas), CONFIG SET sentinel-* (peers) (S-LINK-11)', () => {
    const lab = stage({ replicas: 1, peers: 2 });
    const ended = () => ['n1', 'n2', 'p1', 'p2'].map((name) => lab.actor(name).ended.length);
    expect(ended()).toEqual([0, 0, 0, 0]);
    for (const option of ['auth-pass', 'auth-user']) {
      lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', option, 'x');
      lab.run(3000);
    }
    expect(ended()).toEqual([4, 4, 0, 0]);
    for (const option of ['sentinel-user', 'sentinel-pass']) {
      lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', option, 'x');
      lab.run(3000);
    }
    expect(ended()).toEqual([4, 4, 2, 2]);
    for (const [option, value] of [
      ['announce-port', '7'],
      ['announce-ip', '192.0.2.7'],
      ['resolve-hostnames', 'yes'],
      ['announce-hostnames', 'yes'],
    ]) {
      lab.ask('s1', 'SENTINEL', 'CONFIG', 'SET', option!, value!);
    }
    for (const [option, value] of [
      ['quorum', '1'],
      ['down-after-milliseconds', '4000'],
      ['failover-timeout', '9000'],
      ['parallel-syncs', '3'],
    ]) {
      lab.ask('s1', 'SENTINEL', 'SET', 'mymaster', option!, value!);
    }
    lab.run(3000);
    expect(ended()).toEqual([4, 4, 2, 2]);
    expect(names('p', 2).map((name) => lab.openAt(name).length)).toEqual([1, 1]);
  });
});

describe('1 Sentinel: pending commands', () => {
  test('AUTH, SETNAME and PING count, SUBSCRIBE does not (S-LINK-10)', () => {
    const lab = stage({
      replicas: 1,
      peers: 0,
      lines: ['sentinel auth-pass mymaster pw'],
      literalTicks: true,
    });
    lab.mute('n2').run(2500);
    for (const connection of lab.openAt('n2')) lab.hangUp('n2', connection);
    lab.run(1);
    lab.untilTick('s1').run(5);
    const heard = lab.actor('n2').heard.filter(({ connection }) => lab.openAt('n2').includes(connection));
    const counted = heard.map(({ message }) => message.kind).filter((kind) => kind !== 'SUBSCRIBE');
    expect(heard.length).toBe(counted.length + 1);
    expect(counted).toEqual(
      expect.arrayContaining(['AUTH', 'CLIENT SETNAME', 'PING', 'AUTH', 'CLIENT SETNAME']),
    );
    expect(linkTo(lab, 'n2').pendingCommands).toBe(counted.length);
  });

  test('at 100 pending commands INFO, PING and hellos stop (S-LINK-10)', () => {
    const lab = stage({ replicas: 1, peers: 0, downAfterMs: 60_000 });
    lab.mute('n2').run(20_000);
    const { pendingCommands } = linkTo(lab, 'n2');
    expect(pendingCommands).toBeGreaterThanOrEqual(100);
    expect(pendingCommands).toBeLessThanOrEqual(102);
    const fromUs = lab.nowUs;
    lab.run(5000);
    expect(lab.actor('n2').heard.filter(({ atUs }) => atUs > fromUs)).toEqual([]);
  });

  test('the cap does not stop questions to a silent Sentinel (S-LINK-10)', () => {
    const lab = stage({ peers: 1, downAfterMs: 20_000, quorum: 2 });
    lab.ask('s1', 'SENTINEL', 'DEBUG', 'min-link-reconnect-period', '600000');
    lab.mute('p1').run(12_000);
    const pending = () => lab.link('s1', lab.peer('s1', 'p1')).pendingCommands;
    expect(pending()).toBeGreaterThanOrEqual(100);
    lab.mute('n1').untilSaid('s1', '+sdown', 'master mymaster');
    lab.run(1000);
    expect(pending()).toBeGreaterThan(105);
  });
});
