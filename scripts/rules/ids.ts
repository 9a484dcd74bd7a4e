/** Rule ids in a text: `S-VOTE-3`, `S-CMD-PING`, and ranges such as `S-SCRIPT-3..6`. */

const ID = /\b(S-CMD-[A-Z]+(?:-\d+)?|[SR]-[A-Z]+-\d+[a-z]?)(?:\.\.(\d+))?/g;
const NUMBERED = /^(.*-)(\d+)$/;

/** `S-SCRIPT-3` up to number 6. Anything that cannot be counted up stands for itself. */
function expand(first: string, last: string | undefined): string[] {
  const match = NUMBERED.exec(first);
  if (last === undefined || match === null) return [first];
  const from = Number(match[2]);
  const count = Math.max(1, Number(last) - from + 1);
  return Array.from({ length: count }, (_, index) => `${match[1]}${from + index}`);
}

/** Every id in a text once, ranges written out, in the order in which they first appear. */
export function idsIn(text: string): string[] {
  return [...new Set([...text.matchAll(ID)].flatMap(([, first, last]) => expand(first!, last)))];
}
