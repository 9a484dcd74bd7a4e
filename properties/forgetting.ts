/** Where a Sentinel loses its memory, the laws that rest on it are no longer judged. */
import type { EventName } from '../models/events.ts';
import type { Checker, Property } from './property.ts';

export const MEMORY_IS_KEPT =
  'a Sentinel can write its file (a vote that is not saved is forgotten by a restart, S-VOTE-5)';
export const NOBODY_IS_FORGOTTEN = 'nobody sends SENTINEL RESET or REMOVE, so the known Sentinels stay known';

const FORGETTING: readonly EventName[] = ['+reset-master', '-monitor', 'config-not-saved'];
const FORGETS: ReadonlySet<EventName> = new Set(FORGETTING);

/** The same law, judged until a Sentinel forgets. */
export function untilForgotten(property: Property): Property {
  return {
    ...property,
    assumptions: [MEMORY_IS_KEPT, NOBODY_IS_FORGOTTEN, ...property.assumptions],
    hears: [...property.hears, ...FORGETTING],
    begin: (context) => guarded(property.begin(context)),
  };
}

function guarded(checker: Checker): Checker {
  let forgotten = false;
  return {
    announced(announcement) {
      if (forgotten) return;
      if (FORGETS.has(announcement.event)) forgotten = true;
      else checker.announced(announcement);
    },
    acted(nowUs) {
      if (!forgotten) checker.acted?.(nowUs);
    },
    end: (run) => checker.end(run),
  };
}
