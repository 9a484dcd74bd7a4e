/** Promises of Redis's 01-conf-update.tcl. */
import { expect } from 'vitest';
import { addressKnown, answers, namedMasterIsOne, type Unit } from './unit.ts';

const ADDRESS = 'SENTINEL GET-MASTER-ADDR-BY-NAME mymaster';

export const confUpdate: Unit = {
  name: '01-conf-update',
  promises: {
    'a failover with one of five sentinels down': (run) => {
      expect(answers(run, 50, ADDRESS)).toHaveLength(4);
      expect(addressKnown(run, 50)).not.toBe(addressKnown(run, -1));
    },

    'the sentinel that was down learns of the new master after its restart (S-HELLO-10)': (run) =>
      expect(addressKnown(run, 60)).toBe(addressKnown(run, 50)),

    'the new master calls itself one': (run) => expect(namedMasterIsOne(run, 60)).not.toBe('r1'),
  },
};
