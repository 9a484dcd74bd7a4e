/** Tellers for events that a fixed sentence tells. */
import { type Item, item } from './rows.ts';
import type { Teller } from './teller.ts';

/** Events that one cell and a fixed sentence tell. */
export function plain(
  cell: string,
  tone: Item['tone'],
  text: string,
  rule = '',
  windowMs = 1500,
  life: Item['life'] = 'same',
): Teller {
  return (_context, event) =>
    item({
      at: event.t,
      node: event.node,
      cell,
      tone,
      key: `${event.event}:${event.message}`,
      windowMs,
      life,
      text,
      rule,
    });
}

/** Events whose message is worth quoting. */
export function quoting(cell: string, text: string, windowMs: number): Teller {
  return (_context, event) =>
    item({
      at: event.t,
      node: event.node,
      cell,
      tone: 'warn',
      key: `${event.event}:${event.node}:${event.message}`,
      windowMs,
      text: event.message === '' ? text : `${text}: ${event.message}`,
    });
}
