/** Which properties catch a mutant. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { mutated, ROOT } from './apply.ts';
import type { Mutant } from './mutant.ts';
import { NEVER_ENDS } from './outcome.ts';

const JUDGE = fileURLToPath(new URL('judge.ts', import.meta.url));
/** Below node_modules, so that packages are found from there. */
const FOLDER = `${ROOT}node_modules/.cache/mutants`;
/** Between two runs, each of which takes well under a second on any machine. */
const PATIENCE_MS = 120_000;

function faultIn(mutant: Mutant): Plugin {
  const place = `${ROOT}${mutant.file}`;
  return {
    name: 'fault',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === place ? { contents: mutated(mutant, readFileSync(path, 'utf8')), loader: 'ts' } : null,
      );
    },
  };
}

/** The judge together with the faulty models; the path of the bundle. */
async function bundle(mutant: Mutant | null): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = `${FOLDER}/${mutant?.id ?? 'none'}.mjs`;
  await build({
    entryPoints: [JUDGE],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    plugins: mutant === null ? [] : [faultIn(mutant)],
  });
  return outfile;
}

/** Names of the properties that catch the mutant, sorted; of the models as they are for null. */
export async function caughtByProperties(mutant: Mutant | null): Promise<string[]> {
  const child = spawn(process.execPath, [await bundle(mutant)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const names = new Set<string>();
  const giveUp = () => {
    names.add(NEVER_ENDS);
    child.kill('SIGKILL');
  };
  let timer = setTimeout(giveUp, PATIENCE_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(giveUp, PATIENCE_MS);
    for (const name of line.split(' ')) if (name !== '') names.add(name);
  }
  clearTimeout(timer);
  return [...names].sort();
}
