/** The Redis server model. */
export { renderInfo } from './infoText.ts';
export { redisBehaviour } from './server.ts';
export { type RedisDisk, type RedisSpec, restoreBackup } from './spec.ts';
export type { RedisState } from './state.ts';
export { hasKey, type RedisView, redisView } from './view.ts';
