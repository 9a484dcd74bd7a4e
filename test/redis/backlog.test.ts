import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamItem } from '../../models/commands.ts';
import { appendToBacklog, createBacklog, itemsFrom } from '../../models/redis/backlog.ts';
import { group, RedisLab } from '../support/redisLab.ts';

const BLOCK_BYTES = 16_384;
const item = (bytes: number): StreamItem => ({ command: { kind: 'PING' }, bytes });

describe('the window over the stream', () => {
  const plan = fc.record({
    first: fc.integer({ min: 1, max: 1000 }),
    sizeBytes: fc.integer({ min: 1, max: 60_000 }),
    lengths: fc.array(fc.integer({ min: 14, max: 4000 }), { maxLength: 120 }),
  });

  test('any stream: holds a suffix of whole commands, first byte = end - length + 1 (R-BKLG-1)', () => {
    fc.assert(
      fc.property(plan, ({ first, sizeBytes, lengths }) => {
        const backlog = createBacklog(first);
        const everything: StreamItem[] = [];
        let end = first - 1;
        for (const bytes of lengths) {
          everything.push(item(bytes));
          appendToBacklog(backlog, everything.at(-1)!, sizeBytes);
          end += bytes;
          expect(backlog.firstOffset).toBe(end - backlog.histlen + 1);
        }
        const held = itemsFrom(backlog, backlog.firstOffset);
        expect(held).toEqual(everything.slice(everything.length - held.length));
        expect(held.reduce((sum, each) => sum + each.bytes, 0)).toBe(backlog.histlen);
      }),
      { seed: 1 },
    );
  });

  test('any stream: keeps more than its size and at most one block beyond it (R-BKLG-3)', () => {
    fc.assert(
      fc.property(plan, ({ first, sizeBytes, lengths }) => {
        const backlog = createBacklog(first);
        let total = 0;
        for (const bytes of lengths) {
          appendToBacklog(backlog, item(bytes), sizeBytes);
          total += bytes;
          expect(backlog.histlen).toBeLessThanOrEqual(sizeBytes + BLOCK_BYTES);
          expect(backlog.histlen).toBeGreaterThan(Math.min(total - 1, sizeBytes));
        }
      }),
      { seed: 1 },
    );
  });

  test('a command without which exactly the size would be left stays (R-BKLG-3)', () => {
    const backlog = createBacklog(1);
    for (const bytes of [1000, 17_000, 5000]) appendToBacklog(backlog, item(bytes), 5000);
    expect(backlog).toMatchObject({ histlen: 22_000, firstOffset: 1001 });
  });

  test('any stream: what follows an offset is found, also after thousands of drops (R-BKLG-3, R-PSYNC-3)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 14, max: 60 }), { minLength: 3000, maxLength: 4000 }),
        (lengths) => {
          const backlog = createBacklog(1);
          const starts: { offset: number; at: StreamItem }[] = [];
          let offset = 1;
          for (const bytes of lengths) {
            const each = item(bytes);
            starts.push({ offset, at: each });
            appendToBacklog(backlog, each, 20_000);
            offset += bytes;
          }
          for (const [index, start] of starts.entries()) {
            if (start.offset < backlog.firstOffset) continue;
            expect(itemsFrom(backlog, start.offset).length).toBe(starts.length - index);
            expect(itemsFrom(backlog, start.offset)[0]).toBe(start.at);
          }
          expect(itemsFrom(backlog, offset)).toEqual([]);
        },
      ),
      { seed: 1, numRuns: 10 },
    );
  });
});

