/** The child process that writes an RDB or rewrites the AOF: one at a time (R-FULL-3). */
import type { Snapshot } from '../commands.ts';
import type { Host } from '../process.ts';
import { dropGathered, installRewrite } from './aof.ts';
import { durationUs, fsync, stall, unixSeconds } from './clock.ts';
import { memoryBytes, takeSnapshot } from './keyspace.ts';
import { writeRdb } from './spec.ts';
import { type Child, isReplica, type RedisState } from './state.ts';

const GIB = 1_073_741_824;
/** After this many failures in a row a rewrite waits before it is tried again. */
const REWRITE_TRIES = 3;
const REWRITE_PAUSE_US = 60_000_000;

/** Starts a child on the data set of this instant; the fork itself stops the server for a moment. */
export function forkChild(state: RedisState, host: Host, kind: Child['kind'], forSync: boolean): Child {
  const { machine, keyspace } = state;
  const snapshot = takeSnapshot(keyspace);
  const forkUs = Math.round((machine.forkUsPerGiB * memoryBytes(keyspace)) / GIB);
  stall(state, host, Math.max(forkUs, machine.forkMinUs));
  const rate =
    kind === 'rdb-socket'
      ? Math.min(machine.rdbBytesPerSecond, machine.linkBytesPerSecond)
      : machine.rdbBytesPerSecond;
  const child: Child = {
    kind,
    forSync,
    snapshot,
    repl: replicationInfo(state),
    doneUs: host.nowUs + childOverheadUs(state, kind) + durationUs(snapshot.rdbBytes, rate),
    killed: false,
    sent: false,
    dirtyAtFork: state.persistence.dirty,
    aofCommandsAtFork: state.disk.aof?.commands.length ?? 0,
  };
  state.child = child;
  state.rescheduleNeeded = true;
  return child;
}

/** Starting the child, and the fsync of its file. */
function childOverheadUs(state: RedisState, kind: Child['kind']): number {
  return kind === 'rdb-socket' ? 2 * state.machine.forkMinUs : state.machine.fsyncUs.max;
}

/** R-RST-1. */
export function replicationInfo(state: RedisState): { replId: string; offset: number } | null {
  const known = isReplica(state)
    ? state.link.phase === 'connected' || state.link.cached !== null
    : state.backlog !== null;
  return known ? { replId: state.replId, offset: state.offset } : null;
}

/** BGSAVE. */
export function startBackgroundSave(state: RedisState, host: Host): void {
  state.persistence.lastSaveTrySec = unixSeconds(host);
  forkChild(state, host, 'rdb-disk', false);
}

/** BGREWRITEAOF, also the one after a full sync (R-AOF-6). */
export function startRewrite(state: RedisState, host: Host): void {
  state.persistence.rewriteScheduled = false;
  forkChild(state, host, 'aof', false);
}

/** Takes the result of a child that has exited. True when it succeeded. */
export function reapChild(state: RedisState, host: Host, child: Child): boolean {
  state.child = null;
  state.rescheduleNeeded = true;
  if (child.killed) return false;
  if (child.kind === 'rdb-socket') return true;
  if (!host.diskWritable()) {
    childFailed(state, host, child);
    return false;
  }
  if (child.kind === 'aof') {
    state.persistence.rewriteFailures = 0;
    state.persistence.rewriteNotBeforeUs = 0;
    installRewrite(state, child.snapshot, child.aofCommandsAtFork);
  } else saved(state, host, child.snapshot, child.repl, child.dirtyAtFork);
  return true;
}

function childFailed(state: RedisState, host: Host, child: Child): void {
  const persistence = state.persistence;
  if (child.kind === 'rdb-disk') {
    persistence.lastSaveOk = false;
  } else {
    persistence.rewriteFailures++;
    if (persistence.rewriteFailures >= REWRITE_TRIES)
      persistence.rewriteNotBeforeUs = host.nowUs + REWRITE_PAUSE_US;
    if (persistence.aof === 'wait-rewrite') {
      persistence.rewriteScheduled = true;
      dropGathered(state);
    }
  }
  host.announce('disk-error', child.kind === 'aof' ? 'AOF rewrite failed' : 'Background saving error');
}

function saved(
  state: RedisState,
  host: Host,
  snapshot: Snapshot,
  repl: { replId: string; offset: number } | null,
  dirtyAtFork: number,
): void {
  const persistence = state.persistence;
  writeRdb(state.disk, { snapshot, repl });
  persistence.dirty -= dirtyAtFork;
  persistence.lastSaveSec = unixSeconds(host);
  persistence.lastSaveOk = true;
  host.announce('saved-rdb', '');
}

/** SAVE, and the final save of a shutdown: the server does nothing else meanwhile (R-CLK-6). */
export function saveNow(state: RedisState, host: Host): boolean {
  const persistence = state.persistence;
  const snapshot = takeSnapshot(state.keyspace);
  stall(state, host, durationUs(snapshot.rdbBytes, state.machine.rdbBytesPerSecond));
  if (!host.diskWritable()) {
    host.announce('disk-error', 'Error saving the data set');
    return false;
  }
  fsync(state, host);
  saved(state, host, snapshot, replicationInfo(state), persistence.dirty);
  return true;
}

/** FLUSHALL with a save point replaces the RDB too, on replicas as well, so that no restart brings the data back (R-RDB-1). */
export function saveAfterFlush(state: RedisState, host: Host): void {
  if (state.config.save.length > 0) saveNow(state, host);
}

/** SIGUSR1: an RDB child is reaped by the next serverCron, which lets go who waits for it (R-FULL-6). */
export function killChild(state: RedisState, host: Host): void {
  const { child } = state;
  if (child === null) return;
  if (child.kind === 'aof') {
    state.child = null;
    return;
  }
  child.killed = true;
  child.doneUs = Math.min(child.doneUs, host.nowUs);
  child.sent = true;
  state.rescheduleNeeded = true;
}
