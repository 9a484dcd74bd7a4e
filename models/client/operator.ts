/** An operator at a node's own command line: sends commands over the loopback device and notes the replies. */
import type { Reply, Request } from '../commands.ts';
import { LOOPBACK } from '../network/connection.ts';
import type { Behaviour, ConnectionId, Host } from '../process.ts';

/** A reply that takes longer is not waited for. */
const REPLY_WAIT_US = 1_000_000;

export interface OperatorSpec {
  readonly port: number;
  /** Password of the node, or null. */
  readonly password: string | null;
}

/** Commands sent together over one connection. */
export interface OperatorJob {
  /** What the caller knows it by. */
  readonly id: number;
  readonly connection: ConnectionId;
  readonly sentUs: number;
  readonly expected: number;
  skipReplies: number;
  /** In order; shorter than `expected` while replies are missing. */
  readonly replies: Reply[];
}

export interface OperatorState {
  readonly port: number;
  readonly password: string | null;
  readonly jobs: OperatorJob[];
}

/** Sends commands to the operator's node, from its own command line. */
export function operate(state: OperatorState, host: Host, id: number, requests: readonly Request[]): void {
  const connection = host.connect(LOOPBACK, state.port);
  if (state.password !== null) host.send(connection, { kind: 'AUTH', user: null, password: state.password });
  for (const request of requests) host.send(connection, request);
  state.jobs.push({
    id,
    connection,
    sentUs: host.nowUs,
    expected: requests.length,
    skipReplies: state.password === null ? 0 : 1,
    replies: [],
  });
}

export const operatorBehaviour: Behaviour<OperatorSpec, OperatorState, null> = {
  format: () => null,
  boot: (spec) => ({ port: spec.port, password: spec.password, jobs: [] }),
  accepted() {},
  connected() {},
  failed() {},
  closed() {},
  receive(state, host, connection, message) {
    const job = state.jobs.find((candidate) => candidate.connection === connection);
    if (job === undefined) return;
    if (job.skipReplies > 0) {
      job.skipReplies--;
      return;
    }
    if (host.nowUs - job.sentUs <= REPLY_WAIT_US) job.replies.push(message as Reply);
    if (job.replies.length === job.expected) host.close(connection);
  },
  wake() {},
  resumed() {},
  signal() {},
  powerLoss() {},
};
