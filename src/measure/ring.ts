/** Replicas that follow each other in the end: none of them has a master to be sent anything by. */
import type { RunDocument } from '../run/document.ts';

/** The servers of the first ring of links that do not stand, each following the next (R-RSM-5); null without one. */
export function ringOf({ final }: Pick<RunDocument, 'final'>): readonly string[] | null {
  const follows = new Map<string, string>();
  for (const view of final) {
    if ('role' in view && view.role === 'replica' && view.link === 'down' && view.master !== null)
      follows.set(view.node, view.master);
  }
  for (const first of follows.keys()) {
    const ring = [first];
    let next = follows.get(first);
    while (next !== undefined && !ring.includes(next)) {
      ring.push(next);
      next = follows.get(next);
    }
    if (next === first) return ring;
  }
  return null;
}
