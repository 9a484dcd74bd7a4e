/** Loading a data set, at start-up or after a full sync: the process is inside the loader (R-CLK-5, R-FULL-8, R-LOAD-1). */
import type { Snapshot } from '../commands.ts';
import type { Host } from '../process.ts';
import { stopAof, waitForRewrite } from './aof.ts';
import { createBacklog } from './backlog.ts';
import { startRewrite } from './child.ts';
import { delayTick, fsync, passTicks, stall, unixSeconds } from './clock.ts';
import { linkUp } from './handshake.ts';
import { clearKeyspace, keyspaceSize, loadSnapshot, snapshotSize } from './keyspace.ts';
import { loseMaster, reconnectAfterFailure } from './link.ts';
import { type LoadTiming, ticksMadeUpFor, timeLoad } from './loadTiming.ts';
import { dropAllReplicas } from './replicas.ts';
import { writeRdb } from './spec.ts';
import { type Load, NO_REPLID, type RedisState } from './state.ts';
import { handleStream, sendAck } from './stream.ts';

/** A shorter load is not worth a state of its own: the server is just busy. */
const NOTICEABLE_US = 10_000;

/** Starts a load; true when it is over at once. */
export function beginLoad(
  state: RedisState,
  host: Host,
  kind: Load['kind'],
  snapshot: Snapshot,
  timing: LoadTiming,
): boolean {
  const { lastingUs } = timing;
  if (lastingUs < NOTICEABLE_US) {
    makeUpForTicks(state, timing, host.wallUs);
    stall(state, host, lastingUs);
    return true;
  }
  passTicks(state, host.nowUs);
  state.load = {
    kind,
    startedUs: host.nowUs,
    endUs: host.nowUs + lastingUs,
    timing,
    input: [],
    newlineSec: 0,
    snapshot,
  };
  state.rescheduleNeeded = true;
  host.announce('loading', '');
  return false;
}

function makeUpForTicks(state: RedisState, timing: LoadTiming, startWallUs: number): void {
  state.cron.loops += ticksMadeUpFor(timing, startWallUs, Math.floor(state.cron.periodUs / 1000));
}

/** The process was stopped in the middle of it. */
export function delayLoad(load: Load, byUs: number): void {
  load.startedUs += byUs;
  load.endUs += byUs;
}

/** The load is over; the cron goes on from here. */
export function leaveLoad(state: RedisState, host: Host, load: Load): void {
  state.load = null;
  makeUpForTicks(state, load.timing, host.wallUs - load.timing.lastingUs);
  delayTick(state, host.nowUs);
  state.rescheduleNeeded = true;
  host.announce('loaded', '');
}

/** R-FULL-8: a payload that the disk does not take is given up, and asked for again at once. */
export function keepsRdb(state: RedisState, host: Host): boolean {
  if (loadsFromSocket(state) || host.diskWritable()) return true;
  host.announce('full-resync-failed', 'No space left on device');
  reconnectAfterFailure(state, host);
  return false;
}

/** The whole RDB has arrived (R-FULL-8, steps 1 to 5). */
export function onRdbReceived(state: RedisState, host: Host, snapshot: Snapshot): void {
  stopAof(state, host);
  if (state.child?.kind === 'rdb-disk') state.child = null;
  state.link.cached = null;
  dropAllReplicas(state, host);
  state.backlog = null;
  if (!loadsFromSocket(state)) {
    fsync(state, host);
    writeRdb(state.disk, { snapshot, repl: { replId: state.link.replId, offset: state.link.offset } });
  }
  clearKeyspace(state.keyspace);
  const timing = timeLoad(state, { bytes: snapshot.rdbBytes, keys: snapshotSize(snapshot) }, null);
  if (beginLoad(state, host, 'sync', snapshot, timing)) finishSyncLoad(state, host, snapshot);
}

/** Without a file: the old `dump.rdb` stays (R-FULL-8). */
function loadsFromSocket({ config, keyspace }: RedisState): boolean {
  if (config.replDisklessLoad === 'on-empty-db') return keyspaceSize(keyspace) === 0;
  return config.replDisklessLoad === 'swapdb';
}

/** R-FULL-8, steps 6 to 8. */
export function finishSyncLoad(state: RedisState, host: Host, snapshot: Snapshot): void {
  const link = state.link;
  loadSnapshot(state.keyspace, snapshot);
  state.replId = link.replId;
  state.replId2 = NO_REPLID;
  state.secondOffset = -1;
  state.offset = link.offset;
  state.backlog = createBacklog(state.offset + 1);
  linkUp(state, host);
  host.announce('full-resync-done', '');
  // R-ACK-2.
  if (link.eofMarked) sendAck(state, host, state.offset);
  if (state.config.appendonly) beginInitialRewrite(state, host);
  readOn(state, host);
}

/** R-AOF-6: the old AOF stays the durable one until this rewrite is done. */
function beginInitialRewrite(state: RedisState, host: Host): void {
  waitForRewrite(state);
  if (state.child === null) startRewrite(state, host);
  else state.persistence.rewriteScheduled = true;
}

/** What had come from the master during the load, and perhaps the end of the link. */
function readOn(state: RedisState, host: Host): void {
  const link = state.link;
  const unread = link.unread;
  const lost = link.lostWhileLoading;
  link.unread = [];
  link.lostWhileLoading = false;
  for (const message of unread) handleStream(state, host, message);
  if (lost) {
    link.connection = null;
    loseMaster(state, host);
  }
}

/** A bare newline at most once a second keeps the master from giving up (R-ACK-4). */
export function sendNewline(state: RedisState, host: Host, load: Load): void {
  const now = unixSeconds(host);
  if (load.kind !== 'sync' || load.newlineSec === now || state.link.connection === null) return;
  load.newlineSec = now;
  host.send(state.link.connection, { kind: 'newline' });
}
