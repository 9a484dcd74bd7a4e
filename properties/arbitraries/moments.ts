/** Times that shrink to whole seconds, then to zero. */
import fc from 'fast-check';

/** Milliseconds up to `maxMs`. */
export function momentMs(maxMs: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.oneof(fc.constant(0), fc.nat(999)), fc.nat(Math.floor(maxMs / 1000)))
    .map(([ms, seconds]) => Math.min(maxMs, seconds * 1000 + ms));
}
