/** Whether a replica may continue where it stopped (R-PSYNC-1), and what Redis logs when it may not (R-PSYNC-4). */

/** The side of the master that the decision looks at. */
export interface StreamWindow {
  readonly replId: string;
  readonly replId2: string;
  /** -1: no second id. */
  readonly secondOffset: number;
  /** Null: no backlog. */
  readonly backlog: { readonly firstOffset: number; readonly histlen: number } | null;
}

export type PsyncVerdict = 'continue' | 'id-mismatch' | 'second-id-too-far' | 'outside-backlog';

/** R-PSYNC-1. `offset` is the next byte that the replica wants. */
export function decidePsync(master: StreamWindow, replId: string, offset: number): PsyncVerdict {
  const asked = replId.toLowerCase();
  if (asked !== master.replId) {
    if (asked !== master.replId2) return 'id-mismatch';
    if (offset > master.secondOffset) return 'second-id-too-far';
  }
  const backlog = master.backlog;
  if (backlog === null || offset < backlog.firstOffset) return 'outside-backlog';
  return offset > backlog.firstOffset + backlog.histlen ? 'outside-backlog' : 'continue';
}

/** Redis's log text, without "Partial resynchronization not accepted: ". */
export function refusalText(
  master: StreamWindow,
  verdict: Exclude<PsyncVerdict, 'continue'>,
  replica: string,
  replId: string,
  offset: number,
): string {
  switch (verdict) {
    case 'id-mismatch':
      return `Replication ID mismatch (Replica asked for '${replId}', my replication IDs are '${master.replId}' and '${master.replId2}')`;
    case 'second-id-too-far':
      return `Requested offset for second ID was ${offset}, but I can reply up to ${master.secondOffset}`;
    case 'outside-backlog':
      return `Unable to partial resync with replica ${replica} for lack of backlog (Replica request was: ${offset}).`;
  }
}
