/**
 * A program for tests of the Redis model: a client that keeps what it hears, and a scripted master for a replica under
 * test. Its state is plain data.
 */
import type { Message, Reply } from '../../models/commands.ts';
import type { Behaviour, ConnectionId } from '../../models/process.ts';

/** What follows a kind of request: messages, the end of the connection, or silence. */
export type Answers = Record<string, readonly Message[] | 'close'>;

interface Heard {
  readonly atUs: number;
  readonly connection: ConnectionId;
  readonly message: Message;
}

export interface PeerState {
  readonly answers: Answers;
  /** Requests of those who connected here. */
  readonly asked: Heard[];
  readonly accepted: { readonly atUs: number; readonly connection: ConnectionId }[];
  /** Connections that this program made. */
  readonly talks: Map<ConnectionId, { heard: Heard[]; closedUs: number | null }>;
}

const fresh = (): PeerState => ({ answers: {}, asked: [], accepted: [], talks: new Map() });

export const peerBehaviour: Behaviour<null, PeerState, null> = {
  format: () => null,
  boot: fresh,
  accepted: (state, host, connection) => {
    state.accepted.push({ atUs: host.nowUs, connection });
  },
  connected() {},
  failed(state, host, connection) {
    const talk = state.talks.get(connection);
    if (talk !== undefined) talk.closedUs = host.nowUs;
  },
  closed(state, host, connection) {
    const talk = state.talks.get(connection);
    if (talk !== undefined) talk.closedUs = host.nowUs;
  },
  receive(state, host, connection, message) {
    const heard = { atUs: host.nowUs, connection, message };
    const talk = state.talks.get(connection);
    if (talk !== undefined) {
      talk.heard.push(heard);
      return;
    }
    state.asked.push(heard);
    if (message.kind === 'REPLCONF' && message.option === 'ACK') return;
    const answer = state.answers[message.kind];
    if (answer === 'close') host.close(connection);
    else for (const reply of answer ?? []) host.send(connection, reply);
  },
  wake() {},
  resumed() {},
  signal() {},
  powerLoss() {},
};

/** A reply as plain values; errors begin with `-`. */
export type Plain = string | number | null | Plain[];

export function plain(reply: Reply): Plain {
  switch (reply.kind) {
    case 'status':
    case 'bulk':
      return reply.text;
    case 'error':
      return `-${reply.text}`;
    case 'integer':
      return reply.value;
    case 'array':
      return reply.items === null ? null : reply.items.map(plain);
    case 'continue':
      return `CONTINUE ${reply.replId}`;
    case 'fullresync':
      return `FULLRESYNC ${reply.replId} ${reply.offset}`;
    default:
      return `<${(reply as Message).kind}>`;
  }
}
