/** `npm run record -- <scenario.yaml>`: plays a scenario on a real Redis and Sentinel (docs/recording.md). */

import { UsageError } from '../src/cli/usageError.ts';
import { formatDiagnostic, InputError } from '../src/config/diagnostic.ts';
import { readRecordArguments } from './record/arguments.ts';
import { recordAll } from './record/recordAll.ts';

const EXIT_BAD_INPUT = 2;
const EXIT_INTERNAL = 70;
const EXIT_INTERRUPTED = 130;

const controller = new AbortController();
// Whoever asks again while we clean up is answered by the clean-up's end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());

async function main(): Promise<number> {
  const request = readRecordArguments(process.argv.slice(2));
  if (typeof request === 'string') {
    process.stdout.write(request);
    return 0;
  }
  const tell = (line: string) => {
    if (!request.quiet) process.stderr.write(`${line}\n`);
  };
  return recordAll(request, tell, controller.signal);
}

function fail(error: unknown): number {
  if (controller.signal.aborted) {
    process.stderr.write('interrupted; everything that was started is ended\n');
    return EXIT_INTERRUPTED;
  }
  if (error instanceof InputError) {
    process.stderr.write(`${error.diagnostics.map(formatDiagnostic).join('\n')}\n`);
    return EXIT_BAD_INPUT;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT_BAD_INPUT;
  }
  process.stderr.write(`the recording has failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_INTERNAL;
}

process.exitCode = await main().catch(fail);
