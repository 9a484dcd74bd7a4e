import { expect, it } from 'vitest';
import type { TimelineEntry, Verb } from '../../src/scenario/scenario.ts';
import { simplify } from '../../src/search/simplify.ts';

const S = 1_000_000;

function entry(atUs: number, verb: Verb): TimelineEntry {
  return { atUs, verb };
}

const kill = (atUs: number, name: string) => entry(atUs, { do: 'kill', target: [name] });

it('what is not needed goes, and times that need not be odd become whole seconds', () => {
  const timeline = [
    kill(1.2 * S, 'a'),
    kill(2.7 * S, 'b'),
    entry(3 * S, { do: 'pause', target: ['c'], forUs: 4.4 * S }),
  ];
  const plain = simplify(timeline, (candidate) => candidate.some(({ verb }) => verb.do === 'pause'), 100);
  expect(plain).toEqual([entry(3 * S, { do: 'pause', target: ['c'], forUs: 4 * S })]);
});

it('a time that must be as it is stays, and entries stay in the order of time', () => {
  const timeline = [kill(1.2 * S, 'a'), kill(1.7 * S, 'b')];
  const breaks = (candidate: readonly TimelineEntry[]) =>
    candidate.length === 2 && candidate[0]!.atUs === 1.2 * S;
  expect(simplify(timeline, breaks, 100)).toEqual([kill(1.2 * S, 'a'), kill(2 * S, 'b')]);
});

it('no more than the given number of timelines are tried', () => {
  let tries = 0;
  simplify([kill(0.5 * S, 'a'), kill(1.5 * S, 'b')], () => ++tries < 0, 3);
  expect(tries).toBe(3);
});

it('a restart is rounded up, so that its crash keeps a length', () => {
  const timeline = [kill(0, 'a'), entry(0.05 * S, { do: 'start', target: ['a'] })];
  const breaks = (candidate: readonly TimelineEntry[]) => candidate.length === 2;
  expect(simplify(timeline, breaks, 100).map(({ atUs }) => atUs)).toEqual([0, S]);
});
