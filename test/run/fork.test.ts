import { expect, test } from 'vitest';
import type { Announcement, World } from '../../src/engine/world.ts';
import { createCluster } from '../../src/run/cluster.ts';
import { prepare } from '../../src/run/prepare.ts';
import { startDataNodes, startSentinels } from '../../src/run/start.ts';

const SECOND_US = 1_000_000;

/** The example deployment, five seconds after its master has died: in the middle of the failover. */
function failingOver(): World {
  const cluster = createCluster(prepare('examples/redis-ha').scenario, 3, { literalTicks: false }, false);
  startDataNodes(cluster);
  startSentinels(cluster);
  cluster.world.runUntil(cluster.world.nowUs + 20 * SECOND_US);
  cluster.world.start(cluster.processByName.get('app')!);
  cluster.world.runUntil(cluster.world.nowUs + 2 * SECOND_US);
  cluster.world.kill(cluster.processByName.get('redis-master')!);
  cluster.world.runUntil(cluster.world.nowUs + 5.2 * SECOND_US);
  return cluster.world;
}

function listen(world: World): Announcement[] {
  const heard: Announcement[] = [];
  world.bus.on('announce', (announcement) => heard.push(announcement));
  return heard;
}

test('1 master, 2 replicas, 3 sentinels: a fork in the middle of a failover has the same future', () => {
  const world = failingOver();
  const fork = world.fork();
  const [here, there] = [listen(world), listen(fork)];
  world.runUntil(world.nowUs + 20 * SECOND_US);
  fork.runUntil(world.nowUs);
  expect(here.some(({ event }) => event === '+switch-master')).toBe(true);
  expect(there).toEqual(here);
  expect(fork.state).toEqual(world.state);
});

test('1 master, 2 replicas, 3 sentinels: a fork can take another future: without sentinels nobody switches', () => {
  const world = failingOver();
  const fork = world.fork();
  const [here, there] = [listen(world), listen(fork)];
  for (const [sentinel] of fork.state.processes.entries()) {
    if (fork.state.processes[sentinel]!.name.includes('sentinel')) fork.kill(sentinel);
  }
  world.runUntil(world.nowUs + 20 * SECOND_US);
  fork.runUntil(world.nowUs);
  const switches = (heard: Announcement[]) => heard.filter(({ event }) => event === '+switch-master').length;
  expect(switches(here)).toBe(3);
  expect(switches(there)).toBe(0);
});

test('1 master, 2 replicas, 3 sentinels: the state of a whole world is plain data at any instant', () => {
  const world = failingOver();
  const isPlain = (value: unknown, seen = new Set<unknown>()): boolean => {
    if (typeof value === 'function' || typeof value === 'symbol') return false;
    if (typeof value !== 'object' || value === null || seen.has(value)) return true;
    seen.add(value);
    const prototype = Object.getPrototypeOf(value) as unknown;
    if (value instanceof Map || value instanceof Set) {
      return [...value].every((entry) => isPlain(entry, seen));
    }
    if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
    return Object.values(value).every((each) => isPlain(each, seen));
  };
  expect(isPlain(world.state)).toBe(true);
  expect(world.state.queue.size).toBeGreaterThan(5);
});
