/**
 * Address resolution towards a machine that has left the network (`isolate`), as Linux does it.
 *
 * While a neighbour does not answer, probes go out every 1.024 s; three unanswered ones fail whatever waits
 * ("no route to host"), and the next packet starts the next cycle. A failed cycle also keeps TCP's retransmission
 * timer short, so after the machine is back the first probe frees everything at once, unlike after a mere
 * loss of packets. The isolated machine loses its own neighbour entries with its carrier; the others keep theirs
 * until they expire. Seen in the recordings as `rejoin` repairs within about a second, `heal` with TCP's back-off.
 */
export const PROBE_INTERVAL_US = 1_024_000;
const PROBES_PER_CYCLE = 3;
export const CYCLE_US = PROBES_PER_CYCLE * PROBE_INTERVAL_US;

/** An entry is confirmed for 15 to 45 s, then doubted for 5 s, then probed for 3 s. */
export const ENTRY_LIFETIME_US = { min: 23_000_000, max: 53_000_000 };

/** One machine's knowledge of the way to another while they are isolated from each other. */
export interface Neighbour {
  /** Until then packets leave with the old hardware address and vanish. */
  readonly expiresAtUs: number;
  /** Start of the running chain of resolution cycles; negative: none has begun. */
  cycleOriginUs: number;
  /** A TCP connection keeps asking, so that one cycle follows the other. */
  sustained: boolean;
}

/** Notes that a packet is to be sent; starts a cycle where none runs. Returns false while the old entry is used. */
export function startCycle(neighbour: Neighbour, nowUs: number): boolean {
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
