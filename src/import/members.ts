/** Who the logs speak of: data nodes by address, Sentinels by id. */
import { type Address, addressKey, parseAddress, parsePayload, parseSwitchWords } from './address.ts';
import type { Source, SourceEvent } from './sources.ts';

export interface Members {
  /** Data nodes that Sentinels name, in the order of first mention. */
  readonly data: ReadonlyMap<string, Address>;
  /** A Sentinel's id → the addresses that its peers saw. */
  readonly sentinels: ReadonlyMap<string, readonly Address[]>;
  /** The Sentinels that a source names as its peers. */
  readonly peersOf: ReadonlyMap<Source, ReadonlySet<string>>;
  /** Master names. */
  readonly masters: ReadonlySet<string>;
}

interface Draft {
  readonly data: Map<string, Address>;
  readonly sentinels: Map<string, Address[]>;
  readonly peersOf: Map<Source, Set<string>>;
  readonly masters: Set<string>;
}

export function membersOf(sources: readonly Source[]): Members {
  const draft: Draft = { data: new Map(), sentinels: new Map(), peersOf: new Map(), masters: new Set() };
  for (const source of sources) {
    if (source.kind !== 'sentinel') continue;
    const peers = new Set<string>();
    draft.peersOf.set(source, peers);
    for (const id of source.ownIds) noteSentinel(draft, id, null);
    for (const event of source.events) noteEvent(draft, peers, event);
  }
  return draft;
}

function noteEvent(draft: Draft, peers: Set<string>, { event, message }: SourceEvent): void {
  if (event === '+switch-master') {
    const change = parseSwitchWords(message);
    if (change === null) return;
    draft.masters.add(change.name);
    noteData(draft, change.from);
    noteData(draft, change.to);
  } else if (event === '+vote-for-leader') {
    noteSentinel(draft, message.split(' ')[0]!, null);
  } else if (event === 'vote-received') {
    noteSentinel(draft, message.split(' ')[0]!, null);
    peers.add(message.split(' ')[0]!);
  } else {
    notePayload(draft, peers, message);
  }
}

function notePayload(draft: Draft, peers: Set<string>, message: string): void {
  const payload = parsePayload(message);
  if (payload === null) return;
  const { instance, master } = payload;
  if (master !== null) noteData(draft, master.address);
  draft.masters.add(master?.name ?? instance.name);
  if (instance.type !== 'sentinel') {
    noteData(draft, instance.address);
    return;
  }
  const id = instance.name;
  // Up to 2.8 a Sentinel was called by its address.
  if (parseAddress(id) !== null) return;
  peers.add(id);
  noteSentinel(draft, id, instance.address);
}

function noteData(draft: Draft, address: Address): void {
  const key = addressKey(address);
  if (!draft.data.has(key)) draft.data.set(key, address);
}

function noteSentinel(draft: Draft, id: string, address: Address | null): void {
  if (!/^[0-9a-f]{40}$/.test(id)) return;
  const known = draft.sentinels.get(id) ?? [];
  if (address !== null && !known.some((each) => addressKey(each) === addressKey(address)))
    known.push(address);
  draft.sentinels.set(id, known);
}
