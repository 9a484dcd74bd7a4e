/** A client that listens: it drops its data connection when any sentinel announces +switch-master (R-CLI-2). */
import type { ConnectionId, Host } from '../process.ts';
import type { ClientState } from './state.ts';

/** Time after which a lost subscription is made again. */
const RESUBSCRIBE_US = 1_000_000;

/** Makes the subscriptions that are missing. */
export function subscribe(state: ClientState, host: Host): void {
  state.resubscribeUs = Number.POSITIVE_INFINITY;
  state.sentinels.forEach((sentinel, index) => {
    if (state.subscriptions[index] !== 0) return;
    const address = host.resolve(sentinel.host);
    if (address === null) {
      state.resubscribeUs = host.nowUs + RESUBSCRIBE_US;
      return;
    }
    const connection = host.connect(address, sentinel.port);
    if (sentinel.password !== '') {
      host.send(connection, { kind: 'AUTH', user: null, password: sentinel.password });
    }
    host.send(connection, { kind: 'SUBSCRIBE', channels: ['+switch-master'] });
    state.subscriptions[index] = connection;
  });
}

export function isSubscription(state: ClientState, connection: ConnectionId): boolean {
  return state.subscriptions.includes(connection);
}

export function onSubscriptionLost(state: ClientState, host: Host, connection: ConnectionId): void {
  const index = state.subscriptions.indexOf(connection);
  if (index < 0) return;
  state.subscriptions[index] = 0;
  state.resubscribeUs = host.nowUs + RESUBSCRIBE_US;
}

/** The idle data connection is dropped at once; one with a write under way is left to its reply. */
export function onSwitchAnnounced(state: ClientState, host: Host): void {
  if (state.connection === 0 || state.awaitingReply) return;
  host.close(state.connection);
  state.connection = 0;
  state.connectedTo = '';
}
