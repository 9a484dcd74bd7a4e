/** Every timeline verb does what it says, on 1 master, 2 replicas and 3 sentinels. */
import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { APP, final, play, told } from '../support/play.ts';

describe('processes', () => {
  test('kill: connections are reset, the sentinels see it down after down-after', () => {
    const run = play({ timeline: [{ at: '0s', kill: 'r1' }] });
    expect(told(run, '+sdown')[0]!.t).toBeGreaterThan(5000);
    expect(final(run, 'r1')).toEqual({ node: 'r1', down: true });
  });

  test('stop: a graceful shutdown, and SIGKILL when the grace period is over (R-SHUT-5)', () => {
    const quick = play({ timeline: [{ at: '0s', stop: 'r1' }], durationS: 12 });
    expect(told(quick, 'shutdown-requested', 'r1')).toHaveLength(1);
    expect(told(quick, 'exited', 'r1')[0]!.t).toBeLessThan(2000);
    const hung = play({
      timeline: [
        { at: '0s', pause: 'r2' },
        { at: '1s', stop: 'r1' },
      ],
      durationS: 13,
    });
    expect(told(hung, 'shutdown-waits', 'r1')).toHaveLength(1);
    expect(final(hung, 'r1')).toEqual({ node: 'r1', down: true });
  });

  test('start: a killed node comes back', () => {
    const run = play({
      timeline: [
        { at: '0s', kill: 'r3' },
        { at: '5s', start: 'r3' },
      ],
    });
    expect(told(run, 'ready', 'r3')[0]!.t).toBeGreaterThan(5000);
    expect(final(run, 'r3')).toMatchObject({ role: 'replica', link: 'up' });
  });

  test('pause with `for:` resumes by itself, and the run document says so', () => {
    const run = play({ timeline: [{ at: '0s', pause: 'r1', for: '3s' }] });
    expect(run.actions.map(({ t, do: verb, args }) => [t, verb, args])).toEqual([
      [0, 'pause', ['r1']],
      [3000, 'resume', ['r1']],
    ]);
    expect(run.clients[0]!.gaps).toHaveLength(1);
    expect(run.clients[0]!.gaps[0]![1]).toBeCloseTo(3010, -2);
    expect(told(run, '+sdown')).toEqual([]);
  });

  test('power-off of a node that was sent a command: the reply died with its operator', () => {
    const run = play({
      timeline: [
        { at: '0s', command: ['r2', 'PING'] },
        { at: '1s', 'power-off': 'r2' },
      ],
      durationS: 3,
    });
    expect(run.actions[0]).toEqual({ t: 0, do: 'command', args: ['r2', 'PING'], reply: null });
  });

  test.each([['protected-mode yes'], ['bind 127.0.0.1 -::1']])(
    '%s: nobody else is served, but a command at the node is (M-50)',
    (line) => {
      const run = play({ redis: [line], timeline: [{ at: '0s', command: ['r1', 'PING'] }], durationS: 1 });
      expect(run.actions[0]!.reply).toBe('PONG');
      expect(final(run, 'r2')).toMatchObject({ link: 'down' });
      expect(run.clients[0]!.acked).toBe(0);
    },
  );

  test('power-off: the machine falls silent, and what was not synced is gone', () => {
    const writes = { redis: ['appendonly yes', 'appendfsync everysec', 'save ""'] };
    const killed = play({
      ...writes,
      timeline: [
        { at: '10050ms', kill: ['r1', 'r2', 'r3'] },
        { at: '12s', start: 'r1' },
      ],
      durationS: 14,
    });
    const off = play({
      ...writes,
      timeline: [
        { at: '10050ms', 'power-off': ['r1', 'r2', 'r3'] },
        { at: '12s', start: 'r1' },
      ],
      durationS: 14,
    });
    const keys = (run: RunDocument) => (final(run, 'r1') as { keys: number }).keys;
    expect(keys(killed)).toBe(killed.clients[0]!.acked);
    expect(keys(off)).toBeLessThan(keys(killed));
    expect(keys(off)).toBeGreaterThan(keys(killed) - 110);
    expect(off.clients[0]!.refused.TIMEOUT).toBeGreaterThan(0);
  });
});

