/** The stage of `sentinelsim import`: read the logs, hand the document and what is to be said to the printers. */
import { writeFileSync } from 'node:fs';
import type { Diagnostic } from '../config/diagnostic.ts';
import { suggestion } from '../config/nearest.ts';
import type { Instant } from '../import/calendar.ts';
import { type NameEntry, readLogFiles, readNamesFile } from '../import/files.ts';
import { type Imported, importLogs } from '../import/importLogs.ts';
import { summaryText } from '../import/summary.ts';
import type { Edge, WindowWishes } from '../import/window.ts';
import type { EdgeOption, ImportRequest } from './importArguments.ts';
import { type Output, printComplaint, printDiagnostics, printText } from './printing.ts';
import { UsageError } from './usageError.ts';

/** Carries the request out and gives the exit status. Nothing is written before everything is read. */
export function importCommand(request: ImportRequest, output: Output): number {
  const listed = request.namesFile === null ? [] : readNamesFile(request.namesFile);
  const files = readLogFiles(request.logs);
  const imported = importLogs(files, {
    given: new Map([...listed.map(({ key, name }) => [key, name] as const), ...request.given]),
    zoneMin: request.zoneMin,
    offsetsMs: request.offsetsMs,
    window: (zoneMin) => wishesOf(request, zoneMin),
  });
  refuseUnknownOffsets(imported);
  const text = JSON.stringify(imported.document);
  if (request.out !== null) write(request.out, `${text}\n`);
  if (request.json) printText(output, text);
  else printText(output, summaryText(imported, savedText(request)));
  printDiagnostics(output, [...unusedNames(imported, request, listed), ...imported.warnings]);
  if (request.verbose) {
    for (const { at, text: line } of imported.strange)
      printComplaint(output, `${at.file}:${at.line}: ${line}`);
  }
  return 0;
}

function wishesOf(request: ImportRequest, zoneMin: number): WindowWishes {
  const atMs = (instant: Instant) => instant.localMs - (instant.zoneMin ?? zoneMin) * 60_000;
  const edge = (option: EdgeOption | null): Edge | null =>
    option === null || 'afterZeroMs' in option ? option : { atMs: atMs(option.instant) };
  return {
    zeroMs: request.zero === null ? null : atMs(request.zero),
    from: edge(request.from),
    to: edge(request.to),
    failover: request.failover,
  };
}

function refuseUnknownOffsets({ unusedOffsets, names }: Imported): void {
  const key = unusedOffsets[0];
  if (key === undefined) return;
  const hint = suggestion(key, names.logs);
  throw new UsageError(`error: --offset ${key}: no log is called so${hint === '' ? '' : `; ${hint}`}`);
}

function unusedNames(
  { names }: Imported,
  { namesFile }: ImportRequest,
  listed: readonly NameEntry[],
): Diagnostic[] {
  return names.unused().map((key) => {
    const entry = listed.find((each) => each.key === key);
    return {
      severity: 'warning',
      at: entry?.at ?? { file: namesFile ?? '--name', line: 1, column: 1 },
      message: 'nothing in the logs is called so',
      found: key,
      expected: 'an address, host, id or log',
      hint: suggestion(key, names.nameable),
    };
  });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`error: cannot write --out ${path}: ${(error as Error).message}`);
  }
}

function savedText({ out, failover }: ImportRequest): string[] {
  if (out === null) return ['not kept: --out run.json writes it, --json prints it'];
  const choice = failover === null ? '' : ` of failover ${failover}`;
  return [`${out}${choice}`, `sentinelsim explain ${out}`];
}
