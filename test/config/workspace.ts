/** Files for a test in a folder of their own, and the diagnostics that reading them gives. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Diagnostic, InputError } from '../../src/config/diagnostic.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes the files and gives their folder. */
export function writeFiles(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The diagnostics that `read` throws; fails when it throws anything else or nothing. */
export function diagnosticsOf(read: () => unknown): readonly Diagnostic[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics;
    throw error;
  }
  throw new Error('the input was accepted');
}
