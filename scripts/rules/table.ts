/** The coverage of the rules as a table of 100 columns. */
import type { Coverage, Row, Standing } from './coverage.ts';

const ID_WIDTH = 16;
const FILES_WIDTH = 42;
const TESTS_WIDTH = 40;

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** As many names as fit, and how many more there are. */
function list(names: readonly string[], width: number): string {
  for (let shown = names.length; shown > 1; shown--) {
    const more = shown < names.length ? ` +${names.length - shown}` : '';
    const text = names.slice(0, shown).join(', ') + more;
    if (text.length <= width) return text.padEnd(width);
  }
  return clip((names[0] ?? '') + (names.length > 1 ? ` +${names.length - 1}` : ''), width);
}

const shortFile = (path: string) => path.replace(/^models\//, '').replace(/\.ts$/, '');
const shortTest = (path: string) => path.replace(/^test\//, '').replace(/\.test\.ts$/, '');

/** File names of tests, each with the number of its tests unless that is 1. */
function tests(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]) => shortTest(path) + (count > 1 ? ` (${count})` : ''));
}

function line(row: Row): string {
  const id = clip(row.inPart ? `${row.id} ~` : row.id, ID_WIDTH);
  if (row.standing === 'unmodelled') return `${id} ${clip(`not modelled: ${row.reason}`, 83)}`;
  const files = row.files.length > 0 ? row.files.map(shortFile) : [`← ${row.follows.join(', ')}`];
  return `${id} ${list(files, FILES_WIDTH)} ${list(tests(row.tests), TESTS_WIDTH)}`;
}

function count(rows: readonly Row[], standing: Standing): number {
  return rows.filter((row) => row.standing === standing).length;
}

/** Table, totals, and what is missing. */
export function renderCoverage({ rows, quirks, faults }: Coverage): string {
  const head = `${'rule'.padEnd(ID_WIDTH)} ${'implemented in (← follows from)'.padEnd(FILES_WIDTH)} tested by`;
  const partial = rows.filter(({ inPart }) => inPart).length;
  const totals = [
    `${rows.length} rules: ${count(rows, 'tested')} implemented and tested, ${partial} of them in part (~),`,
    `${count(rows, 'follows')} consequences of others and tested,`,
    `${count(rows, 'unmodelled')} not modelled (docs/fidelity.md), ${count(rows, 'missing')} missing. ${quirks} quirks tested.`,
  ];
  const missing = faults.length === 0 ? [] : ['', 'Not as it should be:', ...faults.map((one) => `  ${one}`)];
  return [head, ...rows.map((row) => line(row).trimEnd()), '', ...totals, ...missing].join('\n');
}
