/** Promises of Redis's 07-down-conditions.tcl: what the one sentinel that is asked takes for down, and for up again. */
import { expect } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { answer, masterField, type Unit } from './unit.ts';

const flagsAt = (run: RunDocument, atS: number) => masterField(run, atS, 's5', 'flags');

function downThenUp(run: RunDocument, downS: number, upS: number): void {
  expect(flagsAt(run, downS)).toContain('s_down');
  expect(flagsAt(run, upS)).toBe('master');
}

export const downConditions: Unit = {
  name: '07-down-conditions',
  promises: {
    'at first the master is up': (run) => expect(flagsAt(run, 4)).toBe('master'),

    'a master that is stopped but not dead (S-SDOWN-1)': (run) => downThenUp(run, 9, 14),

    'a dead master (S-SDOWN-2)': (run) => downThenUp(run, 19, 24),

    'a master that says it is a replica (S-SDOWN-5)': (run) => downThenUp(run, 35, 40),

    'a master whose snapshots fail, so that it answers PING with an error (S-PING-4)': (run) => {
      expect(answer(run, 56, 'r1', 'BGSAVE')).toBe('Background saving started');
      downThenUp(run, 55, 61);
    },

    'a master that is asked PONG for PING (S-LINK-14, S-PING-4)': (run) => downThenUp(run, 67, 72),
  },
};