describe('when there is a backlog', () => {
  test('1 master alone: no backlog, and writes do not move its offset (R-BKLG-2, R-OFF-3)', () => {
    const lab = new RedisLab({ r1: [] });
    lab.ask('r1', 'SET a 1');
    const info = lab.info('r1');
    expect(info.repl_backlog_active).toBe(false);
    expect(info.master_repl_offset).toBe(0);
    expect(info.repl_backlog_first_byte_offset).toBe(0);
  });

  test('1 master, 1 replica: the first replica begins a new history at offset + 1 (R-BKLG-2)', () => {
    const lab = new RedisLab({ r1: [], r2: ['replicaof r1 6379'] }, { settle: false, down: ['r2'] });
    lab.run(1);
    const before = lab.info('r1').master_replid;
    lab.start('r2').settle();
    const info = lab.info('r1');
    expect(info.master_replid).not.toBe(before);
    expect(info.master_replid2).toBe('0'.repeat(40));
    expect(info.repl_backlog_first_byte_offset).toBe(1);
    expect(lab.info('r2').master_replid).toBe(info.master_replid);
  });

  test('1 master, 1 replica: a full sync gives the replica an empty backlog at offset + 1 (R-BKLG-2)', () => {
    const lab = group(1, ['appendonly yes']);
    for (let i = 0; i < 5; i++) lab.ask('r1', `SET k${i} v`);
    expect(lab.info('r2').repl_backlog_histlen).toBeGreaterThan(0);
    lab.restart('r2').settle();
    expect(lab.info('r1').sync_full).toBe(2);
    expect(lab.info('r2').repl_backlog_first_byte_offset).toBe(lab.state('r2').link.offset + 1);
  });

  test('1 master, 2 replicas: promotion keeps the backlog and its offsets (R-BKLG-2, R-PROMOTE-1)', () => {
    const lab = group(2);
    lab.ask('r1', 'SET a 1');
    lab.run(0.1);
    const before = lab.info('r2');
    lab.ask('r2', 'REPLICAOF NO ONE');
    const after = lab.info('r2');
    expect(after.repl_backlog_histlen).toBe(before.repl_backlog_histlen);
    expect(after.master_repl_offset).toBe(before.master_repl_offset);
  });

  test('1 master, 1 replica: forgotten once the ttl has passed without replicas, with a new id (R-BKLG-4)', () => {
    const lab = group(1, ['repl-backlog-ttl 3']);
    const { master_replid: id } = lab.info('r1');
    lab.kill('r2').run(3);
    expect(lab.info('r1').repl_backlog_active).toBe(true);
    lab.run(2.1);
    const info = lab.info('r1');
    expect(info.repl_backlog_active).toBe(false);
    expect(info.master_replid).not.toBe(id);
    expect(info.second_repl_offset).toBe(-1);
  });

  test('1 master, 1 replica: ttl 0 keeps it for ever, and a replica never forgets its own (R-BKLG-4)', () => {
    const forever = group(1, ['repl-backlog-ttl 0']);
    forever.kill('r2').run(20);
    expect(forever.info('r1').repl_backlog_active).toBe(true);
    const short = group(1, ['repl-backlog-ttl 1']);
    short.run(20);
    expect(short.info('r2').repl_backlog_active).toBe(true);
  });

  test.each([
    [500, 'partial'],
    [1500, 'full'],
  ])(
    '1 master, 1 replica, 20 kB backlog: %i writes while away end in a %s resync (R-BKLG-5)',
    (writes, kind) => {
      const lab = group(1, ['repl-backlog-size 20000', 'repl-timeout 2', 'save ""']);
      lab.cut('r1', 'r2');
      const session = lab.connect('r1');
      for (let i = 0; i < writes; i++) session.send(`SET k${i % 10} v`);
      lab.run(5).heal('r1', 'r2').settle();
      const info = lab.info('r1');
      expect(info.sync_full).toBe(kind === 'full' ? 2 : 1);
      expect(info.sync_partial_ok).toBe(kind === 'full' ? 0 : 1);
      expect(lab.view('r2').offset).toBe(info.master_repl_offset);
    },
  );

  test('1 master, 1 replica: a file may ask for less than 16 KiB, CONFIG SET may not (R-BKLG-6)', () => {
    const lab = group(1, ['repl-backlog-size 100']);
    expect(lab.info('r1').repl_backlog_size).toBe(100);
    lab.ask('r1', 'CONFIG SET min-replicas-max-lag 5');
    expect(lab.info('r1').repl_backlog_size).toBe(100);
    lab.ask('r1', 'CONFIG SET repl-backlog-size 200');
    expect(lab.info('r1').repl_backlog_size).toBe(16_384);
    lab.ask('r1', 'CONFIG SET repl-backlog-size 20000');
    expect(lab.info('r1').repl_backlog_size).toBe(20_000);
  });
});
