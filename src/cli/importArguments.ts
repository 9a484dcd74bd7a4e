/** The argument specification of `sentinelsim import`. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Instant, parseInstant, parseZone } from '../import/calendar.ts';
import { isNodeName } from '../import/files.ts';
import { explainDuration, parseDuration } from '../scenario/durations.ts';
import { wholeNumber } from './numbers.ts';

/** An instant, or milliseconds after time zero. */
export type EdgeOption = { readonly instant: Instant } | { readonly afterZeroMs: number };

export interface ImportRequest {
  readonly command: 'import';
  readonly logs: readonly string[];
  /** Address, host, id, log file or container → node name. */
  readonly given: ReadonlyMap<string, string>;
  /** A file with more of them, or null. */
  readonly namesFile: string | null;
  /** Log file, container or node → milliseconds to add to its times. */
  readonly offsetsMs: ReadonlyMap<string, number>;
  /** Minutes east of Greenwich; null when not given. */
  readonly zoneMin: number | null;
  readonly zero: Instant | null;
  readonly from: EdgeOption | null;
  readonly to: EdgeOption | null;
  readonly failover: number | null;
  readonly json: boolean;
  readonly out: string | null;
  readonly verbose: boolean;
}

interface ImportOptions {
  readonly name?: ReadonlyMap<string, string>;
  readonly names?: string;
  readonly offset?: ReadonlyMap<string, number>;
  readonly zone?: number;
  readonly zero?: Instant;
  readonly from?: EdgeOption;
  readonly to?: EdgeOption;
  readonly failover?: number;
  readonly json?: true;
  readonly out?: string;
  readonly verbose?: true;
}

const MOST_ATTEMPTS = 999_999;

const EXAMPLES = `
Examples:
  sentinelsim import sentinel-*.log redis-*.log --out run.json
  docker compose logs -t > all.log && sentinelsim import all.log
  sentinelsim import s1.log s2.log s3.log --name 10.0.0.2:6379=redis-1 --failover 2 --out run.json
  sentinelsim import s1.log s2.log --zero "23 Nov 2026 21:10:02.300" --offset s2.log=-120ms --json

A node has the name of its log or container; one without a log has its address, unless --name or --names says otherwise.
Times without a zone are the logs' local times. Time zero is the first +sdown of a master, unless --zero says otherwise.`;

export function registerImport(program: Command, accept: (request: ImportRequest) => void): void {
  program
    .command('import')
    .description('turn logs of real Sentinels and servers into a run document')
    .argument('<logs...>', 'logs of Sentinels, and of Redis servers too if you have them')
    .option('--name <key=node>', 'name an address, host, Sentinel id, log or container; repeatable', readName)
    .option('--names <file>', 'a YAML file of such names: "10.0.0.2:6379: redis-1"')
    .option('--zero <time>', 'time zero, as in the logs or as ISO 8601', readInstant)
    .option('--zone <zone>', 'zone of the logs: Z or +02:00', readZone)
    .option(
      '--offset <log=time>',
      'add this to the times of a log, as in s2.log=-120ms; repeatable',
      readOffset,
    )
    .option(
      '--from <time>',
      'leave out what is earlier; a time, or a span from time zero like -10s',
      readEdge,
    )
    .option('--to <time>', 'leave out what is later', readEdge)
    .option('--failover <n>', 'only the n-th attempt, and what led to it', wholeNumber(1, MOST_ATTEMPTS))
    .option('--json', 'print the run document and nothing else')
    .option('--out <file>', 'write the run document to this file')
    .option('--verbose', 'list the lines that were not recognised')
    .option('--no-color', 'plain text (it always is)')
    .addHelpText('after', EXAMPLES)
    .action((logs: string[], options: ImportOptions) => {
      accept(importRequest(logs, options));
    });
}

function importRequest(logs: readonly string[], options: ImportOptions): ImportRequest {
  return {
    command: 'import',
    logs,
    given: options.name ?? new Map(),
    namesFile: options.names ?? null,
    offsetsMs: options.offset ?? new Map(),
    zoneMin: options.zone ?? null,
    zero: options.zero ?? null,
    from: options.from ?? null,
    to: options.to ?? null,
    failover: options.failover ?? null,
    json: options.json ?? false,
    out: options.out ?? null,
    verbose: options.verbose ?? false,
  };
}

/** The text before the last `=` and the text after it. */
function split(text: string, example: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError(`Expected ${example}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function readName(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const [key, name] = split(text, 'an address and a name, like 10.0.0.2:6379=redis-1');
  if (!isNodeName(name)) {
    throw new InvalidArgumentError(`${name} is no name: letters, digits, . _ and - may stand in it.`);
  }
  return new Map([...before, [key, name]]);
}

function readOffset(text: string, before: ReadonlyMap<string, number> = new Map()): Map<string, number> {
  const [key, value] = split(text, 'a log and a time, like s2.log=-120ms');
  return new Map([...before, [key, readSpanMs(value)]]);
}

function readSpanMs(text: string): number {
  const us = parseDuration(text.replace(/^\+/, ''));
  if (us === null) throw new InvalidArgumentError(`${explainDuration(text, true)}.`);
  return Math.round(us / 1000);
}

function readInstant(text: string): Instant {
  const instant = parseInstant(text);
  if (instant !== null) return instant;
  throw new InvalidArgumentError(
    'Expected a time like "23 Nov 2026 21:10:02.300" or 2026-11-23T21:10:02.300Z.',
  );
}

function readEdge(text: string): EdgeOption {
  if (/^[+-]?[\d.]+[a-z]+$/.test(text)) return { afterZeroMs: readSpanMs(text) };
  return { instant: readInstant(text) };
}

function readZone(text: string): number {
  const zone = parseZone(text);
  if (zone === null) throw new InvalidArgumentError('Expected Z or hours and minutes, like +02:00.');
  return zone;
}
