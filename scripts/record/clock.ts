/** The machine's wall clock in microseconds, the same in every process of a recording, and waiting for an instant of it. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Resolves at `atUs` or a little later: sleeps while it is far, then looks at the clock at every turn of the loop. */
export async function waitUntil(atUs: number, interrupted: AbortSignal): Promise<void> {
  for (;;) {
    interrupted.throwIfAborted();
    const leftUs = atUs - nowUs();
    if (leftUs <= 0) return;
    if (leftUs >= 2000) await sleep(Math.floor(leftUs / 1000) - 1, undefined, { signal: interrupted });
    else await nextTurn();
  }
}
