import { describe, expect, test } from 'vitest';
import { errorReply, OK, PONG } from '../../models/commands.ts';
import { group } from '../support/redisLab.ts';

describe('FAILOVER', () => {
  test('1 master, 1 replica in step: done in well under 100 ms, nothing lost, partial resync (R-FO-1)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET a 1');
    lab.run(1.5);
    const from = lab.now;
    expect(lab.ask('r1', 'FAILOVER')).toBe('OK');
    const took = lab.until(() => lab.view('r1').role === 'replica' && lab.view('r1').link === 'up');
    expect(took).toBeLessThan(0.1);
    expect(lab.view('r2')).toMatchObject({ role: 'master', keys: 1 });
    expect(lab.times('r1', 'partial-resync', from)).toHaveLength(1);
    expect(lab.info('r2').second_repl_offset).toBe(lab.info('r1').second_repl_offset);
    expect(lab.ask('r2', 'SET b 1')).toBe('OK');
  });

  test('1 master, 1 lagging replica: writes are held until it has everything, then READONLY (R-FO-1, R-SHUT-7)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.ask('r1', 'FAILOVER');
    const held = lab.connect('r1').send('SET b 1');
    lab.run(5);
    expect(held.replies).toEqual([]);
    expect(lab.view('r1').role).toBe('master');
    lab.resume('r2').run(1.5);
    expect(held.replies[0]).toMatch(/^-READONLY/);
    expect(lab.view('r2')).toMatchObject({ role: 'master', keys: 1 });
  });

  test('1 master, 2 replicas: the named one, or else the first that is in step (R-FO-1)', () => {
    const lab = group(2);
    lab.run(1.5).ask('r1', `FAILOVER TO ${lab.address('r3')} 6379`);
    lab.run(1);
    expect(lab.view('r3').role).toBe('master');
    const other = group(2);
    other.run(1.5).pause('r2').ask('r1', 'SET a 1');
    other.ask('r1', 'FAILOVER');
    other.run(1.5);
    expect(other.view('r3').role).toBe('master');
  });

  test('1 master, 1 replica: what is refused (R-FO-1)', () => {
    const lab = group(1, ['repl-diskless-sync-delay 60'], { settle: false });
    lab.run(3);
    const r2 = `${lab.address('r2')} 6379`;
    expect(lab.ask('r2', 'FAILOVER')).toBe('-ERR FAILOVER is not valid when server is a replica.');
    expect(lab.ask('r1', 'FAILOVER FORCE')).toMatch(/^-ERR FAILOVER with force option requires both/);
    expect(lab.ask('r1', `FAILOVER TO ${r2} FORCE`)).toMatch(
      /^-ERR FAILOVER with force option requires both/,
    );
    expect(lab.ask('r1', 'FAILOVER TO 192.0.2.1 6379')).toBe(
      '-ERR FAILOVER target HOST and PORT is not a replica.',
    );
    expect(lab.ask('r1', `FAILOVER TO ${r2}`)).toBe('-ERR FAILOVER target replica is not online.');
    expect(lab.ask('r1', 'FAILOVER ABORT')).toBe('-ERR No failover in progress.');
    expect(lab.ask('r1', 'FAILOVER')).toBe('OK');
    expect(lab.ask('r1', 'FAILOVER')).toBe('-ERR FAILOVER already in progress.');
    expect(lab.ask('r1', 'FAILOVER ABORT')).toBe('OK');
    lab.kill('r2').run(0.1);
    expect(lab.ask('r1', 'FAILOVER')).toBe('-ERR FAILOVER requires connected replicas.');
  });

  test('1 master, 1 paused replica: the time-out calls it off, with the same history (R-FO-2)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    const { replId } = lab.view('r1');
    lab.ask('r1', `FAILOVER TO ${lab.address('r2')} 6379 TIMEOUT 1000`);
    const held = lab.connect('r1').send('SET b 1');
    lab.run(0.9);
    expect(held.replies).toEqual([]);
    lab.run(0.3);
    expect(held.replies).toEqual(['OK']);
    expect(lab.view('r1')).toMatchObject({ role: 'master', replId });
  });

  test('1 master, 1 replica cut off, FORCE: goes ahead after the time-out, what it lacks is lost (R-FO-2, R-LOSS-16)', () => {
    const lab = group(1, ['repl-diskless-sync-delay 0', 'repl-timeout 2', 'repl-ping-replica-period 1']);
    lab.ask('r1', 'SET kept 1');
    lab.run(1.5).cut('r1', 'r2').ask('r1', 'SET lost 1');
    lab.ask('r1', `FAILOVER TO ${lab.address('r2')} 6379 FORCE TIMEOUT 5000`);
    lab.run(6).heal('r1', 'r2').run(60);
    expect(lab.view('r2').role).toBe('master');
    expect(lab.view('r1')).toMatchObject({ role: 'replica', link: 'up' });
    expect(lab.ask('r1', 'GET kept')).toBe('1');
    expect(lab.ask('r1', 'GET lost')).toBeNull();
  });

  test('1 master, its target rejects the request: called off, a master again (R-FO-1)', () => {
    const lab = group(1);
    const { replId, offset } = lab.view('r1');
    const target = lab.connect('r1');
    for (const port of [6379]) target.send({ kind: 'REPLCONF', option: 'listening-port', port });
    target.send({ kind: 'PSYNC', replId, offset: offset + 1, failover: false });
    lab.run(0.01);
    target.send({ kind: 'REPLCONF', option: 'ACK', offset });
    lab.script({
      PING: [PONG],
      REPLCONF: [OK],
      PSYNC: [errorReply('ERR PSYNC FAILOVER can only be sent to a replica.')],
    });
    lab.ask('r1', `FAILOVER TO ${lab.address('peer')} 6379`);
    target.send({ kind: 'REPLCONF', option: 'ACK', offset: lab.view('r1').offset });
    lab.run(0.1);
    expect(lab.asked().at(-1)).toMatchObject({ kind: 'PSYNC', failover: true });
    expect(lab.view('r1').role).toBe('master');
    expect(lab.ask('r1', 'SET a 1')).toBe('OK');
  });

  test('1 master in a FAILOVER: REPLICAOF is refused (R-FO-3)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.ask('r1', 'FAILOVER');
    expect(lab.ask('r1', 'REPLICAOF NO ONE')).toBe('-ERR REPLICAOF not allowed while failing over.');
  });

  test('1 master in a FAILOVER with TIMEOUT: no PING enters the stream; without, it does (R-TMO-3)', () => {
    const growth = (timeout: string) => {
      const lab = group(1, ['repl-ping-replica-period 1']);
      lab.pause('r2').ask('r1', 'SET a 1');
      lab.ask('r1', `FAILOVER TO ${lab.address('r2')} 6379${timeout}`);
      const before = lab.view('r1').offset;
      lab.run(5);
      return lab.view('r1').offset - before;
    };
    expect(growth(' TIMEOUT 60000')).toBe(0);
    expect(growth('')).toBeGreaterThanOrEqual(4 * 14);
  });
});
