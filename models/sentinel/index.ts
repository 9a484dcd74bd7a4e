/** Redis Sentinel 7.0.15 as a pure state machine. */
import type { Behaviour } from '../process.ts';
import * as behaviour from './behaviour.ts';
import { boot } from './boot.ts';
import type { SentinelDisk, SentinelSpec, SentinelState } from './state.ts';

export type { SentinelDisk, SentinelSpec, SentinelState } from './state.ts';
export { sentinelViews } from './views.ts';

export const sentinelBehaviour: Behaviour<SentinelSpec, SentinelState, SentinelDisk> = {
  format: behaviour.format,
  boot,
  accepted: behaviour.accepted,
  connected: behaviour.connected,
  failed: behaviour.failed,
  closed: behaviour.closed,
  receive: behaviour.receive,
  wake: behaviour.wake,
  resumed: behaviour.resumed,
  clockChanged: behaviour.clockChanged,
  signal: behaviour.signal,
  powerLoss: behaviour.powerLoss,
};
