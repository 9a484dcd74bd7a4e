/** Promises of Redis's 02-slaves-reconf.tcl. */
import { expect } from 'vitest';
import { addressKnown, allFollow, answer, masterFields, type Unit } from './unit.ts';

export const slavesReconf: Unit = {
  name: '02-slaves-reconf',
  promises: {
    'at first the replicas follow the master': (run) => allFollow(run, -1, 'r1'),

    'after a failover the replicas and the old master follow the new master': (run) => {
      expect(addressKnown(run, 35)).not.toBe(addressKnown(run, -1));
      allFollow(run, 50, addressKnown(run, 35));
    },

    'a failover while a replica is dead: the others follow': (run) => {
      expect(answer(run, 100, 'r1', 'INFO replication')).toBeNull();
      expect(addressKnown(run, 85)).not.toBe(addressKnown(run, 35));
      allFollow(run, 100, addressKnown(run, 85), 4);
    },

    'the failover ends although a replica is dead: no failover-state left (S-RECONF-6)': (run) =>
      expect(masterFields(run, 100, 'failover-state')).toEqual(Array(5).fill(undefined)),

    'a replica that was dead during the failover is reconfigured once it is back (S-ROLE-6)': (run) =>
      allFollow(run, 130, addressKnown(run, 85)),

    'a replica that was cut off during the failover is reconfigured once it is back (S-ROLE-6)': (run) => {
      expect(addressKnown(run, 170)).not.toBe(addressKnown(run, 85));
      allFollow(run, 230, addressKnown(run, 170));
    },
  },
};
