/** The network between machines: latency, jitter and loss per direction, cuts and isolations. */
import { drawBelow, type RandomStream } from '../random.ts';
import { smallInteger } from '../smallInteger.ts';
import { createNeighbour, isCycling, type Neighbour, nextProbeUs } from './neighbour.ts';

/** Conditions of one direction between two machines. */
export interface Path {
  latencyUs: number;
  jitterUs: number;
  lossPerMillion: number;
  /** How many cuts lie on it. */
  cuts: number;
  /** Set while one of the two machines is isolated from the other, and until the way is known again. */
  neighbour: Neighbour | null;
  /** After a rejoin: until then packets wait for address resolution. */
  resolvedAtUs: number;
  /** Open and without loss: the fast path. */
  clear: boolean;
}

export interface Network {
  readonly machines: number;
  /** Row-major: `from * machines + to`. */
  readonly paths: Path[];
  /** 0: on the network; otherwise machines reach each other only within the same number. */
  readonly isolation: number[];
  /** Powered off: nothing answers. */
  readonly off: boolean[];
  nextIsolation: number;
  readonly random: RandomStream;
}

export interface Conditions {
  readonly latencyUs: number;
  readonly jitterUs: number;
  readonly lossPerMillion: number;
}

/** A machine talks to itself over the loopback device. */
const LOOPBACK_LATENCY_US = 15;

export function createNetwork(machines: number, conditions: Conditions, random: RandomStream): Network {
  const paths: Path[] = [];
  for (let from = 0; from < machines; from++) {
    for (let to = 0; to < machines; to++) {
      const local = from === to;
      paths.push({
        latencyUs: local ? LOOPBACK_LATENCY_US : smallInteger(conditions.latencyUs),
        jitterUs: local ? 0 : smallInteger(conditions.jitterUs),
        lossPerMillion: local ? 0 : smallInteger(conditions.lossPerMillion),
        cuts: 0,
        neighbour: null,
        resolvedAtUs: 0,
        clear: true,
      });
    }
  }
  const network: Network = {
    machines,
    paths,
    isolation: new Array<number>(machines).fill(0),
    off: new Array<boolean>(machines).fill(false),
    nextIsolation: 1,
    random,
  };
  noteClearPaths(network);
  return network;
}

export function pathOf(network: Network, from: number, to: number): Path {
  return network.paths[from * network.machines + to]!;
}

/** True when a packet can pass. */
export function isOpen(network: Network, from: number, to: number): boolean {
  if (network.off[to] === true || network.off[from] === true) return false;
  return pathOf(network, from, to).cuts === 0 && network.isolation[from] === network.isolation[to];
}

/** One-way travel time of a packet that leaves now, drawn where there is jitter. */
export function travelUs(network: Network, path: Path): number {
  return path.jitterUs === 0 ? path.latencyUs : path.latencyUs + drawBelow(network.random, path.jitterUs + 1);
}

/** Whether a packet on this path is lost. */
export function isLost(network: Network, path: Path): boolean {
  return path.lossPerMillion > 0 && drawBelow(network.random, 1_000_000) < path.lossPerMillion;
}

/** Changes the conditions from one machine to another; fields left out stay. */
export function setConditions(network: Network, from: number, to: number, change: Partial<Conditions>): void {
  if (from === to) return;
  const path = pathOf(network, from, to);
  path.latencyUs = smallInteger(change.latencyUs ?? path.latencyUs);
  path.jitterUs = smallInteger(change.jitterUs ?? path.jitterUs);
  path.lossPerMillion = smallInteger(change.lossPerMillion ?? path.lossPerMillion);
  noteClearPaths(network);
}

/** Adds (`+1`) or removes (`-1`) a silent cut of one direction. */
export function changeCut(network: Network, from: number, to: number, by: 1 | -1): void {
  if (from === to) return;
  const path = pathOf(network, from, to);
  path.cuts = Math.max(0, path.cuts + by);
  noteClearPaths(network);
}

/** Takes machines off the network together: they still reach each other. */
export function isolate(network: Network, group: readonly number[], nowUs: number): void {
  const isolation = network.nextIsolation++;
  for (const machine of group) network.isolation[machine] = isolation;
  for (const machine of group) {
    for (let other = 0; other < network.machines; other++) {
      if (network.isolation[other] === isolation) continue;
      pathOf(network, machine, other).neighbour = createNeighbour(nowUs, group.length === 1, network.random);
      pathOf(network, other, machine).neighbour = createNeighbour(nowUs, false, network.random);
    }
  }
  noteClearPaths(network);
}

/** Brings machines back; the ways to and from them are known again at the next probe of either side. */
export function rejoin(network: Network, group: readonly number[], nowUs: number): void {
  for (const machine of group) network.isolation[machine] = 0;
  for (const machine of group) {
    for (let other = 0; other < network.machines; other++) {
      if (network.isolation[other] !== 0) continue;
      resolvePair(pathOf(network, machine, other), pathOf(network, other, machine), nowUs);
    }
  }
  noteClearPaths(network);
}

function resolvePair(there: Path, back: Path, nowUs: number): void {
  const probes: number[] = [];
  for (const path of [there, back]) {
    if (path.neighbour !== null && isCycling(path.neighbour, nowUs))
      probes.push(nextProbeUs(path.neighbour, nowUs));
  }
  const resolvedAtUs = probes.length === 0 ? nowUs : Math.min(...probes);
  for (const path of [there, back]) {
    path.resolvedAtUs = path.neighbour !== null && isCycling(path.neighbour, nowUs) ? resolvedAtUs : 0;
    path.neighbour = null;
  }
}

export function setPower(network: Network, machine: number, on: boolean): void {
  network.off[machine] = !on;
  noteClearPaths(network);
}

function noteClearPaths(network: Network): void {
  const { machines } = network;
  network.paths.forEach((path, index) => {
    const from = Math.floor(index / machines);
    const to = index % machines;
    path.clear = path.lossPerMillion === 0 && isOpen(network, from, to);
  });
}
