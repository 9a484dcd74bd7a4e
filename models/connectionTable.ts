/**
 * What a process keeps for each of its connections, found by the connection's number. Numbers count up from 1 within
 * a process, so an array serves; it is read for every message.
 */
import type { ConnectionId } from './process.ts';

export interface ConnectionTable<Entry> {
  readonly entries: (Entry | undefined)[];
  size: number;
}

export function createTable<Entry>(): ConnectionTable<Entry> {
  return { entries: [], size: 0 };
}

export function entryOf<Entry>(table: ConnectionTable<Entry>, connection: ConnectionId): Entry | undefined {
  return table.entries[connection];
}

export function setEntry<Entry>(table: ConnectionTable<Entry>, connection: ConnectionId, entry: Entry): void {
  const { entries } = table;
  if (entries[connection] === undefined) table.size++;
  while (entries.length < connection) entries.push(undefined);
  entries[connection] = entry;
}

/** True when there was one. */
export function deleteEntry<Entry>(table: ConnectionTable<Entry>, connection: ConnectionId): boolean {
  if (table.entries[connection] === undefined) return false;
  table.entries[connection] = undefined;
  table.size--;
  return true;
}

/** A copy, in the order of the connections. */
export function entriesOf<Entry>(table: ConnectionTable<Entry>): Entry[] {
  return table.entries.filter((entry) => entry !== undefined);
}
