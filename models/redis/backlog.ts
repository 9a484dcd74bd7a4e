/** The replication backlog: a window over the stream, in whole commands (R-BKLG-1 to R-BKLG-3). */
import type { StreamItem } from '../commands.ts';

export interface Backlog {
  items: StreamItem[];
  /** Items before this index were dropped; they are cut off now and then. */
  head: number;
  /** Bytes retained. */
  histlen: number;
  /** Offset of the oldest retained byte. */
  firstOffset: number;
}

/** Small writes are stored in blocks of this size, and dropped a block at a time (R-BKLG-3). */
const BLOCK_BYTES = 16_384;
const COMPACT_AT = 1_024;

/** An empty backlog whose first byte will be `firstOffset`. */
export function createBacklog(firstOffset: number): Backlog {
  return { items: [], head: 0, histlen: 0, firstOffset };
}

export function appendToBacklog(backlog: Backlog, item: StreamItem, sizeBytes: number): void {
  backlog.items.push(item);
  backlog.histlen += item.bytes;
  if (backlog.histlen > sizeBytes + BLOCK_BYTES) dropOldestBlock(backlog, sizeBytes);
}

function dropOldestBlock(backlog: Backlog, sizeBytes: number): void {
  while (backlog.head < backlog.items.length) {
    const bytes = backlog.items[backlog.head]!.bytes;
    if (backlog.histlen - bytes <= sizeBytes) break;
    backlog.head++;
    backlog.histlen -= bytes;
    backlog.firstOffset += bytes;
  }
  if (backlog.head >= COMPACT_AT && backlog.head * 2 >= backlog.items.length) {
    backlog.items.splice(0, backlog.head);
    backlog.head = 0;
  }
}

/** The commands from offset `from` on; `from` is a command's first byte, or the next byte to come. */
export function itemsFrom(backlog: Backlog, from: number): StreamItem[] {
  let offset = backlog.firstOffset + backlog.histlen;
  let index = backlog.items.length;
  while (index > backlog.head && offset > from) {
    index--;
    offset -= backlog.items[index]!.bytes;
  }
  return backlog.items.slice(index);
}
