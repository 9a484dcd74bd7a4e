/** Whom a Sentinel can count on, as the world has it and not as the Sentinel believes. */
import { isOpen, type Path, pathOf } from '../models/network/conditions.ts';
import { MAX_PENDING_COMMANDS } from '../models/sentinel/periods.ts';
import { type Instance, type Link, linkOf, type SentinelState } from '../models/sentinel/state.ts';
import type { Cluster } from '../src/run/cluster.ts';
import { nodeAt } from '../src/run/roles.ts';
import { TICK_US } from './ticks.ts';

/** When the timeline last acted. */
export class Calm {
  lastActedUs = Number.NEGATIVE_INFINITY;
  /** Before what it did at the last instant. */
  formerlyActedUs = Number.NEGATIVE_INFINITY;

  acted(nowUs: number): void {
    if (nowUs !== this.lastActedUs) this.formerlyActedUs = this.lastActedUs;
    this.lastActedUs = nowUs;
  }

  since(us: number): boolean {
    return this.lastActedUs < us;
  }
}

/** The process behind an address, by number; -1: none. */
export function processBehind(cluster: Cluster, { address }: Instance): number {
  const name = nodeAt(cluster, address.ip === '' ? address.hostname : address.ip);
  return name === undefined ? -1 : (cluster.processByName.get(name) ?? -1);
}

function pathsBetween({ world }: Cluster, one: number, other: number): readonly [Path, Path] {
  const { network, processes } = world.state;
  const [from, to] = [processes[one]!.machine, processes[other]!.machine];
  return [pathOf(network, from, to), pathOf(network, to, from)];
}

/** The longest that a question and its answer travel, in microseconds. */
export function roundTripUs(cluster: Cluster, one: number, other: number): number {
  return pathsBetween(cluster, one, other).reduce((sum, path) => sum + path.latencyUs + path.jitterUs, 0);
}

/** S-LINK-10: with a hundred unanswered commands a Sentinel sends no PING, and after a late PONG it counts nothing. */
export function isBlind({ actPingUs, pendingCommands, refcount }: Link): boolean {
  return actPingUs === 0 && pendingCommands >= MAX_PENDING_COMMANDS * refcount;
}

/** True when something that one process has said waits for its kernel to send it again, or for the way to be resolved (R-NET-2). */
export function hasLastWords({ world }: Cluster, from: number, to: number): boolean {
  const ends = from < 0 ? [] : world.state.processes[from]!.ends;
  const soonUs = world.state.nowUs + TICK_US;
  return ends.some((end) => {
    if (end?.peer.process !== to) return false;
    return (end.retransmission?.segments.length ?? 0) > 0 || end.lastArrivalUs > soonUs;
  });
}

/** True when a hung process has yet to read what has come to it, and its answers will pass. */
export function answersLater({ world }: Cluster, from: number, to: number): boolean {
  if (from < 0) return false;
  const { network, processes, nowUs } = world.state;
  const { status, busyUntilUs, machine } = processes[from]!;
  return status === 'running' && busyUntilUs > nowUs && isOpen(network, machine, processes[to]!.machine);
}

/** True when this Sentinel has had a PONG of the other process since then, and nothing stands between them now. */
export function reaches(
  cluster: Cluster,
  sinceUs: number,
  from: number,
  state: SentinelState,
  instance: Instance,
): boolean {
  const { processes, machines, nowUs } = cluster.world.state;
  const other = processBehind(cluster, instance);
  if (other < 0) return false;
  const { status, state: inside, busyUntilUs } = processes[other]!;
  if (status !== 'running' || inside === null || busyUntilUs > nowUs) return false;
  const link = linkOf(state, instance);
  const heardUs = link.lastPongUs - machines[processes[from]!.machine]!.clockOffsetUs;
  if (link.disconnected || heardUs <= sinceUs || heardUs > nowUs) return false;
  // Each direction of a connection waits for a retransmission of its own.
  const end = processes[from]!.ends[link.cc]!;
  if (end.held !== null || end.retransmission !== null || end.peer.retransmission !== null) return false;
  return pathsBetween(cluster, from, other).every(
    ({ clear, resolvedAtUs }) => clear && resolvedAtUs <= nowUs,
  );
}
