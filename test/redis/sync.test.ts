import { describe, expect, test } from 'vitest';
import type { Request } from '../../models/commands.ts';
import { group, RedisLab } from '../support/redisLab.ts';
import { followPeer, fullSync, set } from '../support/redisScripts.ts';

const psync = (replId: string, offset: number, failover = false): Request => ({
  kind: 'PSYNC',
  replId,
  offset,
  failover,
});
const BIG = { keys: 1_000_000, valueBytes: 100 };
const kinds = (heard: readonly { readonly kind: string }[]) => heard.map(({ kind }) => kind);

describe('PSYNC at a master', () => {
  test('1 master: a second PSYNC of a replica is ignored (R-PSYNC-2)', () => {
    const lab = group(1);
    const { replId, offset } = lab.view('r1');
    const session = lab.connect('r1').send(psync(replId, offset + 1));
    lab.run(0.01);
    session.send(psync(replId, offset + 1)).send({ kind: 'SYNC' });
    lab.run(0.01);
    expect(kinds(session.heard)).toEqual(['continue']);
    expect(lab.info('r1').sync_partial_ok).toBe(1);
  });

  test('1 master that fails over: PSYNC is refused (R-PSYNC-2, R-CHAIN-2, R-FO-3)', () => {
    const lab = group(1);
    lab.pause('r2').ask('r1', 'SET a 1');
    lab.ask('r1', 'FAILOVER');
    const { replId, offset } = lab.view('r1');
    const session = lab.connect('r1').send(psync(replId, offset + 1));
    lab.run(0.01);
    expect(session.replies).toEqual(["-NOMASTERLINK Can't SYNC while failing over"]);
  });

  test('1 master, 1 replica: PSYNC ... FAILOVER is for a replica of the same history alone (R-PSYNC-2, R-FO-1)', () => {
    const lab = group(1);
    const { replId, offset } = lab.view('r1');
    const ask = (node: string, id: string) => {
      const session = lab.connect(node).send(psync(id, offset + 1, true));
      lab.run(0.01);
      return session.replies[0];
    };
    expect(ask('r1', replId)).toBe('-ERR PSYNC FAILOVER can only be sent to a replica.');
    expect(ask('r2', 'c'.repeat(40))).toBe('-ERR PSYNC FAILOVER replid must match my replid.');
    expect(ask('r2', replId)).toMatch(/^CONTINUE/);
    expect(lab.view('r2').role).toBe('master');
  });

  test('1 master with a password: the ordinary refusals come first (R-PSYNC-2, R-ROLE-1)', () => {
    const lab = new RedisLab({ r1: ['requirepass pw'] });
    expect(lab.connect('r1').ask({ kind: 'SYNC' })).toBe('-NOAUTH Authentication required.');
  });

  test('1 master, 1 replica: on continue online at once, counted at once, no SELECT again (R-PSYNC-3, R-MINREP-2)', () => {
    const lab = group(1, ['min-replicas-to-write 2']);
    lab.ask('r1', 'CONFIG SET min-replicas-to-write 1');
    lab.ask('r1', 'SET k v');
    lab.ask('r1', 'CONFIG SET min-replicas-to-write 2');
    const { replId, offset } = lab.view('r1');
    const session = lab.connect('r1').send(psync(replId, offset - 26));
    lab.run(0.001);
    expect(lab.info('r1')).toMatchObject({ min_slaves_good_slaves: 2, sync_partial_ok: 1 });
    expect(lab.info('r1').slaves[1]).toMatchObject({ state: 'online', offset: 0 });
    expect(lab.ask('r1', 'SET k w')).toBe('OK');
    expect(session.heard).toEqual([
      { kind: 'continue', replId },
      { kind: 'stream', items: [set('k', 'v')] },
      { kind: 'stream', items: [set('k', 'w')] },
    ]);
  });

  test('1 master, 1 replica: a refusal is logged and counted, and a full sync follows; "?" is neither (R-PSYNC-4)', () => {
    const lab = group(1);
    expect(lab.info('r1')).toMatchObject({ sync_partial_err: 0, sync_full: 1 });
    lab.connect('r1').send(psync('c'.repeat(40), 1));
    lab.run(0.01);
    expect(lab.info('r1')).toMatchObject({ sync_partial_err: 1, sync_full: 2 });
    expect(lab.messages('r1', 'partial-resync-refused')[0]).toMatch(/^Replication ID mismatch/);
  });
});

