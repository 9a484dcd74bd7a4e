/** Promises of Redis's 03-runtime-reconf.tcl. */
import { expect } from 'vitest';
import type { RespJson, RunDocument } from '../../src/run/document.ts';
import { answer, answers, field, masterField, masterFields, type Unit } from './unit.ts';

const SET = 'SENTINEL SET mymaster';

function isConnected(flags: string | undefined): boolean {
  expect(flags).toBeDefined();
  return !flags!.includes('disconnected');
}

/** Every sentinel is connected to the master and to its four replicas. */
function allConnected(run: RunDocument, atS: number): void {
  for (const { node, reply } of answers(run, atS, 'SENTINEL MASTER mymaster')) {
    expect([node, isConnected(field(reply, 'flags'))]).toEqual([node, true]);
  }
  for (const { node, reply } of answers(run, atS, 'SENTINEL REPLICAS mymaster')) {
    const flags = (reply as RespJson[]).map((replica) => field(replica, 'flags'));
    expect([node, flags.map(isConnected)]).toEqual([node, [true, true, true, true]]);
  }
}

export const runtimeReconf: Unit = {
  name: '03-runtime-reconf',
  promises: {
    'every sentinel is connected to all data nodes': (run) => allConnected(run, -1),

    'a sentinel that starts without the new password gets no connection': (run) => {
      expect(answer(run, 2, 's2', `${SET} auth-pass secret`)).toBe('OK');
      expect(isConnected(masterField(run, 6, 's1', 'flags'))).toBe(false);
    },

    'told the password it connects; told before or never asked again, the others are connected (S-LINK-11)': (
      run,
    ) => {
      expect(answer(run, 7, 's1', `${SET} auth-pass secret`)).toBe('OK');
      allConnected(run, 10);
    },

    'when the password is gone all stay connected and know each other': (run) => {
      allConnected(run, 15);
      expect(masterFields(run, 15, 'num-other-sentinels')).toEqual(Array(5).fill('4'));
    },

    'auth-user of an unknown user loses the connection, of a known one keeps it (S-LINK-12)': (run) => {
      expect(answer(run, 17, 's2', `${SET} auth-user default`)).toBe('OK');
      expect(answer(run, 17, 's3', `${SET} auth-user nobody`)).toBe('OK');
      expect(isConnected(masterField(run, 20, 's2', 'flags'))).toBe(true);
      expect(isConnected(masterField(run, 20, 's3', 'flags'))).toBe(false);
    },

    'auth-user of a known user brings the connection back (S-LINK-11)': (run) => allConnected(run, 25),

    'quorum and down-after-milliseconds change at once (S-CMD-SET-1)': (run) => {
      expect(masterField(run, 31, 's1', 'quorum')).toBe('4');
      expect(masterField(run, 31, 's1', 'down-after-milliseconds')).toBe('3000');
    },

    'a bad value is rejected and changes nothing (S-CMD-SET-1)': (run) => {
      for (const value of ['-20', 'abc']) {
        const refused = answer(run, 35, 's1', `${SET} down-after-milliseconds ${value}`);
        expect(refused).toBe(`ERR Invalid argument '${value}' for SENTINEL SET 'down-after-milliseconds'`);
      }
      expect(masterField(run, 36, 's1', 'down-after-milliseconds')).toBe('2000');
    },

    'too few words and an unknown option are rejected (S-CMD-2, S-CMD-SET-1)': (run) => {
      const short = answer(run, 40, 's1', `${SET} fakeoption`);
      expect(short).toBe("ERR wrong number of arguments for 'sentinel|set' command");
      const unknown = answer(run, 40, 's1', `${SET} fakeoption fakevalue`);
      expect(unknown).toBe("ERR Unknown option or number of arguments for SENTINEL SET 'fakeoption'");
    },

    'a file that cannot be saved is an error, and none any more once it can (S-PERSIST-2)': (run) => {
      expect(answer(run, 43, 's1', `${SET} quorum 4`)).toMatch(/^ERR Failed to save config file/);
      expect(answer(run, 46, 's1', `${SET} quorum 3`)).toBe('OK');
    },
  },
};
