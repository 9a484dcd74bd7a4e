/** Promises of Redis's 08-hostname-conf.tcl. */
import { expect } from 'vitest';
import type { RespJson, RunDocument } from '../../src/run/document.ts';
import { addressKnown, allAnswer, answers, field, type Unit } from './unit.ts';

/** The addresses of the master and, per sentinel, of the replicas, all in one form. */
function announced(run: RunDocument, atS: number): string[] {
  const replicas = answers(run, atS, 'SENTINEL REPLICAS mymaster').flatMap(({ reply }) =>
    (reply as RespJson[]).map((replica) => field(replica, 'ip') ?? ''),
  );
  expect(replicas.length).toBeGreaterThanOrEqual(20);
  return [addressKnown(run, atS), ...replicas];
}

export const hostnameConf: Unit = {
  name: '08-hostname-conf',
  promises: {
    'announce-hostnames yes: master and replicas are reported by their host names (S-HOST-7)': (run) => {
      expect([...new Set(announced(run, -1))].sort()).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
    },

    'announce-hostnames no, set at run time: they are reported by their addresses (S-HOST-7)': (run) => {
      allAnswer(run, 0, 'SENTINEL CONFIG SET announce-hostnames no', 'OK');
      const addresses = new Set(announced(run, 1));
      expect(addresses.size).toBe(5);
      for (const address of addresses) expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    },
  },
};
