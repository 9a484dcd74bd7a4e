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

/** A bar on a terminal; nothing elsewhere. */
export interface Bar {
  /** `share` is from 0 to 1; `words` are asked for only when the bar is drawn again. */
  draw(share: number, words: () => string): void;
  clear(): void;
}

export function startBar(output: Output, now: () => number): Bar {
  if (output.err.isTTY !== true) return { draw: () => {}, clear: () => {} };
  let drawnAt = now();
  return {
    draw(share, words) {
      const at = now();
      if (at - drawnAt < REDRAW_MS) return;
      drawnAt = at;
      const full = Math.floor(Math.min(1, share) * BAR_WIDTH);
      const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
      output.err.write(`\r\x1b[K${bar} ${words()}`);
    },
    clear() {
      output.err.write('\r\x1b[K');
    },
  };
}

/** A rough span, as an estimate deserves: `12 s`, `3 min`. */
export function estimate(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** A bar with an estimate. `update` takes the number done. */
export interface Progress {
  update(done: number): void;
  clear(): void;
}

export function startProgress(output: Output, total: number, now: () => number): Progress {
  const bar = startBar(output, now);
  const startedAt = now();
  return {
    update(done) {
      if (done === 0) return;
      bar.draw(done / total, () => {
        const left = ((now() - startedAt) / done) * (total - done);
        return `${thousands(done)} of ${thousands(total)} runs, ${estimate(left)} left`;
      });
    },
    clear: bar.clear,
  };
}