describe('network', () => {
  test('isolate and rejoin: the master is cut from everyone but a client beside it', () => {
    const pinned = { name: 'pinned', at: 'r1', connect: 'r1', write: '20ms' };
    const run = play({
      timeline: [{ at: '0s', isolate: '@master', for: '20s' }],
      clients: [APP, pinned],
      durationS: 40,
    });
    expect(run.actions.map(({ do: verb, args }) => [verb, args])).toEqual([
      ['isolate', ['r1']],
      ['rejoin', ['r1']],
    ]);
    expect(run.failovers[0]).toMatchObject({ from: 'r1', outcome: 'completed' });
    expect(run.clients[1]!.lost!.reasons).toHaveProperty('isolated-master');
    expect(final(run, 'r1')).toMatchObject({ role: 'replica' });
  });

  test('cut between two boxes, and heal of everything', () => {
    const run = play({
      boxes: { left: ['r1', 's1'], right: ['r2', 's2'] },
      timeline: [
        { at: '0s', cut: [['left'], ['right']] },
        { at: '10s', heal: true },
      ],
      durationS: 30,
    });
    const seenBy = told(run, '+sdown').map(
      ({ node, message }) => `${node} ${message.split(' ').slice(0, 2).join(' ')}`,
    );
    expect(seenBy).toContain('s2 master mymaster');
    expect(seenBy).toContain('s1 slave r2:6379');
    expect(told(run, '+odown')).toEqual([]);
    expect(told(run, '-sdown').length).toBe(told(run, '+sdown').length);
  });

  test('cut-one-way: a sentinel that hears no answers sees the master down', () => {
    const run = play({ timeline: [{ at: '0s', 'cut-one-way': [['r1'], ['s1']] }] });
    expect(told(run, '+sdown').map(({ node }) => node)).toEqual(['s1']);
  });

  test('network: 300 ms more latency for ten seconds slow the writes down, then no more', () => {
    const run = play({
      timeline: [{ at: '0s', network: { latency: '300ms', between: [['app'], ['@master']] }, for: '10s' }],
      durationS: 20,
    });
    expect(run.clients[0]!.gaps.length).toBeGreaterThan(10);
    expect(Math.max(...run.clients[0]!.gaps.map(([, to]) => to))).toBeLessThan(11_500);
  });

  test('network: loss shows as retransmissions, not as errors', () => {
    const run = play({ timeline: [{ at: '0s', network: { loss: 0.05 } }], durationS: 20 });
    expect(run.clients[0]!.gaps.length).toBeGreaterThan(0);
    expect(run.clients[0]!.lost!.count).toBe(0);
  });

  test('names: a name that does not resolve keeps a restarted replica away', () => {
    const run = play({
      timeline: [
        { at: '0s', names: { unresolvable: ['r1'] }, for: '10s' },
        { at: '1s', kill: 'r3' },
        { at: '2s', start: 'r3' },
      ],
      durationS: 40,
    });
    const attempts = told(run, 'replica-connecting', 'r3').filter(({ t }) => t < 10_000);
    const synchronised = [...told(run, 'partial-resync', 'r3'), ...told(run, 'full-resync-started', 'r3')];
    expect(attempts.length).toBeGreaterThan(5);
    expect(synchronised[0]!.t).toBeGreaterThan(10_000);
  });
});

describe('commands, clocks and disks', () => {
  test('command: the reply stands in the run document, an error as its text', () => {
    const run = play({
      timeline: [
        { at: '0s', command: ['s1', 'SENTINEL', 'CKQUORUM', 'mymaster'] },
        { at: '1s', command: ['s1', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'other'] },
        { at: '2s', command: ['r2', 'SET', 'a', 'b'] },
        { at: '3s', command: ['@master', 'ROLE'] },
        { at: '4s', command: ['r1', 'DEBUG', 'SLEEP', '2'] },
        { at: '7s', command: ['r1', 'INFO', 'keyspace'] },
      ],
      durationS: 10,
    });
    const [quorum, unknown, readonly, role, sleep, info] = run.actions.map(({ reply }) => reply);
    expect(quorum).toBe('OK 3 usable Sentinels. Quorum and failover authorization can be reached');
    expect(unknown).toBeNull();
    expect(readonly).toMatch(/^READONLY /);
    expect((role as unknown[])[0]).toBe('master');
    expect(sleep).toBeNull();
    expect(info).toMatch(/^# Keyspace\r\n(db0:keys=\d+,expires=0,avg_ttl=0\r\n)?$/);
  });

  test('clock: a jump of three seconds puts a sentinel into TILT for thirty (S-TILT-1, S-TILT-3)', () => {
    const run = play({ timeline: [{ at: '0s', clock: { node: 's1', by: '3s' } }], durationS: 40 });
    expect(told(run, '+tilt').map(({ node }) => node)).toEqual(['s1']);
    expect(told(run, '-tilt')[0]!.t).toBeGreaterThan(30_000);
  });

  test('disk: full makes writes and PING fail, so the master is failed over (R-AOF-5)', () => {
    const run = play({
      redis: ['appendonly yes'],
      timeline: [{ at: '0s', disk: { node: 'r1', full: true } }],
      durationS: 30,
    });
    expect(run.clients[0]!.refused.MISCONF).toBeGreaterThan(0);
    expect(run.failovers[0]).toMatchObject({ from: 'r1', outcome: 'completed' });
  });

  test('restore: a node starts from its older RDB', () => {
    const run = play({
      redis: ['save ""'],
      timeline: [
        { at: '0s', command: ['r1', 'SAVE'] },
        { at: '10s', command: ['r1', 'SAVE'] },
        { at: '20s', kill: ['r1', 'r2', 'r3'] },
        { at: '21s', restore: { node: 'r1', backup: 1 } },
        { at: '22s', start: 'r1' },
      ],
      durationS: 24,
    });
    const { acked } = run.clients[0]!;
    const { keys } = final(run, 'r1') as { keys: number };
    expect(keys).toBeGreaterThan(50);
    expect(keys).toBeLessThan(acked / 2);
  });

  test('@leader and @replicas are looked up when the entry is carried out', () => {
    const run = play({
      timeline: [
        { at: '0s', kill: 'r1' },
        { at: '10s', command: ['@leader', 'PING'] },
        { at: '11s', pause: '@replicas', for: '1s' },
      ],
    });
    const { leader, to } = run.failovers[0]!;
    expect(run.actions[1]!.args[0]).toBe(leader);
    expect(run.actions[2]!.args).toEqual([to === 'r2' ? 'r3' : 'r2']);
  });
});
