/** The timeline: one line a change, one column a node, plain words at the right. */
import type { RunEvent } from '../run/document.ts';
import { moment } from './numbers.ts';
import type { Paint } from './paint.ts';
import { tellAction } from './story/actions.ts';
import { type StoryContext, short } from './story/context.ts';
import { REDIS_TELLERS } from './story/redisTellers.ts';
import { type Cell, type Item, mergeItems, type Row, type Tone } from './story/rows.ts';
import { SENTINEL_TELLERS } from './story/sentinelTellers.ts';
import { labelled, PAGE_WIDTH, wrap, wrapPieces } from './wrap.ts';

const LEAST_TIME_WIDTH = 9;
const GAP = 2;
const CELL_WIDTH = 7;
const NARROWEST_TEXT = 30;

/** What happened, in order, merged into rows. */
export function timelineRows(context: StoryContext): Row[] {
  const items: Item[] = [];
  const { actions } = context.document;
  // Without any action the start of the deployment is the story.
  const start = actions.length === 0 ? -Infinity : Math.min(0, ...actions.map((action) => action.t));
  for (const action of actions) tellAction(context, action, items);
  for (const event of context.document.events) {
    if (event.t >= start) tellEvent(context, event, items);
  }
  // The sort is stable: at one moment, actions stand before what they cause.
  items.sort((a, b) => a.at - b.at);
  return mergeItems(items);
}

function tellEvent(context: StoryContext, event: RunEvent, into: Item[]): void {
  const teller = SENTINEL_TELLERS[event.event] ?? REDIS_TELLERS[event.event];
  const told = teller?.(context, event) ?? null;
  if (told === null) return;
  into.push(told);
  if (event.event === '+selected-slave') into.push(chosen(told, event));
}

/** The replica that was chosen stands in the row of the choice. */
function chosen(choice: Item, event: RunEvent): Item {
  const node = event.message.split(' ')[2] ?? '';
  return { ...choice, node, cell: 'chosen', text: '', rank: -1 };
}

/** The lines of the timeline, and of the legend that its short names need. */
export function timelineText(context: StoryContext, paint: Paint): string[] {
  const rows = timelineRows(context);
  if (rows.length === 0) return [];
  const nodes = [...context.cast.sentinels, ...context.cast.redis];
  const timeWidth = Math.max(LEAST_TIME_WIDTH, ...rows.map((row) => moment(row.at).length));
  const columnsWidth = timeWidth + GAP + nodes.length * (CELL_WIDTH + 1);
  const lines =
    columnsWidth + NARROWEST_TEXT <= PAGE_WIDTH
      ? inColumns(context, rows, nodes, paint, timeWidth, columnsWidth)
      : columnsWidth <= PAGE_WIDTH
        ? inColumns(context, rows, nodes, paint, timeWidth, null)
        : withWho(context, rows, paint, timeWidth);
  return [...legend(context, nodes), ...lines];
}

function legend(context: StoryContext, nodes: readonly string[]): string[] {
  const renamed = nodes.filter((node) => short(context, node) !== node);
  if (renamed.length === 0) return [];
  const pieces = renamed.map((node) => `${short(context, node)} ${node}`);
  return [...labelled('columns', wrapPieces(pieces, PAGE_WIDTH - 10), 10), ''];
}

/** One column a node; the text at `textAt`, or below the row when that is null. */
function inColumns(
  context: StoryContext,
  rows: readonly Row[],
  nodes: readonly string[],
  paint: Paint,
  timeWidth: number,
  textAt: number | null,
): string[] {
  const head = nodes.map((node) => short(context, node).padEnd(CELL_WIDTH)).join(' ');
  const lines = [paint.dim(`${'time'.padStart(timeWidth)}${' '.repeat(GAP)}${head}`.trimEnd())];
  const gone = new Set<string>();
  for (const row of rows) {
    noteLife(row, gone, 'begins');
    const cells = nodes.map((node) => paintCell(cellOf(row, node, gone), paint)).join(' ');
    const line = `${moment(row.at).padStart(timeWidth)}${' '.repeat(GAP)}${cells}`;
    const textWidth = PAGE_WIDTH - (textAt ?? timeWidth + GAP);
    const text = explain(row, textWidth, paint);
    const indent = ' '.repeat(textAt ?? timeWidth + GAP);
    if (textAt === null || text.length === 0)
      lines.push(line.trimEnd(), ...text.map((part) => indent + part));
    else lines.push(`${line} ${text[0]}`, ...text.slice(1).map((part) => indent + part));
    noteLife(row, gone, 'ends');
  }
  return lines;
}

