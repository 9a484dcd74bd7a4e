import { describe, expect, test } from 'vitest';
import { errorReply, type Message, OK, PONG } from '../../models/commands.ts';
import { group } from '../support/redisLab.ts';
import {
  followPeer,
  fullSync,
  gapsOf,
  MASTER_ID,
  OTHER_ID,
  ScriptedMaster,
} from '../support/redisScripts.ts';

const error = (text: string): Message => errorReply(text);
const stateOf = (lab: ScriptedMaster) => (lab.ask('r1', 'ROLE') as unknown[])[3];

describe('states of the replica side', () => {
  test('1 replica, scripted master: ROLE names each state on the way (R-RSM-1, R-ROLE-7)', () => {
    const lab = new ScriptedMaster();
    lab.silence().resolvable('peer', false).run(0.5);
    expect(stateOf(lab)).toBe('connect');
    lab.resolvable('peer', true).until(() => lab.lastKinds().includes('PING'));
    expect(stateOf(lab)).toBe('handshake');
    lab.broadcast(PONG).run(0.01);
    expect(lab.lastKinds()).toEqual(['PING', 'REPLCONF', 'REPLCONF']);
    expect(stateOf(lab)).toBe('handshake');
    lab.broadcast(OK).broadcast(OK).run(0.01);
    expect(lab.lastKinds()).toEqual(['PING', 'REPLCONF', 'REPLCONF', 'PSYNC']);
    expect(stateOf(lab)).toBe('handshake');
    const [verdict, begin, end] = fullSync(1000) as [Message, Message, Message];
    lab.broadcast(verdict).broadcast(begin).run(0.01);
    expect(stateOf(lab)).toBe('sync');
    expect(lab.info('r1').replica!.master_sync_in_progress).toBe(true);
    expect(lab.info('r1').replica!.master_link_status).toBe('down');
    lab.broadcast(end).run(0.05);
    expect(stateOf(lab)).toBe('connected');
    expect(lab.info('r1').replica!.master_link_status).toBe('up');
  });

  test('1 master, 1 replica cut off from it: ROLE says connecting (R-RSM-1)', () => {
    const lab = group(1, [], { settle: false });
    lab.cut('r1', 'r2').run(1.5);
    expect(lab.ask('r2', 'ROLE')).toEqual(['slave', 'r1', 6379, 'connecting', -1]);
  });
});

describe('the handshake', () => {
  test('1 replica with a password and announced address: one batch after PING (R-RSM-2)', () => {
    const lab = new ScriptedMaster([
      'masterauth pw',
      'masteruser app',
      'replica-announce-ip 192.0.2.7',
      'replica-announce-port 7777',
    ]);
    lab.script({ AUTH: [OK] }).run(1.5);
    expect(lab.asked().slice(0, 6)).toEqual([
      { kind: 'PING' },
      { kind: 'AUTH', user: 'app', password: 'pw' },
      { kind: 'REPLCONF', option: 'listening-port', port: 7777 },
      { kind: 'REPLCONF', option: 'ip-address', address: '192.0.2.7' },
      { kind: 'REPLCONF', option: 'capa', capabilities: ['eof', 'psync2'] },
      { kind: 'PSYNC', replId: '?', offset: -1, failover: false },
    ]);
  });

  test('1 replica without options: the plain batch, and its own port (R-RSM-2)', () => {
    const lab = followPeer(['port 6400']);
    expect(lab.asked().slice(1, 3)).toEqual([
      { kind: 'REPLCONF', option: 'listening-port', port: 6400 },
      { kind: 'REPLCONF', option: 'capa', capabilities: ['eof', 'psync2'] },
    ]);
  });

  test.each(['NOAUTH Authentication required.', 'NOPERM no', 'ERR operation not permitted'])(
    '1 replica: -%s to PING does not matter, nor do errors to REPLCONF (R-RSM-2)',
    (text) => {
      const lab = new ScriptedMaster();
      lab.script({ PING: [error(text)], REPLCONF: [error('ERR unknown')] }).run(1.5);
      expect(lab.view('r1').link).toBe('up');
    },
  );

  test('1 master, 1 replica, 10 ms apart: 4 round trips to a partial resync (R-RSM-2)', () => {
    const lab = group(1, [], { latencyUs: 10_000 });
    const from = lab.now;
    lab.ask('r2', `REPLICAOF ${lab.address('r1')} 6379`);
    lab.until(() => lab.times('r2', 'partial-resync', from).length > 0);
    const [start] = lab.times('r2', 'replica-connecting', from);
    const [up] = lab.times('r2', 'partial-resync', from);
    expect(up! - start!).toBeGreaterThanOrEqual(0.08);
    expect(up! - start!).toBeLessThan(0.082);
  });

  test('1 replica: asks for the byte after the last one that it applied (R-RSM-3)', () => {
    const lab = followPeer();
    lab.broadcast('close').run(0.2);
    const asked = lab.asked().filter(({ kind }) => kind === 'PSYNC');
    expect(asked).toEqual([
      { kind: 'PSYNC', replId: '?', offset: -1, failover: false },
      { kind: 'PSYNC', replId: MASTER_ID, offset: 1001, failover: false },
    ]);
  });

  test('1 replica: newlines before the verdict keep it waiting, however long (R-RSM-4)', () => {
    const lab = new ScriptedMaster(['repl-timeout 3']);
    lab.script({ PSYNC: [] }).run(1.5);
    for (let i = 0; i < 10; i++) lab.broadcast({ kind: 'newline' }).run(1);
    expect(lab.attempts()).toHaveLength(1);
    expect(lab.state('r1').link.phase).toBe('psync-reply');
    lab.run(5);
    expect(lab.attempts().length).toBeGreaterThan(1);
  });
});

