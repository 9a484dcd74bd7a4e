/**
 * A scripted program: stands in for a data node, a Sentinel or a client, answers as a test tells it, and keeps what
 * it heard. Its script is plain data, so that a world with actors can be forked.
 */
import type { Message, Reply } from '../../models/commands.ts';
import { HELLO_CHANNEL, OK, type Payload, PONG } from '../../models/commands.ts';
import type { Behaviour, ConnectionId, Host } from '../../models/process.ts';

/**
 * The reply to each kind of request; null: silence, for all kinds when it stands under `*`. A kind that is not named gets
 * +OK.
 */
export type Answers = Record<string, Reply | null>;

export interface Heard {
  readonly atUs: number;
  readonly connection: ConnectionId;
  readonly message: Message;
}

export interface ActorState {
  readonly answers: Answers;
  readonly heard: Heard[];
  /** Connections that were made to the actor, in order, and those of them that have ended. */
  readonly accepted: { readonly atUs: number; readonly connection: ConnectionId }[];
  readonly ended: { readonly atUs: number; readonly connection: ConnectionId }[];
  readonly subscribers: ConnectionId[];
}

function answer(state: ActorState, host: Host, connection: ConnectionId, message: Message): void {
  const { answers } = state;
  if (answers['*'] === null) return;
  if (message.kind === 'SUBSCRIBE') {
    state.subscribers.push(connection);
    host.send(connection, { kind: 'subscribed', channel: message.channels[0]!, count: 1 });
    return;
  }
  const reply = answers[keyOf(message, answers)];
  if (reply === null) return;
  host.send(connection, reply ?? OK);
  // A data node passes hellos on to everybody, their sender included.
  if (message.kind === 'PUBLISH') pushHello(state, host, message.payload);
}

/** A question to a Sentinel may have an answer of its own: `SENTINEL REPLICAS`. */
function keyOf(message: Message, answers: Answers): string {
  if (message.kind !== 'SENTINEL') return message.kind;
  const own = `SENTINEL ${message.words[0]}`;
  return own in answers ? own : 'SENTINEL';
}

/** Replies and pushes that reach an actor in its role of a client need no answer. */
const isRequest = ({ kind }: Message) => kind === kind.toUpperCase();

export const actorBehaviour: Behaviour<Answers, ActorState, { answers: Answers }> = {
  format: (spec) => ({ answers: { PING: PONG, PUBLISH: { kind: 'integer', value: 1 }, ...spec } }),
  boot: (_spec, disk) => ({ answers: disk.answers, heard: [], accepted: [], ended: [], subscribers: [] }),
  accepted(state, host, connection) {
    state.accepted.push({ atUs: host.nowUs, connection });
  },
  connected() {},
  failed() {},
  closed(state, host, connection) {
    state.ended.push({ atUs: host.nowUs, connection });
  },
  receive(state, host, connection, message) {
    state.heard.push({ atUs: host.nowUs, connection, message });
    if (isRequest(message)) answer(state, host, connection, message);
  },
  wake() {},
  resumed() {},
  signal: (_state, host) => host.exit(0),
  powerLoss() {},
};

/** Lets a data node pass a message on to everybody who has subscribed to it. */
export function pushHello(state: ActorState, host: Host, payload: Payload): void {
  for (const connection of state.subscribers) {
    host.send(connection, { kind: 'message', channel: HELLO_CHANNEL, payload });
  }
}
