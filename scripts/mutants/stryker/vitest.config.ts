/** Tests for Stryker: those of the models, and a few properties; nothing that takes seconds on its own. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/{sentinel,redis,network,client,engine}/**/*.test.ts',
      'test/redis-suite/*.test.ts',
      'test/config/{directives,recordedDirectives,confFile,badInput}.test.ts',
      'test/run/{lateness,timeline,losses}.test.ts',
      'scripts/mutants/stryker/properties.test.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 300_000,
  },
});
