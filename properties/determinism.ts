/** A run is a pure function of (deployment, scenario, seed), from any instant on. */
import { createStream, drawBelow } from '../models/random.ts';
import type { Announcement, World } from '../src/engine/world.ts';
import { simulate } from '../src/run/simulate.ts';
import { type CheckContext, type Checker, Findings, type Property } from './property.ts';

export const sameSeedSameRun: Property = {
  name: 'same-seed-same-run',
  statement:
    'The same deployment, scenario and seed give the same run document, and a checker changes nothing in it.',
  assumptions: ['it simulates the run a second time'],
  parameters: [],
  rules: [],
  holds: true,
  hears: [],
  begin: ({ prepared, seed }) => ({
    announced() {},
    end(run) {
      const again = simulate(prepared, seed).document;
      const same = JSON.stringify(again) === JSON.stringify(run);
      return { violation: same ? null : 'a second simulation gives another document', witnessed: true };
    },
  }),
};

const AHEAD_US = 5_000_000;
/** A copy of a whole world is dear: one run in so many has one. */
const FORKING = 6;

/** What a fork of this instant announces, up to the next action of the timeline. */
function futureOf(world: World, untilUs: number): { readonly told: string[]; readonly untilUs: number } {
  const fork = world.fork();
  const told: string[] = [];
  let actedUs = Number.POSITIVE_INFINITY;
  fork.bus.on('announce', (announcement) => told.push(textOf(announcement)));
  fork.onAction = (action) => {
    if (action >= 0) actedUs = Math.min(actedUs, fork.nowUs);
  };
  while (fork.nowUs < untilUs && fork.nowUs < actedUs) {
    fork.runUntil(Math.min(untilUs, fork.nowUs + AHEAD_US / 50));
  }
  return { told, untilUs: Math.min(untilUs, actedUs) };
}

function textOf({ atUs, node, event, message }: Announcement): string {
  return `${atUs} ${node} ${event} ${message}`;
}

function timeOf(text: string): number {
  return Number(text.slice(0, text.indexOf(' ')));
}

function forkChecker({ cluster, zeroUs, seed }: CheckContext): Checker {
  const { world, scenario } = cluster;
  const findings = new Findings();
  const startedUs = Math.max(0, ...scenario.clients.map(({ fromUs }) => fromUs));
  const span = Math.max(1, scenario.durationUs - startedUs - AHEAD_US);
  const random = createStream(seed, 'properties/fork');
  const forkUs = zeroUs + startedUs + drawBelow(random, span);
  let future: ReturnType<typeof futureOf> | null = null;
  if (drawBelow(random, FORKING) > 0) return { announced() {}, end: () => findings.verdict() };
  const told: string[] = [];
  world.bus.on('announce', (announcement) => {
    if (future !== null && announcement.atUs < future.untilUs) told.push(textOf(announcement));
  });
  return {
    announced() {},
    probed(nowUs) {
      if (future === null && nowUs >= forkUs && nowUs + AHEAD_US < zeroUs + scenario.durationUs) {
        future = futureOf(world, nowUs + AHEAD_US);
      }
    },
    end() {
      if (future === null) return findings.verdict();
      const { untilUs } = future;
      const expected = future.told.filter((text) => timeOf(text) < untilUs);
      if (expected.length > 0) findings.witness();
      const at = Math.max(expected.length, told.length);
      for (let i = 0; i < at; i++) {
        if (expected[i] !== told[i]) findings.violate(`the fork says ${expected[i]}, the run ${told[i]}`);
      }
      return findings.verdict();
    },
  };
}

export const forksStartTheSame: Property = {
  name: 'forks-start-the-same',
  statement: 'A fork at any instant announces what the run announces, up to the next action of the timeline.',
  assumptions: ['one run in six has a fork, for up to 5 s, at an instant drawn from the seed'],
  parameters: [],
  rules: [],
  holds: true,
  hears: [],
  begin: forkChecker,
};
