/** What each event of a run means, for a reader who has never seen Sentinel. */
import { EVENTS, type EventName } from '../../models/events.ts';
import { wrap } from './wrap.ts';

const NAME_WIDTH = 36;

function isEventName(event: string): event is EventName {
  return Object.hasOwn(EVENTS, event);
}

/** One line about an event; empty for an unknown one. */
export function meaningOf(event: string): string {
  return isEventName(event) ? EVENTS[event].meaning : '';
}

/** The given events (all by default) with their meanings, as a text of two columns. */
export function glossaryText(width: number, events: readonly string[] = Object.keys(EVENTS)): string {
  const lines: string[] = [];
  for (const event of events) {
    wrap(meaningOf(event), width - NAME_WIDTH).forEach((line, index) => {
      lines.push(`${(index === 0 ? event : '').padEnd(NAME_WIDTH)}${line}`);
    });
  }
  return lines.join('\n');
}
