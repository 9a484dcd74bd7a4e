/** Bundles the command line into one file, and another for its threads, so that it starts in half the time: `tsx scripts/bundle.ts`, after `tsc`. */
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { build } from 'esbuild';

await build({
  entryPoints: { cli: 'src/cli/main.ts', testWorker: 'src/cli/testWorker.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'linked',
  // It finds the module of its threads beside its own.
  external: ['tinypool'],
  banner: {
    // Dependencies in CommonJS ask for node's own modules by require.
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});

/** Lets `npx sentinelsim` work in the checkout too: npm links the commands of dependencies only. */
const command = 'node_modules/.bin/sentinelsim';
if (existsSync('node_modules/.bin')) {
  chmodSync('dist/cli.js', 0o755);
  rmSync(command, { force: true });
  symlinkSync('../../dist/cli.js', command);
}
