import { describe, expect, test } from 'vitest';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer, fullSync, gapsOf, MASTER_ID, ScriptedMaster, set } from '../support/redisScripts.ts';

const NO_ID = '0'.repeat(40);

describe('what a replica keeps of a lost master', () => {
  test('1 replica: id and applied offset of the lost stream, and its data (R-CACHE-1, R-CACHE-3)', () => {
    const lab = followPeer();
    lab.broadcast({ kind: 'stream', items: [set('k', 'v')] }).run(0.01);
    lab.silence().broadcast('close').run(0.01);
    expect(lab.state('r1').link.cached).toEqual({ replId: MASTER_ID, offset: 1027 });
    expect(lab.ask('r1', 'GET k')).toBe('v');
    expect(lab.info('r1').replica!.slave_repl_offset).toBe(1027);
  });

  test('1 replica never linked: down since -1 and offset 1; counted from the first loss on (R-CACHE-2, R-OFF-4)', () => {
    const lab = new ScriptedMaster();
    lab.silence().run(20);
    expect(lab.info('r1').replica).toMatchObject({
      master_link_down_since_seconds: -1,
      slave_repl_offset: 1,
    });
    const linked = followPeer();
    expect(linked.info('r1').replica!.master_link_down_since_seconds).toBeNull();
    linked.silence().broadcast('close').toPhase('r1', 0.5).run(7);
    expect(linked.info('r1').replica!.master_link_down_since_seconds).toBeGreaterThanOrEqual(7);
    expect(linked.info('r1').replica!.master_link_down_since_seconds).toBeLessThanOrEqual(8);
  });

  test('1 replica: a new link, and a restart, set it back (R-CACHE-2)', () => {
    const lab = followPeer();
    lab.silence().broadcast('close').run(5);
    lab.script({ PING: [{ kind: 'status', text: 'PONG' }], REPLCONF: [{ kind: 'status', text: 'OK' }] });
    lab
      .script({ PSYNC: [{ kind: 'continue', replId: MASTER_ID }] })
      .broadcast('close')
      .run(2);
    expect(lab.view('r1').link).toBe('up');
    expect(lab.state('r1').link.downSinceSec).toBe(0);
    lab.silence().broadcast('close').run(5).restart('r1').run(2);
    expect(lab.info('r1').replica!.master_link_down_since_seconds).toBe(-1);
  });

  test('1 replica: old data is served until the new is complete; an aborted transfer leaves it (R-CACHE-3, R-FULL-8)', () => {
    const lab = followPeer();
    lab.broadcast({ kind: 'stream', items: [set('old', '1')] }).run(0.01);
    const [verdict, begin, end] = fullSync(5000, { new: '2' });
    lab
      .script({ PSYNC: [verdict!, begin!] })
      .broadcast('close')
      .run(0.1);
    expect(lab.state('r1').link.phase).toBe('transfer');
    expect(lab.ask('r1', 'GET old')).toBe('1');
    lab.broadcast('close').run(0.1);
    expect(lab.ask('r1', 'GET old')).toBe('1');
    expect(
      lab
        .asked()
        .filter(({ kind }) => kind === 'PSYNC')
        .at(-1),
    ).toMatchObject({ offset: 1030 });
    lab.broadcast(end!).run(0.1);
    expect(lab.ask('r1', 'GET old')).toBeNull();
    expect(lab.ask('r1', 'GET new')).toBe('2');
  });
});

