/**
 * Named random streams: one per concern, so that one more draw in one place moves nothing elsewhere.
 * Integers only in the interface; the state is four 32-bit integers of plain data (sfc32).
 */
export type RandomStream = [number, number, number, number];

/** FNV-1a over UTF-16 code units: spreads a stream's name over 32 bits. */
function hashName(name: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/** The stream called `name` of the run with this seed; equal arguments give equal streams. */
export function createStream(seed: number, name: string): RandomStream {
  const high = Math.floor(seed / 0x100000000) >>> 0;
  const stream: RandomStream = [
    hashName(name, seed >>> 0) | 0,
    hashName(name, ~seed >>> 0) | 0,
    seed ^ high,
    1,
  ];
  for (let i = 0; i < 12; i++) drawUint32(stream);
  return stream;
}

/** The next 32 random bits as an unsigned integer. */
export function drawUint32(stream: RandomStream): number {
  const sum = (((stream[0] + stream[1]) | 0) + stream[3]) | 0;
  stream[3] = (stream[3] + 1) | 0;
  stream[0] = stream[1] ^ (stream[1] >>> 9);
  stream[1] = (stream[2] + (stream[2] << 3)) | 0;
  stream[2] = (((stream[2] << 21) | (stream[2] >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** A uniform integer in `0 .. bound-1`; `bound` must be in `1 .. 2^32`. */
export function drawBelow(stream: RandomStream, bound: number): number {
  return Math.floor((drawUint32(stream) / 0x100000000) * bound);
}

/** A range of integers, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A uniform integer in `range`. */
export function drawFrom(stream: RandomStream, range: Range): number {
  return range.min + drawBelow(stream, range.max - range.min + 1);
}

/** 40 lowercase hexadecimal characters, as Redis makes run ids and replication ids. */
export function drawHexId(stream: RandomStream): string {
  let id = '';
  for (let i = 0; i < 5; i++) {
    const digits = drawUint32(stream).toString(16);
    id += digits.length === 8 ? digits : digits.padStart(8, '0');
  }
  return id;
}
