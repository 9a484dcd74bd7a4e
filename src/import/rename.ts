/** Messages of events with node names in place of addresses and ids. */
import { type Address, addressKey, parseAddress, parsePayload, parseSwitchWords } from './address.ts';
import type { Names } from './names.ts';
import type { LoggedEvent } from './sentinelLines.ts';

/** The message as a run document has it. */
export function renameMessage({ event, message }: LoggedEvent, names: Names): string {
  switch (event) {
    case '+switch-master':
      return renameSwitch(message, names);
    case '+sentinel-address-switch':
      return renameAddressSwitch(message, names);
    case 'replica-connecting':
    case 'replica-reconnecting':
      return dataNameOf(message, names);
    case 'role-changed':
      return message === 'master'
        ? message
        : `replica ${dataNameOf(message.slice('replica '.length), names)}`;
    default:
      return renamePayload(message, names) ?? renameWords(message, names);
  }
}

function dataNameOf(text: string, names: Names): string {
  const address = parseAddress(text);
  return address === null ? text : names.dataName(address);
}

function renamePayload(message: string, names: Names): string | null {
  const payload = parsePayload(message);
  if (payload === null) return null;
  const { instance, master, rest } = payload;
  const { type, name, address } = instance;
  const node = type === 'sentinel' ? sentinelNode(name, address, names) : names.dataName(address);
  const words = [type, instanceName(type, name, node, address), node, address.port];
  if (master !== null) words.push('@', master.name, names.dataName(master.address), master.address.port);
  return [...words, ...rest.map((word) => names.sentinelName(word))].join(' ');
}

/** A master is called by its name, a replica by its address, a Sentinel by its id. */
function instanceName(type: string, name: string, node: string, address: Address): string {
  if (type === 'master') return name;
  if (type === 'sentinel') return node;
  return node === addressKey(address) ? node : `${node}:${address.port}`;
}

/** Up to 2.8 a Sentinel was called by its address. */
function sentinelNode(name: string, address: Address, names: Names): string {
  const known = names.sentinelName(name);
  return known === name ? addressKey(address) : known;
}

function renameSwitch(message: string, names: Names): string {
  const change = parseSwitchWords(message);
  if (change === null) return message;
  const { name, from, to } = change;
  return [name, names.dataName(from), from.port, names.dataName(to), to.port].join(' ');
}

/** `master <name> <host> <port> ip <host> port <port> for <id>`. */
function renameAddressSwitch(message: string, names: Names): string {
  const payload = parsePayload(message);
  if (payload === null) return renameWords(message, names);
  const id = payload.rest.at(-1) ?? '';
  const rest = payload.rest.map((word, index) => (index === 1 ? names.sentinelName(id) : word));
  const { instance } = payload;
  const words = [instance.type, instance.name, names.dataName(instance.address), instance.address.port];
  return [...words, ...rest.slice(0, -1), names.sentinelName(id)].join(' ');
}

/** Ids, and `host:port` of data nodes, wherever they stand. */
function renameWords(message: string, names: Names): string {
  return message
    .split(' ')
    .map((word) => {
      const known = names.sentinelName(word);
      if (known !== word) return known;
      const address = parseAddress(word);
      if (address === null) return word;
      const name = names.dataName(address);
      return name === address.host || name === addressKey(address) ? word : `${name}:${address.port}`;
    })
    .join(' ');
}
