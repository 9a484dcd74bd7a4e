/** Promises of Redis's 04-slave-selection.tcl. */
import { expect } from 'vitest';
import { addressKnown, allFollow, eventsIn, type Unit } from './unit.ts';

export const slaveSelection: Unit = {
  name: '04-slave-selection',
  promises: {
    'replicas of priority 0 only: the failover is given up (S-SELECT-2)': (run) => {
      expect(eventsIn(run, '-failover-abort-no-good-slave', 0, 12)).toHaveLength(1);
      expect(addressKnown(run, 12)).toBe(addressKnown(run, -1));
    },

    'two replicas are two seconds behind: one of the other two is chosen (S-SELECT-3)': (run) => {
      const chosen = eventsIn(run, '+selected-slave', 52, 100).at(-1)!.message;
      expect(chosen).toMatch(/^slave r[45]:/);
      allFollow(run, 100, addressKnown(run, 100), 4);
    },
  },
};
