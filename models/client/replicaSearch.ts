/**
 * How a client finds a replica to read from, as common client libraries do: the first sentinel that answers names the
 * replicas and the master; replicas that are down or disconnected are left out, the others tried from a drawn one on, the
 * master last. ROLE is not checked.
 */
import type { Reply, Request } from '../commands.ts';
import type { ConnectionId, Host } from '../process.ts';
import { drawBelow, type RandomStream } from '../random.ts';
import { DISCOVERY_TIMEOUT_US, TIMEOUT_LATENESS_US, textsOf } from './discovery.ts';
import type { SentinelAddress } from './state.ts';

interface Candidate {
  readonly host: string;
  readonly port: number;
}

export interface ReplicaSearch {
  /** Which of the client's sentinels is asked. */
  sentinel: number;
  step: 'asking' | 'connecting';
  connection: ConnectionId;
  /** Replies to skip: those to AUTH. */
  skipReplies: number;
  /** What the sentinel has named so far. */
  readonly replicas: Candidate[];
  /** Those that are still to be tried. */
  candidates: Candidate[];
  deadlineUs: number;
}

/** What a search needs of its client. */
export interface Searcher {
  readonly masterName: string;
  readonly sentinels: readonly SentinelAddress[];
  readonly timer: RandomStream;
  readonly choice: RandomStream;
  search: ReplicaSearch | null;
}

export function startSearch(searcher: Searcher, host: Host): void {
  askSentinel(searcher, host, 0);
}

function askSentinel(searcher: Searcher, host: Host, sentinel: number): void {
  searcher.search = null;
  const target = searcher.sentinels[sentinel];
  if (target === undefined) return;
  const ip = host.resolve(target.host);
  if (ip === null) {
    askSentinel(searcher, host, sentinel + 1);
    return;
  }
  const connection = host.connect(ip, target.port);
  const { password } = target;
  if (password !== '') host.send(connection, { kind: 'AUTH', user: null, password });
  host.send(connection, question('REPLICAS', searcher));
  host.send(connection, question('GET-MASTER-ADDR-BY-NAME', searcher));
  searcher.search = {
    sentinel,
    step: 'asking',
    connection,
    skipReplies: password === '' ? 0 : 1,
    replicas: [],
    candidates: [],
    deadlineUs: deadline(searcher, host),
  };
}

function question(word: string, { masterName }: Searcher): Request {
  return { kind: 'SENTINEL', words: [word, masterName] };
}

function deadline({ timer }: Searcher, host: Host): number {
  return host.nowUs + DISCOVERY_TIMEOUT_US + drawBelow(timer, TIMEOUT_LATENESS_US);
}

/** The sentinel, or the node that is tried, is of no use. The search is null when nobody is left. */
export function searchNext(searcher: Searcher, host: Host): void {
  const search = searcher.search!;
  host.close(search.connection);
  if (search.step === 'asking') askSentinel(searcher, host, search.sentinel + 1);
  else tryCandidate(searcher, host, search);
}

/** A reply of the sentinel that is asked. */
export function onSearchReply(searcher: Searcher, host: Host, reply: Reply): void {
  const search = searcher.search!;
  if (search.skipReplies > 0) {
    search.skipReplies--;
  } else if (reply.kind === 'error') {
    searchNext(searcher, host);
  } else if (isListOfMaps(reply)) {
    search.replicas.push(...usableReplicas(reply));
  } else {
    host.close(search.connection);
    search.candidates = [...rotated(searcher, search.replicas), ...masterOf(reply)];
    tryCandidate(searcher, host, search);
  }
}

function tryCandidate(searcher: Searcher, host: Host, search: ReplicaSearch): void {
  searcher.search = null;
  const candidate = search.candidates.shift();
  if (candidate === undefined) return;
  const address = host.resolve(candidate.host);
  if (address === null) {
    tryCandidate(searcher, host, search);
    return;
  }
  search.step = 'connecting';
  search.connection = host.connect(address, candidate.port);
  search.deadlineUs = deadline(searcher, host);
  searcher.search = search;
}

function rotated({ choice }: Searcher, replicas: readonly Candidate[]): Candidate[] {
  if (replicas.length < 2) return [...replicas];
  const first = drawBelow(choice, replicas.length);
  return [...replicas.slice(first), ...replicas.slice(0, first)];
}

/** The list of replicas holds maps, which are arrays; the master's address is two texts, or null. */
function isListOfMaps(reply: Reply): boolean {
  if (reply.kind !== 'array' || reply.items === null) return false;
  return reply.items.length === 0 || reply.items[0]!.kind === 'array';
}

const UNUSABLE = ['s_down', 'o_down', 'disconnected'];

function usableReplicas(reply: Reply): Candidate[] {
  return itemsOf(reply).flatMap((item) => {
    const words = textsOf(item);
    const value = (field: string) => words[words.indexOf(field) + 1] ?? '';
    const flags = value('flags').split(',');
    if (UNUSABLE.some((flag) => flags.includes(flag))) return [];
    return [{ host: value('ip'), port: Number(value('port')) }];
  });
}

function masterOf(reply: Reply): Candidate[] {
  const [host, port] = textsOf(reply);
  return typeof host === 'string' ? [{ host, port: Number(port) }] : [];
}

function itemsOf(reply: Reply): readonly Reply[] {
  return reply.kind === 'array' ? (reply.items ?? []) : [];
}
