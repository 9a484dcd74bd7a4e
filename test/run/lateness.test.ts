import { expect, test } from 'vitest';
import { latenessOf } from '../../src/run/lateness.ts';
import type { TimelineEntry } from '../../src/scenario/scenario.ts';

const command = (atUs: number): TimelineEntry => ({
  atUs,
  verb: { do: 'command', target: ['s1'], words: ['PING'] },
});
const kill = (atUs: number): TimelineEntry => ({ atUs, verb: { do: 'kill', target: ['r1'] } });

test('a kill takes effect at its instant, a command 0.3 to 2.7 ms later, drawn from the seed', () => {
  const timeline = [kill(0), command(5_000_000)];
  const drawn = new Set<number>();
  for (let seed = 1; seed <= 50; seed++) {
    const lateness = latenessOf(timeline, seed);
    expect(lateness.get(timeline[0]!)).toBe(0);
    const late = lateness.get(timeline[1]!)!;
    expect(late).toBeGreaterThanOrEqual(300);
    expect(late).toBeLessThanOrEqual(2700);
    drawn.add(late);
  }
  expect(drawn.size).toBeGreaterThan(40);
});

test('commands at one instant are given one after the other', () => {
  const timeline = [command(0), command(0), command(0)];
  const [first, second, third] = timeline.map((entry) => latenessOf(timeline, 3).get(entry)!);
  expect(second! - first!).toBeGreaterThanOrEqual(300);
  expect(third! - second!).toBeGreaterThanOrEqual(300);
});

test('nothing overtakes a command before it: not what follows at its instant, not what comes 0.1 ms later', () => {
  const timeline = [command(0), kill(0), kill(100), kill(1_000_000)];
  const [first, same, soon, later] = timeline.map((entry) => latenessOf(timeline, 3).get(entry)!);
  expect(same).toBe(first);
  expect(soon).toBe(first! - 100);
  expect(later).toBe(0);
});
