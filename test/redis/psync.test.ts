import { describe, expect, test } from 'vitest';
import { decidePsync, refusalText, type StreamWindow } from '../../models/redis/psync.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const C = 'c'.repeat(40);

/** The predicate of R-PSYNC-1, written as: do I hold every byte from here on, under a name that covers them? */
function mayContinue(master: StreamWindow, id: string, wanted: number): boolean {
  const names = [{ id: master.replId, upTo: Number.POSITIVE_INFINITY }];
  names.push({ id: master.replId2, upTo: master.secondOffset });
  if (!names.some((name) => name.id === id && wanted <= name.upTo)) return false;
  if (master.backlog === null) return false;
  const { firstOffset, histlen } = master.backlog;
  const held = Array.from({ length: histlen }, (_, i) => firstOffset + i);
  return held.includes(wanted) || wanted === firstOffset + histlen;
}

describe('what a master answers to PSYNC', () => {
  const windows: StreamWindow[] = [];
  for (let firstOffset = 1; firstOffset <= 6; firstOffset++)
    for (let histlen = 0; histlen <= 5; histlen++)
      for (let secondOffset = -1; secondOffset <= 12; secondOffset++)
        windows.push({ replId: A, replId2: B, secondOffset, backlog: { firstOffset, histlen } });
  windows.push({ replId: A, replId2: B, secondOffset: 5, backlog: null });

  test('any master, any request: continues exactly where it holds every wanted byte (R-PSYNC-1)', () => {
    let continued = 0;
    for (const window of windows) {
      for (const id of [A, B, C, '?']) {
        for (let wanted = -1; wanted <= 14; wanted++) {
          const verdict = decidePsync(window, id, wanted);
          expect(verdict === 'continue').toBe(mayContinue(window, id, wanted));
          if (verdict === 'continue') continued++;
        }
      }
    }
    expect(continued).toBeGreaterThan(100);
  });

  test('any master: ids are compared without regard to case (R-PSYNC-1)', () => {
    const window = { replId: A, replId2: B, secondOffset: 3, backlog: { firstOffset: 1, histlen: 5 } };
    expect(decidePsync(window, A.toUpperCase(), 6)).toBe('continue');
    expect(decidePsync(window, B.toUpperCase(), 3)).toBe('continue');
    expect(decidePsync(window, B.toUpperCase(), 4)).toBe('second-id-too-far');
  });

  test.each([
    [
      'id-mismatch',
      `Replication ID mismatch (Replica asked for '${C}', my replication IDs are '${A}' and '${B}')`,
    ],
    ['second-id-too-far', 'Requested offset for second ID was 9, but I can reply up to 4'],
    [
      'outside-backlog',
      'Unable to partial resync with replica r2:6379 for lack of backlog (Replica request was: 9).',
    ],
  ] as const)('any master: %s is logged in the words of Redis (R-PSYNC-4)', (verdict, text) => {
    const window = { replId: A, replId2: B, secondOffset: 4, backlog: null };
    expect(refusalText(window, verdict, 'r2:6379', C, 9)).toBe(text);
  });
});
