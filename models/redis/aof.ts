/** The append-only file: what is written when, and the rewrite that follows a full sync (R-AOF-2 to R-AOF-9). */
import type { Snapshot, StreamCommand } from '../commands.ts';
import type { Host } from '../process.ts';
import { commandBytes } from './bytes.ts';
import { fsync } from './clock.ts';
import type { AofFiles } from './spec.ts';
import type { RedisState } from './state.ts';

/** An AOF that holds nothing but a base. */
export function createAof(base: Snapshot): AofFiles {
  return { base, commands: [], writtenWallUs: [], commandBytes: 0 };
}

/** Writes one command before its reply leaves (R-AOF-2). */
export function appendToAof(state: RedisState, host: Host, command: StreamCommand, bytes: number): void {
  const persistence = state.persistence;
  // R-AOF-6: before the AOF is on, only a running rewrite gathers what is written.
  if (persistence.aof === 'off' || (persistence.aof === 'wait-rewrite' && state.child?.kind !== 'aof'))
    return;
  if (!persistence.aofWriteOk || !host.diskWritable()) {
    refuseAofWrite(state, host, command);
    return;
  }
  writeCommand(state, host, command, bytes);
  if (state.config.appendfsync === 'always') fsync(state, host);
}

function writeCommand(state: RedisState, host: Host, command: StreamCommand, bytes: number): void {
  const { persistence, disk } = state;
  disk.wallOffsetUs = host.wallUs - host.nowUs;
  disk.appendfsync = state.config.appendfsync;
  if (persistence.aof === 'wait-rewrite') {
    persistence.aofPending.push(command);
    persistence.aofPendingWallUs.push(host.wallUs);
    return;
  }
  const aof = disk.aof!;
  aof.commands.push(command);
  aof.writtenWallUs.push(host.wallUs);
  aof.commandBytes += bytes;
  if (aof.commandBytes >= persistence.aofRewriteAtBytes) state.rescheduleNeeded = true;
}

/** R-AOF-5: kept for a later try; with `always` the process cannot go on. */
function refuseAofWrite(state: RedisState, host: Host, command: StreamCommand): void {
  const persistence = state.persistence;
  if (persistence.aofWriteOk)
    host.announce('disk-error', 'Error writing to the AOF file: No space left on device');
  persistence.aofWriteOk = false;
  state.rescheduleNeeded = true;
  persistence.aofUnwritten.push(command);
  if (state.config.appendfsync === 'always') {
    state.exited = true;
    host.exit(1);
  }
}

/** Tries again to write what the disk refused; without anything to write the error stays (`flushAppendOnlyFile`). */
export function retryAofWrite(state: RedisState, host: Host): void {
  const persistence = state.persistence;
  if (persistence.aofUnwritten.length === 0 || !host.diskWritable()) return;
  persistence.aofWriteOk = true;
  for (const command of persistence.aofUnwritten) writeCommand(state, host, command, commandBytes(command));
  persistence.aofUnwritten = [];
}

/** Flush and fsync at shutdown: everything written is safe. */
export function syncAof(state: RedisState, host: Host): void {
  if (state.persistence.aof === 'off') return;
  retryAofWrite(state, host);
  fsync(state, host);
  state.disk.aof?.writtenWallUs.fill(Number.NEGATIVE_INFINITY);
}

/** The AOF is flushed, synced and closed, and its rewrite ended; its files stay (R-FULL-8, R-AOF-6). */
export function stopAof(state: RedisState, host: Host): void {
  const { persistence } = state;
  if (persistence.aof === 'off') return;
  syncAof(state, host);
  persistence.aof = 'off';
  persistence.rewriteScheduled = false;
  dropRewrite(state);
}

/** From now on commands go to a file that the manifest does not know until the rewrite is done (R-AOF-6). */
export function waitForRewrite(state: RedisState): void {
  state.persistence.aof = 'wait-rewrite';
  state.persistence.aofWriteOk = true;
  // What a rewrite of before does not gather is what is written from now on.
  dropRewrite(state);
}

function dropRewrite(state: RedisState): void {
  if (state.child?.kind === 'aof') state.child = null;
  dropGathered(state);
}

/** What was written during a rewrite that has come to nothing. */
export function dropGathered({ persistence }: RedisState): void {
  persistence.aofPending = [];
  persistence.aofPendingWallUs = [];
  persistence.aofUnwritten = [];
}

/** A rewrite is done: its base replaces the old one, followed by the commands since the fork. */
export function installRewrite(state: RedisState, base: Snapshot, commandsAtFork: number): void {
  const { persistence, disk } = state;
  if (persistence.aof === 'wait-rewrite') {
    disk.aof = createAof(base);
    disk.aof.commands = persistence.aofPending;
    disk.aof.writtenWallUs = persistence.aofPendingWallUs;
    persistence.aofPending = [];
    persistence.aofPendingWallUs = [];
    persistence.aof = 'on';
  } else if (persistence.aof === 'on' && disk.aof !== null) {
    const since = disk.aof;
    disk.aof = createAof(base);
    disk.aof.commands = since.commands.slice(commandsAtFork);
    disk.aof.writtenWallUs = since.writtenWallUs.slice(commandsAtFork);
  }
  countCommandBytes(state);
  setRewriteMark(state);
}

function countCommandBytes(state: RedisState): void {
  const aof = state.disk.aof;
  if (aof === null) return;
  aof.commandBytes = 0;
  for (const command of aof.commands) aof.commandBytes += commandBytes(command);
}

/** R-AOF-9. */
export function setRewriteMark(state: RedisState): void {
  const { config, persistence, disk } = state;
  persistence.aofRewriteAtBytes = Number.POSITIVE_INFINITY;
  if (disk.aof === null || config.autoAofRewritePercentage === 0) return;
  const base = Math.max(disk.aof.base.rdbBytes, 1);
  const total = Math.max(
    config.autoAofRewriteMinSizeBytes + 1,
    Math.ceil(base + (base * config.autoAofRewritePercentage) / 100),
  );
  persistence.aofRewriteAtBytes = Math.max(total - base, 1);
}
