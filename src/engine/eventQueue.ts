/** What can be due in a world. Plain data: no closure waits in the queue. */
export interface QueuedEvent {
  readonly atUs: number;
  /** Class and sequence in one number: the total order within one microsecond. */
  readonly rank: number;
  readonly kind: EventKind;
  /** A process, connection or action, by number; what it is depends on `kind`. */
  readonly subject: number;
  /** Which end of a connection, or a token that tells a stale event. */
  readonly detail: number;
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

const CLASS_SPAN = 2 ** 50;

/** The queue's whole state. */
export interface EventQueue {
  readonly heap: QueuedEvent[];
  sequence: number;
}

export function createQueue(): EventQueue {
  return { heap: [], sequence: 0 };
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.rank < b.rank);
}

/** Adds an event behind all earlier ones of the same time and class. */
export function enqueue(
  queue: EventQueue,
  atUs: number,
  eventClass: EventClass,
  kind: EventKind,
  subject: number,
  detail: number,
  payload: unknown,
): void {
  const rank = eventClass * CLASS_SPAN + queue.sequence++;
  const event: QueuedEvent = { atUs, rank, kind, subject, detail, payload };
  const heap = queue.heap;
  let index = heap.length;
  heap.push(event);
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
  const last = heap.pop()!;
  const length = heap.length;
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
