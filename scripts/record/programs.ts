/** The Redis that is recorded. */
import { spawnSync } from 'node:child_process';
import { UsageError } from '../../src/cli/usageError.ts';

export interface Programs {
  readonly server: string;
  readonly sentinel: string;
  /** As a run document's `source` names it: `redis 7.0.15`. */
  readonly version: string;
}

/** Finds out whether both programs can be started, and their version. */
export function findPrograms(server: string, sentinel: string): Programs {
  const version = versionOf(server);
  versionOf(sentinel);
  return { server, sentinel, version };
}

function versionOf(program: string): string {
  const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) {
    throw new UsageError(
      [
        `error: cannot start ${program}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such program on the PATH' : error.message}`,
        '  expected  Redis and its Sentinel, for instance from the packages redis-server and redis-sentinel',
        '  try       --redis-server <path> --redis-sentinel <path>',
      ].join('\n'),
    );
  }
  return parseVersion(stdout);
}

/** From the first line of `--version`: `Redis server v=7.0.15 sha=…`. */
export function parseVersion(line: string): string {
  const [, name = 'redis', version = 'of unknown version'] = /^(\w+) server v=(\S+)/.exec(line) ?? [];
  return `${name.toLowerCase()} ${version}`;
}
