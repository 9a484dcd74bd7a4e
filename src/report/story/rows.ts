/** Rows of the timeline: what happened at one moment, merged from what belongs together. */

export type Tone = 'bad' | 'warn' | 'good' | 'plain';

/** One thing that one node did or suffered, ready to be merged into a row. */
export interface Item {
  /** In ms after time zero. */
  readonly at: number;
  readonly node: string;
  /** What stands in the node's column, at most 7 characters. */
  readonly cell: string;
  readonly tone: Tone;
  /** Items with the same key within `windowMs` of the row's first are one row. */
  readonly key: string;
  readonly windowMs: number;
  /** In plain words; the text of the highest rank speaks for the row. */
  readonly text: string;
  /** The rule of the protocol reference behind it; empty when there is none. */
  readonly rule: string;
  readonly rank: number;
  /** Whether the node's column goes blank or comes back. */
  readonly life: 'ends' | 'begins' | 'same';
}

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  readonly life: Item['life'];
}

export interface Row {
  readonly at: number;
  /** The last item's moment. */
  until: number;
  readonly key: string;
  readonly cells: Map<string, Cell>;
  text: string;
  rule: string;
  rank: number;
}

const DEFAULTS = { tone: 'plain', windowMs: 0, text: '', rule: '', rank: 0, life: 'same' } as const;

/** An item with the usual answers where none is given. */
export function item(given: Pick<Item, 'at' | 'node' | 'cell' | 'key'> & Partial<Item>): Item {
  return { ...DEFAULTS, ...given };
}

/** Merges items, which stand in order of time, into rows. */
export function mergeItems(items: readonly Item[]): Row[] {
  const rows: Row[] = [];
  const open = new Map<string, Row>();
  for (const next of items) {
    const row = open.get(next.key);
    if (row !== undefined && next.at - row.at <= next.windowMs) addToRow(row, next);
    else {
      const fresh = startRow(next);
      open.set(next.key, fresh);
      rows.push(fresh);
    }
  }
  return rows;
}

function startRow(first: Item): Row {
  return {
    at: first.at,
    until: first.at,
    key: first.key,
    cells: new Map([[first.node, { text: first.cell, tone: first.tone, life: first.life }]]),
    text: first.text,
    rule: first.rule,
    rank: first.text === '' ? -1 : first.rank,
  };
}

function addToRow(row: Row, next: Item): void {
  const present = row.cells.get(next.node);
  if (present === undefined || next.rank > row.rank) {
    row.cells.set(next.node, { text: next.cell, tone: next.tone, life: next.life });
  }
  row.until = Math.max(row.until, next.at);
  if (next.text === '' || next.rank <= row.rank) return;
  row.text = next.text;
  row.rule = next.rule;
  row.rank = next.rank;
}
