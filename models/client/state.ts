/** A client's state: one write at a time, every so often, each acknowledged write remembered. */
import type { Request } from '../commands.ts';
import type { ConnectionId, Host } from '../process.ts';
import { drawFrom, type RandomStream, type Range } from '../random.ts';
import type { Discovery } from './discovery.ts';
import type { Reader } from './reading.ts';
import type { Refusals } from './refusals.ts';

/** A sentinel as the client knows it. */
export interface SentinelAddress {
  readonly host: string;
  readonly port: number;
  /** Empty: sentinels ask for none. */
  readonly password: string;
}

export interface ClientSpec {
  readonly name: string;
  readonly masterName: string;
  /** Asked in this order; empty for a direct client. */
  readonly sentinels: readonly SentinelAddress[];
  /** The one node that a direct client talks to. */
  readonly direct: { readonly host: string; readonly port: number } | null;
  readonly rediscover: 'on-error' | 'always';
  /** Time between the starts of two writes, in microseconds; null: it does not write. */
  readonly writeUs: number | null;
  /** Reply time-out in microseconds, or null. */
  readonly timeoutUs: number | null;
  readonly subscribe: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** Draws the start within the first interval, so that clients do not write in step. */
  readonly firstWriteUs: number;
  /** Time between the starts of two reads, and before the first one, in microseconds; null: it does not read. */
  readonly reads: { readonly everyUs: number; readonly firstUs: number } | null;
}

export interface ClientState {
  readonly name: string;
  readonly sentinels: readonly SentinelAddress[];
  readonly direct: { readonly host: string; readonly port: number } | null;
  readonly rediscover: 'on-error' | 'always';
  readonly writeUs: number | null;
  readonly timeoutUs: number | null;
  readonly user: string | null;
  readonly password: string | null;
  /** The data connection, 0 when there is none. */
  connection: ConnectionId;
  /** Address of the data connection's node. */
  connectedTo: string;
  /** Replies to skip on the data connection: those to AUTH. */
  skipReplies: number;
  discovery: Discovery | null;
  /** One for each sentinel, kept open between discoveries; 0: to be made. */
  readonly sentinelConnections: ConnectionId[];
  /** Replies to AUTH that are still to come on them. */
  readonly sentinelGreetings: number[];
  /** What is asked of a sentinel. */
  readonly question: Request;
  /** The write under way started then; -1: none is under way. */
  startedUs: number;
  /** The write was sent and its reply is awaited. */
  awaitingReply: boolean;
  replyDeadlineUs: number;
  nextWriteUs: number;
  /** Number of the write under way, or of the next one. */
  sequence: number;
  readonly ackedSequences: number[];
  readonly ackedAtUs: number[];
  /** Address of the node that acknowledged. */
  readonly ackedBy: string[];
  readonly refused: Record<string, Refusals>;
  /** Connections that listen for +switch-master, one a sentinel; 0: to be made. */
  readonly subscriptions: ConnectionId[];
  resubscribeUs: number;
  readonly timer: RandomStream;
  /** This program's timers fire at most this late. */
  readonly timerLatenessUs: number;
  /** Null for a client that does not read. */
  readonly reader: Reader | null;
}

/**
 * How late the timers of a program fire at most differs from run to run: recorded clients that write every 20 ms do so every 20.15 to
 * 20.55 ms.
 */
export const TIMER_LATENESS_US: Range = { min: 300, max: 1100 };

export function createClientState(spec: ClientSpec, host: Host, reader: Reader | null): ClientState {
  const { nowUs } = host;
  const timer = host.stream('timer');
  return {
    name: spec.name,
    sentinels: spec.sentinels,
    direct: spec.direct,
    rediscover: spec.rediscover,
    writeUs: spec.writeUs,
    timeoutUs: spec.timeoutUs,
    user: spec.user,
    password: spec.password,
    connection: 0,
    connectedTo: '',
    skipReplies: 0,
    discovery: null,
    sentinelConnections: spec.sentinels.map(() => 0),
    sentinelGreetings: spec.sentinels.map(() => 0),
    question: { kind: 'SENTINEL', words: ['GET-MASTER-ADDR-BY-NAME', spec.masterName] },
    startedUs: -1,
    awaitingReply: false,
    replyDeadlineUs: Number.POSITIVE_INFINITY,
    nextWriteUs: spec.writeUs === null ? Number.POSITIVE_INFINITY : nowUs + spec.firstWriteUs,
    sequence: 0,
    ackedSequences: [],
    ackedAtUs: [],
    ackedBy: [],
    refused: {},
    subscriptions: spec.subscribe ? spec.sentinels.map(() => 0) : [],
    timer,
    timerLatenessUs: drawFrom(timer, TIMER_LATENESS_US),
    resubscribeUs: spec.subscribe ? nowUs : Number.POSITIVE_INFINITY,
    reader,
  };
}

/** The key of a client's write; every write has its own, so that each can be followed to the end. */
export function writeKey(client: string, sequence: number): string {
  return `${client}:${sequence}`;
}