describe('the fork for a full synchronisation', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    '1 master, 1 replica, seed %i: comes (4, 6) s after PSYNC (R-FULL-3)',
    (seed) => {
      const lab = new RedisLab({ r1: [] }, { seed });
      const from = lab.run(seed / 7).now;
      lab.connect('r1').send({ kind: 'SYNC' });
      lab.run(7);
      const [fork] = lab.times('r1', 'bgsave-for-sync', from);
      expect(fork! - from).toBeGreaterThan(4);
      expect(fork! - from).toBeLessThan(6.01);
    },
  );

  test('1 master, 2 replicas 3 s apart: the delay is that of the older one, both share the fork (R-FULL-3, R-FULL-4)', () => {
    const lab = new RedisLab({ r1: [] });
    const from = lab.now;
    const older = lab.connect('r1').send({ kind: 'SYNC' });
    const younger = lab.run(3).connect('r1').send({ kind: 'SYNC' });
    lab.run(8);
    const forks = lab.times('r1', 'bgsave-for-sync', from);
    expect(forks).toHaveLength(1);
    expect(forks[0]! - from).toBeLessThan(6.01);
    const verdict = older.heard.find(({ kind }) => kind === 'fullresync');
    expect(younger.heard.find(({ kind }) => kind === 'fullresync')).toEqual(verdict);
  });

  test('1 master, repl-diskless-sync-max-replicas 2: the second replica ends the wait at the next tick (R-FULL-3)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync-max-replicas 2', 'repl-diskless-sync-delay 60'] });
    lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(3).connect('r1').send({ kind: 'SYNC' });
    const from = lab.now;
    lab.run(2);
    expect(lab.times('r1', 'bgsave-for-sync')[0]! - from).toBeLessThan(1.01);
  });

  test.each([
    ['repl-diskless-sync-delay 0', true],
    ['repl-diskless-sync no', false],
  ])('1 master, %s: forks inside PSYNC (R-FULL-3, R-FULL-2, R-FULL-5)', (line, eofMarked) => {
    const lab = new RedisLab({ r1: [line] });
    const from = lab.now;
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(2);
    expect(lab.times('r1', 'bgsave-for-sync')[0]! - from).toBeLessThan(0.001);
    const begin = session.heard.find((message) => message.kind === 'rdb-begin');
    expect(begin).toMatchObject({ eofMarked });
    expect(begin?.totalBytes === 0).toBe(eofMarked);
  });

  test('1 master, 1 replica in step, disk fork under way: a second one joins it, with the stream since (R-FULL-3)', () => {
    const lab = group(1, ['repl-diskless-sync no'], { dataset: BIG });
    const before = lab.times('r1', 'bgsave-for-sync').length;
    const first = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.3).ask('r1', 'SET k v');
    const second = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(4);
    expect(lab.times('r1', 'bgsave-for-sync')).toHaveLength(before + 1);
    const verdict = (heard: typeof first.heard) => heard.find(({ kind }) => kind === 'fullresync');
    const stream = (heard: typeof first.heard) => heard.find(({ kind }) => kind === 'stream');
    expect(verdict(second.heard)).toEqual(verdict(first.heard));
    expect(stream(second.heard)).toEqual(stream(first.heard));
    expect(stream(second.heard)).toMatchObject({ items: [{ bytes: 23 }, { bytes: 27 }] });
  });

  test('1 master, socket fork under way: a second replica waits for the next one (R-FULL-3)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync-delay 0'] }, { dataset: BIG });
    lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.3);
    const second = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.2);
    expect(kinds(second.heard)).not.toContain('fullresync');
    lab.run(3);
    const [first, next] = lab.times('r1', 'bgsave-for-sync');
    expect(next! - first!).toBeGreaterThan(1);
    expect(next! - first!).toBeLessThan(1.3);
  });

  test('1 master, AOF rewrite under way: the fork waits for its end (R-FULL-3, R-AOF-9)', () => {
    const lab = new RedisLab({ r1: ['appendonly yes', 'repl-diskless-sync no'] }, { dataset: BIG });
    lab.ask('r1', 'BGREWRITEAOF');
    const from = lab.now;
    lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(3);
    expect(lab.times('r1', 'bgsave-for-sync')[0]! - from).toBeGreaterThan(0.9);
  });

  test('1 master: the verdict names the offset of the fork; later writes follow, after SELECT (R-FULL-4)', () => {
    const lab = group(1);
    lab.ask('r1', 'SET a 1');
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(1);
    const before = lab.ask('r1', 'SET b 1');
    lab.until(() => kinds(session.heard).includes('fullresync'));
    const { offset } = lab.view('r1');
    lab.ask('r1', 'SET c 1');
    lab.run(0.5);
    session.send({ kind: 'REPLCONF', option: 'ACK', offset });
    lab.run(0.01);
    expect(before).toBe('OK');
    const verdict = session.heard.find((message) => message.kind === 'fullresync');
    expect(verdict?.offset).toBe(offset);
    const end = session.heard.find((message) => message.kind === 'rdb-end');
    expect([...(end?.snapshot.keys.keys() ?? [])]).toEqual(['a', 'b']);
    const stream = session.heard.find((message) => message.kind === 'stream');
    expect(stream?.items.map(({ bytes }) => bytes)).toEqual([23, 27]);
  });

  test('1 master with 1 M keys, socket: states of the replica, and newlines before the fork (R-FULL-1, R-FULL-5)', () => {
    const lab = new RedisLab({ r1: [] }, { dataset: BIG });
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(3);
    expect(lab.info('r1').slaves[0]).toMatchObject({ state: 'wait_bgsave', offset: 0, lag: 0 });
    expect(kinds(session.heard)).toEqual(['newline', 'newline', 'newline']);
    lab.until(() => kinds(session.heard).includes('rdb-begin'));
    expect(lab.info('r1').slaves[0]!.state).toBe('wait_bgsave');
    lab.until(() => kinds(session.heard).includes('rdb-end'));
    lab.run(0.11);
    expect(lab.info('r1').slaves[0]!.state).toBe('online');
  });

  test('1 master with 1 M keys, disk: wait_bgsave, send_bulk, online (R-FULL-1, R-FULL-9)', () => {
    const lab = new RedisLab(
      { r1: ['repl-diskless-sync no'] },
      { dataset: BIG, machine: { linkBytesPerSecond: 36_000_000 } },
    );
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    const seen: string[] = [];
    while (seen.at(-1) !== 'online') {
      const { state } = lab.info('r1').slaves[0]!;
      if (seen.at(-1) !== state) seen.push(state);
      lab.run(0.02);
    }
    expect(seen).toEqual(['wait_bgsave', 'send_bulk', 'online']);
    expect(kinds(session.heard)).toContain('rdb-end');
  });

  test('1 master on a full disk: a failed disk fork closes the replica (R-FULL-6)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync no', 'stop-writes-on-bgsave-error no'] });
    lab.disk('r1', false);
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(1);
    expect(session.closed).toBe(true);
    expect(lab.view('r1').replicas).toBe(0);
  });
});

