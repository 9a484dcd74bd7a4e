/** `npm run rules`: which file implements each rule of the protocol, and which tests hold it. Exit 1: one is missing. */
import { fileURLToPath } from 'node:url';
import { ruleCoverage } from './rules/coverage.ts';
import { renderCoverage } from './rules/table.ts';

const coverage = ruleCoverage(fileURLToPath(new URL('..', import.meta.url)));
process.stdout.write(`${renderCoverage(coverage)}\n`);
process.exitCode = coverage.faults.length > 0 ? 1 : 0;
