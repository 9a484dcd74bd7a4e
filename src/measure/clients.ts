/** What a client saw: acknowledged and refused writes, and the spans without any. */
import type { ClientState } from '../../models/client/state.ts';
import type { LostWrites, RunClient } from '../run/document.ts';
import { toMs } from '../trace/recorder.ts';

/** A span without an acknowledged write counts as a gap when it is longer. */
const GAP_US = 300_000;

/** Gaps between acknowledgements; one that is open at the end is closed by the run's end. */
export function gapsOf(
  ackedAtUs: readonly number[],
  zeroUs: number,
  startUs: number,
  endUs: number,
): [number, number][] {
  const gaps: [number, number][] = [];
  let lastUs = ackedAtUs[0] ?? startUs;
  const note = (untilUs: number) => {
    if (untilUs - lastUs > GAP_US) gaps.push([toMs(lastUs - zeroUs), toMs(untilUs - zeroUs)]);
    lastUs = untilUs;
  };
  for (const ackedUs of ackedAtUs) note(ackedUs);
  note(endUs);
  return gaps;
}

export function measureClient(
  state: ClientState,
  lost: LostWrites | null,
  times: { readonly zeroUs: number; readonly startUs: number; readonly endUs: number },
): RunClient {
  const refused: Record<string, number> = {};
  const refusedAt: Record<string, [number, number]> = {};
  for (const [kind, { count, firstUs, lastUs }] of Object.entries(state.refused)) {
    refused[kind] = count;
    refusedAt[kind] = [toMs(firstUs - times.zeroUs), toMs(lastUs - times.zeroUs)];
  }
  return {
    name: state.name,
    acked: state.ackedAtUs.length,
    refused,
    refusedAt,
    gaps: state.writeUs === null ? [] : gapsOf(state.ackedAtUs, times.zeroUs, times.startUs, times.endUs),
    lost,
  };
}