describe('verdicts on PSYNC', () => {
  /** A replica whose link was cut at offset 1000 and whose next PSYNC gets this. */
  const answered = (...verdict: Message[]) => {
    const lab = followPeer();
    return lab.script({ PSYNC: verdict }).broadcast('close').run(0.05) as ScriptedMaster;
  };

  test('1 replica: +CONTINUE under the same id goes on, with the history it had (R-RSM-5)', () => {
    const lab = answered({ kind: 'continue', replId: MASTER_ID });
    expect(lab.view('r1')).toMatchObject({ link: 'up', offset: 1000, replId: MASTER_ID });
    expect(lab.info('r1').second_repl_offset).toBe(-1);
  });

  test('1 replica with a sub-replica: +CONTINUE under a new id moves the old one to second place and drops it (R-RSM-5)', () => {
    const lab = followPeer();
    const sub = lab.connect('r1').send({ kind: 'SYNC' });
    lab.run(0.01);
    expect(lab.view('r1').replicas).toBe(1);
    lab
      .script({ PSYNC: [{ kind: 'continue', replId: OTHER_ID }] })
      .broadcast('close')
      .run(0.05);
    const info = lab.info('r1');
    expect(info.master_replid).toBe(OTHER_ID);
    expect(info.master_replid2).toBe(MASTER_ID);
    expect(info.second_repl_offset).toBe(1001);
    expect(sub.closed).toBe(true);
    expect(info.connected_slaves).toBe(0);
  });

  test('1 replica: +FULLRESYNC replaces everything (R-RSM-5)', () => {
    const lab = answered(...fullSync(5000, { a: '1' }));
    expect(lab.view('r1')).toMatchObject({ link: 'up', offset: 5000, keys: 1 });
  });

  test.each(["NOMASTERLINK Can't SYNC while not connected with my master", 'LOADING Redis is loading'])(
    '1 replica: -%s means later, at the next tick (R-RSM-5, R-RSM-6)',
    (text) => {
      const lab = answered(error(text));
      expect(lab.state('r1').link.phase).toBe('connect');
      const from = lab.now;
      lab.run(5);
      for (const gap of gapsOf(lab.attempts(from))) expect(gap).toBeCloseTo(1, 1);
      expect(lab.attempts(from)).toHaveLength(5);
      expect(lab.asked().some(({ kind }) => kind === 'SYNC')).toBe(false);
    },
  );

  test('1 replica: any other error falls back to SYNC on the same connection (R-RSM-5)', () => {
    const lab = answered(error('ERR unknown command'));
    expect(lab.lastKinds()).toEqual(['PING', 'REPLCONF', 'REPLCONF', 'PSYNC', 'SYNC']);
  });

  test('1 master, 2 replicas: a replica follows another promoted one under its new id (R-RSM-5)', () => {
    const lab = group(2);
    lab.ask('r2', 'REPLICAOF NO ONE');
    lab.ask('r3', 'REPLICAOF r2 6379');
    lab.run(0.5);
    expect(lab.view('r3').link).toBe('up');
    expect(lab.view('r3').replId).toBe(lab.view('r2').replId);
    expect(lab.info('r3').master_replid2).toBe(lab.view('r1').replId);
    expect(lab.info('r2').sync_full).toBe(0);
  });
});
