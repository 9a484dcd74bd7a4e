/** The tests, with the fault that the variable MUTANT names in its model. */
import { defineConfig, type Plugin } from 'vitest/config';
import { mutatedFile, ROOT } from './apply.ts';
import { MUTANTS } from './list.ts';

const mutant = MUTANTS.find(({ id }) => id === process.env.MUTANT);
if (mutant === undefined) throw new Error(`no mutant is called ${process.env.MUTANT}`);

const fault: Plugin = {
  name: 'fault',
  enforce: 'pre',
  load: (path) => (path.split('?')[0] === `${ROOT}${mutant.file}` ? mutatedFile(mutant) : null),
};

export default defineConfig({
  root: ROOT,
  plugins: [fault],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 300_000,
    isolate: false,
    maxWorkers: 1,
  },
});
