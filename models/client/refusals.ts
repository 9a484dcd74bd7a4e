/** What a client was refused, by kind. */
import type { ConnectFailure, Host } from '../process.ts';

/** Refusals of one kind: how many, when first and last (monotonic time in microseconds). */
export interface Refusals {
  count: number;
  firstUs: number;
  lastUs: number;
}

/** A refusal that has no Redis error text: what the client itself saw. NOREPLICA: nobody to read from. */
export type OwnRefusal = 'NOMASTER' | 'NOREPLICA' | 'TIMEOUT' | 'CLOSED' | 'REFUSED' | 'UNREACHABLE';

/** What a client calls a connection that could not be made. */
export const CONNECT_FAILURES: Record<ConnectFailure, OwnRefusal> = {
  refused: 'REFUSED',
  'timed-out': 'TIMEOUT',
  unreachable: 'UNREACHABLE',
  unresolvable: 'UNREACHABLE',
};

/** Counts one refusal, now. */
export function countRefusal(refused: Record<string, Refusals>, host: Host, kind: OwnRefusal | string): void {
  const refusals = refused[kind];
  if (refusals === undefined) {
    refused[kind] = { count: 1, firstUs: host.nowUs, lastUs: host.nowUs };
  } else {
    refusals.count++;
    refusals.lastUs = host.nowUs;
  }
}

/** Errors are told apart by their first word, as clients do. */
export function errorKind(text: string): string {
  const end = text.indexOf(' ');
  return end < 0 ? text : text.slice(0, end);
}
