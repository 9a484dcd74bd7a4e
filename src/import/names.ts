/** Node names in place of addresses and ids. */
import { type Address, addressKey, parseAddress } from './address.ts';
import type { Identities } from './identify.ts';
import type { Members } from './members.ts';
import { type Source, sourceKeys, sourceLabel } from './sources.ts';

/** Names that a person gave: address, host, Sentinel id, file or container → node. */
export type GivenNames = ReadonlyMap<string, string>;

export interface Names {
  readonly sourceName: (source: Source) => string;
  readonly dataName: (address: Address) => string;
  readonly sentinelName: (id: string) => string;
  /** The given keys that nothing in the logs answers to. */
  readonly unused: () => readonly string[];
  /** Everything that a key can stand for, for a likely typo. */
  readonly nameable: readonly string[];
  /** What the logs are called. */
  readonly logs: readonly string[];
}

interface Context {
  readonly sources: readonly Source[];
  readonly members: Members;
  readonly identities: Identities;
  readonly given: GivenNames;
  readonly used: Set<string>;
}

export function namesOf(
  sources: readonly Source[],
  members: Members,
  identities: Identities,
  given: GivenNames,
): Names {
  const context: Context = { sources, members, identities, given, used: new Set() };
  const sourceNames = nameSources(context);
  const byKey = new Map<string, string>();
  for (const source of sources) {
    for (const key of identities.keys.get(source) ?? []) byKey.set(key, sourceNames.get(source)!);
  }
  for (const [key, address] of members.data) {
    if (!byKey.has(key)) byKey.set(key, givenName(context, dataKeys(address)) ?? plainName(context, address));
  }
  for (const [id, addresses] of members.sentinels) {
    if (byKey.has(id)) continue;
    byKey.set(
      id,
      givenName(context, sentinelKeys(context, id, addresses)) ?? sentinelPlainName(context, id, addresses),
    );
  }
  return {
    sourceName: (source) => sourceNames.get(source)!,
    dataName: (address) => byKey.get(addressKey(address)) ?? outsider(context, address),
    sentinelName: (id) => byKey.get(id) ?? id,
    unused: () => [...given.keys()].filter((key) => !context.used.has(key)),
    nameable: nameable(context),
    logs: sources.map((source) => sourceKeys(source).at(-1)!),
  };
}

/** The first of the keys that a person has named. */
function givenName(context: Context, keys: readonly string[]): string | null {
  let name: string | null = null;
  for (const key of keys) {
    const found = context.given.get(key);
    if (found === undefined) continue;
    context.used.add(key);
    name ??= found;
  }
  return name;
}

function nameSources(context: Context): Map<Source, string> {
  const names = new Map<Source, string>();
  const labels = uniqueLabels(context.sources);
  for (const source of context.sources) {
    const keys = (context.identities.keys.get(source) ?? []).flatMap((key) =>
      memberKeys(context, source, key),
    );
    names.set(source, givenName(context, [...sourceKeys(source), ...keys]) ?? labels.get(source)!);
  }
  return names;
}

function memberKeys(context: Context, source: Source, key: string): string[] {
  if (source.kind === 'sentinel') {
    return sentinelKeys(context, key, context.members.sentinels.get(key) ?? []);
  }
  return dataKeys(parseAddress(key)!);
}

/** File names as node names; where two are the same, with their folders; where one holds both kinds, with the kind. */
function uniqueLabels(sources: readonly Source[]): Map<Source, string> {
  const labels = new Map(sources.map((source) => [source, sourceLabel(source)]));
  const isTwice = (label: string, kind?: Source['kind']) =>
    sources.filter((each) => labels.get(each) === label && (kind === undefined || each.kind === kind))
      .length > 1;
  const folders = sources.filter((source) => isTwice(labels.get(source)!, source.kind));
  for (const source of folders) labels.set(source, folderLabel(source));
  const mixed = sources.filter((source) => source.kind === 'sentinel' && isTwice(labels.get(source)!));
  for (const source of mixed) labels.set(source, `${labels.get(source)}-sentinel`);
  const seen = new Map<string, number>();
  for (const [source, label] of labels) {
    const word = label.replace(/\s+/g, '-');
    const times = (seen.get(word) ?? 0) + 1;
    seen.set(word, times);
    labels.set(source, times === 1 ? word : `${word}-${times}`);
  }
  return labels;
}

/** `host-a/sentinel.log` → `host-a`, or `host-a-sentinel` in a folder called like everybody's. */
function folderLabel(source: Source): string {
  const folder = source.file.split(/[\\/]/).at(-2) ?? '';
  return folder === '' || folder === '.' ? sourceLabel(source) : folder;
}

/** A bare host means the data node there; a Sentinel only where there is none. */
function dataKeys(address: Address): string[] {
  return [addressKey(address), address.host];
}

function sentinelKeys(context: Context, id: string, addresses: readonly Address[]): string[] {
  const hosts = addresses.filter(({ host }) => dataAt(context, host).length === 0).map(({ host }) => host);
  return [id, ...addresses.map(addressKey), ...hosts];
}

function dataAt({ members }: Context, host: string): Address[] {
  return [...members.data.values()].filter((each) => each.host === host);
}

/** The host where it says enough, else host and port. */
function plainName(context: Context, address: Address): string {
  return dataAt(context, address.host).length > 1 ? addressKey(address) : address.host;
}

function sentinelPlainName(context: Context, id: string, addresses: readonly Address[]): string {
  const address = addresses.at(-1);
  if (address === undefined) return `sentinel-${id.slice(0, 8)}`;
  const neighbours = [...context.members.sentinels].filter(
    ([other, known]) => other !== id && known.some(({ host }) => host === address.host),
  );
  const alone = neighbours.length === 0 && dataAt(context, address.host).length === 0;
  return alone ? address.host : addressKey(address);
}

/** An address that no Sentinel names: given, or as it stands. */
function outsider(context: Context, address: Address): string {
  return givenName(context, dataKeys(address)) ?? address.host;
}

function nameable({ sources, members }: Context): string[] {
  const addresses = [...members.sentinels.values()].flat();
  return [
    ...members.data.keys(),
    ...addresses.map(addressKey),
    ...members.sentinels.keys(),
    ...sources.flatMap((source) => sourceKeys(source).slice(0, 1)),
  ];
}
