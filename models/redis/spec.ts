/** What a Redis server is started with, and the files that survive it. */
import type { Snapshot, StreamCommand } from '../commands.ts';
import type { Machine } from '../machine.ts';
import type { RedisConfig } from './config.ts';

/** How the server's own configuration file can be rewritten (M-05). */
export type ConfigFile = 'writable' | 'not-replaceable' | 'read-only' | 'none';

export interface RedisSpec {
  /** The configuration as the operator wrote it. */
  readonly config: RedisConfig;
  readonly configFile: ConfigFile;
  readonly machine: Machine;
  /** Loaded at the first boot of a master, before anything else. */
  readonly dataset: { readonly keys: number; readonly valueBytes: number };
  /** Runs every 100 ms tick instead of only those that can act. */
  readonly literalCron: boolean;
}

/** A complete `dump.rdb`; `repl` is its replication information (R-RST-1). */
export interface RdbFile {
  readonly snapshot: Snapshot;
  readonly repl: { readonly replId: string; readonly offset: number } | null;
}

/** The append-only file as its manifest names it: a base, and the commands since (R-AOF-1). */
export interface AofFiles {
  base: Snapshot;
  /** What was written after the base, and the wall-clock microsecond of each write. */
  commands: StreamCommand[];
  writtenWallUs: number[];
  /** Size of `commands` in bytes. */
  commandBytes: number;
}

/** What survives the process. */
export interface RedisDisk {
  /** The file as CONFIG REWRITE left it; null: still the operator's. */
  config: RedisConfig | null;
  booted: boolean;
  rdb: RdbFile | null;
  /** Earlier RDB files, newest first. */
  backups: RdbFile[];
  aof: AofFiles | null;
  /** Policy in force when the AOF was last written, and wall clock minus monotonic clock, in microseconds. */
  appendfsync: 'always' | 'everysec' | 'no';
  wallOffsetUs: number;
}

/** RDB generations that an operator finds in the backup folder. */
const BACKUPS_KEPT = 8;
/** The kernel writes dirty pages back after about this long (R-AOF-4). */
const WRITE_BACK_US = 30_000_000;
const SECOND_US = 1_000_000;
/** An fsync that began this recently is not over yet. */
const FSYNC_US = 5_000;

/** The files of a machine on which this server has never run. */
export function formatDisk(spec: RedisSpec): RedisDisk {
  return {
    config: null,
    booted: false,
    rdb: null,
    backups: [],
    aof: null,
    appendfsync: spec.config.appendfsync,
    wallOffsetUs: 0,
  };
}

/** Puts a complete RDB in place (R-RDB-2); the previous one becomes a backup. */
export function writeRdb(disk: RedisDisk, file: RdbFile): void {
  if (disk.rdb !== null) {
    disk.backups.unshift(disk.rdb);
    if (disk.backups.length > BACKUPS_KEPT) disk.backups.pop();
  }
  disk.rdb = file;
}

/** Copies backup `n` over `dump.rdb`; 0 is the newest file. False when there is none. */
export function restoreBackup(disk: RedisDisk, n: number): boolean {
  const file = n === 0 ? disk.rdb : disk.backups[n - 1];
  if (file === null || file === undefined) return false;
  if (n > 0) writeRdb(disk, file);
  return true;
}

/** Drops AOF commands that were written but never synced (R-AOF-3, R-AOF-4). */
export function losePower(disk: RedisDisk, nowUs: number, ranUntilUs: number): void {
  const aof = disk.aof;
  if (aof === null || disk.appendfsync === 'always') return;
  // A clock that was set back syncs nothing until it has caught up.
  const latestUs = aof.writtenWallUs.reduce((a, b) => Math.max(a, b), ranUntilUs + disk.wallOffsetUs);
  const writtenBackUs = nowUs + disk.wallOffsetUs - WRITE_BACK_US;
  const syncedWallUs =
    disk.appendfsync === 'no' ? writtenBackUs : Math.max(writtenBackUs, lastSyncUs(latestUs));
  const kept = aof.writtenWallUs.findIndex((wallUs) => wallUs >= syncedWallUs);
  if (kept < 0) return;
  aof.commandBytes = Math.floor((aof.commandBytes * kept) / aof.commands.length);
  aof.commands.length = kept;
  aof.writtenWallUs.length = kept;
}

/** With `everysec` the first loop pass of a wall-clock second syncs what was written before it. */
function lastSyncUs(wallUs: number): number {
  return Math.floor((wallUs - FSYNC_US) / SECOND_US) * SECOND_US;
}
