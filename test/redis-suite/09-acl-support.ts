/** Promises of Redis's 09-acl-support.tcl. */
import { expect } from 'vitest';
import { allAnswer, answer, type Unit } from './unit.ts';

const CKQUORUM = 'SENTINEL CKQUORUM mymaster';
const SET = 'SENTINEL CONFIG SET';

export const aclSupport: Unit = {
  name: '09-acl-support',
  promises: {
    'wrong credentials: a sentinel has lost the quorum (S-LINK-12)': (run) => {
      expect(answer(run, -1, 's2', CKQUORUM)).toMatch(/^OK 5 usable/);
      expect(answer(run, 10, 's2', CKQUORUM)).toMatch(/^NOQUORUM 1 usable/);
    },

    'sentinel-user and sentinel-pass are accepted at run time (S-CMD-CONFIG-2)': (run) => {
      allAnswer(run, 11, `${SET} sentinel-user default`, 'OK');
      allAnswer(run, 11, `${SET} sentinel-pass secret`, 'OK');
    },

    'with the right ones the quorum is back (S-LINK-11)': (run) =>
      expect(answer(run, 21, 's2', CKQUORUM)).toMatch(/^OK 5 usable/),

    'both can be unset (S-CMD-CONFIG-3)': (run) => {
      allAnswer(run, 22, `${SET} sentinel-user `, 'OK');
      allAnswer(run, 22, `${SET} sentinel-pass `, 'OK');
    },
  },
};
