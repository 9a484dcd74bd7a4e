/** Lines of the logs of Redis and Sentinel → announcements, as the models would make them. */
import { EVENTS, type EventName } from '../../models/events.ts';
import type { Announcement } from '../../src/engine/world.ts';
import { parseCtime, stampMs } from '../../src/import/calendar.ts';
import { parseLogLine as stampedLine } from '../../src/import/logLine.ts';
import { readSentinelLine } from '../../src/import/sentinelLines.ts';
import { readServerLine } from '../../src/import/serverLines.ts';

/** What a line of a log says happened; times in microseconds of the wall clock. */
export type LoggedEvent = Omit<Announcement, 'process'>;

/** How a process ended is seen at the process; `loaded` stands in no recording (docs/recording.md); the third is below the default level. */
const PASSED_OVER: ReadonlySet<string> = new Set(['exited', 'loaded', 'replica-reconnecting']);

/** What the line of a log in UTC says; null when it is none of a log, or says nothing that a run document holds. */
export function parseLogLine(line: string, node: string): LoggedEvent | null {
  const logged = stampedLine(line);
  if (logged === null || logged.stamp.year === null) return null;
  const told = logged.role === 'X' ? readSentinelLine(logged.text) : readServerLine(logged);
  if (told === null || told === 'quiet' || PASSED_OVER.has(told.event)) return null;
  const { event, message } = told;
  if (!isEventName(event)) return null;
  const atUs = stampMs(logged.stamp, logged.stamp.year) * 1000;
  return { atUs, node, event, message: messageOf(event, message) };
}

function isEventName(event: string): event is EventName {
  return Object.hasOwn(EVENTS, event);
}

function messageOf(event: EventName, message: string): string {
  switch (event) {
    case 'role-changed':
    case 'replica-connecting':
      return message.replace(/:\d+$/, '');
    case 'next-failover-delay':
      return String((parseCtime(message) ?? Number.NaN) * 1000);
    default:
      return message;
  }
}

/** All that a node's log says, in its order. */
export function readLog(log: string, node: string): LoggedEvent[] {
  return log.split('\n').flatMap((line) => parseLogLine(line, node) ?? []);
}
