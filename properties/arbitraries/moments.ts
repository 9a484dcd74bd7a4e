/** Times that shrink to whole seconds, then to zero. */
import fc from 'fast-check';

/** Milliseconds up to `maxMs`. */
export function momentMs(maxMs: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.nat(Math.floor(maxMs / 1000)), fc.oneof(fc.constant(0), fc.nat(999)))
    .map(([seconds, ms]) => Math.min(maxMs, seconds * 1000 + ms));
}
