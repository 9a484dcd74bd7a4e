import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';

describe('WAIT', () => {
  test('1 replica: is refused (R-WAIT-1)', () => {
    const lab = group(1);
    expect(lab.ask('r2', 'WAIT 1 0')).toMatch(
      /^-ERR WAIT cannot be used with replica instances\. Please also note/,
    );
  });

  test('1 master, 1 paused replica: a fresh connection returns at once, one that wrote blocks (R-WAIT-2)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    expect(lab.ask('r1', 'WAIT 1 0')).toBe(1);
    const writer = lab.connect('r1');
    writer.ask('SET b 1');
    expect(writer.ask('WAIT 1 0')).toBeNull();
  });

  test('1 master, a replica that waits for its fork: only online ones count (R-WAIT-3, R-FULL-1)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync-delay 60'] });
    lab.connect('r1').send({ kind: 'SYNC' });
    const session = lab.connect('r1').send('WAIT 1 200');
    lab.run(0.4);
    expect(session.replies).toEqual([0]);
  });

  test('1 master, 1 paused replica: any command moves the target, also a read (R-WAIT-2)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    const reader = lab.connect('r1');
    reader.ask('GET a');
    expect(reader.ask('WAIT 1 0')).toBeNull();
  });

  test('1 master, 2 replicas, 100 µs apart: one GETACK round trip (R-WAIT-3)', () => {
    const lab = group(2);
    const session = lab.connect('r1');
    session.ask('SET a 1');
    const from = lab.now;
    session.send('WAIT 2 0');
    lab.run(0.01);
    expect(session.replies.at(-1)).toBe(2);
    expect(session.times.at(-1)! - from).toBeCloseTo(0.0004, 4);
  });

  test.each([1, 2, 3])(
    '1 master, 2 replicas, one paused, seed %i: the count at the time-out (R-WAIT-3, R-WAIT-4)',
    (seed) => {
      const lab = group(2, [], { seed });
      lab.pause('r3');
      const session = lab.connect('r1');
      session.ask('SET a 1');
      const from = lab.now;
      session.send('WAIT 2 500');
      lab.run(1);
      expect(session.replies.at(-1)).toBe(1);
      expect(session.times.at(-1)! - from).toBeGreaterThan(0.5);
      expect(session.times.at(-1)! - from).toBeLessThan(0.61);
      expect(session.ask('GET a')).toBe('1');
    },
  );

  test('1 master, 1 replica that comes back: time-out 0 waits for ever (R-WAIT-3)', () => {
    const lab = group(1);
    lab.pause('r2');
    const session = lab.connect('r1');
    session.ask('SET a 1');
    session.send('WAIT 1 0');
    lab.run(30);
    expect(session.heard).toHaveLength(1);
    lab.resume('r2').run(0.01);
    expect(session.replies.at(-1)).toBe(1);
  });

  test('1 master, 1 paused replica: a client that hangs up while it waits is forgotten, another is answered (R-WAIT-3)', () => {
    const lab = group(1);
    lab.pause('r2');
    const [leaving, staying] = [lab.connect('r1'), lab.connect('r1')];
    for (const session of [leaving, staying]) {
      session.ask('SET a 1');
      session.send('WAIT 1 0');
    }
    lab.run(0.1);
    leaving.close();
    lab.run(1);
    expect(lab.state('r1').waiting).toHaveLength(1);
    lab.resume('r2').run(0.01);
    expect([leaving.replies, staying.replies]).toEqual([['OK'], ['OK', 1]]);
  });

  test('1 master, 1 paused replica: within MULTI it does not block (R-WAIT-3)', () => {
    const lab = group(1);
    lab.pause('r2');
    const session = lab.connect('r1');
    session.ask('SET a 1');
    for (const line of ['MULTI', 'WAIT 1 0']) session.ask(line);
    expect(session.ask('EXEC')).toEqual([0]);
  });

  test('1 master, 1 paused replica: what a blocked client sends meanwhile is served after it (R-WAIT-3)', () => {
    const lab = group(1);
    lab.pause('r2');
    const session = lab.connect('r1');
    session.ask('SET a 1');
    session.send('WAIT 1 200').send('SET b 1').send('WAIT 1 200');
    lab.run(0.1);
    expect(lab.view('r1').keys).toBe(1);
    lab.run(0.6);
    expect(session.replies).toEqual(['OK', 0, 'OK', 0]);
  });

  test('1 master, 2 replicas: an acknowledged write is lost if the other replica is promoted (R-WAIT-5)', () => {
    const lab = group(2);
    lab.cut('r1', 'r3');
    const session = lab.connect('r1');
    session.ask('SET a 1');
    session.send('WAIT 1 0');
    lab.run(0.01);
    expect(session.replies.at(-1)).toBe(1);
    lab.kill('r1').run(0.1);
    lab.ask('r3', 'REPLICAOF NO ONE');
    expect(lab.ask('r3', 'GET a')).toBeNull();
    expect(lab.ask('r2', 'GET a')).toBe('1');
  });
});

describe('when a write is acknowledged', () => {
  test('1 master, 1 replica: reply and stream leave at the same instant (R-ACKW-1)', () => {
    const lab = group(1);
    const { replId, offset } = lab.view('r1');
    const replica = lab.connect('r1').send({ kind: 'PSYNC', replId, offset: offset + 1, failover: false });
    lab.run(0.01);
    const client = lab.connect('r1');
    client.ask('SET a 1');
    expect(replica.heard.at(-1)!.kind).toBe('stream');
    expect(replica.times.at(-1)).toBe(client.times.at(-1));
  });

  test('1 master with appendfsync always, 1 replica: both wait for the fsync (R-ACKW-1, R-AOF-3)', () => {
    const took = (policy: string) => {
      const lab = group(1, ['appendonly yes', `appendfsync ${policy}`]);
      const client = lab.connect('r1');
      client.ask('PING');
      const from = lab.now;
      client.ask('SET a 1');
      return client.times.at(-1)! - from;
    };
    expect(took('everysec')).toBeCloseTo(0.0002, 4);
    expect(took('always')).toBeGreaterThan(0.0015);
  });

  test('1 master, 1 replica 50 ms away: the client does not wait for it (R-ACKW-1, R-LOSS-1)', () => {
    const lab = group(1, ['save ""']);
    for (const [from, to] of [
      ['r1', 'r2'],
      ['r2', 'r1'],
    ] as const) {
      const path = lab.world.network.paths[lab.index(from) * lab.world.network.machines + lab.index(to)]!;
      path.latencyUs = 50_000;
    }
    const client = lab.connect('r1');
    client.ask('PING');
    lab.run(0.1);
    let acked = 0;
    for (let i = 0; i < 40; i++) if (client.ask(`SET k${i} v`) === 'OK') acked++;
    const arrived = lab.view('r2').keys;
    lab.kill('r1').run(0.06).ask('r2', 'REPLICAOF NO ONE');
    expect(acked).toBe(40);
    expect(arrived).toBeLessThan(40);
  });
});
