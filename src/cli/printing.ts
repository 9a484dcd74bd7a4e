/** All printing of the command line: the account to stdout, diagnostics and progress to stderr. */
import type { Diagnostic } from '../config/diagnostic.ts';
import { formatDiagnostic } from '../config/diagnostic.ts';
import { span, thousands } from '../report/numbers.ts';

export interface Stream {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
}

export interface Output {
  readonly out: Stream;
  readonly err: Stream;
  readonly colour: boolean;
}

/** Colour only where a person looks at it, unless they say otherwise. */
export function wantsColour(
  stream: Stream,
  asked: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!asked || (environment.NO_COLOR ?? '') !== '') return false;
  const forced = environment.FORCE_COLOR ?? '';
  if (forced !== '') return forced !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

export function printText(output: Output, text: string): void {
  output.out.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes a piece to stdout and waits while the reader is slower than we are. */
export async function printPiece(output: Output, text: string): Promise<void> {
  if (output.out.write(text)) return;
  await new Promise<void>((resolve) => {
    output.out.once('drain', resolve);
  });
}

export function printDiagnostics(output: Output, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) output.err.write(`${formatDiagnostic(diagnostic)}\n`);
}

export function printComplaint(output: Output, text: string): void {
  output.err.write(`${text}\n`);
}

/** `60 s simulated in 2.1 ms (median of 9), 28,000 × real time`. */
export function speedText(simulatedMs: number, wallMs: number, note: string): string {
  const times = Math.round(simulatedMs / Math.max(wallMs, 0.001));
  const digits = Math.max(0, String(times).length - 2);
  const rounded = Math.round(times / 10 ** digits) * 10 ** digits;
  const wall = wallMs < 10 ? `${wallMs.toFixed(1)} ms` : span(wallMs);
  return `${thousands(Math.round(simulatedMs / 1000))} s simulated in ${wall}${note}, ${thousands(rounded)} × real time`;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 100;

/** A bar with an estimate on a terminal; nothing elsewhere. `update` takes the number done. */
export interface Progress {
  update(done: number): void;
  clear(): void;
}

export function startProgress(output: Output, total: number, now: () => number): Progress {
  if (output.err.isTTY !== true) return { update: () => {}, clear: () => {} };
  const startedAt = now();
  let drawnAt = startedAt;
  return {
    update(done) {
      const at = now();
      if (at - drawnAt < REDRAW_MS || done === 0) return;
      drawnAt = at;
      const left = ((at - startedAt) / done) * (total - done);
      const full = Math.floor((done / total) * BAR_WIDTH);
      const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
      output.err.write(`\r\x1b[K${bar} ${thousands(done)} of ${thousands(total)} runs, ${span(left)} left`);
    },
    clear() {
      output.err.write('\r\x1b[K');
    },
  };
}
