/** serverCron and the wake-ups: only the ticks that can act are asked for, unless the cron is literal (R-CLK-2). */
import { entryOf } from '../connectionTable.ts';
import type { Host } from '../process.ts';
import { retryAofWrite } from './aof.ts';
import { startBackgroundSave, startRewrite } from './child.ts';
import { closeIdleClients } from './clients.ts';
import { passTicks, SECOND_US, unixSeconds } from './clock.ts';
import { finishChild } from './fullSync.ts';
import { callbackAfter } from './loadTiming.ts';
import { expirePause } from './pause.ts';
import { replicationCron } from './replicationCron.ts';
import { shutdownTick } from './shutdown.ts';
import type { Load, RedisState } from './state.ts';

/** A failed BGSAVE is tried again after this many seconds. */
const SAVE_RETRY_SEC = 5;

/** When the tick that was asked for is due. */
export function tickDueUs(state: RedisState): number {
  const cron = state.cron;
  return cron.nextUs + (cron.dueLoops - cron.loops) * cron.periodUs;
}

/** The tick that was asked for runs now; the next one a period after its end. */
export function serverCron(state: RedisState, host: Host): void {
  const cron = state.cron;
  cron.loops = cron.dueLoops;
  cron.nextUs = host.nowUs;
  if (shutdownTick(state, host)) return;
  const everySecond = cron.loops % cron.loopsPerSecond === 0;
  if (everySecond) closeIdleClients(state, host);
  attendChild(state, host);
  retryAofWrite(state, host);
  expirePause(state, host);
  if (everySecond || state.failover.phase !== 'none') replicationCron(state, host);
  cron.loops++;
  cron.nextUs = host.nowUs + cron.periodUs;
  state.rescheduleNeeded = true;
}

/** Reaps the child, or starts the one that is due. */
function attendChild(state: RedisState, host: Host): void {
  const { child, persistence } = state;
  if (child !== null) {
    if (host.nowUs >= child.doneUs) finishChild(state, host, child);
    return;
  }
  if (rewriteDue(state) && host.nowUs >= persistence.rewriteNotBeforeUs) startRewrite(state, host);
  else if (unixSeconds(host) >= savePointDueSec(state)) startBackgroundSave(state, host);
}

/** R-AOF-9. */
function rewriteDue(state: RedisState): boolean {
  const { aof, aofRewriteAtBytes, rewriteScheduled } = state.persistence;
  if (rewriteScheduled) return true;
  return aof === 'on' && state.disk.aof !== null && state.disk.aof.commandBytes >= aofRewriteAtBytes;
}

/** The first second at which a save point is due with the changes so far (R-RDB-1); Infinity: none. */
function savePointDueSec(state: RedisState): number {
  const { persistence, config } = state;
  let dueSec = Number.POSITIVE_INFINITY;
  for (const { seconds, changes } of config.save) {
    if (persistence.dirty >= changes) dueSec = Math.min(dueSec, persistence.lastSaveSec + seconds + 1);
  }
  return persistence.lastSaveOk ? dueSec : Math.max(dueSec, persistence.lastSaveTrySec + SAVE_RETRY_SEC + 1);
}

/** The number of changes at which another save point counts. */
function nextDirtyMark(state: RedisState): number {
  let mark = Number.POSITIVE_INFINITY;
  for (const { changes } of state.config.save) {
    if (changes > state.persistence.dirty) mark = Math.min(mark, changes);
  }
  return mark;
}

/** Asks for the next wake-up. */
export function reschedule(state: RedisState, host: Host): void {
  state.rescheduleNeeded = false;
  if (state.exited) return;
  if (state.load !== null) {
    host.wakeAt(loadDueUs(state, host, state.load));
    return;
  }
  passTicks(state, host.nowUs);
  state.persistence.dirtyMark = nextDirtyMark(state);
  const cron = state.cron;
  cron.dueLoops = state.literalCron ? cron.loops : nextDueLoops(state, host);
  host.wakeAt(Math.min(tickDueUs(state), transferDueUs(state)));
}

/** The end of an RDB transfer is no matter of ticks. */
function transferDueUs(state: RedisState): number {
  let dueUs = Number.POSITIVE_INFINITY;
  if (state.child?.kind === 'rdb-socket' && !state.child.sent) dueUs = state.child.doneUs;
  for (const replica of state.replicas) dueUs = Math.min(dueUs, replica.bulkEndUs);
  return dueUs;
}

/** The first tick that can act: replicationCron's, or the first one after some deadline. */
function nextDueLoops(state: RedisState, host: Host): number {
  const { cron } = state;
  const phase = cron.loops % cron.loopsPerSecond;
  const replicationTick = phase === 0 ? cron.loops : cron.loops + cron.loopsPerSecond - phase;
  const deadlineUs = tickDeadlineUs(state, host);
  if (deadlineUs === Number.POSITIVE_INFINITY) return replicationTick;
  const wait = Math.max(0, Math.ceil((deadlineUs - cron.nextUs) / cron.periodUs));
  return Math.min(replicationTick, cron.loops + wait);
}

/** From when on a tick has something to do besides replicationCron. */
function tickDeadlineUs(state: RedisState, host: Host): number {
  if (state.shutdown.phase !== 'none' || state.failover.phase !== 'none') return host.nowUs;
  let deadlineUs = Number.POSITIVE_INFINITY;
  if (state.pauses.clientUs > 0) deadlineUs = state.pauses.clientUs;
  for (const connection of state.waiting) {
    deadlineUs = Math.min(deadlineUs, entryOf(state.clients, connection)?.wait?.deadlineUs ?? deadlineUs);
  }
  if (!state.persistence.aofWriteOk) return host.nowUs;
  return Math.min(deadlineUs, childDeadlineUs(state, host));
}

function childDeadlineUs(state: RedisState, host: Host): number {
  if (state.child !== null) return state.child.doneUs;
  const rewriteUs = rewriteDue(state) ? state.persistence.rewriteNotBeforeUs : Number.POSITIVE_INFINITY;
  const saveUs = savePointDueSec(state) * SECOND_US - (host.wallUs - host.nowUs);
  return Math.min(rewriteUs, saveUs);
}

/** During a load: its end, or the next progress callback that has something to do (R-CLK-5). */
function loadDueUs(state: RedisState, host: Host, load: Load): number {
  if (load.input.length > 0 || state.shutdown.phase === 'requested') {
    return Math.min(load.endUs, callbackAfter(load, host.nowUs));
  }
  if (load.kind === 'boot') return load.endUs;
  const newlineUs = (load.newlineSec + 1) * SECOND_US - (host.wallUs - host.nowUs);
  return Math.min(load.endUs, callbackAfter(load, Math.max(newlineUs, host.nowUs)));
}
