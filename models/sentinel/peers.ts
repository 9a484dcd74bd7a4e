/** Learning other Sentinels and their addresses from hello messages (S-HELLO-7, S-HELLO-8). */
import type { Hello } from '../commands.ts';
import type { Host } from '../process.ts';
import { announce } from './announcing.ts';
import { SENTINEL } from './flags.ts';
import { createInstance, findByAddress, removeInstance } from './instances.ts';
import { closeBothConnections, shareLink } from './links.ts';
import { flushConfig } from './persistence.ts';
import { type Instance, linkOf, type SentinelState } from './state.ts';

/** Removes every sentinel entry of this master with this run id; true when there was one. */
function removeMatching(state: SentinelState, host: Host, master: Instance, runId: string): boolean {
  let removed = false;
  for (const id of [...master.sentinelIds]) {
    const entry = state.instances[id]!;
    if (entry.runId !== runId) continue;
    removeInstance(state, host, entry);
    removed = true;
  }
  return removed;
}

/** A new id at a known address: the old one is forgotten by all masters (S-HELLO-7, step 2). */
function forgetFormerOwner(state: SentinelState, host: Host, master: Instance, hello: Hello): void {
  const { sentinelIp, sentinelPort } = hello;
  const former = findByAddress(state, host, master.sentinelIds, sentinelIp, sentinelPort, null);
  if (former === null) return;
  announce(state, host, '+sentinel-invalid-addr', former);
  const runId = former.runId;
  for (const id of state.masterIds) removeMatching(state, host, state.instances[id]!, runId);
}

/** S-HELLO-8. */
function propagateAddress(state: SentinelState, host: Host, entry: Instance): void {
  let updated = 0;
  for (const masterId of state.masterIds) {
    for (const id of state.instances[masterId]!.sentinelIds) {
      const match = state.instances[id]!;
      if (match.runId !== entry.runId) continue;
      closeBothConnections(state, host, linkOf(state, match));
      if (match === entry) continue;
      match.address = entry.address;
      updated++;
    }
  }
  if (updated > 0) {
    announce(state, host, '+sentinel-address-update', entry, `${updated} additional matching instances`);
  }
}

/**
 * A Sentinel that is new, or new at this address (S-HELLO-7); null when it cannot be created, its old entry being gone
 * (S-HELLO-14).
 */
export function acceptSentinel(
  state: SentinelState,
  host: Host,
  master: Instance,
  hello: Hello,
): Instance | null {
  const { sentinelIp, sentinelPort, sentinelRunId } = hello;
  const moved = removeMatching(state, host, master, sentinelRunId);
  if (moved) {
    const change = `ip ${sentinelIp} port ${sentinelPort} for ${sentinelRunId}`;
    announce(state, host, '+sentinel-address-switch', master, change);
  } else {
    forgetFormerOwner(state, host, master, hello);
  }
  const entry = createInstance(state, host, {
    type: SENTINEL,
    name: sentinelRunId,
    hostname: sentinelIp,
    port: sentinelPort,
    quorum: master.quorum,
    master,
  });
  if (entry === null) return null;
  if (!moved) announce(state, host, '+sentinel', entry);
  entry.runId = sentinelRunId;
  shareLink(state, host, entry);
  if (moved) propagateAddress(state, host, entry);
  flushConfig(state, host);
  return entry;
}
