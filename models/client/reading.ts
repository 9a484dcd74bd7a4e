/**
 * Reads, beside the writes and on a connection of their own: one GET at a time, of the key last acknowledged. A discovering
 * client reads from a replica ({@link ReplicaSearch}) and looks for another after a closed connection, a time-out or
 * -LOADING; after any other error, -MASTERDOWN among them, it keeps the one it has. A direct client reads from its one node.
 */
import type { Reply } from '../commands.ts';
import type { ConnectionId, Host } from '../process.ts';
import { drawBelow, drawFrom } from '../random.ts';
import { TIMEOUT_LATENESS_US } from './discovery.ts';
import { countRefusal, errorKind, type OwnRefusal } from './refusals.ts';
import { onSearchReply, type Searcher, searchNext, startSearch } from './replicaSearch.ts';
import { type ClientSpec, type ClientState, TIMER_LATENESS_US, writeKey } from './state.ts';

const NEVER = Number.POSITIVE_INFINITY;

export interface Reader extends Searcher {
  readonly readUs: number;
  readonly timerLatenessUs: number;
  /** 0: there is none. */
  connection: ConnectionId;
  /** Replies to skip on it: those to AUTH. */
  skipReplies: number;
  /** A read is under way, or somebody to read from is looked for. */
  busy: boolean;
  replyDeadlineUs: number;
  nextReadUs: number;
}

/** Null for a client that does not read. */
export function createReader(spec: ClientSpec, host: Host): Reader | null {
  if (spec.reads === null) return null;
  const timer = host.stream('read-timer');
  return {
    readUs: spec.reads.everyUs,
    masterName: spec.masterName,
    sentinels: spec.sentinels,
    timer,
    choice: host.stream('replica-choice'),
    timerLatenessUs: drawFrom(timer, TIMER_LATENESS_US),
    search: null,
    connection: 0,
    skipReplies: 0,
    busy: false,
    replyDeadlineUs: NEVER,
    nextReadUs: host.nowUs + spec.reads.firstUs,
  };
}

/** When the reader has something to do by itself. */
export function readerDueUs({ busy, search, replyDeadlineUs, nextReadUs }: Reader): number {
  if (!busy) return nextReadUs;
  return search === null ? replyDeadlineUs : search.deadlineUs;
}

export function wakeReader(state: ClientState, host: Host, reader: Reader): void {
  const { nowUs } = host;
  if (nowUs < readerDueUs(reader)) return;
  if (!reader.busy) {
    startRead(state, host, reader);
  } else if (reader.search !== null) {
    searchNext(reader, host);
    onSearched(state, host, reader);
  } else {
    dropConnection(reader, host);
    refuse(state, host, reader, 'TIMEOUT');
  }
}

function startRead(state: ClientState, host: Host, reader: Reader): void {
  reader.busy = true;
  reader.nextReadUs = host.nowUs + reader.readUs + drawBelow(reader.timer, reader.timerLatenessUs);
  if (reader.connection !== 0) {
    sendRead(state, host, reader);
  } else if (state.direct === null) {
    startSearch(reader, host);
    onSearched(state, host, reader);
  } else {
    connectDirectly(state, host, reader, state.direct);
  }
}

function connectDirectly(
  state: ClientState,
  host: Host,
  reader: Reader,
  node: { readonly host: string; readonly port: number },
): void {
  const address = host.resolve(node.host);
  if (address === null) refuse(state, host, reader, 'UNREACHABLE');
  else adopt(state, host, reader, host.connect(address, node.port));
}

function adopt(state: ClientState, host: Host, reader: Reader, connection: ConnectionId): void {
  reader.connection = connection;
  if (state.password !== null) {
    host.send(connection, { kind: 'AUTH', user: state.user, password: state.password });
    reader.skipReplies = 1;
  }
  sendRead(state, host, reader);
}

function sendRead(state: ClientState, host: Host, reader: Reader): void {
  host.send(reader.connection, {
    kind: 'GET',
    key: writeKey(state.name, state.ackedSequences.at(-1) ?? 0),
  });
  reader.replyDeadlineUs =
    state.timeoutUs === null
      ? NEVER
      : host.nowUs + state.timeoutUs + drawBelow(reader.timer, TIMEOUT_LATENESS_US);
}

function onSearched(state: ClientState, host: Host, reader: Reader): void {
  if (reader.search === null) refuse(state, host, reader, 'NOREPLICA');
}

function refuse(state: ClientState, host: Host, reader: Reader, kind: OwnRefusal | string): void {
  countRefusal(state.refused, host, kind);
  endRead(reader, host);
}

function endRead(reader: Reader, host: Host): void {
  reader.busy = false;
  reader.replyDeadlineUs = NEVER;
  reader.nextReadUs = Math.max(reader.nextReadUs, host.nowUs);
}

function dropConnection(reader: Reader, host: Host): void {
  host.close(reader.connection);
  reader.connection = 0;
  reader.skipReplies = 0;
}

/** True when the connection is the reader's. */
export function isReading(reader: Reader, connection: ConnectionId): boolean {
  return reader.connection === connection || reader.search?.connection === connection;
}

/** A connection of the reader stands: a node that was tried is taken. */
export function onReaderConnected(state: ClientState, host: Host, reader: Reader): void {
  const { search } = reader;
  if (search === null || search.step !== 'connecting') return;
  reader.search = null;
  adopt(state, host, reader, search.connection);
}

/** A connection of the reader could not be made, or has ended. */
export function onReaderLost(state: ClientState, host: Host, reader: Reader, kind: OwnRefusal): void {
  if (reader.search !== null) {
    searchNext(reader, host);
    onSearched(state, host, reader);
    return;
  }
  dropConnection(reader, host);
  if (reader.busy) refuse(state, host, reader, kind);
}

/** A reply on a connection of the reader. */
export function onReaderReply(state: ClientState, host: Host, reader: Reader, reply: Reply): void {
  if (reader.search !== null) {
    onSearchReply(reader, host, reply);
    onSearched(state, host, reader);
  } else if (reader.skipReplies > 0) {
    reader.skipReplies--;
  } else {
    onReadReply(state, host, reader, reply);
  }
}

function onReadReply(state: ClientState, host: Host, reader: Reader, reply: Reply): void {
  if (reply.kind !== 'error') {
    endRead(reader, host);
    return;
  }
  const kind = errorKind(reply.text);
  if (kind === 'LOADING' && state.direct === null) dropConnection(reader, host);
  refuse(state, host, reader, kind);
}
