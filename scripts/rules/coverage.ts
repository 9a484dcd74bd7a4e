/** Which rules are implemented and tested, which are declared unmodelled, and what is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { idsIn } from './ids.ts';
import { readSources, testTitles, withoutTexts } from './sources.ts';

export interface Evidence {
  /** Rule id → files of models/ and src/ that cite it in a comment. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Rule id → files with a test that carries it in its title. */
  readonly tests: ReadonlyMap<string, readonly string[]>;
  /** Numbers of the quirks that a test names. */
  readonly quirks: ReadonlySet<number>;
  /** Rule id → why it is not modelled. */
  readonly unmodelled: ReadonlyMap<string, string>;
  /** Rule id → what of it is not modelled. */
  readonly inPart: ReadonlyMap<string, string>;
}

export type Standing = 'tested' | 'follows' | 'unmodelled' | 'missing';

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly standing: Standing;
  readonly files: readonly string[];
  readonly tests: readonly string[];
  readonly follows: readonly string[];
  /** Why it is not modelled; empty unless it is declared so. */
  readonly reason: string;
  /** Something of it is declared unmodelled. */
  readonly inPart: boolean;
}

export interface Coverage {
  readonly rows: readonly Row[];
  readonly quirks: number;
  /** Everything that is not as it should be, a line each; empty: all is covered. */
  readonly faults: readonly string[];
}

function add<Key>(table: Map<Key, string[]>, key: Key, value: string): void {
  const values = table.get(key);
  if (values === undefined) table.set(key, [value]);
  else values.push(value);
}

/** What stands under a heading, up to the next one of the same depth. */
function under(heading: string, text: string): string {
  const [, rest = ''] = `\n${text}`.split(`\n${heading}\n`);
  return rest.split(`\n${heading.split(' ')[0]} `)[0]!;
}

/** `- S-SCRIPT-3..6: reason`, in a list of the section "Rules" of docs/fidelity.md; a reason may go on in indented lines. */
export function readDeclared(text: string, heading: 'Not modelled' | 'In part'): Map<string, string> {
  const list = under(`### ${heading}`, under('## Rules', text));
  const reasons = new Map<string, string>();
  for (const [, ids, reason] of list.matchAll(/^- ([^:]+): ([^\n]+(?:\n {2}[^\n]+)*)/gm)) {
    for (const id of idsIn(ids!)) reasons.set(id, reason!.replaceAll(/\s+/g, ' '));
  }
  return reasons;
}

function quirksIn(title: string): number[] {
  return [...title.matchAll(/\bquirk (\d+)\b/g)].map(([, number]) => Number(number));
}

/** @param root folder of the project */
export function collectEvidence(root: string): Evidence {
  const files = new Map<string, string[]>();
  const tests = new Map<string, string[]>();
  const quirks = new Set<number>();
  for (const source of [...readSources(root, 'models'), ...readSources(root, 'src')]) {
    for (const id of idsIn(withoutTexts(source))) add(files, id, source.path);
  }
  for (const source of readSources(root, 'test').filter(({ path }) => path.endsWith('.test.ts'))) {
    for (const title of testTitles(source)) {
      for (const id of idsIn(title)) add(tests, id, source.path);
      for (const number of quirksIn(title)) quirks.add(number);
    }
  }
  const fidelity = readFileSync(join(root, 'docs/fidelity.md'), 'utf8');
  const unmodelled = readDeclared(fidelity, 'Not modelled');
  return { files, tests, quirks, unmodelled, inPart: readDeclared(fidelity, 'In part') };
}

function standingOf(row: Omit<Row, 'standing'>): Standing {
  if (row.reason !== '') return 'unmodelled';
  if (row.tests.length === 0) return 'missing';
  if (row.files.length > 0) return 'tested';
  return row.follows.length > 0 ? 'follows' : 'missing';
}

function rowsOf({ rules }: Catalogue, evidence: Evidence): Row[] {
  return rules.map(({ id, title, follows }) => {
    const files = evidence.files.get(id) ?? [];
    const tests = evidence.tests.get(id) ?? [];
    const reason = evidence.unmodelled.get(id) ?? '';
    const row = { id, title, follows, files, tests, reason, inPart: evidence.inPart.has(id) };
    return { ...row, standing: standingOf(row) };
  });
}

function faultOf(row: Row, rows: ReadonlyMap<string, Row>): string | null {
  const { id, files, tests, follows } = row;
  if (row.standing === 'unmodelled') {
    const done = files.length > 0 && tests.length > 0;
    return done ? `${id} is declared unmodelled, but ${files[0]} cites it and ${tests[0]} tests it` : null;
  }
  const absent = follows.filter((other) => !['tested', 'follows'].includes(rows.get(other)?.standing ?? ''));
  if (absent.length > 0) return `${id} is said to follow from ${absent.join(', ')}, which no test holds`;
  if (row.standing !== 'missing') return null;
  const lacks = [
    ...(files.length === 0 && follows.length === 0 ? ['no comment in models/ or src/ cites it'] : []),
    ...(tests.length === 0 ? ['no title of a test carries it'] : []),
  ];
  return `${id} (${row.title}): ${lacks.join('; ')}`;
}

/** Ids that stand somewhere but not in the catalogue, which is how a slip of the pen shows. */
function strangers({ rules }: Catalogue, { files, tests, unmodelled, inPart }: Evidence): string[] {
  const known = new Set(rules.map(({ id }) => id));
  const places = [...files, ...tests].map(([id, paths]) => [id, paths[0]!] as const);
  const declared = [...unmodelled.keys(), ...inPart.keys()].map((id) => [id, 'docs/fidelity.md'] as const);
  return [...places, ...declared]
    .filter(([id]) => !known.has(id))
    .map(([id, path]) => `${path} names ${id}, which is not in docs/rules.md`);
}

/** Judges a catalogue by the evidence. */
export function judge(catalogue: Catalogue, evidence: Evidence): Coverage {
  const rows = rowsOf(catalogue, evidence);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const untested = catalogue.quirks.filter(({ number }) => !evidence.quirks.has(number));
  const faults = [
    ...rows.map((row) => faultOf(row, byId)).filter((fault) => fault !== null),
    ...untested.map(({ number, title }) => `quirk ${number} (${title}): no title of a test names it`),
    ...strangers(catalogue, evidence),
  ];
  return { rows, quirks: catalogue.quirks.length - untested.length, faults };
}

/** The coverage of the project in this folder. */
export function ruleCoverage(root: string): Coverage {
  const catalogue = readCatalogue(readFileSync(join(root, 'docs/rules.md'), 'utf8'));
  return judge(catalogue, collectEvidence(root));
}
