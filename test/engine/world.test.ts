import { expect, test } from 'vitest';
import type { World } from '../../src/engine/world.ts';
import { connect, type ProbeState, ping, probeWorld, seenBy } from '../support/probe.ts';

function busyWorld(): World {
  const world = probeWorld(3, { jitterUs: 400 });
  const there = connect(world, 0, 1);
  const back = connect(world, 2, 1);
  world.runUntil(3000);
  for (let i = 0; i < 20; i++) {
    ping(world, 0, there, `x${i}`);
    ping(world, 2, back, `y${i}`);
  }
  return world;
}

const everythingSeen = (world: World) => world.state.processes.map((_, process) => seenBy(world, process));

test('a fork has the same future as its origin, and shares nothing with it', () => {
  const world = busyWorld();
  world.runUntil(3200);
  const fork = world.fork();
  world.runUntil(50_000);
  const untouched = JSON.stringify(everythingSeen(fork));
  fork.runUntil(50_000);
  expect(untouched).not.toBe(JSON.stringify(everythingSeen(fork)));
  expect(everythingSeen(fork)).toEqual(everythingSeen(world));
});

test('a world goes back to a snapshot and plays the same again', () => {
  const world = busyWorld();
  const snapshot = world.snapshot();
  world.runUntil(50_000);
  const first = everythingSeen(world);
  world.restore(snapshot);
  expect(world.nowUs).toBe(3000);
  world.runUntil(50_000);
  expect(everythingSeen(world)).toEqual(first);
});

test('a wake comes once, at its time, after the deliveries of that microsecond', () => {
  const world = probeWorld();
  const connection = connect(world, 0, 1);
  world.runUntil(2000);
  world.interact<ProbeState>(1, (_state, host) => host.wakeAt(2100));
  ping(world, 0, connection, 'same instant');
  world.runUntil(SECOND_US);
  expect(seenBy(world, 1).slice(2)).toEqual(['2100 PING same instant', '2100 wake']);
});

test('a wake that came due while the process was stopped comes once, late, after the queued input', () => {
  const world = probeWorld();
  const connection = connect(world, 0, 1);
  world.runUntil(2000);
  world.interact<ProbeState>(1, (_state, host) => host.wakeAt(2500));
  world.pause(1);
  ping(world, 0, connection, 'queued');
  world.runUntil(9000);
  world.resume(1);
  world.runUntil(10_000);
  expect(seenBy(world, 1).slice(2)).toEqual([
    '9000 resumed, stopped at 2000',
    '9000 PING queued',
    '9000 wake',
  ]);
});

test('a process that is killed and started again has its disk, but not its state', () => {
  const world = probeWorld();
  world.kill(1);
  world.runUntil(5000);
  world.start(1);
  world.runUntil(6000);
  expect(seenBy(world, 1)).toEqual(['5000 boot 2']);
});

test('a process that is started again before its kill was torn down leaves no connection behind', () => {
  const world = probeWorld(2);
  const connection = connect(world, 0, 1);
  world.runUntil(2000);
  world.kill(1);
  world.start(1);
  world.runUntil(5000);
  expect(seenBy(world, 0).at(-1)).toBe(`2100 closed ${connection} closed`);
});

test('a process that exits announces it and refuses from then on', () => {
  const world = probeWorld();
  const heard: string[] = [];
  world.bus.on('announce', ({ node, event, message }) => heard.push(`${node} ${event} ${message}`));
  world.signal(1, 'TERM');
  connect(world, 0, 1);
  world.runUntil(5000);
  expect(heard).toEqual(['b exited 0']);
  expect(seenBy(world, 0).at(-1)).toBe('1200 failed 1 refused');
});

const SECOND_US = 1_000_000;
