/** Addresses and the payloads that carry them, as they stand in logs (S-EVENT-2). */

export interface Address {
  /** An IP address without brackets, or a host name. */
  readonly host: string;
  readonly port: string;
}

/** `10.0.0.2:6379`, `[fd00::2]:6379`, `fd00::2:6379`; null without a port. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[([^\]]+)\]|(.+)):(\d{1,5})$/.exec(text);
  return match === null ? null : { host: (match[1] ?? match[2])!, port: match[3]! };
}

export function addressKey({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An instance of a payload. */
export interface InstanceWords {
  readonly type: string;
  readonly name: string;
  readonly address: Address;
}

export interface Payload {
  readonly instance: InstanceWords;
  /** Name and address of its master, for a replica or a Sentinel. */
  readonly master: { readonly name: string; readonly address: Address } | null;
  readonly rest: readonly string[];
}

const TYPES: ReadonlySet<string> = new Set(['master', 'slave', 'sentinel']);

/** `<type> <name> <host> <port>[ @ <name> <host> <port>]` and what follows; null for another payload. */
export function parsePayload(message: string): Payload | null {
  const words = message.split(' ');
  const [type, name, host, port] = words;
  if (type === undefined || !TYPES.has(type) || !isPort(port)) return null;
  const instance = { type, name: name!, address: { host: host!, port: port! } };
  if (words[4] !== '@' || !isPort(words[7])) return { instance, master: null, rest: words.slice(4) };
  const master = { name: words[5]!, address: { host: words[6]!, port: words[7]! } };
  return { instance, master, rest: words.slice(8) };
}

function isPort(word: string | undefined): boolean {
  return word !== undefined && /^\d{1,5}$/.test(word);
}

export interface SwitchWords {
  readonly name: string;
  readonly from: Address;
  readonly to: Address;
}

/** `<master-name> <old-host> <old-port> <new-host> <new-port>`. */
export function parseSwitchWords(message: string): SwitchWords | null {
  const [name, fromHost, fromPort, toHost, toPort] = message.split(' ');
  if (!isPort(fromPort) || !isPort(toPort)) return null;
  return { name: name!, from: { host: fromHost!, port: fromPort! }, to: { host: toHost!, port: toPort! } };
}
