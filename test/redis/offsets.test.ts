import { describe, expect, test } from 'vitest';
import { type Hello, helloText } from '../../models/commands.ts';
import { group } from '../support/redisLab.ts';
import { followPeer, set } from '../support/redisScripts.ts';

const QUIET = ['repl-ping-replica-period 3600'];

describe('what counts in the stream of a master', () => {
  test('1 master, 1 replica: the first write after a full sync is 23 + 27 bytes, the next one 27 (R-OFF-1, R-OFF-2)', () => {
    const lab = group(1, QUIET);
    const zero = lab.view('r1').offset;
    lab.ask('r1', 'SET k v');
    expect(lab.view('r1').offset - zero).toBe(50);
    lab.ask('r1', 'SET k v');
    expect(lab.view('r1').offset - zero).toBe(77);
  });

  test.each([
    ['DEL k', 4 + 9 + 7],
    ['DEL nothing', 0],
    ['FLUSHALL', 18],
    ['PUBLISH ch msg', 4 + 13 + 8 + 9],
    ['GET k', 0],
    ['INFO', 0],
    ['PING', 0],
    ['WAIT 1 0', 37],
  ])('1 master, 1 replica: %s adds %i bytes (R-OFF-2)', (line, bytes) => {
    const lab = group(1, QUIET);
    const session = lab.connect('r1');
    session.ask('SET k v');
    const before = lab.view('r1').offset;
    session.send(line);
    lab.run(0.01);
    expect(lab.view('r1').offset - before).toBe(bytes);
  });

  test('1 master, 1 replica: a transaction of two writes is wrapped in MULTI and EXEC, one of one is not (R-OFF-2)', () => {
    const lab = group(1, QUIET);
    const session = lab.connect('r1');
    session.ask('SET k v');
    const growth = (...lines: string[]) => {
      const before = lab.view('r1').offset;
      for (const line of ['MULTI', ...lines, 'EXEC']) session.ask(line);
      return lab.view('r1').offset - before;
    };
    expect(growth('SET k v', 'SET k w')).toBe(15 + 27 + 27 + 14);
    expect(growth('SET k v')).toBe(27);
    expect(growth('GET k')).toBe(0);
    lab.run(0.1);
    expect(lab.view('r2').offset).toBe(lab.view('r1').offset);
  });

  test('1 master, 1 replica: a hello counts on the master, not on the replica (R-OFF-2b, R-OFF-3)', () => {
    const lab = group(1, QUIET);
    lab.ask('r1', 'SET k v');
    const payload: Hello = {
      sentinelIp: '10.0.0.9',
      sentinelPort: 26_379,
      sentinelRunId: 'f'.repeat(40),
      currentEpoch: 0,
      masterName: 'mymaster',
      masterIp: '10.0.0.1',
      masterPort: 6379,
      masterConfigEpoch: 0,
    };
    const growth = (node: string) => {
      const before = lab.view(node).offset;
      lab.connect(node).ask({ kind: 'PUBLISH', channel: '__sentinel__:hello', payload });
      return lab.view(node).offset - before;
    };
    expect(growth('r2')).toBe(0);
    const text = helloText(payload);
    expect(growth('r1')).toBe(
      `*3\r\n$7\r\nPUBLISH\r\n$18\r\n__sentinel__:hello\r\n$${text.length}\r\n${text}\r\n`.length,
    );
  });

  test('1 replica, read-only off: local writes are never counted and vanish at the next full sync (R-OFF-3, R-LOSS-19)', () => {
    const lab = group(2, [...QUIET, 'replica-read-only no', 'repl-diskless-sync-delay 0']);
    expect(lab.ask('r2', 'SET mine 1')).toBe('OK');
    expect(lab.view('r2').offset).toBe(lab.view('r1').offset);
    expect(lab.view('r1').keys).toBe(0);
    expect(lab.ask('r2', 'GET mine')).toBe('1');
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r2', 'SET more 1');
    lab.ask('r2', 'REPLICAOF r1 6379');
    lab.run(3);
    expect(lab.ask('r2', 'GET mine')).toBeNull();
  });
});

describe('what INFO says about offsets', () => {
  test('1 master, 1 replica: produced, acknowledged, received and applied (R-OFF-4)', () => {
    const lab = group(1, QUIET);
    lab.run(1.1).ask('r1', 'SET k v');
    lab.run(0.001);
    const master = lab.info('r1');
    const replica = lab.info('r2');
    expect(replica.master_repl_offset).toBe(master.master_repl_offset);
    expect(replica.replica).toMatchObject({
      slave_read_repl_offset: master.master_repl_offset,
      slave_repl_offset: master.master_repl_offset,
    });
    expect(master.slaves[0]!.offset).toBe(master.master_repl_offset - 50);
    lab.run(1.1);
    expect(lab.info('r1').slaves[0]!.offset).toBe(master.master_repl_offset);
  });

  test('1 replica that loads a full sync: its offset reads 1 (R-OFF-4)', () => {
    const lab = group(1, [], { dataset: { keys: 1_000_000, valueBytes: 100 }, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    expect(lab.info('r2').replica).toMatchObject({ slave_repl_offset: 1, master_link_status: 'down' });
  });

  test('1 master, 1 replica: a healthy lag is 0 or 1, and both occur (R-OFF-7)', () => {
    const lab = group(1);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) seen.add(lab.run(0.037).info('r1').slaves[0]!.lag);
    expect([...seen].sort()).toEqual([0, 1]);
  });
});

describe('histories', () => {
  test('1 master, 2 replicas, A to B to A: one line of offsets, branches named by id and offset (R-OFF-5)', () => {
    const lab = group(2, [...QUIET, 'repl-diskless-sync-delay 0']);
    lab.ask('r1', 'SET a 1');
    lab.run(0.1);
    const branch = lab.view('r2').offset;
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r3', 'REPLICAOF r2 6379');
    lab.ask('r1', 'REPLICAOF r2 6379');
    lab.run(1).ask('r2', 'SET b 1');
    lab.run(1.5);
    for (const node of ['r1', 'r3']) {
      expect(lab.info(node)).toMatchObject({
        second_repl_offset: branch + 1,
        sync_full: node === 'r1' ? 2 : 0,
      });
      expect(lab.view(node)).toMatchObject({
        replId: lab.view('r2').replId,
        offset: lab.view('r2').offset,
        keys: 2,
      });
    }
  });

  test('1 master, 2 replicas, one paused: the master waits for neither, the offsets differ (R-OFF-6)', () => {
    const lab = group(2, QUIET);
    lab.pause('r3');
    expect(lab.ask('r1', 'SET k v')).toBe('OK');
    lab.run(1.5);
    expect(lab.view('r2').offset).toBe(lab.view('r1').offset);
    expect(lab.view('r3').offset).toBe(lab.view('r1').offset - 50);
    lab.resume('r3').run(0.01);
    expect(lab.view('r3').offset).toBe(lab.view('r1').offset);
  });

  test('1 replica paused and resumed: applies what its kernel had received, with nothing lost (R-NET-1)', () => {
    const lab = followPeer();
    lab.pause('r1');
    lab.broadcast({ kind: 'stream', items: [set('k', 'v')] }).run(20);
    expect(lab.view('r1').offset).toBe(1000);
    lab.resume('r1').run(0.01);
    expect(lab.view('r1')).toMatchObject({ offset: 1027, keys: 1, link: 'up' });
  });
});
