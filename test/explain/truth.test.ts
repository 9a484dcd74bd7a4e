/** What an explanation says is so in the run: checked against the run itself, over many seeds. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareCandidates } from '../../models/sentinel/selection.ts';
import { explainRun } from '../../src/explain/explain.ts';
import type { Explanation, Finding, Step } from '../../src/explain/explanation.ts';
import { observeRun } from '../../src/explain/observe.ts';
import { failedTest } from '../../src/explain/selection.ts';
import { ringOf } from '../../src/measure/ring.ts';
import { splitView } from '../../src/measure/splitView.ts';
import { type PreparedRun, prepare } from '../../src/run/prepare.ts';
import { simulate } from '../../src/run/simulate.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { OBSTACLES, scenario } from './scenarios.ts';

const obstacle = fc.constantFrom(...Object.keys(OBSTACLES));
const seed = fc.integer({ min: 1, max: 1_000_000 });
const RUNS = { numRuns: 8 };

const plainKill = () => scenario([{ at: '0s', kill: 'r1' }], { sentinels: 5, quorum: 3, durationS: 20 });

function stepsWith(explanation: Explanation, words: string): Step[] {
  return explanation.findings.flatMap(({ steps }) => steps.filter(({ what }) => what.includes(words)));
}

function lengthened(prepared: PreparedRun, untilMs: number): PreparedRun {
  return { ...prepared, scenario: { ...prepared.scenario, durationUs: Math.ceil(untilMs * 1000) } };
}

it('any obstacle: watching changes nothing, the document is that of an unwatched run', () => {
  fc.assert(
    fc.property(obstacle, seed, (name, n) => {
      const prepared = OBSTACLES[name]!();
      expect(observeRun(prepared, n).document).toEqual(simulate(prepared, n).document);
    }),
    { numRuns: 6 },
  );
});

it('S-ELECT-2 five sentinels: the votes told are those that reached the leader, and its own', () => {
  fc.assert(
    fc.property(seed, (n) => {
      const prepared = plainKill();
      const { events } = simulate(prepared, n).document;
      const elected = stepsWith(explainRun(prepared, n), 'is elected');
      expect(elected.length).toBeGreaterThan(0);
      for (const { node, at, numbers } of elected) {
        const voted = events.filter(
          ({ t, node: who, event, message }) =>
            event === 'vote-received' &&
            who === node &&
            t <= at! &&
            message.endsWith(`voted for ${node} ${numbers.epoch}`),
        );
        expect(numbers.votes).toBe(voted.length + 1);
        expect(numbers.votes).toBeGreaterThanOrEqual(numbers.needed!);
        expect(numbers.needed).toBe(3);
      }
    }),
    RUNS,
  );
});

it('S-FSM-3 five sentinels, three dead: the votes told at the end of an attempt are too few by what is told', () => {
  fc.assert(
    fc.property(seed, (n) => {
      const given = stepsWith(explainRun(OBSTACLES['two of five votes']!(), n), 'gives up');
      expect(given.length).toBeGreaterThan(0);
      for (const { numbers } of given)
        expect([numbers.votes, numbers.needed, numbers.voters]).toEqual([2, 3, 5]);
    }),
    { numRuns: 4 },
  );
});

const WAITING = ['two of five votes', 'quorum 1 and one vote', 'no replica up', 'priority 0'];

it.each(WAITING)('S-START-2 %s: no attempt before the time told for the next, and one at it', (name) => {
  fc.assert(
    fc.property(seed, (n) => {
      const prepared = OBSTACLES[name]!();
      const told = explainRun(prepared, n).findings.find(({ kind }) => kind === 'no-failover')!;
      fc.pre(!told.steps.some(({ what }) => what.includes('under way')));
      const endMs = prepared.scenario.durationUs / 1000;
      const next = told.nextAttemptAt!;
      const later = simulate(lengthened(prepared, next + 5000), n).document.events;
      const tries = later.filter(({ t, event }) => event === '+try-failover' && t > endMs).map(({ t }) => t);
      expect(tries[0]).toBeGreaterThanOrEqual(next - 0.02);
      expect(tries[0]).toBeLessThan(next + 250);
    }),
    { numRuns: 3 },
  );
});

it('no quorum, sentinels dead: where no next attempt is told, none comes', () => {
  const prepared = OBSTACLES['no quorum, sentinels dead']!();
  const told = explainRun(prepared, 3).findings.find(({ kind }) => kind === 'no-failover')!;
  expect(told.nextAttemptAt).toBeNull();
  const { events } = simulate(lengthened(prepared, 300_000), 3).document;
  expect(events.filter(({ event }) => event === '+try-failover')).toEqual([]);
});

it('S-SELECT-2, S-SELECT-3: the leader chose what the told tests leave, and the best of it', () => {
  fc.assert(
    fc.property(obstacle, seed, (name, n) => {
      const { glimpses, document } = observeRun(OBSTACLES[name]!(), n);
      for (const { event, view, t } of glimpses) {
        const fit = view.replicas.filter((replica) => failedTest(replica) === null);
        if (event === '-failover-abort-no-good-slave') expect(fit).toEqual([]);
        if (event !== '+selected-slave') continue;
        const [best] = fit
          .map(({ name: who, priority, offset, runId }) => ({
            who,
            slavePriority: priority,
            slaveReplOffset: offset,
            runId,
          }))
          .sort(compareCandidates);
        const chosen = document.events.find((each) => each.event === '+selected-slave' && each.t === t)!;
        expect(chosen.message.split(' ')[2]).toBe(best!.who);
      }
    }),
    RUNS,
  );
});

it('S-SELECT-2 replica cut off for long: the link time told is more than allowed, and is that of the cut', () => {
  const explanation = explainRun(OBSTACLES['replica cut off from the master for long']!(), 1);
  const [passed] = stepsWith(explanation, 'is passed over');
  const { linkDownMs, linkDownLimitMs } = passed!.numbers;
  expect(passed!.node).toBe('r2');
  expect(passed!.because).toMatch(/^link to the master down [\d.]+ s, more than the [\d.]+ s allowed$/);
  expect(linkDownMs).toBeGreaterThan(linkDownLimitMs!);
  // r2 gives its link up repl-timeout (60 s) after the cut, and INFO counts whole seconds.
  expect(linkDownMs).toBeGreaterThan(60_000);
  expect(linkDownMs).toBeLessThan(66_500);
});

it('S-SELECT-2 paused replica: the age of its INFO, as told, is more than allowed', () => {
  const [passed] = stepsWith(explainRun(OBSTACLES['paused replica']!(), 1), 'is passed over');
  expect(passed!.node).toBe('r2');
  expect(passed!.because).toMatch(/^its last INFO is [\d.]+ s old, more than the 5 s allowed$/);
  expect(passed!.numbers.sinceInfoMs).toBeGreaterThan(passed!.numbers.infoLimitMs!);
});

it('any obstacle: every refused write is in a span, every lost write in a group', () => {
  fc.assert(
    fc.property(obstacle, seed, (name, n) => {
      const { document, clients } = observeRun(OBSTACLES[name]!(), n);
      document.clients.forEach((client, index) => {
        const refused = Object.values(client.refused).reduce((sum, count) => sum + count, 0);
        const inSpans = clients[index]!.spans.reduce((sum, { writes }) => sum + writes, 0);
        expect(inSpans).toBe(refused);
        expect(clients[index]!.lost?.length ?? null).toBe(client.lost?.count ?? null);
      });
    }),
    RUNS,
  );
});

it('S-SDOWN-5: the silence told is longer than down-after where SDOWN came, shorter where it did not', () => {
  fc.assert(
    fc.property(obstacle, seed, (name, n) => {
      const explanation = explainRun(OBSTACLES[name]!(), n);
      for (const { numbers } of stepsWith(explanation, 'for down (SDOWN)')) {
        expect(numbers.silenceMs).toBeGreaterThan(numbers.downAfterMs!);
      }
      for (const { numbers } of stepsWith(explanation, 'not hold r1 for down')) {
        expect(numbers.silenceMs).toBeLessThanOrEqual(numbers.downAfterMs!);
      }
    }),
    RUNS,
  );
});

it('S-PERIOD-3: the promotion is noticed at the INFO that is told to be due', () => {
  fc.assert(
    fc.property(seed, (n) => {
      const [seen] = stepsWith(explainRun(plainKill(), n), 'sees in INFO that r');
      const { lastInfoAtMs, dueAtMs } = seen!.numbers;
      expect(dueAtMs! - lastInfoAtMs!).toBeCloseTo(1000, 3);
      expect(seen!.at).toBeGreaterThanOrEqual(dueAtMs!);
      expect(seen!.at! - dueAtMs!).toBeLessThan(150);
    }),
    RUNS,
  );
});

it.each<[string, RegExp]>([
  ['two of five votes', /2 votes of the 3 needed/],
  ['quorum 1 and one vote', /1 vote \(its own\) of the 2 needed/],
  ['no quorum', /no quorum: 1 of the 2 needed: s2 and s3 do not say so/],
  ['no quorum, sentinels dead', /no quorum: 1 of the 2 needed: s1 and s2 cannot be reached/],
  ['master loads', /a loading master counts as alive/],
  ['reboot within down-after', /silent for [23]\.\d s at most, and down-after is 5 s/],
  ['no replica up', /each of 2 replicas fails a test/],
  ['priority 0', /replica-priority 0: never to be promoted/],
  ['tilt', /s1, s2 and s3 are in TILT and judge nothing/],
  ['sleeping master', /r1 slept for 3 s \(DEBUG SLEEP\)/],
])('%s: the unmet condition is told', (name, words) => {
  const finding = explainRun(OBSTACLES[name]!(), 5).findings.find(({ kind }) => kind === 'no-failover')!;
  expect(sentencesOf(finding)).toMatch(words);
});

function sentencesOf({ title, steps }: Finding): string {
  return [title, ...steps.map(({ what, because }) => `${what}: ${because}`)].join('\n');
}

it('R-RSM-5 two replicas that follow each other: REPLICAOF NO ONE where it is advised ends it', () => {
  const file = 'examples/surprises/ring-of-replicas.yaml';
  const text = readFileSync(file, 'utf8');
  const advised = explainRun(prepare(file), 1).findings.flatMap(({ toChange }) => toChange);
  expect(advised.filter((each) => each.startsWith('REPLICAOF NO ONE at the one of r1 and r2'))).toHaveLength(
    1,
  );
  const order = '  - { at: 75ms, command: [r1, REPLICAOF, r2, "6379"] }\n';
  const helped = `${order}  - { at: 40s, command: [r2, REPLICAOF, "NO", ONE] }\n`;
  const [broken, mended] = [text, text.replace(order, helped)].map(
    (each) => simulate({ scenario: parseScenario(each, file), isDeployment: false, path: file }, 1).document,
  );
  expect(ringOf(broken!)).toEqual(['r1', 'r2']);
  expect(ringOf(mended!)).toBeNull();
  const masters = mended!.final.flatMap((view) =>
    'role' in view && view.role === 'master' ? [view.node] : [],
  );
  expect(masters).toEqual(['r2']);
});

it('S-HELLO-10 two masters under one epoch: SENTINEL FAILOVER where it is advised makes all agree', () => {
  const file = 'examples/surprises/overtaken-failover.yaml';
  const text = readFileSync(file, 'utf8');
  const advised = explainRun(prepare(file), 1).findings.flatMap(({ toChange }) => toChange);
  expect(advised.filter((each) => each.startsWith('SENTINEL FAILOVER at s2,'))).toHaveLength(1);
  const start = '  - { at: 7s, start: r1 }\n';
  const helped = `${start}  - { at: 70s, command: [s2, SENTINEL, FAILOVER, mymaster] }\n`;
  const [broken, mended] = [text, text.replace(start, helped)].map(
    (each) => simulate({ scenario: parseScenario(each, file), isDeployment: false, path: file }, 1).document,
  );
  expect(splitView(broken!)).toEqual({
    name: 'mymaster',
    configEpoch: 2,
    sides: [
      { master: 'r2', sentinels: ['s1'] },
      { master: 'r1', sentinels: ['s2', 's3'] },
    ],
  });
  expect(splitView(mended!)).toBeNull();
  const names = mended!.final.flatMap((view) => ('configEpoch' in view ? [view.master] : []));
  expect(new Set(names)).toEqual(new Set(['r2']));
});
