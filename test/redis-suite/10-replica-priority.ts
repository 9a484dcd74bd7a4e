/** Promises of Redis's 10-replica-priority.tcl. */
import { expect } from 'vitest';
import type { RespJson, RunDocument } from '../../src/run/document.ts';
import { answer, answers, type Unit } from './unit.ts';

const SET = 'CONFIG SET replica-announced';

function everySentinelLists(run: RunDocument, atS: number, count: number): void {
  const lists = answers(run, atS, 'SENTINEL REPLICAS mymaster');
  expect(lists.map(({ reply }) => (reply as RespJson[]).length)).toEqual(Array(5).fill(count));
}

export const replicaPriority: Unit = {
  name: '10-replica-priority',
  promises: {
    'replica-announced takes yes and no, nothing else': (run) => {
      for (const value of ['yes', 'no']) expect(answer(run, -2, 'r2', `${SET} ${value}`)).toBe('OK');
      for (const value of ['321', 'a3b2c1']) {
        expect(answer(run, -2, 'r2', `${SET} ${value}`)).toMatch(/^ERR CONFIG SET failed/);
      }
    },

    'every sentinel lists the four replicas': (run) => everySentinelLists(run, 0, 4),

    'two are no longer announced: every sentinel lists the other two': (run) => everySentinelLists(run, 4, 2),

    'announced again, all four are listed': (run) => everySentinelLists(run, 8, 4),
  },
};
