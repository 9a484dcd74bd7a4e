#!/usr/bin/env node
/** The command `sentinelsim`: reads the words, carries them out, sets the exit status. */
import { InputError } from '../config/diagnostic.ts';
import { prepare } from '../run/prepare.ts';
import { simulate } from '../run/simulate.ts';
import { VERSION } from '../version.ts';
import { readArguments } from './arguments.ts';
import { tuneCollector } from './collector.ts';
import { compareCommand } from './compareCommand.ts';
import { explainCommand } from './explainCommand.ts';
import { importCommand } from './importCommand.ts';
import { type Output, printComplaint, printDiagnostics, printText, wantsColour } from './printing.ts';
import { runCommand } from './runCommand.ts';
import { UsageError } from './usageError.ts';

const EXIT_BAD_INPUT = 2;
const EXIT_INTERNAL = 70;

function output(colour: boolean): Output {
  return { out: process.stdout, err: process.stderr, colour };
}

async function main(words: readonly string[]): Promise<number> {
  const request = readArguments(words);
  if (request.command === 'text') {
    printText(output(false), request.text);
    return 0;
  }
  if (request.command === 'import') return importCommand(request, output(false));
  const controller = new AbortController();
  // Only the first Ctrl-C is ours: a second one ends the process at once.
  process.once('SIGINT', () => controller.abort());
  const colour = wantsColour(process.stdout, request.colour, process.env);
  if (request.command === 'explain') return explainCommand(request, prepare, output(colour));
  if (request.command === 'test') {
    // Loaded for this command alone: fast-check is large.
    const { testCommand } = await import('./testCommand.ts');
    const worker = new URL('./testWorker.js', import.meta.url);
    const surroundings = { prepare, worker, environment: process.env, now: () => performance.now() };
    return testCommand(request, surroundings, output(colour), controller.signal);
  }
  const laboratory = { prepare, simulate };
  if (request.command === 'compare') {
    return compareCommand(request, laboratory, output(colour), controller.signal);
  }
  return runCommand(request, laboratory, output(colour), controller.signal);
}

function fail(error: unknown): number {
  const plain = output(false);
  if (error instanceof InputError) {
    printDiagnostics(plain, error.diagnostics);
    return EXIT_BAD_INPUT;
  }
  if (error instanceof UsageError) {
    printComplaint(plain, error.message);
    return EXIT_BAD_INPUT;
  }
  printComplaint(plain, internalErrorText(error));
  return EXIT_INTERNAL;
}

function internalErrorText(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const place =
    stack
      ?.split('\n')
      .find((line) => line.trim().startsWith('at '))
      ?.trim() ?? '';
  return [
    `sentinelsim has failed: ${name}: ${message}`,
    `  ${place}`,
    'This is an error of sentinelsim, not of your input. Please report it with these lines and the input files:',
    `  sentinelsim ${VERSION}, node ${process.version}, ${process.platform}: ${process.argv.slice(2).join(' ')}`,
  ].join('\n');
}

/** A reader that has seen enough (`| head`) is no failure. */
function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

tuneCollector();
process.stdout.on('error', endQuietlyOnClosedPipe);
process.stderr.on('error', endQuietlyOnClosedPipe);
process.exitCode = await main(process.argv.slice(2)).catch(fail);
