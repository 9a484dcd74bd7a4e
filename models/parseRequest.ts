/** Words, as an operator types them, to a typed request; what fits no known shape becomes UNKNOWN. */
import type { Request } from './commands.ts';

type Parser = (args: readonly string[], words: readonly string[]) => Request | null;

const isInteger = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);

function parseReplicaof(word: 'REPLICAOF' | 'SLAVEOF'): Parser {
  return ([host, port, ...rest]) => {
    if (host === undefined || port === undefined || rest.length > 0) return null;
    if (host.toUpperCase() === 'NO' && port.toUpperCase() === 'ONE')
      return { kind: 'REPLICAOF', word, to: null };
    return isInteger(port) ? { kind: 'REPLICAOF', word, to: { host, port: Number(port) } } : null;
  };
}

function parseConfig(args: readonly string[]): Request | null {
  const [sub, ...rest] = args;
  switch (sub?.toUpperCase()) {
    case 'GET':
      return rest.length > 0 ? { kind: 'CONFIG GET', patterns: rest } : null;
    case 'SET':
      return rest.length > 0 && rest.length % 2 === 0 ? { kind: 'CONFIG SET', pairs: pairsOf(rest) } : null;
    case 'REWRITE':
      return rest.length === 0 ? { kind: 'CONFIG REWRITE' } : null;
    default:
      return null;
  }
}

function pairsOf(words: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < words.length; i += 2) pairs.push([words[i]!, words[i + 1]!]);
  return pairs;
}

const KILL_TYPES = {
  normal: 'normal',
  pubsub: 'pubsub',
  replica: 'replica',
  slave: 'replica',
  master: 'master',
} as const;

function parseClient(args: readonly string[]): Request | null {
  const [sub, ...rest] = args;
  switch (sub?.toUpperCase()) {
    case 'SETNAME':
      return rest.length === 1 ? { kind: 'CLIENT SETNAME', clientName: rest[0]! } : null;
    case 'PAUSE':
      if (!isInteger(rest[0])) return null;
      return {
        kind: 'CLIENT PAUSE',
        timeoutMs: Number(rest[0]),
        writesOnly: rest[1]?.toUpperCase() === 'WRITE',
      };
    case 'UNPAUSE':
      return { kind: 'CLIENT UNPAUSE' };
    case 'KILL':
      return parseClientKill(rest);
    default:
      return null;
  }
}

function parseClientKill(args: readonly string[]): Request | null {
  let type: 'normal' | 'pubsub' | 'replica' | 'master' | 'all' = 'all';
  let skipMe = true;
  for (const [option, value] of pairsOf(args)) {
    if (option.toUpperCase() === 'TYPE') {
      const known = KILL_TYPES[value.toLowerCase() as keyof typeof KILL_TYPES];
      if (known === undefined) return null;
      type = known;
    } else if (option.toUpperCase() === 'SKIPME') {
      skipMe = value.toLowerCase() !== 'no';
    } else {
      return null;
    }
  }
  return args.length > 0 ? { kind: 'CLIENT KILL', type, skipMe } : null;
}

function parseDebug(args: readonly string[]): Request | null {
  const [sub, ...rest] = args;
  switch (sub?.toUpperCase()) {
    case 'SLEEP': {
      const seconds = Number(rest[0]);
      return rest.length === 1 && seconds >= 0 ? { kind: 'DEBUG SLEEP', seconds } : null;
    }
    case 'POPULATE':
      if (!isInteger(rest[0])) return null;
      return {
        kind: 'DEBUG POPULATE',
        keys: Number(rest[0]),
        valueBytes: isInteger(rest[2]) ? Number(rest[2]) : 10,
      };
    default:
      return null;
  }
}

function parseShutdown(args: readonly string[]): Request | null {
  const words = args.map((word) => word.toUpperCase());
  if (words.some((word) => !['SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT'].includes(word))) return null;
  const save = words.includes('SAVE') ? true : words.includes('NOSAVE') ? false : null;
  return {
    kind: 'SHUTDOWN',
    save,
    now: words.includes('NOW'),
    force: words.includes('FORCE'),
    abort: words.includes('ABORT'),
  };
}

