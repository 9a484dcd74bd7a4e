/**
 * Address resolution towards a machine that has left the network (`isolate`), as Linux does it.
 *
 * While a neighbour does not answer, probes go out every 1.024 s; three unanswered ones fail whatever waits
 * ("no route to host"), and the next packet starts the next cycle. A failed cycle also keeps TCP's retransmission
 * timer short, so after the machine is back the first probe frees everything at once, unlike after a mere
 * loss of packets. A machine that is isolated alone loses its own neighbour entries with its carrier; the others, and those
 * isolated together, keep theirs until they expire. Seen in the recordings as `rejoin` repairs within about a second, `heal` with TCP's back-off.
 */
import { drawFrom, type RandomStream } from '../random.ts';

export const PROBE_INTERVAL_US = 1_024_000;
const PROBES_PER_CYCLE = 3;
export const CYCLE_US = PROBES_PER_CYCLE * PROBE_INTERVAL_US;

/** An entry stays confirmed for this long. The first packet after that begins to doubt it. */
const CONFIRMED_US = { min: 15_000_000, max: 45_000_000 };

/** A doubted entry is used for 5 s more, then probed for 3 s, then gone. */
const DOUBTED_US = 8_000_000;

/** One machine's knowledge of the way to another while they are isolated from each other. */
export interface Neighbour {
  /** Until then nobody doubts the old entry. */
  readonly confirmedUntilUs: number;
  /** Until then packets leave with the old hardware address and vanish; negative: nobody doubts the entry yet. */
  expiresAtUs: number;
  /** Start of the running chain of resolution cycles; negative: none has begun. */
  cycleOriginUs: number;
  /** A TCP connection keeps asking, so that one cycle follows the other. */
  sustained: boolean;
}

/** A machine's entry for another that has gone; `hasLostCarrier`: it has none left, as it lost the link itself. */
export function createNeighbour(nowUs: number, hasLostCarrier: boolean, random: RandomStream): Neighbour {
  return {
    confirmedUntilUs: hasLostCarrier ? nowUs : nowUs + drawFrom(random, CONFIRMED_US),
    expiresAtUs: hasLostCarrier ? nowUs : -1,
    cycleOriginUs: -1,
    sustained: false,
  };
}

/** Notes that a packet is to be sent; starts a cycle where none runs. Returns false while the old entry is used. */
export function startCycle(neighbour: Neighbour, nowUs: number): boolean {
  if (nowUs < neighbour.confirmedUntilUs) return false;
  if (neighbour.expiresAtUs < 0) neighbour.expiresAtUs = nowUs + DOUBTED_US;
  if (nowUs < neighbour.expiresAtUs) return false;
  if (!isCycling(neighbour, nowUs)) neighbour.cycleOriginUs = nowUs;
  return true;
}

/** True while probes go out. */
export function isCycling(neighbour: Neighbour, nowUs: number): boolean {
  return neighbour.cycleOriginUs >= 0 && (neighbour.sustained || nowUs < neighbour.cycleOriginUs + CYCLE_US);
}

/** When the running cycle fails. */
export function cycleEndUs(neighbour: Neighbour, nowUs: number): number {
  const cycles = Math.floor((nowUs - neighbour.cycleOriginUs) / CYCLE_US) + 1;
  return neighbour.cycleOriginUs + cycles * CYCLE_US;
}

/** When the next probe goes out, at or after `nowUs`. */
export function nextProbeUs(neighbour: Neighbour, nowUs: number): number {
  const probes = Math.ceil((nowUs - neighbour.cycleOriginUs) / PROBE_INTERVAL_US);
  return neighbour.cycleOriginUs + probes * PROBE_INTERVAL_US;
}
