import { describe, expect, test } from 'vitest';
import { pathOf } from '../../models/network/conditions.ts';
import { connect, PORT, type ProbeState, ping, probeWorld, seenBy } from '../support/probe.ts';

const SECOND_US = 1_000_000;

describe('a connection between two machines, 100 µs apart', () => {
  test('stands after one round trip; what was sent meanwhile follows', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    ping(world, 0, connection, 'early');
    world.runUntil(2000);
    expect(seenBy(world, 0)).toEqual(['0 boot 1', '1200 connected 1', '1400 status PONG']);
    expect(seenBy(world, 1)).toEqual(['0 boot 1', '1100 accepted 1', '1300 PING early']);
  });

  test('is refused after one round trip where no process listens', () => {
    const world = probeWorld();
    world.kill(1);
    connect(world, 0, 1);
    world.runUntil(2000);
    expect(seenBy(world, 0).at(-1)).toBe('1200 failed 1 refused');
  });

  test('fails at once towards an address without a route', () => {
    const world = probeWorld();
    world.interact<ProbeState>(0, (_state, host) => host.connect('192.0.2.1', PORT));
    world.runUntil(2000);
    expect(seenBy(world, 0).at(-1)).toBe('1000 failed 1 unreachable');
  });

  test('is closed towards the peer when the process dies', () => {
    const world = probeWorld();
    connect(world, 0, 1);
    world.runUntil(2000);
    world.kill(1);
    world.runUntil(3000);
    expect(seenBy(world, 0).at(-1)).toBe('2100 closed 1 closed');
  });

  test('falls silent when the peer is stopped, still accepts, and is served in order at SIGCONT', () => {
    const world = probeWorld();
    const first = connect(world, 0, 1);
    world.runUntil(2000);
    world.pause(1);
    ping(world, 0, first, 'one');
    const second = connect(world, 0, 1);
    ping(world, 0, first, 'two');
    world.runUntil(10 * SECOND_US);
    expect(seenBy(world, 0).slice(2)).toEqual([`2200 connected ${second}`]);
    world.resume(1);
    world.runUntil(11 * SECOND_US);
    expect(seenBy(world, 1).slice(2)).toEqual([
      '10000000 resumed, stopped at 2000',
      '10000000 PING one',
      `10000000 accepted ${second}`,
      '10000000 PING two',
    ]);
  });

  test('keeps the order of what was sent, whatever the jitter', () => {
    const world = probeWorld(2, { jitterUs: 5000 });
    const connection = connect(world, 0, 1);
    world.runUntil(SECOND_US);
    for (let i = 0; i < 50; i++) {
      ping(world, 0, connection, String(i));
      world.runUntil(world.nowUs + 100);
    }
    world.runUntil(2 * SECOND_US);
    const order = seenBy(world, 1)
      .filter((line) => line.includes('PING'))
      .map((line) => line.split(' ')[2]);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  });

  test('gives a busy process its input when the stall is over, and its output leaves then (S-TIMER-11)', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.interact<ProbeState>(1, (state) => {
      state.stallUs = 1000;
    });
    ping(world, 0, connection, 'one');
    world.runUntil(2001);
    ping(world, 0, connection, 'two');
    world.runUntil(10_000);
    expect(seenBy(world, 1).slice(2)).toEqual(['2100 PING one', '3100 PING two']);
    expect(seenBy(world, 0).slice(2)).toEqual(['3200 status PONG', '4200 status PONG']);
  });
});

test('2 machines, one isolated twice: a connection that waits is tried at its return, never before (R-NET-2)', () => {
  const world = probeWorld();
  world.runUntil(2000);
  world.isolate([0]);
  const connection = connect(world, 0, 1);
  world.isolate([0]);
  world.runUntil(3000);
  world.rejoin([0]);
  world.runUntil(4000);
  expect(seenBy(world, 0).at(-1)).toBe(`3200 connected ${connection}`);
});

