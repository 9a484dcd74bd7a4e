/** TCP's timers as Linux has them (R-NET-2, R-NET-3). Times in microseconds. */
import { TICK_US } from './kernelTimer.ts';

const RTO_MIN_US = 200_000;
const RTO_MAX_US = 120_000_000;
const SYN_RTO_US = 1_000_000;
/** So many SYNs are repeated a second after the one before; only then does the interval double (tcp_syn_linear_timeouts). */
const LINEAR_SYN_TIMEOUTS = 4;

/** After this many unanswered retransmissions the kernel gives a connection up (tcp_retries2). */
export const MAX_RETRANSMISSIONS = 15;
/** After this many unanswered SYN retransmissions a connect fails with "timed out" (tcp_syn_retries, which come on top). */
export const MAX_SYN_RETRANSMISSIONS = LINEAR_SYN_TIMEOUTS + 6;

/** Longer than this nobody waits with an acknowledgement. */
const DELAYED_ACK_MAX_US = 40_000;

/**
 * The first retransmission time-out of a connection: 200 ms and the round trip, in whole ticks. Where one side sends and the other
 * has nothing to answer, as in a replication stream, acknowledgements travel with the next segment but one, and the round trip
 * is taken for the time between two.
 */
export function firstTimeoutUs(roundTripUs: number, sinceLastUs: number, wasAnswered: boolean): number {
  const delayedUs = wasAnswered || sinceLastUs > DELAYED_ACK_MAX_US ? 0 : sinceLastUs;
  return Math.ceil((RTO_MIN_US + roundTripUs + delayedUs) / TICK_US) * TICK_US;
}

/** Time from retransmission `n` (0: the first transmission) to the next: doubling. */
export function retransmissionDelayUs(firstUs: number, n: number): number {
  return Math.min(firstUs * 2 ** n, RTO_MAX_US);
}

/** Time from SYN `n` (0: the first) to the next: SYNs are repeated after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s. */
export function synDelayUs(n: number): number {
  return SYN_RTO_US * 2 ** Math.max(0, n - LINEAR_SYN_TIMEOUTS);
}
