/** Promises of Redis's 05-manual.tcl. */
import { expect } from 'vitest';
import { addressKnown, allFollow, answer, namedMasterIsOne, type Unit } from './unit.ts';

export const manual: Unit = {
  name: '05-manual',
  promises: {
    'SENTINEL FAILOVER is accepted, and every sentinel learns of the new master (S-FORCE-1)': (run) => {
      expect(answer(run, 0, 's1', 'SENTINEL FAILOVER mymaster')).toBe('OK');
      expect(addressKnown(run, 10)).not.toBe(addressKnown(run, -1));
    },

    'the new master calls itself one': (run) => expect(namedMasterIsOne(run, 11)).not.toBe('r1'),

    'the other replicas and the old master follow the new master': (run) =>
      allFollow(run, 40, addressKnown(run, 10)),
  },
};
