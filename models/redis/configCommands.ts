/** CONFIG GET, SET and REWRITE. */
import { errorReply, OK, type Reply } from '../commands.ts';
import type { Host } from '../process.ts';
import { setRewriteMark, stopAof, waitForRewrite } from './aof.ts';
import { startRewrite } from './child.ts';
import { fsync } from './clock.ts';
import type { RedisConfig } from './config.ts';
import { BAD_DIRECTIVE, changeRefusal, cloneRedisConfig, getDirectives, setDirective } from './directives.ts';
import { LOADING } from './refuse.ts';
import { refreshGoodReplicas } from './replicas.ts';
import type { RedisState } from './state.ts';

export function configGet(state: RedisState, patterns: readonly string[]): Reply {
  const items: Reply[] = [];
  const seen = new Set<string>();
  for (const pattern of patterns) {
    for (const [name, value] of getDirectives(state.config, pattern)) {
      if (seen.has(name)) continue;
      seen.add(name);
      items.push({ kind: 'bulk', text: name }, { kind: 'bulk', text: value });
    }
  }
  return { kind: 'array', items };
}

/** The least backlog that CONFIG SET gives; a file may ask for less (R-BKLG-6). */
const LEAST_BACKLOG_BYTES = 16_384;

/** DENY_LOADING_CONFIG: refused before anything else is looked at. */
const NOT_WHILE_LOADING: ReadonlySet<string> = new Set(['appendonly', 'repl-diskless-load', 'dir']);

function refuseSet(name: string, problem: string): Reply {
  return errorReply(
    problem === BAD_DIRECTIVE
      ? `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`
      : `ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`,
  );
}

/** All pairs or none: first their names are looked at, then the values. */
export function configSet(
  state: RedisState,
  host: Host,
  pairs: readonly (readonly [string, string])[],
): Reply {
  if (state.load !== null && pairs.some(([name]) => NOT_WHILE_LOADING.has(name.toLowerCase())))
    return LOADING;
  const changed = cloneRedisConfig(state.config);
  const seen = new Set<string>();
  for (const [name] of pairs) {
    const word = name.toLowerCase();
    const refusal = changeRefusal(changed, word) ?? (seen.has(word) ? 'duplicate parameter' : null);
    if (refusal !== null) return refuseSet(name, refusal);
    seen.add(word);
  }
  for (const [name, value] of pairs) {
    const problem = setDirective(changed, name, [value]);
    if (problem !== null) return refuseSet(name, problem);
  }
  const before = state.config;
  state.config = changed;
  applyChanges(state, host, before);
  return OK;
}

/** What takes effect by more than the new value. */
function applyChanges(state: RedisState, host: Host, before: RedisConfig): void {
  const now = state.config;
  if (now.appendonly && !before.appendonly) startAof(state, host);
  if (!now.appendonly && before.appendonly) stopAof(state, host);
  if (
    now.minReplicasToWrite !== before.minReplicasToWrite ||
    now.minReplicasMaxLagSec !== before.minReplicasMaxLagSec
  ) {
    refreshGoodReplicas(state, host);
  }
  if (now.replBacklogSizeBytes !== before.replBacklogSizeBytes) {
    now.replBacklogSizeBytes = Math.max(now.replBacklogSizeBytes, LEAST_BACKLOG_BYTES);
  }
  setRewriteMark(state);
  state.rescheduleNeeded = true;
}

/** AOF on at run time: durable once the first rewrite is done. */
function startAof(state: RedisState, host: Host): void {
  waitForRewrite(state);
  if (state.child === null) startRewrite(state, host);
  else state.persistence.rewriteScheduled = true;
}

/** CONFIG REWRITE: role and CONFIG SET changes survive a restart (R-ROLE-6, M-05). */
export function configRewrite(state: RedisState, host: Host): Reply {
  if (state.configFile === 'none') return errorReply('ERR The server is running without a config file');
  const problem = rewriteProblem(state, host);
  if (problem !== null) return errorReply(`ERR Rewriting config file: ${problem}`);
  fsync(state, host);
  state.disk.config = cloneRedisConfig(state.config);
  return OK;
}

function rewriteProblem(state: RedisState, host: Host): string | null {
  if (state.configFile === 'not-replaceable') return 'Device or resource busy';
  if (state.configFile === 'read-only') return 'Read-only file system';
  return host.diskWritable() ? null : 'No space left on device';
}
