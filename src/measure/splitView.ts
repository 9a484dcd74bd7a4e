/** Sentinels that name different masters in the end, and will not agree by themselves. */
import type { FinalView, RunDocument } from '../run/document.ts';

type SentinelView = Extract<FinalView, { readonly configEpoch: number }>;

/** Who names whom, of one master and under one configuration epoch. */
export interface SplitView {
  readonly name: string;
  readonly configEpoch: number;
  readonly sides: readonly { readonly master: string | null; readonly sentinels: readonly string[] }[];
}

/** The first group that is split; null where every equal epoch means one address (S-HELLO-10). */
export function splitView({ final }: Pick<RunDocument, 'final'>): SplitView | null {
  // A leader names the old master under the new epoch until it switches (S-SWITCH-1).
  const settled = final.filter(
    (view): view is SentinelView => 'configEpoch' in view && !view.flags.includes('failover_in_progress'),
  );
  for (const { name, configEpoch } of settled) {
    const group = settled.filter((view) => view.name === name && view.configEpoch === configEpoch);
    const masters = [...new Set(group.map(({ master }) => master))];
    if (masters.length === 1) continue;
    const sides = masters.map((master) => ({
      master,
      sentinels: group.filter((view) => view.master === master).map(({ node }) => node),
    }));
    return { name, configEpoch, sides };
  }
  return null;
}
