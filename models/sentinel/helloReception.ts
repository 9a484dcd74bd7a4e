/** Hello messages of others (S-HELLO-4 to S-HELLO-11). */
import type { Hello, Payload } from '../commands.ts';
import type { Host } from '../process.ts';
import { announced, namesAddress } from './address.ts';
import { announce, announceAs } from './announcing.ts';
import { wallNow } from './clock.ts';
import { findByAddress } from './instances.ts';
import { acceptSentinel } from './peers.ts';
import { flushConfig } from './persistence.ts';
import { scheduleReconfigScript } from './scripts.ts';
import { type Instance, masterByName, type SentinelState } from './state.ts';
import { resetAndChangeAddress } from './switching.ts';

/** C's `atoi`: leading digits, 0 if there are none. */
function leadingInteger(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

/** Exactly eight tokens, or null (S-HELLO-6). */
export function parseHello(text: string): Hello | null {
  const tokens = text.split(',');
  if (tokens.length !== 8) return null;
  return {
    sentinelIp: tokens[0]!,
    sentinelPort: leadingInteger(tokens[1]!),
    sentinelRunId: tokens[2]!,
    currentEpoch: leadingInteger(tokens[3]!),
    masterName: tokens[4]!,
    masterIp: tokens[5]!,
    masterPort: leadingInteger(tokens[6]!),
    masterConfigEpoch: leadingInteger(tokens[7]!),
  };
}

/** A message on the hello channel of a data node: own ones are dropped (S-HELLO-4). */
export function receiveHello(state: SentinelState, host: Host, payload: Payload): void {
  if (typeof payload !== 'string') {
    if (payload.sentinelRunId !== state.myId) processHello(state, host, payload);
    return;
  }
  if (payload.includes(state.myId)) return;
  const hello = parseHello(payload);
  if (hello !== null) processHello(state, host, hello);
}

/** The entry with this run id and address (S-HELLO-7); equal numeric text needs no resolver. */
function findSender(state: SentinelState, host: Host, master: Instance, hello: Hello): Instance | null {
  const ids = master.sentinelIds;
  for (let i = 0; i < ids.length; i++) {
    const entry = state.instances[ids[i]!]!;
    if (entry.runId !== hello.sentinelRunId) continue;
    const { ip, port } = entry.address;
    if (ip === hello.sentinelIp && port === hello.sentinelPort && ip !== '') return entry;
  }
  return findByAddress(state, host, ids, hello.sentinelIp, hello.sentinelPort, hello.sentinelRunId);
}

/** S-HELLO-9: flush, then event. */
function followEpoch(state: SentinelState, host: Host, master: Instance, epoch: number): void {
  if (epoch <= state.currentEpoch) return;
  state.currentEpoch = epoch;
  flushConfig(state, host);
  announceAs(state, host, '+new-epoch', master, String(epoch));
}

/**
 * S-HELLO-10: only a strictly greater configuration epoch counts, also during an own failover (S-HELLO-12). It stays when the
 * address does not resolve and nothing is switched (S-HELLO-13).
 */
function followConfiguration(
  state: SentinelState,
  host: Host,
  master: Instance,
  sender: Instance,
  hello: Hello,
): void {
  if (master.configEpoch >= hello.masterConfigEpoch) return;
  master.configEpoch = hello.masterConfigEpoch;
  const old = master.address;
  if (hello.masterPort === old.port && namesAddress(state, host, hello.masterIp, old)) return;
  announce(state, host, '+config-update-from', sender);
  const change = `${announced(state, old)} ${old.port} ${hello.masterIp} ${hello.masterPort}`;
  announceAs(state, host, '+switch-master', master, `${master.name} ${change}`);
  resetAndChangeAddress(state, host, master, hello.masterIp, hello.masterPort);
  scheduleReconfigScript(state, host, master, 'observer', old, master.address);
}

/** S-HELLO-6 to S-HELLO-11. */
export function processHello(state: SentinelState, host: Host, hello: Hello): void {
  const master = masterByName(state, hello.masterName);
  if (master === null) return;
  const sender = findSender(state, host, master, hello) ?? acceptSentinel(state, host, master, hello);
  followEpoch(state, host, master, hello.currentEpoch);
  if (sender === null) return;
  followConfiguration(state, host, master, sender, hello);
  sender.lastHelloUs = wallNow(host);
}
