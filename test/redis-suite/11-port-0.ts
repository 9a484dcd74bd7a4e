/** Promises of Redis's 11-port-0.tcl. */
import { expect } from 'vitest';
import { answer, masterField, masterFields, type Unit } from './unit.ts';

export const portZero: Unit = {
  name: '11-port-0',
  promises: {
    'a sentinel with a new id takes the place of the old one: their number stays (S-HELLO-7)': (run) => {
      const before = masterField(run, 0, 's1', 'num-other-sentinels');
      expect(before).toBe('4');
      expect(masterField(run, 1.5, 's1', 'num-other-sentinels')).toBe(before);
      expect(masterFields(run, 20, 'num-other-sentinels')).toEqual(Array(5).fill(before));
    },

    'its id is another one indeed': (run) =>
      expect(answer(run, 20, 's5', 'SENTINEL MYID')).not.toBe(answer(run, -1, 's5', 'SENTINEL MYID')),
  },
};
