/** Promises of Redis's 13-info-command.tcl. */
import { expect } from 'vitest';
import type { RunDocument } from '../../src/run/document.ts';
import { answer, type Unit } from './unit.ts';

interface Content {
  readonly has: readonly string[];
  readonly lacks: readonly string[];
}

const EVERYTHING: Content = {
  has: ['redis_version', 'maxclients', 'used_cpu_user', 'sentinel_tilt'],
  lacks: ['used_memory', 'rdb_last_bgsave', 'master_repl_offset', 'cluster_enabled'],
};

function saysOf(run: RunDocument, atS: number, words: string, { has, lacks }: Content): void {
  const text = answer(run, atS, 's1', words);
  for (const part of has) expect(text, words).toContain(part);
  for (const part of lacks) expect(text, words).not.toContain(part);
}

export const infoCommand: Unit = {
  name: '13-info-command',
  promises: {
    'no section, all, default and everything: what a sentinel has, and nothing of a server (S-CMD-INFO)': (
      run,
    ) => {
      for (const words of ['INFO', 'INFO all', 'INFO default', 'INFO everything']) {
        saysOf(run, 0, words, EVERYTHING);
      }
    },

    'one section (S-CMD-INFO)': (run) => {
      saysOf(run, 1, 'INFO cpu', { has: ['used_cpu_user'], lacks: ['sentinel_tilt', 'redis_version'] });
      saysOf(run, 1, 'INFO sentinel', { has: ['sentinel_tilt'], lacks: ['used_cpu_user', 'redis_version'] });
    },

    'several sections, those that a sentinel lacks left out (S-CMD-INFO)': (run) => {
      saysOf(run, 2, 'INFO server sentinel replication', {
        has: ['redis_version', 'sentinel_tilt'],
        lacks: ['used_memory', 'used_cpu_user', 'master_repl_offset'],
      });
      saysOf(run, 2, 'INFO cpu all', EVERYTHING);
    },
  },
};
