/**
 * The event queue: an array in its total order, the next event last. Some ten events wait in a cluster of usual size, and most
 * new ones are due before nearly all of them: a few steps through memory that is at hand, where a heap has branches that
 * nothing predicts.
 */
import type { End } from '../../models/network/connection.ts';
import { smallInteger } from '../../models/smallInteger.ts';

/** What can be due in a world. Plain data: no closure waits in the queue. The queue uses it again once it is spent. */
export interface QueuedEvent {
  atUs: number;
  eventClass: EventClass;
  sequence: number;
  kind: EventKind;
  /** A process or an action, by number; what it is depends on `kind`. */
  subject: number;
  /** Tells a stale event: an incarnation, or the number of a timer. */
  token: number;
  /** The end of a connection that it concerns. */
  end: End | null;
  payload: unknown;
}

export type EventKind =
  | 'action'
  | 'deliver'
  | 'syn-arrives'
  | 'syn-retry'
  | 'connect-failed'
  | 'connected'
  | 'retransmit'
  | 'boot'
  | 'teardown'
  | 'late-kill'
  | 'unblock'
  | 'wake';

/** Order of kinds within one microsecond: what the timeline does, then the network, then timers (S-TIMER-6). */
export type EventClass = 0 | 1 | 2;

/** The queue's whole state. */
export interface EventQueue {
  /** The first `size` of them wait, the last of these is next; the others are spent. */
  readonly events: QueuedEvent[];
  size: number;
  sequence: number;
}

export function createQueue(): EventQueue {
  return { events: [], size: 0, sequence: 0 };
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  if (a.atUs !== b.atUs) return a.atUs < b.atUs;
  if (a.eventClass !== b.eventClass) return a.eventClass < b.eventClass;
  // Timers by process: folded ticks are queued in another order than literal ones.
  if (a.eventClass === 2 && a.subject !== b.subject) return a.subject < b.subject;
  return a.sequence < b.sequence;
}

/** Adds an event behind all earlier ones of the same time and class; timers stand in the order of their processes. */
export function enqueue(
  queue: EventQueue,
  dueUs: number,
  eventClass: EventClass,
  kind: EventKind,
  subject: number,
  token: number,
  end: End | null,
  payload: unknown,
): void {
  const { events } = queue;
  const atUs = smallInteger(dueUs);
  let index = queue.size++;
  const sequence = queue.sequence++;
  let event: QueuedEvent;
  if (index < events.length) {
    event = events[index]!;
    event.atUs = atUs;
    event.eventClass = eventClass;
    event.sequence = sequence;
    event.kind = kind;
    event.subject = subject;
    event.token = token;
    event.end = end;
    event.payload = payload;
  } else {
    event = { atUs, eventClass, sequence, kind, subject, token, end, payload };
    events.push(event);
  }
  while (index > 0) {
    const sooner = events[index - 1]!;
    if (!isBefore(sooner, event)) break;
    events[index] = sooner;
    index--;
  }
  events[index] = event;
}

/** The first event; the queue must not be empty. */
export function peek(queue: EventQueue): QueuedEvent {
  return queue.events[queue.size - 1]!;
}

/** Removes and returns the first event, valid until the next {@link enqueue}; the queue must not be empty. */
export function dequeue(queue: EventQueue): QueuedEvent {
  return queue.events[--queue.size]!;
}
