/**
 * YAML as a tree in which every value knows its position; anchors and merge keys are already followed. The number of
 * values is limited, so that a few lines of nested aliases cannot grow without bound.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Position } from './diagnostic.ts';
import { addError, type Problems, startOf } from './problems.ts';

interface YamlScalar {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly text: string;
  /** Column of the first character of the text itself: after an opening quote. */
  readonly textColumn: number;
}

interface YamlList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly keyAt: Position;
  readonly value: YamlNode;
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly at: Position;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export type YamlNode = YamlScalar | YamlList | YamlMapping;

const NODES_MAX = 50_000;
const DEPTH_MAX = 64;

class TooLarge extends Error {}

interface Reading {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly problems: Problems;
  nodes: number;
}

function positionOf(reading: Reading, offset: number | undefined): Position {
  const { line, col } = reading.lines.linePos(offset ?? 0);
  return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) };
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}

function readScalar(node: unknown, at: Position): YamlScalar {
  if (!isScalar(node)) return { kind: 'scalar', at, value: null, text: '', textColumn: at.column };
  const { value } = node;
  const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const text = typeof value === 'string' ? value : (node.source ?? (value == null ? '' : String(value)));
  const column = quoted ? at.column + 1 : at.column;
  return {
    kind: 'scalar',
    at,
    value: known ? value : value == null ? null : String(value),
    text,
    textColumn: column,
  };
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<';
}

/** Merge keys first, so that the mapping's own entries win. */
function readMapping(reading: Reading, map: YAMLMap, at: Position, depth: number): YamlMapping {
  const merged = new Map<string, YamlEntry>();
  const own = new Map<string, YamlEntry>();
  for (const pair of map.items) {
    const value = readNode(reading, pair.value, depth + 1, rangeStart(pair.key));
    if (isMerge(pair)) mergeInto(merged, value);
    else {
      const key = readNode(reading, pair.key, depth + 1);
      own.set(key.kind === 'scalar' ? key.text : '?', { keyAt: key.at, value });
    }
  }
  return { kind: 'mapping', at, entries: new Map([...merged, ...own]) };
}

function mergeInto(merged: Map<string, YamlEntry>, value: YamlNode): void {
  const sources = value.kind === 'list' ? value.items : [value];
  for (const source of sources) {
    if (source.kind !== 'mapping') continue;
    for (const [key, entry] of source.entries) if (!merged.has(key)) merged.set(key, entry);
  }
}

function readNode(reading: Reading, node: unknown, depth: number, parentStart?: number): YamlNode {
  if (++reading.nodes > NODES_MAX || depth > DEPTH_MAX) throw new TooLarge();
  const at = positionOf(reading, rangeStart(node) ?? parentStart);
  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    if (target === undefined) {
      addError(reading.problems, at, `there is no anchor &${node.source} before this alias`, {
        found: `*${node.source}`,
        expected: 'the name of an anchor further up',
      });
    }
    return readNode(reading, target, depth + 1, rangeStart(node));
  }
  if (isMap(node)) return readMapping(reading, node, at, depth);
  if (isSeq(node)) {
    return {
      kind: 'list',
      at,
      items: node.items.map((item) => readNode(reading, item, depth + 1, rangeStart(node))),
    };
  }
  return readScalar(node, at);
}

function reportSyntax(reading: Reading): void {
  for (const error of reading.document.errors) {
    addError(
      reading.problems,
      positionOf(reading, error.pos[0]),
      `the YAML cannot be read: ${firstLine(error)}`,
      {
        expected: 'well-formed YAML',
      },
    );
  }
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
}

/** Reads one YAML document; null when it cannot be read, with the reasons in `problems`. */
export function readYaml(text: string, file: string, problems: Problems): YamlNode | null {
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: false, prettyErrors: false, logLevel: 'silent' } as const;
  let document: Document.Parsed;
  try {
    document = parseDocument(text, options) as Document.Parsed;
  } catch (error) {
    addError(problems, startOf(file), `the YAML cannot be read: ${firstLine(error as Error)}`, {
      expected: 'well-formed YAML',
    });
    return null;
  }
  const reading: Reading = { file, document, lines, problems, nodes: 0 };
  if (document.errors.length > 0) {
    reportSyntax(reading);
    return null;
  }
  try {
    return readNode(reading, document.contents, 0);
  } catch (error) {
    if (!(error instanceof TooLarge) && !(error instanceof RangeError)) throw error;
    addError(problems, startOf(file), 'the YAML grows too large when its aliases are followed', {
      expected: `at most ${NODES_MAX} values, nested at most ${DEPTH_MAX} deep`,
    });
    return null;
  }
}

/** The same value as plain JavaScript data. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}

/** The value under a key; undefined when there is none. */
export function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

/** The text of a scalar under a key; undefined when there is none or it is no scalar. */
export function childText(node: YamlNode | undefined, key: string): string | undefined {
  const value = child(node, key);
  return value?.kind === 'scalar' && value.value !== null ? value.text : undefined;
}

/** The items of a list, a single scalar as a list of one, or nothing. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items : [node];
}
