/** Directives with a syntax of their own: several words, read together (R-CONF-3, R-CONF-8). */
import type { OutputBufferLimit, RedisConfig, SavePoint } from './config.ts';
import { LONG_MAX, parseCount, parseMemory } from './directiveValues.ts';

const WRONG_COUNT = 'wrong number of arguments';
const BIND_MAX = 16;

/** `replicaof <host> <port>` or `replicaof no one`. */
function setReplicaof(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length !== 2) return WRONG_COUNT;
  const [host, portText] = args as [string, string];
  if (host.toLowerCase() === 'no' && portText.toLowerCase() === 'one') {
    config.replicaof = null;
    return null;
  }
  const port = parseCount(portText);
  if (port === null || port < 0 || port > 65_535) return 'Invalid master port';
  config.replicaof = { host, port };
  return null;
}

/** `save <seconds> <changes> ...`; a single empty argument or none disables saving. */
function setSave(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length === 0 || (args.length === 1 && args[0] === '')) {
    config.save = [];
    return null;
  }
  if (args.length % 2 !== 0) return 'Invalid save parameters';
  const points: SavePoint[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const seconds = parseCount(args[i]!);
    const changes = parseCount(args[i + 1]!);
    if (seconds === null || changes === null || seconds < 1 || changes < 0) return 'Invalid save parameters';
    points.push({ seconds, changes });
  }
  config.save = points;
  return null;
}

function bufferClass(word: string): keyof RedisConfig['outputBufferLimits'] | null {
  const name = word.toLowerCase();
  if (name === 'slave' || name === 'replica') return 'replica';
  return name === 'normal' || name === 'pubsub' ? name : null;
}

function parseBufferLimit(hard: string, soft: string, seconds: string): OutputBufferLimit | null {
  const hardBytes = parseMemory(hard, 0, LONG_MAX);
  const softBytes = parseMemory(soft, 0, LONG_MAX);
  const softSeconds = parseCount(seconds);
  if ('error' in hardBytes || 'error' in softBytes || softSeconds === null || softSeconds < 0) return null;
  return { hardBytes: hardBytes.value, softBytes: softBytes.value, softSeconds };
}

/** `client-output-buffer-limit <class> <hard> <soft> <seconds> ...` (R-OBUF-1). */
function setOutputBufferLimits(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length === 0 || args.length % 4 !== 0) {
    return 'Wrong number of arguments in buffer limit configuration.';
  }
  const limits = { ...config.outputBufferLimits };
  for (let i = 0; i < args.length; i += 4) {
    const className = bufferClass(args[i]!);
    if (className === null) return 'Invalid client class specified in buffer limit configuration.';
    const limit = parseBufferLimit(args[i + 1]!, args[i + 2]!, args[i + 3]!);
    if (limit === null) return 'Error in hard, soft or soft_seconds setting in buffer limit configuration.';
    limits[className] = limit;
  }
  config.outputBufferLimits = limits;
  return null;
}

function setBind(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length > BIND_MAX) return 'Too many bind addresses specified.';
  config.bind = args.length === 1 && args[0] === '' ? [] : [...args];
  return null;
}

function setOomScoreAdjValues(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length !== 3) return WRONG_COUNT;
  const values = args.map(parseCount);
  if (values.some((value) => value === null || value < -2_000 || value > 2_000)) {
    return 'Invalid oom-score-adj-values, elements must be between -2000 and 2000.';
  }
  config.unmodelled['oom-score-adj-values'] = args.join(' ');
  return null;
}

function setNotifyKeyspaceEvents(config: RedisConfig, args: readonly string[]): string | null {
  if (args.length !== 1) return WRONG_COUNT;
  if (!/^[Ag$lshzxeKEtmdn]*$/.test(args[0]!)) {
    return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
  }
  config.unmodelled['notify-keyspace-events'] = args[0]!;
  return null;
}

/** Sets a directive whose type is `special`. */
export function setSpecial(config: RedisConfig, name: string, args: readonly string[]): string | null {
  switch (name) {
    case 'replicaof':
      return setReplicaof(config, args);
    case 'save':
      return setSave(config, args);
    case 'client-output-buffer-limit':
      return setOutputBufferLimits(config, args);
    case 'bind':
      return setBind(config, args);
    case 'oom-score-adj-values':
      return setOomScoreAdjValues(config, args);
    case 'notify-keyspace-events':
      return setNotifyKeyspaceEvents(config, args);
    default:
      throw new Error(`no reader for the directive ${name}`);
  }
}

function limitText(className: string, limit: OutputBufferLimit): string {
  return `${className} ${limit.hardBytes} ${limit.softBytes} ${limit.softSeconds}`;
}

/** The value of such a directive as CONFIG GET shows it; null: it has no field. */
export function specialText(config: RedisConfig, name: string): string | null {
  const { outputBufferLimits: limits, replicaof } = config;
  switch (name) {
    case 'replicaof':
      return replicaof === null ? '' : `${replicaof.host} ${replicaof.port}`;
    case 'save':
      return config.save.map((point) => `${point.seconds} ${point.changes}`).join(' ');
    case 'client-output-buffer-limit':
      return [
        limitText('normal', limits.normal),
        limitText('slave', limits.replica),
        limitText('pubsub', limits.pubsub),
      ].join(' ');
    case 'bind':
      return config.bind.join(' ');
    default:
      return null;
  }
}
