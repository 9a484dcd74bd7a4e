/** What the clients of a run saw. */
import type { RunClient } from '../run/document.ts';
import { between, count, span, thousands } from './numbers.ts';
import type { Paint } from './paint.ts';
import { labelled, PAGE_WIDTH, wrapPieces } from './wrap.ts';

const MOST_GAPS = 3;

const LOSSES: Readonly<Record<string, string>> = {
  'isolated-master': 'taken by a master that was cut off from the server whose data is left (R-LOSS-3)',
  'old-master-still-writable': 'taken by the old master after the promotion (R-LOSS-15)',
  'not-replicated': 'that had not reached the promoted replica (R-LOSS-1)',
  'restarted-with-older-data': 'that the restarted master did not have on disk (R-LOSS-7)',
  demoted: 'taken by a master that was made a replica of another (R-LOSS-21)',
  unexplained: 'for a reason that is not known',
};

export function clientsText(clients: readonly RunClient[], labelWidth: number, paint: Paint): string[] {
  return clients.flatMap((client) => clientText(client, labelWidth, paint));
}

function clientText(client: RunClient, labelWidth: number, paint: Paint): string[] {
  const refusals = refusalPieces(client);
  const width = PAGE_WIDTH - labelWidth;
  const lines = wrapPieces(writesNothing(client) ? readerPieces(refusals) : writerPieces(client), width);
  if (refusals.length > 0) lines.push(...wrapPieces([`failed: ${refusals[0]}`, ...refusals.slice(1)], width));
  const reasons = Object.entries(client.lost?.reasons ?? {});
  if (reasons.length > 0) {
    lines.push(
      ...wrapPieces(
        reasons.map(([reason, writes]) => `lost: ${thousands(writes)} ${LOSSES[reason] ?? reason}`),
        width,
      ),
    );
  }
  const lost = (client.lost?.count ?? 0) > 0;
  return labelled(client.name.slice(0, labelWidth - 1), lines, labelWidth).map((line) =>
    lost && line.includes(' lost ') ? line.replace(/[\d,]+ lost /, (text) => paint.red(text)) : line,
  );
}

/** A client that writes without success has a gap at least. */
function writesNothing({ acked, gaps }: RunClient): boolean {
  return acked === 0 && gaps.length === 0;
}

function readerPieces(refusals: readonly string[]): string[] {
  return ['reads only', ...(refusals.length === 0 ? ['none refused'] : [])];
}

function writerPieces(client: RunClient): string[] {
  return [`${count(client.acked, 'write')} acknowledged`, ...gapPieces(client), lostPiece(client)];
}

function gapPieces(client: RunClient): string[] {
  if (client.gaps.length === 0) return ['no gap of over 0.3 s'];
  const shown = client.gaps.slice(0, MOST_GAPS);
  const pieces = shown.map(([from, to]) => `none for ${span(to - from)} (${between(from, to)})`);
  const rest = client.gaps.length - shown.length;
  if (rest > 0) pieces.push(`${count(rest, 'more gap')} of over 0.3 s`);
  return pieces;
}

function lostPiece(client: RunClient): string {
  const { lost } = client;
  if (lost === null) return 'losses unknown: no one live master at the end';
  if (lost.count === 0) return '0 lost';
  const when =
    lost.first === null || lost.last === null ? '' : `, acknowledged ${between(lost.first, lost.last)}`;
  return `${thousands(lost.count)} lost${when === '' ? ' ' : when}`;
}

function refusalPieces(client: RunClient): string[] {
  return Object.entries(client.refused).map(([kind, times]) => {
    const when = client.refusedAt[kind];
    const span = when === undefined ? '' : when[0] === when[1] ? '' : ` (${between(when[0], when[1])})`;
    return `${thousands(times)} × ${kind}${span}`;
  });
}
