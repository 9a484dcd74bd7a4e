/** The event queue: a binary heap with a total order. */
import type { End } from '../../models/network/connection.ts';

/** What can be due in a world. Plain data: no closure waits in the queue. */
export interface QueuedEvent {
  readonly atUs: number;
  readonly eventClass: EventClass;
  readonly sequence: number;
  readonly kind: EventKind;
  /** A process or an action, by number; what it is depends on `kind`. */
  readonly subject: number;
  /** Tells a stale event: an incarnation, or the number of a timer. */
  readonly token: number;
  /** The end of a connection that it concerns. */
  readonly end: End | null;
  readonly payload: unknown;
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
  /** The first `size` of them wait; the array itself never shrinks. */
  readonly heap: (QueuedEvent | null)[];
  size: number;
  sequence: number;
}

export function createQueue(): EventQueue {
  return { heap: [], size: 0, sequence: 0 };
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
  atUs: number,
  eventClass: EventClass,
  kind: EventKind,
  subject: number,
  token: number,
  end: End | null,
  payload: unknown,
): void {
  const event: QueuedEvent = {
    atUs,
    eventClass,
    sequence: queue.sequence++,
    kind,
    subject,
    token,
    end,
    payload,
  };
  const heap = queue.heap;
  let index = queue.size++;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent]!;
    if (!isBefore(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

/** Removes and returns the first event; the queue must not be empty. */
export function dequeue(queue: EventQueue): QueuedEvent {
  const heap = queue.heap;
  const first = heap[0]!;
  const length = --queue.size;
  const last = heap[length]!;
  heap[length] = null;
  if (length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= length) break;
    if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    const below = heap[child]!;
    if (!isBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return first;
}
