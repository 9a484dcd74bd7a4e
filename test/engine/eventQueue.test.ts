import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue, dequeue, type EventClass, enqueue } from '../../src/engine/eventQueue.ts';

const events = fc.array(
  fc.record({ atUs: fc.nat(50), eventClass: fc.constantFrom<EventClass>(0, 1, 2), subject: fc.nat(5) }),
  { maxLength: 200 },
);

test('the event queue gives events by time, then class, then process (timers) and order of arrival', () => {
  fc.assert(
    fc.property(events, (added) => {
      const queue = createQueue();
      added.forEach(({ atUs, eventClass, subject }, index) => {
        enqueue(queue, atUs, eventClass, 'deliver', subject, index, null, null);
      });
      const expected = added
        .map((event, index) => ({ ...event, index, rank: event.eventClass === 2 ? event.subject : 0 }))
        .sort(
          (a, b) => a.atUs - b.atUs || a.eventClass - b.eventClass || a.rank - b.rank || a.index - b.index,
        )
        .map(({ index }) => index);
      expect(added.map(() => dequeue(queue).token)).toEqual(expected);
    }),
  );
});

test('the event queue keeps its order when events are taken and added in turn', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(100)), { maxLength: 300 }), (steps) => {
      const queue = createQueue();
      const waiting: { atUs: number; index: number }[] = [];
      steps.forEach((step, index) => {
        if (step !== null) {
          enqueue(queue, step, 1, 'deliver', index, 0, null, null);
          waiting.push({ atUs: step, index });
        } else if (waiting.length > 0) {
          waiting.sort((a, b) => a.atUs - b.atUs || a.index - b.index);
          expect(dequeue(queue).subject).toBe(waiting.shift()!.index);
        }
      });
    }),
  );
});
