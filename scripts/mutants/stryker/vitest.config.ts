/** Tests for Stryker: those of the models, and a few properties, the quick ones first; nothing that takes many seconds on its own. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SLOW = ['redis/folding', 'run/losses', 'run/timeline', 'redis/underSentinel', 'stryker/properties'];

/** A fault ends its run with the first test that fails. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => SLOW.findIndex((part) => moduleId.includes(part));
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  test: {
    include: [
      'test/{sentinel,redis,network,client,engine}/**/*.test.ts',
      'test/config/{directives,recordedDirectives,confFile,badInput}.test.ts',
      'test/run/{lateness,timeline,losses}.test.ts',
      'scripts/mutants/stryker/properties.test.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
    sequence: { sequencer: QuickFirst },
    testTimeout: 300_000,
  },
});