describe('demotion', () => {
  test('1 master, 1 replica: a client blocked in WAIT is told, then closed; others stay (R-DEMOTE-1, R-WAIT-4, R-ROLE-5)', () => {
    const lab = group(2);
    lab.pause('r2').pause('r3');
    const waiting = lab.connect('r1');
    waiting.ask('SET a 1');
    waiting.send('WAIT 1 0');
    const other = lab.connect('r1');
    expect(other.ask('SET b 1')).toBe('OK');
    lab.ask('r1', 'REPLICAOF peer 6379');
    lab.run(0.01);
    expect(waiting.replies.at(-1)).toMatch(/^-UNBLOCKED force unblock from blocking operation/);
    expect(waiting.closed).toBe(true);
    expect(other.closed).toBe(false);
    expect(other.ask('SET b 2')).toMatch(/^-READONLY/);
    expect(lab.view('r1').replicas).toBe(2);
  });

  test('1 former master: asks to continue from its own history (R-DEMOTE-1)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET a 1');
    lab.run(1.5);
    const { master_replid: replId, master_repl_offset: offset } = lab.info('r1');
    lab.script({ PING: [{ kind: 'status', text: 'PONG' }], REPLCONF: [{ kind: 'status', text: 'OK' }] });
    lab.ask('r1', 'REPLICAOF peer 6379');
    lab.run(0.1);
    expect(lab.asked().at(-1)).toEqual({ kind: 'PSYNC', replId, offset: offset + 1, failover: false });
  });

  test.each([
    ['idle', false, 'partial-resync'],
    ['that wrote after the promotion', true, 'full-resync-done'],
  ] as const)(
    '1 former master %s, 1 promoted replica: %s -> %s (R-DEMOTE-2, R-PSYNC-1)',
    (_, writes, event) => {
      const lab = group(1, ['repl-diskless-sync-delay 0']);
      lab.ask('r2', 'REPLICAOF NO ONE');
      lab.run(0.01);
      if (writes) lab.ask('r1', 'SET lost 1');
      lab.ask('r1', 'REPLICAOF r2 6379');
      lab.run(3);
      expect(lab.view('r1').link).toBe('up');
      expect(lab.times('r1', event)).toHaveLength(1);
      expect(lab.ask('r1', 'GET lost')).toBeNull();
    },
  );
});

describe('promotion', () => {
  test('1 master, 2 replicas: a new id, the old one in second place, the offset kept (R-PROMOTE-1, R-OFF-5)', () => {
    const lab = group(2);
    lab.ask('r1', 'SET a 1');
    lab.run(1.5);
    const before = lab.info('r2');
    expect(lab.ask('r2', 'REPLICAOF NO ONE')).toBe('OK');
    const after = lab.info('r2');
    expect(after.master_replid).not.toBe(before.master_replid);
    expect(after.master_replid2).toBe(before.master_replid);
    expect(after.second_repl_offset).toBe(before.master_repl_offset + 1);
    expect(after.master_repl_offset).toBe(before.master_repl_offset);
  });

  test('1 master, 1 replica, 1 sub-replica: promotion drops it, it comes back by a partial resync (R-PROMOTE-1, R-CHAIN-1)', () => {
    const lab = group(2, [], { linesOf: { r3: ['replicaof r2 6379'] } });
    const from = lab.now;
    const client = lab.connect('r2');
    client.ask('PING');
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.run(0.5);
    expect(lab.times('r2', 'master-lost-replica', from)).toHaveLength(1);
    expect(lab.times('r3', 'partial-resync', from)).toHaveLength(1);
    expect(lab.view('r3').replId).toBe(lab.view('r2').replId);
    expect(client.closed).toBe(false);
  });

  test('1 promoted replica: the next write is preceded by SELECT (R-PROMOTE-1, R-OFF-2)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET k v');
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r1', 'REPLICAOF r2 6379');
    lab.run(8).ask('r1', 'REPLICAOF NO ONE');
    for (const node of ['r1', 'r2']) {
      const { offset } = lab.view(node);
      lab.ask(node, 'SET k v');
      expect(lab.view(node).offset).toBe(offset + 23 + 27);
      lab.ask(node, 'SET k v');
      expect(lab.view(node).offset).toBe(offset + 23 + 54);
    }
  });

  test('1 master: REPLICAOF NO ONE changes nothing (R-PROMOTE-1)', () => {
    const lab = group(1);
    const before = lab.info('r1').master_replid;
    lab.ask('r1', 'REPLICAOF NO ONE');
    expect(lab.info('r1').master_replid).toBe(before);
    expect(lab.info('r1').master_replid2).toBe(NO_ID);
  });

  test('1 promoted replica: the ttl of its backlog starts anew (R-PROMOTE-1, R-BKLG-4)', () => {
    const lab = group(1, ['repl-backlog-ttl 5']);
    lab.run(20).ask('r2', 'REPLICAOF NO ONE');
    lab.run(4);
    expect(lab.info('r2').repl_backlog_active).toBe(true);
    lab.run(4);
    expect(lab.info('r2').repl_backlog_active).toBe(false);
  });

  test('1 master with 1 M keys: a loading replica is neither promoted nor re-pointed (R-PROMOTE-2, R-ROLE-6)', () => {
    const lab = group(1, [], { dataset: { keys: 1_000_000, valueBytes: 100 }, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    const session = lab.connect('r2');
    for (const line of ['MULTI', 'SLAVEOF NO ONE', 'CONFIG REWRITE', 'EXEC', 'SLAVEOF peer 6379'])
      session.send(line);
    lab.run(0.1);
    expect(session.replies).toEqual([
      'OK',
      '-LOADING Redis is loading the dataset in memory',
      'QUEUED',
      '-EXECABORT Transaction discarded because of previous errors.',
      '-LOADING Redis is loading the dataset in memory',
    ]);
    lab.run(3);
    expect(lab.view('r2')).toMatchObject({ role: 'replica', link: 'up', masterHost: 'r1' });
  });

  test('1 replica in the middle of a transfer: promoted with its old data (R-PROMOTE-3)', () => {
    const lab = followPeer();
    lab.broadcast({ kind: 'stream', items: [set('old', '1')] }).run(0.01);
    const [verdict, begin, end] = fullSync(5000, { new: '2' });
    lab
      .script({ PSYNC: [verdict!, begin!] })
      .broadcast('close')
      .run(0.1);
    expect(lab.ask('r1', 'REPLICAOF NO ONE')).toBe('OK');
    lab.broadcast(end!).run(0.1);
    expect(lab.view('r1')).toMatchObject({ role: 'master', keys: 1, offset: 1029 });
    expect(lab.ask('r1', 'GET old')).toBe('1');
    expect(lab.ask('r1', 'SET x 1')).toBe('OK');
  });
});

