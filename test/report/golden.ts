/** Golden text files: `UPDATE_GOLDEN=1` rewrites them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const FOLDER = new URL('./golden/', import.meta.url);

export function expectGolden(name: string, text: string, folder = FOLDER): void {
  const url = new URL(`${name}.txt`, folder);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(url, `${text}\n`);
  expect(`${text}\n`).toBe(readFileSync(url, 'utf8'));
}
