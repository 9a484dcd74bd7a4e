/** Sending hello messages (S-HELLO-1, S-HELLO-2, S-PERIOD-6, S-PERIOD-7). */
import { HELLO_CHANNEL, type Hello, type Reply, type Request } from '../commands.ts';
import type { Host } from '../process.ts';
import { announced } from './address.ts';
import { wallNow } from './clock.ts';
import { currentMasterAddress } from './masterAddress.ts';
import { ASKED_PUBLISH, sendCounted } from './outbox.ts';
import { type Instance, linkOf, masterOf, type SentinelState } from './state.ts';

/** Only here `announce-ip` and `announce-port` matter, unchecked (S-HOST-9). */
const ownIp = (state: SentinelState, host: Host) => state.announceIp ?? host.address;
const ownPort = (state: SentinelState) => (state.announcePort !== 0 ? state.announcePort : state.port);

function buildHello(state: SentinelState, host: Host, master: Instance): Hello {
  const address = currentMasterAddress(state, master);
  return {
    sentinelIp: ownIp(state, host),
    sentinelPort: ownPort(state),
    sentinelRunId: state.myId,
    currentEpoch: state.currentEpoch,
    masterName: master.name,
    masterIp: announced(state, address),
    masterPort: address.port,
    masterConfigEpoch: master.configEpoch,
  };
}

function isTrue(state: SentinelState, host: Host, master: Instance, hello: Hello): boolean {
  const address = currentMasterAddress(state, master);
  return (
    hello.currentEpoch === state.currentEpoch &&
    hello.masterConfigEpoch === master.configEpoch &&
    hello.masterPort === address.port &&
    hello.masterIp === announced(state, address) &&
    hello.sentinelIp === ownIp(state, host) &&
    hello.sentinelPort === ownPort(state)
  );
}

/** The PUBLISH of the hello about this master; made again only when something in it has changed. */
function helloRequest(state: SentinelState, host: Host, master: Instance): Request {
  const last = master.hello;
  if (last !== null && isTrue(state, host, master, last.payload as Hello)) return last;
  master.hello = { kind: 'PUBLISH', channel: HELLO_CHANNEL, payload: buildHello(state, host, master) };
  return master.hello;
}

/** S-HELLO-2. */
export function sendHello(state: SentinelState, host: Host, instance: Instance): void {
  const link = linkOf(state, instance);
  if (link.disconnected) return;
  const request = helloRequest(state, host, masterOf(state, instance));
  sendCounted(state, host, instance, link, link.cc, request, ASKED_PUBLISH);
}

/** S-PERIOD-6: an error leaves the time unchanged, so the next tick sends again. */
export function receivePublished(host: Host, instance: Instance, reply: Reply): void {
  if (reply.kind !== 'error') instance.lastPubUs = wallNow(host);
}

function forceTable(state: SentinelState, ids: readonly number[], byUs: number): void {
  for (const id of ids) {
    const instance = state.instances[id]!;
    if (instance.lastPubUs >= byUs) instance.lastPubUs -= byUs;
  }
}

/** Everybody gets a hello about this master at the next tick (S-PERIOD-7). */
export function forceHello(state: SentinelState, master: Instance): void {
  const byUs = (state.periods.publishMs + 1) * 1000;
  if (master.lastPubUs >= byUs) master.lastPubUs -= byUs;
  forceTable(state, master.sentinelIds, byUs);
  forceTable(state, master.replicaIds, byUs);
  state.dueStale = true;
}
