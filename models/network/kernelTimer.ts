/**
 * When the kernel's timers fire (R-NET-2): it keeps them in a wheel of levels, each eight times coarser than the one below, and
 * never fires early. So a timer of some seconds comes up to a quarter of a second late, one of half a minute up to two.
 * Times in microseconds; 250 ticks a second (CONFIG_HZ), as distributions build it.
 */
export const TICK_US = 4000;
const SLOTS = 63;
const COARSER = 8;

/** The instant at which a timer fires that is set now for `delayUs` later. */
export function kernelTimerUs(nowUs: number, delayUs: number): number {
  let stepUs = TICK_US;
  while (delayUs >= SLOTS * stepUs) stepUs *= COARSER;
  return (Math.floor((nowUs + delayUs) / stepUs) + 1) * stepUs;
}
