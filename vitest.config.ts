import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    // No test is judged by the clock; this only ends one that hangs.
    testTimeout: 300_000,
  },
});
