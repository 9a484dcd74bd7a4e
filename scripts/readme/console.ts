/** The commands that the README shows with their output, and what they print now. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ShownBlock {
  /** As it stands in the README, with its fences. */
  readonly block: string;
  readonly command: string;
  /** The output that stands there. */
  readonly shown: string;
  readonly printed: string;
}

/** Lines that tell the speed of a machine, and the last lines of an account, which end with it. */
const MACHINE = /^(speed {6}|again {5}|.* simulated in ).*\n?/gm;

/** Runs the command in an empty folder that has only the examples: it may save files. */
function outputOf(command: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sentinelsim-readme-'));
  symlinkSync(resolve('examples'), join(folder, 'examples'));
  const words = command.split(' ').slice(2);
  const { stdout } = spawnSync('node', [resolve('dist/cli.js'), ...words, '--no-color'], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return stdout.replace(MACHINE, '').trimEnd();
}

export function shownBlocks(readme: string): ShownBlock[] {
  return [...readme.matchAll(/```console\n\$ (npx sentinelsim .*)\n([\s\S]*?)```/g)].map((match) => ({
    block: match[0],
    command: match[1]!,
    shown: match[2]!.trimEnd(),
    printed: outputOf(match[1]!),
  }));
}
