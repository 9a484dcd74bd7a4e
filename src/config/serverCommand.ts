/** What a container runs: a Redis server or a sentinel, its configuration file, and the options on its command line. */
import { scriptOf, splitScript } from './shell.ts';

export interface ServerCommand {
  readonly kind: 'redis' | 'sentinel';
  /** As the process sees it; null: none is named. */
  readonly configPath: string | null;
  /** One list of words for each `--option`: its name and its values. */
  readonly options: readonly (readonly string[])[];
  /** Copies made before the server starts: path → where its content came from. */
  readonly copies: ReadonlyMap<string, string>;
}

const SERVERS = new Set(['redis-server', 'valkey-server']);
const SENTINELS = new Set(['redis-sentinel', 'valkey-sentinel']);
const PREFIXES = new Set([
  'exec',
  'then',
  'do',
  'gosu',
  'su-exec',
  'redis',
  'valkey',
  'root',
  'nohup',
  'tini',
  '--',
]);

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function isServer(word: string): boolean {
  return SERVERS.has(baseName(word)) || SENTINELS.has(baseName(word));
}

/** S-CONF-4: the name of the executable or an argument makes it a sentinel. */
function parseArguments(words: readonly string[], copies: ReadonlyMap<string, string>): ServerCommand {
  const rest = words.slice(1).filter((word) => word !== '--sentinel' && !/^[0-9]?[<>]/.test(word));
  const sentinel = SENTINELS.has(baseName(words[0]!)) || words.includes('--sentinel');
  const configPath = rest[0] !== undefined && !rest[0].startsWith('-') ? rest[0] : null;
  const options: string[][] = [];
  for (const word of configPath === null ? rest : rest.slice(1)) {
    if (word.startsWith('--')) options.push([word.slice(2)]);
    else options.at(-1)?.push(word);
  }
  return { kind: sentinel ? 'sentinel' : 'redis', configPath, options, copies };
}

/** The copies of a script: `cp [-f] from to`; a folder as the target keeps the name. */
function readCopy(words: readonly string[], copies: Map<string, string>): void {
  const start = words.indexOf('cp');
  if (start === -1) return;
  const paths = words.slice(start + 1).filter((word) => !word.startsWith('-'));
  const [from, to] = paths;
  if (from === undefined || to === undefined) return;
  copies.set(to.endsWith('/') ? `${to}${baseName(from)}` : to, from);
}

function parseScript(script: string): ServerCommand | null {
  const copies = new Map<string, string>();
  for (const command of splitScript(script)) {
    const start = command.findIndex((word) => !PREFIXES.has(baseName(word)));
    const words = command.slice(Math.max(0, start));
    if (words.length > 0 && isServer(words[0]!)) return parseArguments(words, copies);
    readCopy(command, copies);
  }
  return null;
}

/** The server that these words start, or null when they start something else. */
export function parseServerCommand(words: readonly string[]): ServerCommand | null {
  const script = scriptOf(words);
  if (script !== null) return parseScript(script);
  const start = words.findIndex(isServer);
  const wrapped =
    start > 0 && words.slice(0, start).every((word) => PREFIXES.has(baseName(word)) || word.endsWith('.sh'));
  if (start === 0 || wrapped) return parseArguments(words.slice(start), new Map());
  // The official image puts redis-server before options and before a configuration file.
  const first = words[0] ?? '';
  return first.startsWith('-') || first.endsWith('.conf')
    ? parseArguments(['redis-server', ...words], new Map())
    : null;
}
