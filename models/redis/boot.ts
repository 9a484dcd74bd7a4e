/** Start-up: which files are read, and what replication identity comes out of them (R-RST-1 to R-RST-5, R-AOF-7). */
import type { Snapshot } from '../commands.ts';
import { createTable } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { drawFrom, drawHexId } from '../random.ts';
import { createAof, setRewriteMark } from './aof.ts';
import { createBacklog } from './backlog.ts';
import { unixSeconds } from './clock.ts';
import { cloneRedisConfig } from './directives.ts';
import { createKeyspace, loadSnapshot, populate, snapshotSize, takeSnapshot } from './keyspace.ts';
import { createLink } from './link.ts';
import { beginLoad } from './load.ts';
import { timeLoad } from './loadTiming.ts';
import type { RedisDisk, RedisSpec } from './spec.ts';
import { isReplica, NO_REPLID, type RedisState } from './state.ts';
import { applyRare } from './stream.ts';

/** The first tick after the loop starts. */
const FIRST_TICK_US = 1_000;
/** What a tick costs beyond its period: 1 s jobs come every 1.002 to 1.0045 s (R-CLK-2). */
const TICK_COST_US = { min: 200, max: 450 };

export function bootServer(spec: RedisSpec, disk: RedisDisk, host: Host): RedisState {
  const state = createState(spec, disk, host);
  if (isReplica(state)) state.link.phase = 'connect';
  if (!disk.booted) loadDataset(state, spec);
  disk.booted = true;
  startLoad(state, host);
  return state;
}

function loadDataset(state: RedisState, spec: RedisSpec): void {
  if (isReplica(state)) return;
  populate(state.keyspace, spec.dataset.keys, spec.dataset.valueBytes);
  if (state.config.appendonly) state.disk.aof = createAof(takeSnapshot(state.keyspace));
}

/** Reads the AOF if it is on, else the RDB; with AOF on the RDB is ignored even if there is no AOF (R-AOF-7). */
function startLoad(state: RedisState, host: Host): void {
  const { disk, config } = state;
  if (config.appendonly) {
    disk.aof ??= createAof(takeSnapshot(state.keyspace));
    const { base, commands, commandBytes } = disk.aof;
    disk.aof.writtenWallUs = disk.aof.writtenWallUs.map((us) => Math.min(us, host.wallUs));
    loadFile(state, host, base, { bytes: commandBytes, keys: commands.length });
  } else if (disk.rdb !== null) {
    loadFile(state, host, disk.rdb.snapshot, null);
  } else {
    host.announce('ready', '');
  }
}

/** The snapshot, and the commands behind it in an AOF. */
function loadFile(
  state: RedisState,
  host: Host,
  snapshot: Snapshot,
  tail: { readonly bytes: number; readonly keys: number } | null,
): void {
  const rdb = { bytes: snapshot.rdbBytes, keys: snapshotSize(snapshot) };
  if (beginLoad(state, host, 'boot', snapshot, timeLoad(state, rdb, tail))) finishBootLoad(state, host);
}

/** The data and the history are there; the server works. */
export function finishBootLoad(state: RedisState, host: Host): void {
  if (state.config.appendonly) {
    const aof = state.disk.aof!;
    loadSnapshot(state.keyspace, aof.base);
    for (const command of aof.commands) applyRare(state, command);
    state.persistence.aof = 'on';
    setRewriteMark(state);
  } else if (state.disk.rdb !== null) {
    loadSnapshot(state.keyspace, state.disk.rdb.snapshot);
    restoreHistory(state);
  }
  host.announce('ready', '');
}

/** R-RST-2: an RDB restores the history of a replica, and becomes the second history of a master. */
function restoreHistory(state: RedisState): void {
  const repl = state.disk.rdb?.repl;
  if (repl === null || repl === undefined) return;
  state.offset = repl.offset;
  if (isReplica(state)) {
    state.replId = repl.replId;
    state.link.cached = { replId: repl.replId, offset: repl.offset };
  } else {
    state.replId2 = repl.replId;
    state.secondOffset = repl.offset + 1;
    state.backlog = createBacklog(repl.offset + 1);
  }
}

function createState(spec: RedisSpec, disk: RedisDisk, host: Host): RedisState {
  const config = cloneRedisConfig(disk.config ?? spec.config);
  const now = unixSeconds(host);
  const idRandom = host.stream('id');
  const tickMs = Math.floor(1000 / config.hz);
  return {
    machine: spec.machine,
    configFile: spec.configFile,
    literalCron: spec.literalCron,
    config,
    disk,
    runId: drawHexId(idRandom),
    idRandom,
    diskRandom: host.stream('disk'),
    startedUs: host.nowUs,
    renames: Object.keys(config.renamedCommands).length > 0,
    exited: false,
    keyspace: createKeyspace(),
    clients: createTable(),
    channels: new Map(),
    patterns: new Map(),
    link: createLink(),
    replicas: [],
    replId: drawHexId(idRandom),
    replId2: NO_REPLID,
    secondOffset: -1,
    offset: 0,
    backlog: null,
    selectNext: true,
    noReplicasSinceSec: now,
    goodReplicas: 0,
    fenced: false,
    syncFull: 0,
    syncPartialOk: 0,
    syncPartialErr: 0,
    child: null,
    load: null,
    persistence: {
      dirty: 0,
      dirtyMark: 0,
      lastSaveSec: now,
      lastSaveTrySec: 0,
      lastSaveOk: true,
      aof: 'off',
      aofWriteOk: true,
      aofUnwritten: [],
      aofPending: [],
      aofPendingWallUs: [],
      aofRewriteAtBytes: Number.POSITIVE_INFINITY,
      rewriteScheduled: false,
      rewriteFailures: 0,
      rewriteNotBeforeUs: 0,
    },
    cron: {
      nextUs: host.nowUs + FIRST_TICK_US,
      periodUs: tickMs * 1000 + drawFrom(host.stream('cron'), TICK_COST_US),
      loops: 0,
      loopsPerSecond: Math.max(1, Math.floor(1000 / tickMs)),
      replicationLoops: 0,
      dueLoops: 0,
    },
    shutdown: { phase: 'none', save: null, now: false, force: false, deadlineWallUs: 0, clients: [] },
    pauses: { clientUs: 0, clientAll: false, shutdownUs: 0, failoverUs: 0 },
    failover: { phase: 'none', host: null, port: 0, force: false, deadlineUs: Number.POSITIVE_INFINITY },
    batch: null,
    held: [],
    waiting: [],
    unblocked: [],
    rescheduleNeeded: true,
  };
}
