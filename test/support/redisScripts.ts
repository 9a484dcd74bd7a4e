/** A replica under test whose master is scripted. */
import { type Message, OK, PONG, type Snapshot, type StreamItem } from '../../models/commands.ts';
import { streamItem } from '../../models/redis/bytes.ts';
import { type LabOptions, RedisLab } from './redisLab.ts';

export const MASTER_ID = 'a'.repeat(40);
export const OTHER_ID = 'b'.repeat(40);

export const set = (key: string, value: string): StreamItem => streamItem({ kind: 'SET', key, value });

/** A data set of these keys. */
export function snapshotOf(keys: Readonly<Record<string, string>> = {}): Snapshot {
  return { keys: new Map(Object.entries(keys)), populatedKeys: 0, populatedValueBytes: 0, rdbBytes: 120 };
}

/** The messages of a whole full synchronisation. */
export function fullSync(
  offset: number,
  keys: Readonly<Record<string, string>> = {},
  eofMarked = true,
): Message[] {
  return [
    { kind: 'fullresync', replId: MASTER_ID, offset },
    { kind: 'rdb-begin', eofMarked, totalBytes: eofMarked ? 0 : 120 },
    { kind: 'rdb-end', snapshot: snapshotOf(keys) },
  ];
}

/** A replica r1 that follows the peer. */
export class ScriptedMaster extends RedisLab {
  constructor(lines: readonly string[] = [], options: LabOptions = {}) {
    super(
      { r1: ['replicaof peer 6379', 'repl-ping-replica-period 1', ...lines] },
      { ...options, settle: false },
    );
    this.script({ PING: [PONG], REPLCONF: [OK], PSYNC: fullSync(1000) });
  }

  /** The peer answers nothing any more. */
  silence(): this {
    return this.script({ PING: [], REPLCONF: [], PSYNC: [], SYNC: [], AUTH: [] });
  }

  /** What the replica acknowledged, with the time in seconds. */
  acks(): { at: number; offset: number }[] {
    return this.peer.asked.flatMap(({ atUs, message }) =>
      message.kind === 'REPLCONF' && message.option === 'ACK'
        ? [{ at: atUs / 1_000_000, offset: message.offset }]
        : [],
    );
  }

  /** Seconds at which somebody connected to the peer, since `from`. */
  attempts(from = 0): number[] {
    return this.peer.accepted.map(({ atUs }) => atUs / 1_000_000).filter((at) => at >= from);
  }

  /** Kinds of the requests of the last connection. */
  lastKinds(): string[] {
    const last = this.peer.accepted.at(-1)?.connection;
    return this.peer.asked.filter(({ connection }) => connection === last).map(({ message }) => message.kind);
  }
}

/** A replica that is linked to the scripted master at offset 1000. */
export function followPeer(lines: readonly string[] = [], options: LabOptions = {}): ScriptedMaster {
  const lab = new ScriptedMaster(lines, options);
  lab.until(() => lab.state('r1')?.link.phase === 'connected');
  return lab.run(0.01);
}

export function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]!);
}
