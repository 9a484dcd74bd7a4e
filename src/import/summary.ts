/** What an import found, for people. */
import { count, moment, span } from '../report/numbers.ts';
import type { RunFailover } from '../run/document.ts';
import type { Imported } from './importLogs.ts';

const MOST_FAILOVERS = 20;

/** The summary; `saved` says where the document went, or how to keep it. */
export function summaryText(imported: Imported, saved: readonly string[]): string {
  const { nodes, zero, firstStamp, lastStamp, document } = imported;
  const logs = `${count(nodes.length, 'log')}, ${count(document.events.length, 'event')}`;
  const sections = [
    [
      `imported  ${logs}, ${firstStamp} to ${lastStamp} (${zero.zone})`,
      `time zero ${zero.stamp}, ${zero.reason}; --zero sets another`,
    ],
    nodeLines(imported),
    failoverLines(imported),
    restLines(imported),
    saved.map((line, index) => `${(index === 0 ? 'document' : '').padEnd(10)}${line}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function nodeLines({ nodes, absent }: Imported): string[] {
  const rows = nodes.map(({ name, kind, file, known, events }) => [
    name,
    kind === 'sentinel' ? 'Sentinel' : 'Redis',
    known.length === 0 ? 'not placed' : known.map(shortKey).join(', '),
    `${count(events, 'event')} of ${file}`,
  ]);
  for (const name of absent) rows.push([name, '', '', 'no log']);
  return table(['node', '', 'known as', 'log'], rows);
}

/** An address, or the first digits of an id, by which Redis's own logs call a Sentinel. */
function shortKey(key: string): string {
  return /^[0-9a-f]{40}$/.test(key) ? key.slice(0, 8) : key;
}

function failoverLines({ failovers, document }: Imported): string[] {
  if (failovers.length === 0) return ['no failover was tried'];
  const told = new Set(document.failovers.map(keyOf));
  const rows = failovers.slice(0, MOST_FAILOVERS).map((failover, index) => {
    const { master, from, to, leader, epoch, outcome, tryAt } = failover;
    const mark = told.has(keyOf(failover)) ? '' : 'left out';
    const name = `${from} to ${to ?? '-'}`;
    return [
      String(index + 1),
      moment(tryAt),
      master,
      name,
      leader,
      String(epoch),
      outcome + lasting(failover),
      mark,
    ];
  });
  const lines = table(['', 'tried at', 'master', 'failover', 'leader', 'epoch', 'outcome', ''], rows);
  const more = failovers.length - MOST_FAILOVERS;
  if (more > 0) lines.push(`and ${count(more, 'more attempt')}`);
  if (failovers.length > 1 && told.size === failovers.length)
    lines.push('--failover <n> tells one of them alone');
  return lines;
}

function keyOf({ master, leader, epoch }: RunFailover): string {
  return `${master} ${leader} ${epoch}`;
}

function lasting({ tryAt, switchAt, abortedAt }: RunFailover): string {
  const end = switchAt ?? abortedAt;
  return end === null ? '' : ` after ${span(end - tryAt)}`;
}

function restLines({ strange, unstamped, belowLevel, outside }: Imported): string[] {
  const parts: string[] = [];
  if (strange.length > 0)
    parts.push(`${count(strange.length, 'line')} not recognised (--verbose lists them)`);
  if (unstamped.length > 0) parts.push(`${count(unstamped.length, 'line')} without Redis's stamp`);
  if (belowLevel > 0) parts.push(`${count(belowLevel, 'event')} of level verbose or debug`);
  if (outside > 0) parts.push(`${count(outside, 'event')} outside the span that was asked for`);
  return parts.map((part, index) => `${(index === 0 ? 'left out' : '').padEnd(10)}${part}`);
}

/** Columns as wide as they need to be; the head only where a row stands under it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