describe('chains', () => {
  const chain = () => group(2, [], { linesOf: { r3: ['replicaof r2 6379'] } });

  test('1 master, 1 replica, 1 sub-replica: id, offset and backlog are the same along the chain (R-CHAIN-1)', () => {
    const lab = chain();
    for (let i = 0; i < 20; i++) lab.ask('r1', `SET k${i} v`);
    lab.run(12);
    const [top, middle, bottom] = ['r1', 'r2', 'r3'].map((node) => lab.info(node));
    for (const each of [middle!, bottom!]) {
      expect(each.master_replid).toBe(top!.master_replid);
      expect(each.master_repl_offset).toBe(top!.master_repl_offset);
      expect(each.keys).toBe(20);
    }
  });

  test('1 master cut off, 1 replica, 1 sub-replica: the replica refuses syncs, its sub-replica stays (R-CHAIN-2)', () => {
    const lab = chain();
    lab.kill('r1').run(3);
    const session = lab.connect('r2').send({ kind: 'PSYNC', replId: '?', offset: -1, failover: false });
    lab.run(0.01);
    expect(session.replies).toEqual(["-NOMASTERLINK Can't SYNC while not connected with my master"]);
    expect(lab.view('r2').replicas).toBe(1);
    expect(lab.view('r3').link).toBe('up');
  });

  test('2 replicas of each other: neither ever links, both are read-only, one attempt a second (R-CHAIN-3)', () => {
    const lab = new RedisLab({ r1: ['replicaof r2 6379'], r2: ['replicaof r1 6379'] }, { settle: false });
    lab.run(60);
    for (const node of ['r1', 'r2']) {
      expect(lab.view(node).link).toBe('down');
      expect(lab.ask(node, 'SET a 1')).toMatch(/^-READONLY/);
      const attempts = lab.times(node, 'replica-connecting');
      expect(attempts.length).toBeGreaterThan(55);
      for (const gap of gapsOf(attempts)) expect(gap).toBeCloseTo(1, 1);
    }
  });
});
