/** What Redis's command table says about each command: the flags that the dispatch looks at. */
import type { Request } from '../commands.ts';

export type RequestKind = Request['kind'];

export interface CommandFlags {
  readonly unknown: boolean;
  readonly write: boolean;
  /** May reach the replicas without being a write: held by a pause (R-SHUT-7). */
  readonly mayReplicate: boolean;
  /** Allowed with a broken link and `replica-serve-stale-data no`. */
  readonly stale: boolean;
  readonly loading: boolean;
  readonly noAuth: boolean;
  /** Allowed for a subscriber. */
  readonly pubsub: boolean;
  readonly noMulti: boolean;
}

function flags(...set: readonly (keyof CommandFlags)[]): CommandFlags {
  return {
    unknown: set.includes('unknown'),
    write: set.includes('write'),
    mayReplicate: set.includes('mayReplicate'),
    stale: set.includes('stale'),
    loading: set.includes('loading'),
    noAuth: set.includes('noAuth'),
    pubsub: set.includes('pubsub'),
    noMulti: set.includes('noMulti'),
  };
}

const NOTHING = flags();
const WRITE = flags('write');
const ALWAYS = flags('stale', 'loading');
const UNKNOWN = flags('unknown');

export const FLAGS: Readonly<Record<RequestKind, CommandFlags>> = {
  // Neither with stale data nor while loading (R-ROLE-3).
  PING: flags('pubsub'),
  AUTH: flags('noAuth', 'stale', 'loading'),
  INFO: ALWAYS,
  ROLE: ALWAYS,
  GET: NOTHING,
  SET: WRITE,
  DEL: WRITE,
  DBSIZE: NOTHING,
  FLUSHALL: WRITE,
  WAIT: NOTHING,
  PUBLISH: flags('stale', 'loading', 'mayReplicate'),
  SUBSCRIBE: flags('stale', 'loading', 'pubsub'),
  PSUBSCRIBE: flags('stale', 'loading', 'pubsub'),
  MULTI: ALWAYS,
  EXEC: ALWAYS,
  DISCARD: ALWAYS,
  // Not while loading (R-PROMOTE-2).
  REPLICAOF: flags('stale'),
  'CONFIG GET': ALWAYS,
  'CONFIG SET': ALWAYS,
  'CONFIG REWRITE': ALWAYS,
  'CLIENT KILL': ALWAYS,
  'CLIENT SETNAME': ALWAYS,
  'CLIENT PAUSE': ALWAYS,
  'CLIENT UNPAUSE': ALWAYS,
  'SCRIPT KILL': NOTHING,
  SAVE: flags('noMulti'),
  BGSAVE: NOTHING,
  BGREWRITEAOF: NOTHING,
  'DEBUG SLEEP': ALWAYS,
  'DEBUG POPULATE': ALWAYS,
  SHUTDOWN: flags('stale', 'loading', 'noMulti'),
  FAILOVER: flags('stale'),
  REPLCONF: ALWAYS,
  PSYNC: flags('noMulti'),
  SYNC: flags('noMulti'),
  'IS-MASTER-DOWN-BY-ADDR': UNKNOWN,
  SENTINEL: UNKNOWN,
  UNKNOWN,
};

/** The first word of a command, in upper case. */
export function commandName(request: Request): string {
  if (request.kind === 'REPLICAOF') return request.word;
  const space = request.kind.indexOf(' ');
  return space < 0 ? request.kind : request.kind.slice(0, space);
}
