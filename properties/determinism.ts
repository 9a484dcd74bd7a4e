/** A run is a pure function of (deployment, scenario, seed), from any instant on. */
import { createStream, drawBelow, type RandomStream } from '../models/random.ts';
import type { Announcement, World } from '../src/engine/world.ts';
import { playRun } from '../src/run/simulate.ts';
import { type CheckContext, type Checker, Findings, type Property, UNJUDGED } from './property.ts';
import { remainsOf } from './remains.ts';

/** A second simulation and a copy of a whole world are dear: one run in so many has them. */
const SAMPLED = 128;

/** True for one run in {@link SAMPLED}, by its seed. */
function isSampled(random: RandomStream): boolean {
  return drawBelow(random, SAMPLED) === 0;
}

function textOf({ atUs, node, event, message }: Announcement): string {
  return `at ${(atUs / 1000).toFixed(3)} ms of the world ${node} says ${event} ${message}`;
}

/** Everything that a world announces from now on. */
function listenTo(world: World): Announcement[] {
  const told: Announcement[] = [];
  world.bus.on('announce', (announcement) => told.push(announcement));
  return told;
}

/** The first event that two tellings do not share; null when they are the same. */
function firstDifference(one: readonly Announcement[], other: readonly Announcement[]): string | null {
  const until = Math.max(one.length, other.length);
  for (let at = 0; at < until; at++) {
    const [first, second] = [one[at], other[at]].map((told) =>
      told === undefined ? 'silence' : textOf(told),
    );
    if (first !== second) return `${first}; then: ${second}`;
  }
  return null;
}

function areEqual(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

function replayChecker({ prepared, seed, cluster }: CheckContext): Checker {
  if (!isSampled(createStream(seed, 'properties/replay'))) return UNJUDGED;
  const told = listenTo(cluster.world);
  return {
    announced() {},
    end() {
      let again = cluster;
      let retold: Announcement[] = [];
      playRun(prepared, seed, undefined, (second) => {
        again = second;
        retold = listenTo(second.world);
      });
      const difference = firstDifference(told, retold);
      if (difference !== null) return { violation: `first under a checker: ${difference}`, witnessed: true };
      const same = areEqual(remainsOf(cluster), remainsOf(again));
      return { violation: same ? null : 'the same is announced, but not the same is left', witnessed: true };
    },
  };
}

export const sameSeedSameRun: Property = {
  name: 'same-seed-same-run',
  statement:
    'The same deployment, scenario and seed announce the same at the same times and leave the same cluster, and a checker changes nothing in it.',
  assumptions: [`one run in ${SAMPLED}, drawn from the seed, is simulated a second time`],
  parameters: [],
  witness: 'the run was simulated twice',
  rules: [],
  holds: true,
  hears: [],
  begin: replayChecker,
};

const AHEAD_US = 5_000_000;

/** Plays a fork up to just before `untilUs`; gives where it stops: there, or when the timeline would act. */
function playFork(fork: World, untilUs: number): number {
  let actedUs = Number.POSITIVE_INFINITY;
  const note = (action: number) => {
    if (action >= 0) actedUs = Math.min(actedUs, fork.nowUs);
  };
  fork.onAction = note;
  while (fork.nowUs < untilUs - 1 && fork.nowUs < actedUs) {
    fork.runUntil(Math.min(untilUs - 1, fork.nowUs + AHEAD_US / 50));
  }
  return Math.min(untilUs, actedUs);
}

/** What two futures of one instant announce and leave; they are compared as far as both are known. */
class Futures {
  readonly #expected: readonly Announcement[];
  readonly #told: readonly Announcement[];
  readonly #untilUs: number;
  #left: number[] | null = null;
  #leftByFork: number[] | null = null;

  constructor({ cluster, lookAt }: CheckContext) {
    const { world } = cluster;
    const untilUs = world.nowUs + AHEAD_US;
    const fork = world.fork();
    this.#expected = listenTo(fork);
    this.#untilUs = playFork(fork, untilUs);
    this.#told = listenTo(world);
    const left = this.#untilUs < untilUs ? null : remainsOf({ ...cluster, world: fork });
    if (left === null) return;
    this.#leftByFork = left;
    lookAt(untilUs, () => {
      this.#left = remainsOf(cluster);
    });
  }

  judge(findings: Findings): void {
    const known = ({ atUs }: Announcement) => atUs < this.#untilUs;
    const expected = this.#expected.filter(known);
    if (expected.length > 0 || this.#left !== null) findings.witness();
    const difference = firstDifference(expected, this.#told.filter(known));
    if (difference !== null) findings.violate(`first the fork: ${difference}`);
    if (this.#left !== null && !areEqual(this.#left, this.#leftByFork!)) {
      findings.violate('the fork announces the same, but does not leave the same');
    }
  }
}

function forkChecker(context: CheckContext): Checker {
  const { cluster, zeroUs, seed, lookAt } = context;
  const { scenario } = cluster;
  const random = createStream(seed, 'properties/fork');
  const startedUs = Math.max(0, ...scenario.clients.map(({ fromUs }) => fromUs));
  const span = scenario.durationUs - startedUs - AHEAD_US;
  if (!isSampled(random) || span <= 0) return UNJUDGED;
  const findings = new Findings();
  let futures: Futures | null = null;
  lookAt(zeroUs + startedUs + 1 + drawBelow(random, span), () => {
    futures = new Futures(context);
  });
  return {
    announced() {},
    end() {
      futures?.judge(findings);
      return findings.verdict();
    },
  };
}

export const forksStartTheSame: Property = {
  name: 'forks-start-the-same',
  statement:
    'A fork at any instant announces what the run announces, up to the next action of the timeline, and leaves the same cluster.',
  assumptions: [
    `one run in ${SAMPLED}, drawn from the seed, has a fork, for up to 5 s, at an instant drawn from the seed`,
  ],
  parameters: [],
  witness: 'the fork announced something, or lasted to its end',
  rules: [],
  holds: true,
  hears: [],
  begin: forkChecker,
};
