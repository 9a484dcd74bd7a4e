/** sentinel.conf lines → {@link SentinelConfig}, in Sentinel's three passes (S-CONF-1, R-CONF-10). */
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { defaultSentinelConfig, type SentinelConfig } from '../../models/sentinel/config.ts';
import type { ConfLine } from './confFile.ts';
import type { Position } from './diagnostic.ts';
import { suggestion } from './nearest.ts';
import { addError, type Problems } from './problems.ts';
import { applyRedisLines } from './redisConf.ts';
import { GLOBAL_DIRECTIVES, setGlobal } from './sentinelGlobals.ts';
import {
  type DraftMaster,
  MASTER_DIRECTIVES,
  monitor,
  NO_SUCH_MASTER,
  type Refusal,
  setForMaster,
  UNRECOGNIZED,
} from './sentinelMasters.ts';

/** A sentinel's configuration while it is read. */
export type DraftSentinel = { -readonly [K in keyof SentinelConfig]: SentinelConfig[K] } & {
  masters: DraftMaster[];
};

/** The line of every `monitor`, by master name; and of `myid` and `requirepass`, under those words. */
export type SentinelPlaces = Map<string, ConfLine>;

const RESOLVE_HINT = 'add the line: sentinel resolve-hostnames yes';
const TRAILING_COMMENT = 'Redis has no comments at the end of a line: put it on a line of its own';

function hintFor(line: ConfLine, error: string, draft: DraftSentinel): string {
  const word = line.words[1]?.text ?? '';
  if (line.words.some(({ text }) => text.startsWith('#'))) return TRAILING_COMMENT;
  if (error === UNRECOGNIZED) {
    const known = [...GLOBAL_DIRECTIVES, 'monitor', ...MASTER_DIRECTIVES];
    return known.includes(word.toLowerCase()) ? '' : suggestion(word, known);
  }
  if (error.startsWith("Can't resolve")) return RESOLVE_HINT;
  if (error === NO_SUCH_MASTER) {
    return suggestion(
      line.words[2]?.text ?? '',
      draft.masters.map(({ name }) => name),
    );
  }
  return '';
}

function report(line: ConfLine, refusal: Refusal, draft: DraftSentinel, problems: Problems): void {
  const comment = line.words.find(({ text }) => text.startsWith('#'));
  const word = comment ?? line.words[Math.min(refusal.word, line.words.length - 1)]!;
  const at: Position = { ...line.at, column: word.column };
  addError(problems, at, `Sentinel refuses the line: '${refusal.error}'`, {
    found: line.text,
    expected: refusal.expected ?? '',
    hint: hintFor(line, refusal.error, draft),
  });
}

type Pass = 'global' | 'monitor' | 'other';

/** Which of the three passes handles the directive (S-CONF-1). */
function passOf(line: ConfLine): Pass {
  const word = line.words[1]?.text.toLowerCase() ?? '';
  if (word === 'monitor') return 'monitor';
  return GLOBAL_DIRECTIVES.includes(word) ? 'global' : 'other';
}

function applyLine(pass: Pass, draft: DraftSentinel, words: readonly string[]): Refusal | null {
  if (pass === 'global') return setGlobal(draft, words);
  return pass === 'monitor' ? monitor(draft, words) : setForMaster(draft, words);
}

function applyPass(
  pass: Pass,
  draft: DraftSentinel,
  lines: readonly ConfLine[],
  places: SentinelPlaces,
  problems: Problems,
  refused: Set<string>,
): void {
  for (const line of lines) {
    if (passOf(line) !== pass) continue;
    const words = line.words.slice(1).map(({ text }) => text);
    const refusal = applyLine(pass, draft, words);
    if (refusal !== null) {
      if (pass === 'monitor' && words[1] !== undefined) refused.add(words[1]);
      const consequence = pass === 'other' && refusal.error === NO_SUCH_MASTER && refused.has(words[1]!);
      if (!consequence) report(line, refusal, draft, problems);
    } else if (pass === 'monitor') places.set(words[1]!, line);
    else if (words[0]?.toLowerCase() === 'myid') places.set('myid', line);
  }
}

/** Ordinary server lines apply to a sentinel too (S-CONF-4). */
function applyServerLines(
  draft: DraftSentinel,
  lines: readonly ConfLine[],
  places: SentinelPlaces,
  problems: Problems,
): void {
  const server = defaultRedisConfig();
  server.port = draft.port;
  const set = applyRedisLines(server, lines, problems);
  draft.port = server.port;
  draft.requirepass = server.requirepass;
  for (const name of ['port', 'requirepass']) {
    const line = set.get(name);
    if (line !== undefined) places.set(name, line);
  }
}

function isSentinelLine(line: ConfLine): boolean {
  return line.words[0]!.text.toLowerCase() === 'sentinel';
}

/** Reads the lines of one sentinel.conf; what Sentinel would refuse is reported. */
export function readSentinelLines(
  lines: readonly ConfLine[],
  problems: Problems,
): { readonly config: SentinelConfig; readonly places: SentinelPlaces } {
  const draft: DraftSentinel = { ...defaultSentinelConfig(), masters: [] };
  const places: SentinelPlaces = new Map();
  applyServerLines(
    draft,
    lines.filter((line) => !isSentinelLine(line)),
    places,
    problems,
  );
  const sentinelLines = lines.filter(isSentinelLine);
  // Lines about a master whose own line was refused are no news.
  const refused = new Set<string>();
  for (const pass of ['global', 'monitor', 'other'] as const) {
    applyPass(pass, draft, sentinelLines, places, problems, refused);
  }
  return { config: draft, places };
}