function parseFailover(args: readonly string[]): Request | null {
  let to: { host: string; port: number } | null = null;
  let force = false;
  let abort = false;
  let timeoutMs = 0;
  for (let i = 0; i < args.length; i++) {
    switch (args[i]!.toUpperCase()) {
      case 'TO':
        if (args[i + 1] === undefined || !isInteger(args[i + 2])) return null;
        to = { host: args[i + 1]!, port: Number(args[i + 2]) };
        i += 2;
        break;
      case 'FORCE':
        force = true;
        break;
      case 'ABORT':
        abort = true;
        break;
      case 'TIMEOUT':
        if (!isInteger(args[i + 1])) return null;
        timeoutMs = Number(args[++i]);
        break;
      default:
        return null;
    }
  }
  return { kind: 'FAILOVER', to, force, abort, timeoutMs };
}

function parseSentinel(args: readonly string[]): Request {
  const [sub, ip, port, epoch, runId] = args;
  const isQuestion = sub?.toUpperCase() === 'IS-MASTER-DOWN-BY-ADDR' && args.length === 5;
  if (isQuestion && isInteger(port) && isInteger(epoch)) {
    return {
      kind: 'IS-MASTER-DOWN-BY-ADDR',
      ip: ip!,
      port: Number(port),
      epoch: Number(epoch),
      runId: runId!,
    };
  }
  return { kind: 'SENTINEL', words: args };
}

const bare =
  (request: Request): Parser =>
  (args) =>
    args.length === 0 ? request : null;

const PARSERS: Readonly<Record<string, Parser>> = {
  PING: ([text]) => (text === undefined ? { kind: 'PING' } : { kind: 'PING', text }),
  AUTH: ([first, second]) => {
    if (first === undefined) return null;
    return second === undefined
      ? { kind: 'AUTH', user: null, password: first }
      : { kind: 'AUTH', user: first, password: second };
  },
  INFO: (sections) => ({ kind: 'INFO', sections }),
  ROLE: bare({ kind: 'ROLE' }),
  GET: ([key, ...rest]) => (key !== undefined && rest.length === 0 ? { kind: 'GET', key } : null),
  SET: ([key, value, ...rest]) =>
    key !== undefined && value !== undefined && rest.length === 0 ? { kind: 'SET', key, value } : null,
  DEL: (keys) => (keys.length > 0 ? { kind: 'DEL', keys } : null),
  DBSIZE: bare({ kind: 'DBSIZE' }),
  FLUSHALL: () => ({ kind: 'FLUSHALL' }),
  WAIT: ([replicas, timeout]) =>
    isInteger(replicas) && isInteger(timeout)
      ? { kind: 'WAIT', replicas: Number(replicas), timeoutMs: Number(timeout) }
      : null,
  PUBLISH: ([channel, payload]) =>
    channel !== undefined && payload !== undefined ? { kind: 'PUBLISH', channel, payload } : null,
  MULTI: bare({ kind: 'MULTI' }),
  EXEC: bare({ kind: 'EXEC' }),
  DISCARD: bare({ kind: 'DISCARD' }),
  REPLICAOF: parseReplicaof('REPLICAOF'),
  SLAVEOF: parseReplicaof('SLAVEOF'),
  CONFIG: parseConfig,
  CLIENT: parseClient,
  SCRIPT: ([sub]) => (sub?.toUpperCase() === 'KILL' ? { kind: 'SCRIPT KILL' } : null),
  SAVE: bare({ kind: 'SAVE' }),
  BGSAVE: () => ({ kind: 'BGSAVE' }),
  BGREWRITEAOF: bare({ kind: 'BGREWRITEAOF' }),
  DEBUG: parseDebug,
  SHUTDOWN: parseShutdown,
  FAILOVER: parseFailover,
  SENTINEL: parseSentinel,
};

/** The request that these words stand for; command names are case-insensitive, as in Redis. */
export function parseRequest(words: readonly string[]): Request {
  const [name = '', ...args] = words;
  return PARSERS[name.toUpperCase()]?.(args, words) ?? { kind: 'UNKNOWN', words };
}
