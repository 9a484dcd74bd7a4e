/** Images that are configured by environment variables (bitnami/redis, bitnami/redis-sentinel, bitnami/valkey). */

/** The variables of a service, as texts. */
export type Environment = ReadonlyMap<string, string>;

/** What the image's entry point would write: configuration lines as words. */
export interface EnvironmentLines {
  readonly kind: 'redis' | 'sentinel';
  readonly lines: readonly (readonly string[])[];
}

/** The value of `REDIS_<name>` or `VALKEY_<name>`. */
function variable(environment: Environment, name: string): string {
  return environment.get(`REDIS_${name}`) ?? environment.get(`VALKEY_${name}`) ?? '';
}

function withValue(directive: string, value: string): readonly (readonly string[])[] {
  return value === '' ? [] : [[directive, value]];
}

function isReplica(mode: string): boolean {
  return mode === 'slave' || mode === 'replica';
}

function redisLines(environment: Environment): readonly (readonly string[])[] {
  const get = (name: string) => variable(environment, name);
  const mode = get('REPLICATION_MODE');
  const host = get('MASTER_HOST') || get('PRIMARY_HOST');
  const port = get('MASTER_PORT_NUMBER') || get('PRIMARY_PORT_NUMBER') || '6379';
  const upstream = get('MASTER_PASSWORD') || get('PRIMARY_PASSWORD');
  return [
    ...withValue('port', get('PORT_NUMBER')),
    ...withValue('requirepass', get('PASSWORD')),
    ['appendonly', get('AOF_ENABLED') || 'yes'],
    ...(isReplica(mode) ? [['replicaof', host, port], ...withValue('masterauth', upstream)] : []),
    ...(mode === 'master' || mode === 'primary' ? withValue('masterauth', get('PASSWORD')) : []),
  ];
}

function sentinelLines(environment: Environment): readonly (readonly string[])[] {
  const get = (name: string) => variable(environment, name);
  const master = get('MASTER_SET') || get('PRIMARY_SET') || 'mymaster';
  const host = get('MASTER_HOST') || get('PRIMARY_HOST') || 'redis';
  const port = get('MASTER_PORT_NUMBER') || get('PRIMARY_PORT_NUMBER') || '6379';
  const password = get('MASTER_PASSWORD') || get('PRIMARY_PASSWORD');
  const forMaster = (directive: string, value: string) =>
    value === '' ? [] : [['sentinel', directive, master, value]];
  return [
    ...withValue('port', get('SENTINEL_PORT_NUMBER')),
    ...withValue('requirepass', get('SENTINEL_PASSWORD')),
    ['sentinel', 'resolve-hostnames', get('SENTINEL_RESOLVE_HOSTNAMES') || 'yes'],
    ['sentinel', 'announce-hostnames', get('SENTINEL_ANNOUNCE_HOSTNAMES') || 'no'],
    ['sentinel', 'monitor', master, host, port, get('SENTINEL_QUORUM') || '2'],
    ...forMaster('down-after-milliseconds', get('SENTINEL_DOWN_AFTER_MILLISECONDS') || '60000'),
    ...forMaster('failover-timeout', get('SENTINEL_FAILOVER_TIMEOUT') || '180000'),
    ...forMaster('auth-pass', password),
    ...forMaster('auth-user', get('MASTER_USER')),
    ...withAnnounce(get('SENTINEL_ANNOUNCE_IP'), get('SENTINEL_ANNOUNCE_PORT')),
  ];
}

function withAnnounce(ip: string, port: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  if (ip !== '') lines.push(['sentinel', 'announce-ip', ip]);
  if (port !== '') lines.push(['sentinel', 'announce-port', port]);
  return lines;
}

/** The lines for an image that is configured by its environment, or null for any other image. */
export function environmentLines(image: string, environment: Environment): EnvironmentLines | null {
  const match = /(?:^|\/)bitnami[a-z]*\/(?:redis|valkey)(-sentinel)?(?:[:@]|$)/.exec(image);
  if (match === null) return null;
  return match[1] === undefined
    ? { kind: 'redis', lines: redisLines(environment) }
    : { kind: 'sentinel', lines: sentinelLines(environment) };
}
