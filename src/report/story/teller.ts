/** What a teller is: it turns one event into an item of the timeline, or passes over it. */
import type { RunEvent } from '../../run/document.ts';
import { quorumCount, type StoryContext } from './context.ts';
import type { Item } from './rows.ts';

export type Teller = (context: StoryContext, event: RunEvent) => Item | null;

/** `quorum 2/2`: how many agree and how many are needed. */
export function quorumWords(message: string): string {
  const [agreed, needed] = quorumCount(message).split('/');
  return needed === undefined ? 'quorum' : `quorum ${agreed}/${needed}`;
}
