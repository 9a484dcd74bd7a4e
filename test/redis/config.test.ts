import { describe, expect, test } from 'vitest';
import { RedisLab } from '../support/redisLab.ts';

/** What redis-server 7.0.15 replied to the same lines. */
describe('1 master: CONFIG SET', () => {
  const failed = (name: string, reason: string) =>
    `-ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
  const unknown = (name: string) => `-ERR Unknown option or number of arguments for CONFIG SET - '${name}'`;
  const open = (lines: readonly string[] = []) => new RedisLab({ r1: lines }).connect('r1');

  test.each([
    ['maxmemory x no-such 1', unknown('no-such')],
    ['no-such 1 daemonize yes', unknown('no-such')],
    ['daemonize yes no-such 1', failed('daemonize', "can't set immutable config")],
    ['maxmemory x daemonize yes', failed('daemonize', "can't set immutable config")],
    ['dir /tmp maxmemory x', failed('dir', "can't set protected config")],
    ['MaxMemory 1 maxmemory 1', failed('maxmemory', 'duplicate parameter')],
    ['maxmemory 1 timeout x', failed('timeout', "argument couldn't be parsed into an integer")],
    ['rename-command x', unknown('rename-command')],
    ['list-max-ziplist-entries 1', unknown('list-max-ziplist-entries')],
  ])('%s: the names are looked at before the values, and nothing changes', (pairs, reply) => {
    const session = open();
    expect(session.ask(`CONFIG SET ${pairs}`)).toBe(reply);
    expect(session.ask('CONFIG GET maxmemory')).toEqual(['maxmemory', '0']);
  });

  test('one directive under two names is taken, the later value counts', () => {
    const session = open();
    expect(session.ask('CONFIG SET slave-priority 1 replica-priority 2')).toBe('OK');
    expect(session.ask('CONFIG GET slave-priority')).toEqual(['slave-priority', '2']);
  });

  test('enable-protected-configs yes opens dir and dbfilename, not what is immutable', () => {
    const session = open(['enable-protected-configs yes']);
    expect(session.ask('CONFIG SET dir /tmp dbfilename a.rdb')).toBe('OK');
    expect(session.ask('CONFIG GET d?*name dir')).toEqual(['dbfilename', 'a.rdb', 'dir', '/tmp']);
    expect(session.ask('CONFIG SET databases 1')).toBe(failed('databases', "can't set immutable config"));
  });
});
