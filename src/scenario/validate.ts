/** Checks a YAML tree against a schema; every mismatch becomes a diagnostic at the value or key that is at fault. */
import { z } from 'zod';
import type { Position } from '../config/diagnostic.ts';
import { suggestion } from '../config/nearest.ts';
import { addError, type Problems } from '../config/problems.ts';
import { toPlain, type YamlNode } from '../config/yamlTree.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function step(node: YamlNode, key: PropertyKey): YamlNode | undefined {
  if (node.kind === 'mapping') return node.entries.get(String(key))?.value;
  return node.kind === 'list' ? node.items[Number(key)] : undefined;
}

/** The deepest value along the path that exists. */
function locate(root: YamlNode, path: Path): YamlNode {
  let node = root;
  for (const key of path) {
    const next = step(node, key);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function textOf(node: YamlNode): string {
  if (node.kind === 'scalar') return node.text;
  return node.kind === 'list' ? 'a list' : 'a mapping';
}

/** Follows wrappers, lists, records and unions to the schemas that a path may lead to. */
function schemasAt(schema: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return schemasAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => schemasAt(option, path));
  if (path.length === 0) return [schema];
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const field = schema.shape[String(key)];
    return field === undefined ? [] : schemasAt(field, rest);
  }
  if (schema instanceof z.ZodArray) return schemasAt(schema.element, rest);
  return schema instanceof z.ZodRecord ? schemasAt(schema.valueType, rest) : [];
}

function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  return schemasAt(schema, path).flatMap((known) =>
    known instanceof z.ZodObject ? Object.keys(known.shape) : [],
  );
}

function keyPlace(node: YamlNode, key: string): Position {
  return (node.kind === 'mapping' ? node.entries.get(key)?.keyAt : undefined) ?? node.at;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two',
  object: 'a mapping',
  record: 'a mapping',
};

function expectedBy(issue: Issue): string {
  if (issue.code === 'invalid_type') return TYPE_WORDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  return '';
}

/** The alternative of a union whose outer type fits: its complaints are the telling ones. */
function fittingBranch(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  return issue.errors.find(
    (branch) =>
      branch.length > 0 &&
      !branch.some((inner) => inner.path.length === 0 && inner.code !== 'unrecognized_keys'),
  );
}

function reportUnknownKeys(
  schema: z.core.$ZodType,
  root: YamlNode,
  path: Path,
  keys: readonly string[],
  problems: Problems,
): void {
  const known = knownKeys(schema, path);
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : '';
  for (const key of keys) {
    const hint = suggestion(key, known);
    addError(problems, keyPlace(locate(root, path), key), `unknown key ${key}`, {
      found: key,
      expected,
      hint: hint === expected ? 'one of these, or leave it out' : hint,
    });
  }
}

function reportIssue(
  schema: z.core.$ZodType,
  root: YamlNode,
  issue: Issue,
  path: Path,
  problems: Problems,
): void {
  const branch = fittingBranch(issue);
  if (branch !== undefined) {
    for (const inner of branch) reportIssue(schema, root, inner, [...path, ...inner.path], problems);
    return;
  }
  if (issue.code === 'unrecognized_keys') {
    reportUnknownKeys(schema, root, path, issue.keys, problems);
    return;
  }
  const node = locate(root, path);
  const missing = path.length > 0 && step(locate(root, path.slice(0, -1)), path.at(-1)!) === undefined;
  if (missing) {
    addError(problems, node.at, `${String(path.at(-1))} is missing`, { expected: expectedBy(issue) });
    return;
  }
  const key = path.filter((part) => typeof part === 'string').at(-1);
  const custom = !/^Invalid |^Too |^Unrecognized/.test(issue.message);
  const message = custom ? issue.message : `${key === undefined ? 'the value' : String(key)} cannot be this`;
  addError(problems, node.at, message, { found: textOf(node), expected: expectedBy(issue) });
}

/** The value when it has the schema's shape, otherwise null, with the reasons in `problems`. */
export function check<T extends z.ZodType>(schema: T, node: YamlNode, problems: Problems): z.infer<T> | null {
  const result = schema.safeParse(toPlain(node), { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(schema, node, issue, issue.path, problems);
  return null;
}