function noteLife(row: Row, gone: Set<string>, life: Cell['life']): void {
  for (const [node, cell] of row.cells) {
    if (cell.life !== life) continue;
    if (life === 'ends') gone.add(node);
    else gone.delete(node);
  }
}

function cellOf(row: Row, node: string, gone: ReadonlySet<string>): Cell {
  return row.cells.get(node) ?? { text: gone.has(node) ? '' : '·', tone: 'plain', life: 'same' };
}

function paintCell(cell: Cell, paint: Paint): string {
  const text = cell.text === '·' ? paint.dim('·') : paintTone(cell.text, cell.tone, paint);
  return text + ' '.repeat(Math.max(0, CELL_WIDTH - cell.text.length));
}

function paintTone(text: string, tone: Tone, paint: Paint): string {
  switch (tone) {
    case 'bad':
      return paint.red(text);
    case 'warn':
      return paint.yellow(text);
    case 'good':
      return paint.green(text);
    case 'plain':
      return text;
  }
}

/** The row's words and, dim, the rule behind them. */
function explain(row: Row, width: number, paint: Paint): string[] {
  if (row.text === '') return [];
  const lines = wrap(row.rule === '' ? row.text : `${row.text} ${row.rule}`, width);
  const last = lines[lines.length - 1]!;
  if (row.rule !== '') {
    lines[lines.length - 1] = last.slice(0, last.length - row.rule.length) + paint.dim(row.rule);
  }
  return lines;
}

const WHO_WIDTH = 24;
const WHAT_WIDTH = 8;

/** For more nodes than columns fit: who did it, what, and why. */
function withWho(context: StoryContext, rows: readonly Row[], paint: Paint, timeWidth: number): string[] {
  const indent = timeWidth + GAP + WHO_WIDTH + WHAT_WIDTH + 2;
  const gap = ' '.repeat(GAP);
  const head = `${'time'.padStart(timeWidth)}${gap}${'who'.padEnd(WHO_WIDTH)} what`;
  const lines = [paint.dim(head)];
  for (const row of rows) {
    const text = explain(row, PAGE_WIDTH - indent, paint);
    let first = true;
    for (const [what, who] of groupCells(context, row)) {
      const time = first ? moment(row.at) : '';
      const label = paintTone(what.text, what.tone, paint) + ' '.repeat(WHAT_WIDTH - what.text.length);
      const names = wrapPieces(who, WHO_WIDTH).map((line) => line.replaceAll(' · ', ' '));
      for (const [index, line] of names.entries()) {
        const left = `${(index === 0 ? time : '').padStart(timeWidth)}${gap}${line.padEnd(WHO_WIDTH)}`;
        const words = text.shift() ?? '';
        lines.push(`${left} ${index === 0 ? label : ' '.repeat(WHAT_WIDTH)} ${words}`.trimEnd());
      }
      first = false;
    }
    for (const rest of text) lines.push(' '.repeat(indent) + rest);
  }
  return lines;
}

function groupCells(context: StoryContext, row: Row): [Cell, string[]][] {
  const groups = new Map<string, [Cell, string[]]>();
  for (const node of [...context.cast.sentinels, ...context.cast.redis, '']) {
    const cell = row.cells.get(node);
    if (cell === undefined) continue;
    const known = groups.get(cell.text);
    if (known === undefined) groups.set(cell.text, [cell, [short(context, node)]]);
    else known[1].push(short(context, node));
  }
  return [...groups.values()];
}
