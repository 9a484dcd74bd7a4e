/** What TypeScript sources say about rules: ids cited in comments, and titles of tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file below a folder of the root, in order of its path. */
export function readSources(root: string, folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function parse({ path, text }: Source): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
}

function isText(node: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node) ||
    ts.isRegularExpressionLiteral(node)
  );
}

/** The source without its texts: an id that is left stands in a comment, so what is only printed cites nothing. */
export function withoutTexts(source: Source): string {
  let kept = source.text;
  const visit = (node: ts.Node): void => {
    if (!isText(node)) {
      ts.forEachChild(node, visit);
      return;
    }
    const blank = ' '.repeat(node.end - node.getStart());
    kept = kept.slice(0, node.getStart()) + blank + kept.slice(node.end);
  };
  visit(parse(source));
  return kept;
}

const TEST_FUNCTIONS = ['it', 'test'];
const IDLE = ['skip', 'todo', 'fails'];

/** `it`, `test.each([...])`, `describe.skip` as its words: `['test', 'each']`. */
function calleeWords(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...calleeWords(callee.expression), callee.name.text];
  return ts.isCallExpression(callee) ? calleeWords(callee.expression) : [];
}

function titleOf(call: ts.CallExpression): string | null {
  const [first, body] = call.arguments;
  if (first === undefined || body === undefined) return null;
  if (ts.isStringLiteralLike(first)) return first.text;
  return ts.isTemplateExpression(first) ? first.getText().slice(1, -1) : null;
}

/** `'S-CONF-5: a replica twice'` in a table of tests: the title that `%s` stands for. */
function rowTitle(node: ts.Node): string | null {
  if (!ts.isStringLiteralLike(node) || !/^[SR]-[A-Z0-9-]+: /.test(node.text)) return null;
  const isTitle = ts.isCallExpression(node.parent) && titleOf(node.parent) === node.text;
  return isTitle ? null : node.text;
}

/** The titles of all tests that run, each with the titles of the groups around it. */
export function testTitles(source: Source): string[] {
  const titles: string[] = [];
  const hasTable = source.text.includes('.each(');
  const visit = (node: ts.Node, around: string): void => {
    let inside = around;
    if (ts.isCallExpression(node)) {
      const [name = '', ...modifiers] = calleeWords(node.expression);
      const title = titleOf(node);
      if (title !== null && (name === 'describe' || TEST_FUNCTIONS.includes(name))) {
        if (modifiers.some((word) => IDLE.includes(word))) return;
        inside = around === '' ? title : `${around} › ${title}`;
        if (name !== 'describe') titles.push(inside);
      }
    }
    const row = hasTable ? rowTitle(node) : null;
    if (row !== null) titles.push(row);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(parse(source), '');
  return titles;
}
