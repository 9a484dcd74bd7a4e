/**
 * How long a load takes, and when the loader serves its sockets meanwhile: with every `loading-process-events-interval-bytes` of an
 * RDB, at the end of the RDB part of an AOF, and with every 1024 commands of the rest (R-CLK-5, R-LOAD-3).
 */
import { durationUs } from './clock.ts';
import type { Load, RedisState } from './state.ts';

const COMMANDS_BETWEEN_CALLBACKS = 1024;
/** From the begin of a load to its first byte. */
const OPENING_US = 100;
const NEVER = Number.POSITIVE_INFINITY;

export interface LoadTiming {
  readonly lastingUs: number;
  /** Duration of the RDB part; what follows are the commands of an AOF. */
  readonly rdbUs: number;
  /** Time between two callbacks in the RDB part; Infinity: there is none. */
  readonly rdbCallbackUs: number;
  /** Time between two callbacks among the commands, of which the first is at their begin; Infinity: there is none. */
  readonly tailCallbackUs: number;
}

interface Part {
  readonly bytes: number;
  readonly keys: number;
}

/** An RDB, or an AOF with `tail` commands behind its RDB part. */
export function timeLoad(state: RedisState, rdb: Part, tail: Part | null): LoadTiming {
  const rdbUs = partUs(state, rdb);
  const tailUs = tail === null ? 0 : partUs(state, tail);
  const interval = state.config.loadingProcessEventsIntervalBytes;
  const isServed = interval > 0 && rdb.bytes > interval;
  return {
    lastingUs: rdbUs + tailUs,
    rdbUs,
    rdbCallbackUs: isServed ? Math.max(1, Math.floor((rdbUs * interval) / rdb.bytes)) : NEVER,
    tailCallbackUs: tail === null ? NEVER : tailPeriodUs(tailUs, tail.keys),
  };
}

function tailPeriodUs(tailUs: number, commands: number): number {
  return commands === 0 ? 1 : Math.max(1, Math.floor((tailUs * COMMANDS_BETWEEN_CALLBACKS) / commands));
}

function partUs({ machine, config }: RedisState, { bytes, keys }: Part): number {
  if (keys === 0) return 0;
  const cachedBytes = Math.min(bytes, machine.cachedLoadBytes);
  return (
    durationUs(cachedBytes, machine.cachedLoadBytesPerSecond) +
    durationUs(bytes - cachedBytes, machine.loadBytesPerSecond) +
    Math.round(keys * keyDelayUs(config.keyLoadDelayUs, machine))
  );
}

/** The hidden delay for every key: a sleep, which lasts longer than asked for; a negative one is a short sleep every so many keys. */
function keyDelayUs(keyLoadDelayUs: number, { sleepOvershootUs }: RedisState['machine']): number {
  if (keyLoadDelayUs > 0) return keyLoadDelayUs + sleepOvershootUs;
  return keyLoadDelayUs === 0 ? 0 : (1 + sleepOvershootUs) / -keyLoadDelayUs;
}

/** The first callback at or after `timeUs`; Infinity when none is left. */
export function callbackAfter(load: Load, timeUs: number): number {
  const { startedUs, endUs, timing } = load;
  const rdbEndUs = Math.min(startedUs + timing.rdbUs, endUs - 1);
  const inRdbUs = multipleAfter(startedUs, timing.rdbCallbackUs, timeUs, 1);
  if (inRdbUs < rdbEndUs) return inRdbUs;
  const inTailUs = multipleAfter(rdbEndUs, timing.tailCallbackUs, timeUs, 0);
  return inTailUs < endUs ? inTailUs : NEVER;
}

function multipleAfter(originUs: number, periodUs: number, timeUs: number, first: number): number {
  if (periodUs === NEVER) return NEVER;
  return originUs + Math.max(first, Math.ceil((timeUs - originUs) / periodUs)) * periodUs;
}

/**
 * The ticks that the last callback makes up for: they run nothing, but count, so that what runs once a second comes after the
 * load at another phase than that of a fresh start (whileBlockedCron). `startWallUs` is when the load began.
 */
export function ticksMadeUpFor(timing: LoadTiming, startWallUs: number, tickMs: number): number {
  const { lastingUs, rdbUs, rdbCallbackUs, tailCallbackUs } = timing;
  let lastUs = rdbCallbackUs === NEVER ? -1 : Math.floor(rdbUs / rdbCallbackUs) * rdbCallbackUs;
  if (tailCallbackUs !== NEVER)
    lastUs = rdbUs + Math.floor((lastingUs - rdbUs) / tailCallbackUs) * tailCallbackUs;
  if (lastUs < 0) return 0;
  const passedMs = Math.floor((startWallUs + OPENING_US + lastUs) / 1000) - Math.floor(startWallUs / 1000);
  return Math.ceil(passedMs / tickMs);
}