describe('a silent cut of both directions', () => {
  /** Cuts, sends, heals after `healUs`, and tells when the bytes arrive after the first transmission. */
  function arrivalAfterCut(healUs: number): number {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.changeCut(0, 1, 1);
    world.changeCut(1, 0, 1);
    ping(world, 0, connection, 'late');
    world.runUntil(2000 + healUs);
    expect(seenBy(world, 1)).toHaveLength(2);
    world.clearCuts(0, 1);
    world.clearCuts(1, 0);
    world.runUntil(100 * SECOND_US);
    return Number(seenBy(world, 1).at(-1)!.split(' ')[0]) - 2000 - 100;
  }

  // 204 ms, doubling; each wait is rounded up by at most 4, 32, 32, 32, 256, 256, 256 and 2048 ms.
  test.each([
    [100, 204, 4],
    [300, 612, 36],
    [1000, 1428, 68],
    [5000, 6324, 356],
    [12_000, 12_852, 612],
    [20_000, 25_908, 868],
    [35_000, 52_020, 2916],
  ])(
    'healed after %i ms: bytes in flight arrive with the retransmission %i ms after the first transmission, at most %i ms late (R-NET-2)',
    (healMs, atMs, lateMs) => {
      const arrivalMs = arrivalAfterCut(healMs * 1000) / 1000;
      expect(arrivalMs).toBeGreaterThanOrEqual(atMs);
      expect(arrivalMs).toBeLessThanOrEqual(atMs + lateMs);
    },
  );

  test('a stream that nobody answers waits longer for its first retransmission, by the time between two segments (R-NET-2)', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.interact<ProbeState>(1, (state) => {
      state.mute = true;
    });
    ping(world, 0, connection, 'one');
    world.runUntil(22_000);
    world.changeCut(0, 1, 1);
    ping(world, 0, connection, 'two');
    world.runUntil(50_000);
    world.clearCuts(0, 1);
    world.runUntil(SECOND_US);
    const [, time] = /^(\d+) PING two/m.exec(seenBy(world, 1).join('\n'))!;
    expect(Number(time) - 22_000).toBeGreaterThan(220_000);
    expect(Number(time) - 22_000).toBeLessThan(230_000);
  });

  test('of two cuts that overlap the end of one leaves the other (R-NET-2)', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.changeCut(0, 1, 1);
    world.changeCut(0, 1, 1);
    world.changeCut(0, 1, -1);
    ping(world, 0, connection, 'late');
    world.runUntil(SECOND_US);
    expect(seenBy(world, 1).at(-1)).toBe('1100 accepted 1');
    world.changeCut(0, 1, -1);
    world.runUntil(2 * SECOND_US);
    expect(seenBy(world, 1).at(-1)).toMatch(/PING late$/);
  });

  test('SYNs are repeated after 1, 2, 3, 4, 5, 7, 11 s (R-NET-3)', () => {
    const world = probeWorld();
    world.changeCut(0, 1, 1);
    connect(world, 0, 1);
    world.runUntil(9 * SECOND_US);
    world.clearCuts(0, 1);
    world.runUntil(20 * SECOND_US);
    const [time] = seenBy(world, 0).at(-1)!.split(' ');
    expect(Number(time)).toBeGreaterThan(11 * SECOND_US);
    expect(Number(time)).toBeLessThan(11.5 * SECOND_US);
  });

  test('a cut of the answers alone lets the first bytes through', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.changeCut(1, 0, 1);
    ping(world, 0, connection, 'through');
    world.runUntil(SECOND_US);
    expect(seenBy(world, 1).at(-1)).toBe('2100 PING through');
    expect(seenBy(world, 0)).toHaveLength(2);
  });

  test('what did not arrive is not overtaken by what is sent after it, while answers are missing (R-NET-2)', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.changeCut(1, 0, 1);
    ping(world, 0, connection, 'one');
    world.runUntil(3000);
    world.changeCut(0, 1, 1);
    ping(world, 0, connection, 'two');
    world.runUntil(4000);
    world.changeCut(0, 1, -1);
    ping(world, 0, connection, 'three');
    world.runUntil(5000);
    world.changeCut(1, 0, -1);
    world.runUntil(SECOND_US);
    const pings = seenBy(world, 1).filter((line) => line.includes('PING'));
    expect(pings.map((line) => line.split(' ')[2])).toEqual(['one', 'two', 'three']);
  });
});

