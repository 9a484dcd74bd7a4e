/** Promises of Redis's 06-ckquorum.tcl. */
import { expect } from 'vitest';
import { allAnswer, answer, type Unit } from './unit.ts';

const CKQUORUM = 'SENTINEL CKQUORUM mymaster';
const ALL_FINE = 'OK 5 usable Sentinels. Quorum and failover authorization can be reached';

export const ckquorum: Unit = {
  name: '06-ckquorum',
  promises: {
    'every one of five sentinels counts five (S-CMD-CKQ-1)': (run) => allAnswer(run, -1, CKQUORUM, ALL_FINE),

    'a quorum of six cannot be reached (S-CMD-CKQ-1)': (run) =>
      expect(answer(run, 1, 's1', CKQUORUM)).toBe(
        'NOQUORUM 5 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master',
      ),

    'three of five sentinels down: no majority, although the quorum is one (S-CMD-CKQ-1)': (run) =>
      expect(answer(run, 20, 's1', CKQUORUM)).toBe(
        'NOQUORUM 2 usable Sentinels. Not enough available Sentinels to reach the majority and authorize a failover',
      ),

    'all is well again once they are back': (run) => allAnswer(run, 36, CKQUORUM, ALL_FINE),
  },
};