describe('how long it takes', () => {
  test.each([
    ['socket', ['repl-diskless-sync-delay 0'], 1.0],
    ['disk', ['repl-diskless-sync no'], 1.0 + 0.29],
  ])(
    '1 master with 1 M keys, 1 replica, %s: generation, transfer, load (R-FULL-7, R-LOAD-3)',
    (_, lines, transfer) => {
      const lab = group(1, lines, { dataset: BIG, settle: false });
      lab.until(() => lab.times('r2', 'full-resync-done').length > 0);
      const [fork] = lab.times('r1', 'bgsave-for-sync');
      const [loading] = lab.times('r2', 'loading');
      const [done] = lab.times('r2', 'full-resync-done');
      expect(loading! - fork!).toBeGreaterThan(transfer);
      expect(loading! - fork!).toBeLessThan(transfer + 0.15);
      expect(done! - loading!).toBeCloseTo(1.0, 1);
    },
  );

  test('1 master, 1 replica: a socket transfer goes no faster than its link (R-FULL-7)', () => {
    const machine = { linkBytesPerSecond: 12_000_000 };
    const lab = group(1, ['repl-diskless-sync-delay 0'], { dataset: BIG, machine, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    expect(lab.times('r2', 'loading')[0]! - lab.times('r1', 'bgsave-for-sync')[0]!).toBeCloseTo(3.0, 1);
  });
});

describe('what the replica does with it', () => {
  test.each([
    ['yes', 'in the next 5 s window', 5],
    ['no', 'at the next tick of the master', 0.1],
  ] as const)(
    '1 master, 1 replica on a full disk, diskless %s: it gives the data set up, and gets it again %s (R-FULL-8, R-FULL-3)',
    (diskless, _, periodS) => {
      const lab = group(1, [`repl-diskless-sync ${diskless}`], { settle: false });
      lab.disk('r2', false).run(14);
      const [first, second] = lab.times('r2', 'full-resync-failed');
      expect(second! - first!).toBeGreaterThan(0.9 * periodS);
      expect(second! - first!).toBeLessThan(1.25 * periodS);
      expect(lab.times('r2', 'full-resync-done')).toHaveLength(0);
      lab.disk('r2', true).run(6.2);
      expect(lab.times('r2', 'full-resync-done')).toHaveLength(1);
    },
  );

  test('1 replica: new id, no second one, an empty backlog, AOF rewritten, files replaced (R-FULL-8, R-RDB-2)', () => {
    const lab = followPeer(['appendonly yes', 'save ""']);
    lab.run(1);
    lab
      .script({ PSYNC: fullSync(5000, { new: '2' }) })
      .broadcast('close')
      .run(0.01);
    lab.until(() => lab.view('r1').link === 'up');
    const info = lab.info('r1');
    expect(info.master_repl_offset).toBe(5000);
    expect(info.second_repl_offset).toBe(-1);
    expect(info.repl_backlog_first_byte_offset).toBe(5001);
    expect(info.repl_backlog_histlen).toBe(0);
    expect(lab.diskOf('r1').rdb?.snapshot.keys.get('new')).toBe('2');
    expect(lab.state('r1').persistence.aof).toBe('wait-rewrite');
    lab.run(1);
    expect(lab.state('r1').persistence.aof).toBe('on');
    expect(lab.diskOf('r1').aof?.base.keys.get('new')).toBe('2');
  });

  test('1 replica with a sub-replica: the load ends the sub-replica (R-FULL-8)', () => {
    const lab = followPeer();
    const sub = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.01);
    lab
      .script({ PSYNC: fullSync(5000) })
      .broadcast('close')
      .run(0.05);
    expect(sub.closed).toBe(true);
  });

  test.each([
    ['disabled', true],
    ['swapdb', false],
    ['on-empty-db', false],
  ])(
    '1 empty replica, repl-diskless-load %s: the RDB becomes a file (%s) (R-FULL-8, R-RDB-2)',
    (mode, file) => {
      const lab = followPeer([`repl-diskless-load ${mode}`]);
      expect(lab.diskOf('r1').rdb !== null).toBe(file);
    },
  );

  test('1 replica with data, repl-diskless-load on-empty-db: the RDB becomes a file (R-FULL-8)', () => {
    const lab = followPeer(['repl-diskless-load on-empty-db']);
    lab.broadcast({ kind: 'stream', items: [set('k', 'v')] }).run(0.01);
    lab
      .script({ PSYNC: fullSync(5000) })
      .broadcast('close')
      .run(0.05);
    expect(lab.diskOf('r1').rdb).not.toBeNull();
  });

  test('1 master with 1 M keys, 1 replica, disk: what is streamed during the load is applied after it (R-FULL-8, R-FULL-9)', () => {
    const lab = group(1, ['repl-diskless-sync no'], { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    lab.ask('r1', 'SET k v');
    expect(lab.view('r2').loading).toBe(true);
    lab.until(() => !lab.view('r2').loading);
    expect(lab.ask('r2', 'GET k')).toBe('v');
  });

  test('1 master with 1 M keys, 1 replica, its master dies during the load: the link is down after it (R-FULL-8)', () => {
    const lab = group(1, ['repl-diskless-sync no'], { dataset: BIG, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    lab.kill('r1');
    lab.until(() => !lab.view('r2').loading);
    lab.run(0.1);
    expect(lab.view('r2').link).toBe('down');
  });

  test('1 master with 1 M keys, 1 replica, socket: nothing is streamed before its first ACK (R-FULL-9)', () => {
    const lab = new RedisLab({ r1: [] }, { dataset: BIG });
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.until(() => kinds(session.heard).includes('rdb-end'));
    lab.run(0.2).ask('r1', 'SET k v');
    lab.run(1);
    expect(lab.info('r1').slaves[0]!.state).toBe('online');
    expect(kinds(session.heard)).not.toContain('stream');
    session.send({ kind: 'REPLCONF', option: 'ACK', offset: 0 });
    lab.run(0.01);
    expect(kinds(session.heard).at(-1)).toBe('stream');
  });

  test('1 master, 1 replica, disk: the stream follows the RDB at once (R-FULL-9)', () => {
    const lab = new RedisLab({ r1: ['repl-diskless-sync no'] }, { dataset: BIG });
    const session = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.2).ask('r1', 'SET k v');
    lab.run(3);
    const rdb = kinds(session.heard).indexOf('rdb-end');
    expect(kinds(session.heard)[rdb + 1]).toBe('stream');
    expect(session.times[rdb + 1]).toBe(session.times[rdb]);
  });

  test('1 master with 3 M keys, 1 replica: good for min-replicas while it loads, but no use to WAIT (R-FULL-10)', () => {
    const dataset = { keys: 3_000_000, valueBytes: 100 };
    const lab = group(1, ['min-replicas-to-write 1', 'min-replicas-max-lag 2'], { dataset, settle: false });
    lab.until(() => lab.times('r2', 'loading').length > 0);
    lab.until(() => lab.state('r1').replicas[0]!.phase === 'online');
    const session = lab.connect('r1');
    for (let i = 0; i < 4; i++) {
      expect(session.ask(`SET k${i} v`)).toBe('OK');
      lab.run(0.5);
    }
    expect(lab.view('r2').loading).toBe(true);
    session.send('WAIT 1 200');
    lab.run(0.4);
    expect(session.replies.at(-1)).toBe(0);
  });
});
