/** Which Sentinel, or which address, a log belongs to. */
import { addressKey, parseAddress, parsePayload, parseSwitchWords } from './address.ts';
import type { Members } from './members.ts';
import { type Source, sourceKeys, sourceLabel } from './sources.ts';

/** A Sentinel's source → its ids; a server's → its addresses. A source that cannot be placed has none. */
export interface Identities {
  readonly keys: ReadonlyMap<Source, readonly string[]>;
  /** Servers that are placed only because one log and one address were left over. */
  readonly guessed: ReadonlySet<Source>;
}

/** `given` are the names that a person gave: a log that has the name of an address belongs to it. */
export function identify(
  sources: readonly Source[],
  members: Members,
  given: ReadonlyMap<string, string>,
): Identities {
  const servers = sources.filter(({ kind }) => kind === 'server');
  const sure = identifyServers(sources, servers, members, given);
  const placed = eliminate(servers, [...members.data.keys()], new Map(sure), (source, key) => {
    return !followed(source).has(key);
  });
  return {
    keys: new Map([...identifySentinels(sources, members), ...placed]),
    guessed: new Set([...placed.keys()].filter((source) => !sure.has(source))),
  };
}

function identifySentinels(all: readonly Source[], members: Members): Map<Source, readonly string[]> {
  const sources = all.filter(({ kind }) => kind === 'sentinel');
  const found = new Map<Source, readonly string[]>();
  for (const source of sources) {
    const ids = source.ownIds.length > 0 ? source.ownIds : ownVotes(source);
    if (ids.length > 0) found.set(source, ids);
  }
  return eliminate(sources, [...members.sentinels.keys()], found, (source, id) => {
    return !(members.peersOf.get(source)?.has(id) ?? false);
  });
}

/** Who starts a failover votes for itself first (S-START-3, S-ASK-1). */
function ownVotes(source: Source): string[] {
  let trying = false;
  for (const { event, message } of source.events) {
    if (event === '+try-failover') trying = true;
    else if (event === '+vote-for-leader' && trying) return [message.split(' ')[0]!];
    else if (event === '+new-epoch') trying = false;
  }
  return [];
}

/** What is left over belongs together where neither side has another choice. */
function eliminate(
  sources: readonly Source[],
  keys: readonly string[],
  found: Map<Source, readonly string[]>,
  fits: (source: Source, key: string) => boolean,
): Map<Source, readonly string[]> {
  for (;;) {
    const taken = new Set([...found.values()].flat());
    const free = keys.filter((key) => !taken.has(key));
    const unplaced = sources.filter((source) => !found.has(source));
    const pair = unplaced
      .map((source) => ({ source, choice: free.filter((key) => fits(source, key)) }))
      .find(({ source, choice }) => {
        const key = choice[0];
        if (key === undefined || choice.length > 1) return false;
        return !unplaced.some((other) => other !== source && fits(other, key));
      });
    if (pair === undefined) return found;
    found.set(pair.source, pair.choice);
  }
}

function identifyServers(
  all: readonly Source[],
  servers: readonly Source[],
  members: Members,
  given: ReadonlyMap<string, string>,
): Map<Source, readonly string[]> {
  const found = new Map<Source, readonly string[]>();
  const isFree = (key: string) => ![...found.values()].flat().includes(key);
  for (const source of servers) {
    const own = [...givenAddresses(source, given), ...source.ownAddresses.map(normal)];
    const known = own.filter((key) => members.data.has(key) || given.has(key));
    if (known.length > 0) found.set(source, [...new Set(known)]);
  }
  for (const source of servers) {
    const named = found.has(source) ? null : namedAfter(source, members);
    if (named !== null && isFree(named)) found.set(source, [named]);
  }
  const rest = servers.filter((source) => !found.has(source));
  for (const [source, key] of firstMaster(all, rest, members)) if (isFree(key)) found.set(source, [key]);
  return found;
}

function givenAddresses(source: Source, given: ReadonlyMap<string, string>): string[] {
  const name = sourceKeys(source)
    .map((key) => given.get(key))
    .find((each) => each !== undefined);
  const wanted = name ?? sourceLabel(source);
  return [...given]
    .filter(([key, value]) => value === wanted && parseAddress(key) !== null)
    .map(([key]) => key);
}

function normal(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : addressKey(address);
}

/** The one address whose host, or else whose port, stands in the name of the log. */
function namedAfter(source: Source, members: Members): string | null {
  const label = sourceLabel(source);
  const entries = [...members.data.entries()];
  const exact = entries.filter(([, { host }]) => host === label || host.split('.')[0] === label);
  if (exact.length === 1) return exact[0]![0];
  const both = entries.filter(([, { host, port }]) => hasWord(label, host) && hasWord(label, port));
  if (both.length === 1) return both[0]![0];
  const hosts = entries.filter(([, { host }]) => hasWord(label, host));
  if (hosts.length === 1) return hosts[0]![0];
  const ports = entries.filter(([, { port }]) => hasWord(label, port));
  return ports.length === 1 ? ports[0]![0] : null;
}

function hasWord(label: string, word: string): boolean {
  const at = label.indexOf(word);
  if (at < 0) return false;
  const around = `${label[at - 1] ?? ''}${label[at + word.length] ?? ''}`;
  return !/[0-9A-Za-z]/.test(around);
}

/** The only unplaced server that was a master when the only master of the Sentinels was the first one. */
function firstMaster(
  all: readonly Source[],
  servers: readonly Source[],
  members: Members,
): [Source, string][] {
  if (members.masters.size !== 1) return [];
  const sentinels = all.filter(({ kind }) => kind === 'sentinel');
  const key = sentinels.map(masterAtFirst).find((each) => each !== null);
  if (key === undefined || key === null) return [];
  const fallMs = Math.min(
    ...sentinels.flatMap(({ events }) => events.filter(endsReign).map((e) => e.localMs)),
  );
  const masters = servers.filter(({ roles }) => roles[0]?.role === 'M' && roles[0].fromMs < fallMs);
  return masters.length === 1 ? [[masters[0]!, key]] : [];
}

function endsReign({ event }: { readonly event: string }): boolean {
  return event === '+failover-state-send-slaveof-noone' || event === '+switch-master';
}

function masterAtFirst(source: Source): string | null {
  for (const { event, message } of source.events) {
    const payload = parsePayload(message);
    if (payload !== null) return addressKey(payload.master?.address ?? payload.instance.address);
    const change = event === '+switch-master' ? parseSwitchWords(message) : null;
    if (change !== null) return addressKey(change.from);
  }
  return null;
}

/** Whom a server followed: it cannot be one of them. */
function followed(source: Source): ReadonlySet<string> {
  const keys = source.events.flatMap(({ event, message }) =>
    event === 'replica-connecting' || event === 'role-changed' ? [message.replace('replica ', '')] : [],
  );
  return new Set(keys.map(normal));
}
