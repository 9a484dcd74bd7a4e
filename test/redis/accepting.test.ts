import { describe, expect, test } from 'vitest';
import { RedisLab } from '../support/redisLab.ts';

/** What a client from another machine gets for a PING, and whether the connection stays. */
function greeted(lines: readonly string[]): string {
  const lab = new RedisLab({ r1: lines });
  const session = lab.connect('r1').send('PING');
  lab.run(0.1);
  const [reply = 'nothing'] = session.replies;
  return `${String(reply).slice(0, 41)}, ${session.closed ? 'closed' : 'open'}`;
}

describe('1 master, a client from another machine', () => {
  const DENIED = '-DENIED Redis is running in protected mod, closed';

  test.each([
    [['protected-mode yes'], DENIED],
    [['protected-mode yes', 'bind 10.0.0.1'], DENIED],
    [['protected-mode yes', 'requirepass pw'], '-NOAUTH Authentication required., open'],
    [['protected-mode no'], 'PONG, open'],
    [['bind ""'], 'PONG, open'],
    [['bind 127.0.0.1'], 'nothing, closed'],
    [['bind -127.0.0.1 -::1'], 'nothing, closed'],
    [['bind localhost'], 'nothing, closed'],
    [['bind 127.0.0.1 10.0.0.1'], 'PONG, open'],
    [['bind * -::*'], 'PONG, open'],
    [['protected-mode yes', 'bind 127.0.0.1'], 'nothing, closed'],
  ])('%j: %s (M-50)', (lines, outcome) => {
    expect(greeted(lines)).toBe(outcome);
  });

  test('is closed after timeout without input, unless it subscribes, blocks or is a replica', () => {
    const lab = new RedisLab({ r1: ['timeout 3'] });
    const idle = lab.connect('r1');
    const busy = lab.connect('r1');
    const subscriber = lab.connect('r1').send({ kind: 'SUBSCRIBE', channels: ['c'] });
    const replica = lab.connect('r1').send({ kind: 'SYNC' });
    const waiting = lab.connect('r1').send('SET a 1').send('WAIT 5 0');
    for (const session of [idle, busy]) session.ask('PING');
    for (let i = 0; i < 4; i++) {
      lab.run(2);
      busy.ask('PING');
    }
    expect([idle, busy, subscriber, replica, waiting].map(({ closed }) => closed)).toEqual([
      ...[true, false, false, false, false],
    ]);
  });

  test('CLIENT KILL closes the kind that it names, itself only when asked to', () => {
    const kinds = (line: string) => {
      const lab = new RedisLab({ r1: [] });
      const sender = lab.connect('r1');
      const normal = lab.connect('r1');
      const subscriber = lab.connect('r1').send({ kind: 'SUBSCRIBE', channels: ['c'] });
      const replica = lab.connect('r1').send({ kind: 'SYNC' });
      for (const session of [sender, normal]) session.ask('PING');
      const killed = sender.ask(line);
      lab.run(0.01);
      return [killed, ...[sender, normal, subscriber, replica].map(({ closed }) => (closed ? 1 : 0))].join(
        ' ',
      );
    };
    expect(kinds('CLIENT KILL TYPE normal')).toBe('1 0 1 0 0');
    expect(kinds('CLIENT KILL TYPE normal SKIPME no')).toBe('2 1 1 0 0');
    expect(kinds('CLIENT KILL TYPE pubsub')).toBe('1 0 0 1 0');
    expect(kinds('CLIENT KILL TYPE replica')).toBe('1 0 0 0 1');
    expect(kinds('CLIENT KILL TYPE master')).toBe('0 0 0 0 0');
    expect(kinds('CLIENT KILL SKIPME yes')).toBe('3 0 1 1 1');
  });

  test('AUTH: with and without a user, right and wrong, where there is a password and where there is none', () => {
    const WRONG = '-WRONGPASS invalid username-password pair or user is disabled.';
    const ask = (lines: readonly string[], line: string) =>
      new RedisLab({ r1: lines }).connect('r1').ask(line);
    const locked = ['requirepass pw'];
    expect(ask(locked, 'AUTH pw')).toBe('OK');
    expect(ask(locked, 'AUTH default pw')).toBe('OK');
    for (const line of ['AUTH no', 'AUTH default no', 'AUTH eve pw']) expect(ask(locked, line)).toBe(WRONG);
    expect(ask([], 'AUTH pw')).toMatch(/^-ERR AUTH <password> called without any password configured/);
    expect(ask([], 'AUTH default anything')).toBe('OK');
    expect(ask([], 'AUTH eve pw')).toBe(WRONG);
  });
});
