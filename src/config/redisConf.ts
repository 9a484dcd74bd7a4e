/** redis.conf lines → {@link RedisConfig}, with Redis's own refusals (R-CONF-3 to R-CONF-8). */
import type { RedisConfig } from '../../models/redis/config.ts';
import {
  BAD_DIRECTIVE,
  canonicalDirective,
  describeDirective,
  directiveNames,
  setDirective,
} from '../../models/redis/directives.ts';
import type { ConfLine } from './confFile.ts';
import type { Position } from './diagnostic.ts';
import { suggestion } from './nearest.ts';
import { addError, addNote, type Problems } from './problems.ts';

/** The line that set a directive last, by the directive's main name. */
export type Places = Map<string, ConfLine>;

/** Without effect here, although on a real server they could change what the simulation shows. */
const WORTH_A_NOTE = new Set([
  'aclfile',
  'user',
  'loadmodule',
  'tls-port',
  'tls-replication',
  'repl-disable-tcp-nodelay',
  'replica-ignore-maxmemory',
  'tcp-keepalive',
  'maxmemory-clients',
  'cluster-enabled',
]);

const TRAILING_COMMENT = 'Redis has no comments at the end of a line: put it on a line of its own';

function hintFor(line: ConfLine, error: string): string {
  if (line.words.some((word) => word.text.startsWith('#'))) return TRAILING_COMMENT;
  if (error === BAD_DIRECTIVE) return suggestion(line.words[0]!.text, directiveNames());
  if (error.startsWith('sentinel directive')) return 'put sentinel lines into the file of a sentinel';
  return '';
}

/** Errors that are no single value's. */
const ABOUT_THE_LINE = /number of arguments|directive/i;

/** A value's error stands at the value, a trailing comment's at its `#`, any other at the line. */
function errorPlace(line: ConfLine, error: string): Position {
  const comment = line.words.find((word) => word.text.startsWith('#'));
  const word = comment ?? line.words[ABOUT_THE_LINE.test(error) ? 0 : 1];
  return { ...line.at, column: (word ?? line.words[0]!).column };
}

/** Reports that Redis would not start with this line, in Redis's words. */
function reportRefused(line: ConfLine, error: string, problems: Problems): void {
  addError(problems, errorPlace(line, error), `Redis refuses the line: '${error}'`, {
    found: line.text,
    expected: describeDirective(line.words[0]!.text),
    hint: hintFor(line, error),
  });
}

/** R-CONF-4: the first `save` of a file drops the defaults, later ones add to it, an empty one clears. */
function applySave(config: RedisConfig, args: readonly string[], first: boolean): string | null {
  const before = first ? [] : config.save;
  const error = setDirective(config, 'save', args);
  if (error === null && config.save.length > 0) config.save = [...before, ...config.save];
  return error;
}

function applyLine(config: RedisConfig, line: ConfLine, places: Places): string | null {
  const [name, ...args] = line.words.map((word) => word.text) as [string, ...string[]];
  const error =
    canonicalDirective(name) === 'save'
      ? applySave(config, args, !places.has('save'))
      : setDirective(config, name, args);
  const directive = canonicalDirective(name);
  if (error === null && directive !== null) places.set(directive, line);
  return error;
}

function noteUnmodelled(places: Places, problems: Problems): void {
  for (const [directive, line] of places) {
    if (!WORTH_A_NOTE.has(directive)) continue;
    addNote(problems, line.at, `${directive} has no effect in the simulation`, { found: line.text });
  }
}

/** Applies the lines in their order; `config` is changed. Gives the line of each directive that was set. */
export function applyRedisLines(config: RedisConfig, lines: readonly ConfLine[], problems: Problems): Places {
  const places: Places = new Map();
  for (const line of lines) {
    const error = applyLine(config, line, places);
    if (error !== null) reportRefused(line, error, problems);
  }
  const replicaof = places.get('replicaof');
  if (
    replicaof !== undefined &&
    config.replicaof !== null &&
    config.unmodelled['cluster-enabled'] === 'yes'
  ) {
    reportRefused(replicaof, 'replicaof directive not allowed in cluster mode', problems);
  }
  noteUnmodelled(places, problems);
  return places;
}
