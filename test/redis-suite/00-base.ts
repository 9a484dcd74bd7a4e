/** Promises of Redis's 00-base.tcl. */
import { expect } from 'vitest';
import {
  addressKnown,
  allAnswer,
  allFollow,
  eventsIn,
  masterFields,
  namedMasterIsOne,
  type Unit,
} from './unit.ts';

export const base: Unit = {
  name: '00-base',
  promises: {
    'the sentinels have discovered each other and the replicas (init-tests.tcl)': (run) => {
      expect(masterFields(run, -1, 'num-other-sentinels')).toEqual(Array(5).fill('4'));
      expect(masterFields(run, -1, 'num-slaves')).toEqual(Array(5).fill('4'));
    },

    'a sentinel has 15 commands (S-CMD-1)': (run) => allAnswer(run, -1, 'COMMAND COUNT', 15),

    'the master dies, and every sentinel learns of another one': (run) =>
      expect(addressKnown(run, 50)).not.toBe(addressKnown(run, -1)),

    'the new master calls itself one': (run) => expect(namedMasterIsOne(run, 75)).not.toBe('r1'),

    'the other replicas follow the new master, and the old one once it is back': (run) =>
      allFollow(run, 75, addressKnown(run, 50)),

    'a quorum that all sentinels together do not reach: no ODOWN, no failover (S-ODOWN-1)': (run) => {
      expect(eventsIn(run, '+sdown', 80, 105).length).toBeGreaterThanOrEqual(5);
      expect(eventsIn(run, '+odown', 76, 110)).toEqual([]);
      expect(eventsIn(run, '+try-failover', 76, 110)).toEqual([]);
      expect(addressKnown(run, 105)).toBe(addressKnown(run, 50));
    },

    'two of five sentinels alive: no failover (S-ELECT-2)': (run) => {
      expect(eventsIn(run, '+sdown', 115, 145).length).toBeGreaterThanOrEqual(2);
      expect(eventsIn(run, '+elected-leader', 110, 155)).toEqual([]);
      expect(addressKnown(run, 145)).toBe(addressKnown(run, 50));
    },

    'restarted sentinels monitor the master again': (run) => {
      for (const age of masterFields(run, 175, 'info-refresh')) expect(Number(age)).toBeLessThan(100_000);
    },

    'a quorum of all five: every sentinel learns of another master': (run) => {
      expect(addressKnown(run, 260)).not.toBe(addressKnown(run, 145));
      expect(eventsIn(run, '+odown', 180, 260)[0]!.message).toContain('#quorum 5/5');
    },

    'the new master of the last failover calls itself one': (run) => {
      namedMasterIsOne(run, 265);
    },
  },
};
