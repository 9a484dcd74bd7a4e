/** The data set: a Map that snapshots share until the next write, and anonymous populated keys that are only counted. */
import type { Snapshot } from '../commands.ts';

export interface Keyspace {
  map: Map<string, string>;
  /** True while a snapshot holds `map`: the next write copies it first. */
  shared: boolean;
  populatedKeys: number;
  populatedValueBytes: number;
}

/** Header, auxiliary fields and checksum of an RDB. */
const RDB_FIXED_BYTES = 120;
/** Type, key length, value length and a short key. */
const RDB_POPULATED_KEY_BYTES = 14;
/** Populated values are mostly zero bytes, which LZF squeezes (R-FULL-7: 36 MB for a million values of 100 B). */
const RDB_POPULATED_VALUE_MAX_BYTES = 22;
/** Memory of one key beside its value, from the same sample (177 MB). */
const KEY_OVERHEAD_BYTES = 77;
const SERVER_BYTES = 1_000_000;

export function createKeyspace(): Keyspace {
  return { map: new Map(), shared: false, populatedKeys: 0, populatedValueBytes: 0 };
}

/** The Map to write to; copied first when a snapshot holds it. */
export function writableMap(keyspace: Keyspace): Map<string, string> {
  if (keyspace.shared) {
    keyspace.map = new Map(keyspace.map);
    keyspace.shared = false;
  }
  return keyspace.map;
}

/** Removes keys; the number removed. */
export function deleteKeys(keyspace: Keyspace, keys: readonly string[]): number {
  const map = writableMap(keyspace);
  let removed = 0;
  for (const key of keys) if (map.delete(key)) removed++;
  return removed;
}

export function clearKeyspace(keyspace: Keyspace): void {
  keyspace.map = new Map();
  keyspace.shared = false;
  keyspace.populatedKeys = 0;
  keyspace.populatedValueBytes = 0;
}

/** DEBUG POPULATE: existing keys are left alone. */
export function populate(keyspace: Keyspace, keys: number, valueBytes: number): void {
  if (keys <= keyspace.populatedKeys) return;
  keyspace.populatedKeys = keys;
  keyspace.populatedValueBytes = valueBytes;
}

/** The value of a key, also of a populated one (`key:<n>` holds `value:<n>`). */
export function readKey(keyspace: Keyspace, key: string): string | null {
  const value = keyspace.map.get(key);
  if (value !== undefined) return value;
  if (keyspace.populatedKeys === 0 || !key.startsWith('key:')) return null;
  const index = Number(key.slice(4));
  return Number.isInteger(index) && index >= 0 && index < keyspace.populatedKeys ? `value:${index}` : null;
}

export function keyspaceSize(keyspace: Keyspace): number {
  return keyspace.map.size + keyspace.populatedKeys;
}

/** The data set at this instant; costs nothing until the next write. */
export function takeSnapshot(keyspace: Keyspace): Snapshot {
  keyspace.shared = true;
  return {
    keys: keyspace.map,
    populatedKeys: keyspace.populatedKeys,
    populatedValueBytes: keyspace.populatedValueBytes,
    rdbBytes: rdbBytes(keyspace),
  };
}

/** Replaces the data set by a snapshot's. */
export function loadSnapshot(keyspace: Keyspace, snapshot: Snapshot): void {
  keyspace.map = snapshot.keys as Map<string, string>;
  keyspace.shared = true;
  keyspace.populatedKeys = snapshot.populatedKeys;
  keyspace.populatedValueBytes = snapshot.populatedValueBytes;
}

/** Keys in a snapshot. */
export function snapshotSize(snapshot: Snapshot): number {
  return snapshot.keys.size + snapshot.populatedKeys;
}

function rdbBytes(keyspace: Keyspace): number {
  const populatedValue = Math.min(keyspace.populatedValueBytes, RDB_POPULATED_VALUE_MAX_BYTES);
  let bytes = RDB_FIXED_BYTES + keyspace.populatedKeys * (RDB_POPULATED_KEY_BYTES + populatedValue);
  for (const [key, value] of keyspace.map) bytes += 3 + key.length + value.length;
  return bytes;
}

/** Memory in use, roughly: what a fork has to map. */
export function memoryBytes(keyspace: Keyspace): number {
  const populated = keyspace.populatedKeys * (KEY_OVERHEAD_BYTES + keyspace.populatedValueBytes);
  return SERVER_BYTES + populated + keyspace.map.size * (KEY_OVERHEAD_BYTES + 24);
}