describe('an isolated machine', () => {
  test('cannot connect: no route to host after 3 s; the others wait for their SYNs', () => {
    const world = probeWorld();
    world.isolate([0]);
    connect(world, 0, 1);
    connect(world, 1, 0);
    world.runUntil(10 * SECOND_US);
    expect(seenBy(world, 0).at(-1)).toBe('3073000 failed 1 unreachable');
    expect(seenBy(world, 1)).toHaveLength(1);
  });

  test('is heard again within about a second of its return, however long it was away', () => {
    const world = probeWorld();
    const connection = connect(world, 0, 1);
    world.runUntil(2000);
    world.isolate([0]);
    ping(world, 0, connection, 'late');
    world.runUntil(40 * SECOND_US);
    world.rejoin([0]);
    world.runUntil(60 * SECOND_US);
    const [line] = seenBy(world, 1).filter((each) => each.includes('PING'));
    const delayUs = Number(line!.split(' ')[0]) - 40 * SECOND_US;
    expect(delayUs).toBeGreaterThan(0);
    expect(delayUs).toBeLessThan(1_100_000);
  });

  test('a box is heard again with TCP’s own retransmission, as none of its machines has lost its link (R-NET-2)', () => {
    const world = probeWorld(3);
    const connection = connect(world, 0, 2);
    world.runUntil(2000);
    world.isolate([0, 1]);
    ping(world, 0, connection, 'late');
    world.runUntil(40 * SECOND_US);
    world.rejoin([0, 1]);
    world.runUntil(60 * SECOND_US);
    const [line] = seenBy(world, 2).filter((each) => each.includes('PING'));
    expect(Number(line!.split(' ')[0])).toBeGreaterThan(52 * SECOND_US);
    expect(Number(line!.split(' ')[0])).toBeLessThan(55 * SECOND_US);
  });

  test('reaches those isolated together with it', () => {
    const world = probeWorld(3);
    world.isolate([0, 1]);
    connect(world, 0, 1);
    connect(world, 2, 1);
    world.runUntil(5000);
    expect(seenBy(world, 0).at(-1)).toBe('1200 connected 1');
    expect(seenBy(world, 2)).toHaveLength(1);
  });
});

test('a machine without power is silent, and answers with a reset once it is back', () => {
  const world = probeWorld();
  const connection = connect(world, 0, 1);
  world.runUntil(2000);
  world.powerOff(1);
  ping(world, 0, connection, 'lost');
  world.runUntil(3 * SECOND_US);
  expect(seenBy(world, 0)).toHaveLength(2);
  world.start(1);
  world.runUntil(20 * SECOND_US);
  expect(seenBy(world, 0).at(-1)).toMatch(/closed 1 reset$/);
});

test('2 machines, one loses power while it connects: the attempt ends with it, and what it had to say (R-NET-2)', () => {
  const world = probeWorld();
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const)
    world.changeCut(from, to, 1);
  ping(world, 0, connect(world, 0, 1), 'of a former life');
  world.powerOff(0);
  world.clearCuts(0, 1);
  world.clearCuts(1, 0);
  world.start(0);
  world.runUntil(20 * SECOND_US);
  expect(seenBy(world, 1)).toHaveLength(1);
});

test('2 machines, one has no power when the other connects: a later SYN finds it, and it answers (R-NET-3)', () => {
  const world = probeWorld();
  ping(world, 0, connect(world, 0, 1), 'waits');
  world.powerOff(1);
  world.runUntil(SECOND_US / 2);
  world.start(1);
  world.runUntil(3 * SECOND_US);
  expect(seenBy(world, 1).at(-1)).toMatch(/PING waits$/);
  expect(seenBy(world, 0).at(-1)).toMatch(/status PONG$/);
});

test('2 machines, one back from isolation: it answers a SYN when its address is resolved (R-NET-2)', () => {
  const world = probeWorld();
  world.isolate([1]);
  connect(world, 1, 0);
  world.runUntil(2 * SECOND_US);
  world.rejoin([1]);
  const from = world.nowUs;
  const connection = connect(world, 0, 1);
  world.runUntil(from + 3 * SECOND_US);
  const { resolvedAtUs } = pathOf(world.state.network, 1, 0);
  expect(resolvedAtUs).toBeGreaterThan(from + 1000);
  const [line] = seenBy(world, 0).filter((each) => each.endsWith(`connected ${connection}`));
  expect(Number(line!.split(' ')[0])).toBe(resolvedAtUs + 100);
});
