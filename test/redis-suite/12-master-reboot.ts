/** Promises of Redis's 12-master-reboot.tcl. */
import { expect } from 'vitest';
import { addressKnown, allFollow, answer, namedMasterIsOne, type Unit } from './unit.ts';

export const masterReboot: Unit = {
  name: '12-master-reboot',
  promises: {
    'the master is back at once and loads': (run) => expect(answer(run, 2, 'r1', 'PING')).toMatch(/^LOADING/),

    'every sentinel learns of another master while it loads (S-SDOWN-8)': (run) => {
      expect(addressKnown(run, 50)).not.toBe(addressKnown(run, -9));
      const ready = run.events.find(({ event, node }) => event === 'ready' && node === 'r1');
      expect(run.failovers[0]!.odownAt).toBeLessThan(ready!.t);
    },

    'the new master calls itself one': (run) => expect(namedMasterIsOne(run, 51)).not.toBe('r1'),

    'the other replicas follow the new master, and the old one too': (run) =>
      allFollow(run, 100, addressKnown(run, 50)),
  },
};
