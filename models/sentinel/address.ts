/** Addresses with their host names (section 19). */
import type { Host } from '../process.ts';
import { logLine } from './announcing.ts';
import type { SentinelState } from './state.ts';

/** An address as stored: the text as given, and its number; an empty ip is unresolved. Never changed once made. */
export interface Address {
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
}

const MAX_PORT = 65_535;

export function isValidPort(port: number): boolean {
  return port >= 0 && port <= MAX_PORT;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|0?\\d?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/** True for IPv4 and IPv6 text, which needs no resolver. */
export function isNumericAddress(text: string): boolean {
  return text.includes(':') || isIpv4(text);
}

/** The number of a text under the active policy, or null: names only with `resolve-hostnames yes` (S-HOST-1). */
export function resolveText(state: SentinelState, host: Host, text: string): string | null {
  if (isNumericAddress(text)) return text;
  return state.resolveHostnames && text !== '' ? host.resolve(text) : null;
}

/**
 * A new address, or null when the port is invalid or the name does not resolve. With `resolve-hostnames yes` an
 * unresolvable name can be accepted with an empty ip (S-HOST-2).
 */
export function createAddress(
  state: SentinelState,
  host: Host,
  hostname: string,
  port: number,
  acceptUnresolved: boolean,
): Address | null {
  if (!isValidPort(port)) return null;
  const ip = resolveText(state, host, hostname);
  if (ip !== null) return { hostname, ip, port };
  logLine(state, host, 'resolve-failed', hostname);
  return state.resolveHostnames && acceptUnresolved ? { hostname, ip: '', port } : null;
}

function equalIgnoringCase(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

/** S-HOST-4. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.port === b.port && (a.ip === b.ip || equalIgnoringCase(a.hostname, b.hostname));
}

/** "The text names this address" (S-HOST-6). */
export function namesAddress(state: SentinelState, host: Host, text: string, address: Address): boolean {
  if (text === address.ip && text !== '') return true;
  const ip = resolveText(state, host, text);
  if (ip !== null) return ip === address.ip;
  return equalIgnoringCase(state.resolveHostnames ? address.hostname : address.ip, text);
}

/** The announced form (S-HOST-7). */
export function announced(state: SentinelState, address: Address): string {
  return state.announceHostnames ? address.hostname : address.ip;
}

/** Name of a replica: its announced address, IPv6 in brackets (section 0.3). */
export function hostAndPort(state: SentinelState, address: Address): string {
  const text = announced(state, address);
  return text.includes(':') ? `[${text}]:${address.port}` : `${text}:${address.port}`;
}
