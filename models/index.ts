/** The protocol, as pure state machines: Redis, Sentinel, clients and the network between them. */
export { clientBehaviour } from './client/client.ts';
export type { ClientSpec, ClientState } from './client/state.ts';
export * from './commands.ts';
export { EVENTS, type EventDefinition, type EventLevel, type EventName } from './events.ts';
export { DEFAULT_MACHINE, type Machine } from './machine.ts';
export { parseRequest } from './parseRequest.ts';
export type { Behaviour, CloseReason, ConnectFailure, ConnectionId, Host, Signal } from './process.ts';
export { createStream, drawBelow, drawFrom, drawHexId, type RandomStream, type Range } from './random.ts';
export { defaultRedisConfig, type RedisConfig } from './redis/config.ts';
export { type RedisDisk, type RedisSpec, type RedisState, redisBehaviour, redisView } from './redis/index.ts';
export { defaultSentinelConfig, type MonitoredMaster, type SentinelConfig } from './sentinel/config.ts';
export {
  type SentinelDisk,
  type SentinelSpec,
  type SentinelState,
  sentinelBehaviour,
  sentinelViews,
} from './sentinel/index.ts';
