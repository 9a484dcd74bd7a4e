/**
 * The times of the coming ticks (S-TIMER-1 to S-TIMER-3). They are drawn ahead, so that looking for the first tick
 * past a due time costs no draw twice and literal and folded ticking see the same times.
 */
import type { Host } from '../process.ts';
import { drawBelow, type RandomStream } from '../random.ts';
import type { SentinelState } from './state.ts';

/** `floor(1000 / hz)` ms for hz 10 to 19 (S-TIMER-2), in microseconds. */
const INTERVALS_US = [100_000, 90_000, 83_000, 76_000, 71_000, 66_000, 62_000, 58_000, 55_000, 52_000];
const FIRST_TICK_US = 1000;
/** Ticks known ahead, about 4.5 s; a power of two. A later due time only causes an idle tick. */
const AHEAD = 64;
const MASK = AHEAD - 1;

/** Monotonic times, in microseconds. */
export interface TickCursor {
  readonly stream: RandomStream;
  /** A ring; the next tick is at `head`. */
  readonly timesUs: number[];
  head: number;
  /** The tick for which a wake was requested; it is executed, never skipped. */
  wakeUs: number;
  /** What `wakeUs` was found for. */
  dueUs: number;
  /** End of the last tick, executed or skipped. */
  lastEndUs: number;
}

function drawInterval(stream: RandomStream): number {
  return INTERVALS_US[drawBelow(stream, INTERVALS_US.length)]!;
}

export function createTickCursor(stream: RandomStream, bootUs: number): TickCursor {
  const timesUs = [bootUs + FIRST_TICK_US];
  while (timesUs.length < AHEAD) timesUs.push(timesUs[timesUs.length - 1]! + drawInterval(stream));
  return { stream, timesUs, head: 0, wakeUs: -1, dueUs: -1, lastEndUs: bootUs };
}

export function nextTickUs(ticks: TickCursor): number {
  return ticks.timesUs[ticks.head]!;
}

/** Server `hz` as drawn by the last tick (S-TIMER-4). */
export function currentHz(ticks: TickCursor): number {
  return 10 + Math.max(0, INTERVALS_US.indexOf(nextTickUs(ticks) - ticks.lastEndUs));
}

function consume(ticks: TickCursor): void {
  const { timesUs, head } = ticks;
  timesUs[head] = timesUs[(head + MASK) & MASK]! + drawInterval(ticks.stream);
  ticks.head = (head + 1) & MASK;
}

/** Passes over the ticks before `nowUs` that nobody waits for: they had nothing to do (tick folding). */
export function advanceTicks(state: SentinelState, nowUs: number): void {
  const ticks = state.ticks;
  const limit = Math.min(nowUs, ticks.wakeUs);
  let next = ticks.timesUs[ticks.head]!;
  if (next >= limit) return;
  while (next < limit) {
    ticks.lastEndUs = next;
    consume(ticks);
    next = ticks.timesUs[ticks.head]!;
  }
  state.previousTimeUs = ticks.lastEndUs + state.clockOffsetUs;
}

/** After a tick was executed: the next interval counts from its end (S-TIMER-3). */
export function finishTick(ticks: TickCursor, endUs: number): void {
  const shift = endUs - nextTickUs(ticks);
  consume(ticks);
  ticks.lastEndUs = endUs;
  if (shift === 0) return;
  for (let i = 0; i < AHEAD; i++) ticks.timesUs[i]! += shift;
}

/** Asks to be woken at the first tick at or past `dueUs`; a tick that is already late runs as soon as possible. */
export function requestTick(ticks: TickCursor, host: Host, dueUs: number): void {
  const { timesUs, head } = ticks;
  let at = timesUs[head]!;
  const isLate = at <= host.nowUs;
  if (!isLate && dueUs === ticks.dueUs && ticks.wakeUs >= at) return;
  ticks.dueUs = dueUs;
  if (!isLate) {
    for (let i = 1; at < dueUs && i < AHEAD; i++) at = timesUs[(head + i) & MASK]!;
  }
  if (at === ticks.wakeUs) return;
  ticks.wakeUs = at;
  host.wakeAt(at);
}
