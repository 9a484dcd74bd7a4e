import { describe, expect, test } from 'vitest';
import { errorReply } from '../../models/commands.ts';
import { group } from '../support/redisLab.ts';
import { followPeer, fullSync, gapsOf, ScriptedMaster } from '../support/redisScripts.ts';

/** Attempts came with the ticks: one a second. */
function expectOncePerSecond(times: readonly number[], atLeast: number): void {
  expect(times.length).toBeGreaterThanOrEqual(atLeast);
  for (const gap of gapsOf(times)) expect(gap).toBeCloseTo(1, 1);
}

describe('when the next attempt is made', () => {
  test('1 master killed, 1 replica: one attempt at once, refused, then one a second (R-RSM-6)', () => {
    const lab = group(1);
    const from = lab.now;
    lab.kill('r1').run(6);
    const [lost] = lab.times('r2', 'replica-link-lost', from);
    expect(lab.times('r2', 'replica-reconnecting', from)).toEqual([lost]);
    const attempts = lab.times('r2', 'replica-connecting', from);
    expect(attempts[0]! - lost!).toBeLessThan(1.01);
    expectOncePerSecond(attempts, 5);
  });

  test('1 replica: a name that does not resolve is tried at every tick (R-RSM-6)', () => {
    const lab = new ScriptedMaster();
    lab.resolvable('peer', false).run(5.5);
    expectOncePerSecond(lab.times('r1', 'replica-connecting'), 5);
    expect(lab.attempts()).toHaveLength(0);
    lab.resolvable('peer', true).run(1.1);
    expect(lab.view('r1').link).toBe('up');
  });

  test.each([
    'LOADING Redis is loading',
    'MASTERDOWN Link',
    'MISCONF disk',
    'DENIED protected',
    'BUSY script',
  ])('1 replica: -%s to PING is tried again at the next tick (R-RSM-6)', (text) => {
    const lab = new ScriptedMaster();
    lab.script({ PING: [errorReply(text)] }).run(5.5);
    expectOncePerSecond(lab.attempts(), 5);
    expect(lab.asked().every(({ kind }) => kind === 'PING')).toBe(true);
  });

  test('1 replica: an end of file instead of the verdict is tried again at the next tick (R-RSM-6)', () => {
    const lab = new ScriptedMaster();
    lab.script({ PSYNC: 'close' }).run(5.5);
    expectOncePerSecond(lab.attempts(), 5);
  });

  test('1 replica: silence in the handshake is given up after more than repl-timeout, and tried at once (R-RSM-6)', () => {
    const lab = new ScriptedMaster(['repl-timeout 3']);
    lab.silence().run(20);
    const gaps = gapsOf(lab.attempts());
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    for (const gap of gaps) expect(gap).toBeCloseTo(4, 1);
  });

  test('1 replica: the end of the connection during the transfer is tried again at once (R-RSM-6)', () => {
    const lab = new ScriptedMaster();
    lab.script({ PSYNC: fullSync(1000).slice(0, 2) }).run(1.5);
    expect(lab.state('r1').link.phase).toBe('transfer');
    const from = lab.now;
    lab.broadcast('close').run(0.01);
    expect(lab.attempts(from)).toHaveLength(1);
  });

  test('1 replica: a silent transfer is given up after more than repl-timeout, and tried at once (R-RSM-6, R-TMO-1)', () => {
    const lab = new ScriptedMaster(['repl-timeout 3']);
    lab.script({ PSYNC: fullSync(1000).slice(0, 2) }).run(20);
    const gaps = gapsOf(lab.attempts());
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    for (const gap of gaps) expect(gap).toBeCloseTo(4, 1);
  });

  test('1 replica: a link lost while connected is made again in the same instant (R-RSM-6)', () => {
    const lab = followPeer();
    const from = lab.now;
    lab.broadcast('close').run(0.01);
    expect(lab.times('r1', 'replica-reconnecting', from)).toEqual(lab.times('r1', 'replica-link-lost', from));
    expect(lab.attempts(from)).toHaveLength(1);
  });

  test('1 replica: a link silent for more than repl-timeout is made again in the same tick (R-RSM-6)', () => {
    const lab = followPeer(['repl-timeout 3']);
    const from = lab.now;
    lab.silence().run(4.5);
    expect(lab.attempts(from)).toHaveLength(1);
    expect(lab.times('r1', 'master-timeout', from)).toHaveLength(1);
  });
});

describe('passwords', () => {
  test('1 master with a password, 1 replica without: never linked, announced once (R-RSM-8)', () => {
    const lab = group(1, [], { linesOf: { r1: ['requirepass pw'] }, settle: false });
    lab.run(10);
    expect(lab.view('r2').link).toBe('down');
    expect(lab.messages('r2', 'replica-auth-failed')).toEqual(['NOAUTH Authentication required.']);
  });

  test.each([
    ['a wrong masterauth', ['requirepass pw'], /^WRONGPASS/],
    ['a masterauth where there is no password', [], /^ERR AUTH <password> called without any password/],
  ])(
    '1 master, 1 replica with %s: fails at AUTH and tries once a second (R-RSM-8, R-RSM-6)',
    (_, lines, text) => {
      const lab = group(1, [], { linesOf: { r1: lines, r2: ['masterauth other'] }, settle: false });
      lab.run(6.5);
      expectOncePerSecond(lab.times('r2', 'replica-connecting'), 6);
      expect(lab.messages('r2', 'replica-auth-failed')[0]).toMatch(text);
      expectOncePerSecond(lab.times('r2', 'replica-auth-failed'), 6);
      expect(lab.info('r2').replica!.master_link_status).toBe('down');
    },
  );
});

describe('REPLICAOF', () => {
  test('2 masters: the first attempt is made inside the command (R-RSM-7)', () => {
    const lab = group(1, [], { linesOf: { r2: ['replicaof no one'] } });
    const from = lab.now;
    lab.ask('r2', 'REPLICAOF r1 6379');
    const [role] = lab.times('r2', 'role-changed', from);
    expect(lab.times('r2', 'replica-connecting', from)).toEqual([role]);
    expect(lab.state('r2').link.phase).not.toBe('connect');
  });

  test('1 master, 1 replica: the same name in another case is no change (R-RSM-10)', () => {
    const lab = group(1);
    const from = lab.now;
    expect(lab.ask('r2', 'REPLICAOF R1 6379')).toBe('OK Already connected to specified master');
    expect(lab.times('r2', 'replica-link-lost', from)).toEqual([]);
  });

  test('1 master, 1 replica: the address instead of the name is a change, with a partial resync (R-RSM-10)', () => {
    const lab = group(1);
    const from = lab.now;
    expect(lab.ask('r2', `REPLICAOF ${lab.address('r1')} 6379`)).toBe('OK');
    lab.run(0.1);
    expect(lab.times('r2', 'replica-link-lost', from)).toHaveLength(1);
    expect(lab.times('r2', 'partial-resync', from)).toHaveLength(1);
  });
});
