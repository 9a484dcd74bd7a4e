/** Bad input is news for the user: where it stands, what was found, what was expected, and a way out. */
export interface Position {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly at: Position;
  /** One sentence. Where Redis itself would refuse the input, its own text is quoted. */
  readonly message: string;
  /** The text at the position, shortened; empty when there is none to show. */
  readonly found: string;
  readonly expected: string;
  /** What to do: the nearest valid word, the directive to add, the file to mount. Empty when nothing better is known. */
  readonly hint: string;
}

/** Input that cannot be used. The command line prints the diagnostics and exits 2. */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'InputError';
    this.diagnostics = diagnostics;
  }
}

/** `file:line:column: severity: message`, then what was found and expected, then the way out. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { at, severity, message, found, expected, hint } = diagnostic;
  const lines = [`${at.file}:${at.line}:${at.column}: ${severity}: ${message}`];
  if (found !== '') lines.push(`  found     ${found}`);
  if (expected !== '') lines.push(`  expected  ${expected}`);
  if (hint !== '') lines.push(`  try       ${hint}`);
  return lines.join('\n');
}
