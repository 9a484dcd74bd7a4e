/**
 * Stryker on a sample of models/: of all its lines, the files in order of their paths, each 40th. Faults that span several lines are left
 * out with it. Each is run against the tests of models/ that reach it, and against a few properties. Another OFFSET takes another sample.
 */
import { readdirSync, readFileSync } from 'node:fs';

const EVERY = 40;
const OFFSET = 39;

/** `file:line-line`, as Stryker wants it. */
function sampledLines() {
  const files = readdirSync('models', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `models/${name.replaceAll('\\', '/')}`)
    .sort();
  const lines = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((_, index) => `${file}:${index + 1}-${index + 1}`),
  );
  return lines.filter((_, index) => index % EVERY === OFFSET);
}

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutants/stryker/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  mutate: sampledLines(),
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: 'node_modules/.cache/stryker/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: 'node_modules/.cache/stryker/sandbox',
  incremental: false,
  timeoutMS: 30_000,
  thresholds: { high: 95, low: 85, break: 85 },
};
