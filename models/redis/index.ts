/** The Redis server model. */
export { renderInfo } from './infoText.ts';
export { redisBehaviour } from './server.ts';
export { type ConfigFile, type RedisDisk, type RedisSpec, restoreBackup } from './spec.ts';
export type { RedisState } from './state.ts';
export { hasKey, keyCount, knownKeys, type RedisView, redisView } from './view.ts';
