/** A process for engine tests: it notes every stimulus with its time, answers PING, and does what a test tells it. */
import { PONG } from '../../models/commands.ts';
import type { Behaviour } from '../../models/process.ts';
import type { Program } from '../../src/engine/program.ts';
import { World } from '../../src/engine/world.ts';

export interface ProbeState {
  readonly seen: string[];
  /** A stall for each PING, in microseconds. */
  stallUs: number;
  /** Answers no PING. */
  mute: boolean;
}

const note = (state: ProbeState, nowUs: number, what: string) => state.seen.push(`${nowUs} ${what}`);

export const probeBehaviour: Behaviour<null, ProbeState, { boots: number }> = {
  format: () => ({ boots: 0 }),
  boot(_spec, disk, host) {
    disk.boots++;
    const state: ProbeState = { seen: [], stallUs: 0, mute: false };
    note(state, host.nowUs, `boot ${disk.boots}`);
    return state;
  },
  accepted: (state, host, connection) => note(state, host.nowUs, `accepted ${connection}`),
  connected: (state, host, connection) => note(state, host.nowUs, `connected ${connection}`),
  failed: (state, host, connection, reason) => note(state, host.nowUs, `failed ${connection} ${reason}`),
  closed: (state, host, connection, reason) => note(state, host.nowUs, `closed ${connection} ${reason}`),
  receive(state, host, connection, message) {
    const text = 'text' in message && message.text !== undefined ? ` ${message.text}` : '';
    note(state, host.nowUs, `${message.kind}${text}`);
    if (message.kind !== 'PING') return;
    host.stall(state.stallUs);
    if (!state.mute) host.send(connection, PONG);
  },
  wake: (state, host) => note(state, host.nowUs, 'wake'),
  resumed: (state, host, stoppedAtUs) => note(state, host.nowUs, `resumed, stopped at ${stoppedAtUs}`),
  signal: (_state, host) => host.exit(0),
  powerLoss: () => {},
};

export const PORT = 7000;
const AT_ONCE = { min: 0, max: 0 };

/** Probes `a`, `b`, `c`… on a machine each, all started and listening; one-way latency 100 µs. */
export function probeWorld(count = 2, network: { latencyUs?: number; jitterUs?: number } = {}): World {
  const names = 'abcdef'.slice(0, count).split('');
  const programs: Program[] = names.map((name, machine) => ({
    name,
    machine,
    port: PORT,
    behaviour: probeBehaviour,
    spec: null,
    bootUs: AT_ONCE,
    killTeardownUs: AT_ONCE,
  }));
  const world = new World({
    seed: 1,
    machines: names.map((name, index) => ({ name, address: `10.0.0.${index + 1}` })),
    aliases: {},
    programs,
    network: { latencyUs: network.latencyUs ?? 100, jitterUs: network.jitterUs ?? 0, lossPerMillion: 0 },
  });
  for (const process of names.keys()) world.start(process);
  world.runUntil(1000);
  return world;
}

export function seenBy(world: World, process: number): string[] {
  return (world.state.processes[process]!.state as ProbeState).seen;
}

/** Lets one probe connect to another; returns the connection. */
export function connect(world: World, from: number, to: number): number {
  let connection = 0;
  world.interact<ProbeState>(from, (_state, host) => {
    connection = host.connect(`10.0.0.${to + 1}`, PORT);
  });
  return connection;
}

/** Sends a PING with a text. */
export function ping(world: World, from: number, connection: number, text: string): void {
  world.interact<ProbeState>(from, (_state, host) => host.send(connection, { kind: 'PING', text }));
}
