/** Reading what a person names: logs, and the file of names. */
import type { Diagnostic, Position } from '../config/diagnostic.ts';
import { InputError } from '../config/diagnostic.ts';
import { addError, inputError, type Problems, startOf, throwErrors } from '../config/problems.ts';
import { readBytes, readText } from '../config/source.ts';
import { readYaml } from '../config/yamlTree.ts';
import type { LogFile } from './sources.ts';

const LOG_BYTES_MAX = 256 * 1_048_576;

/** All logs, or an InputError that tells of every one that cannot be read. */
export function readLogFiles(paths: readonly string[]): LogFile[] {
  const problems: Problems = [];
  const files: LogFile[] = [];
  for (const path of new Set(paths)) {
    const opened = readBytes(path, LOG_BYTES_MAX);
    if ('error' in opened) addError(problems, startOf(path), opened.error, { hint: opened.hint });
    else if (isGzip(opened.bytes)) {
      addError(problems, startOf(path), 'the log is compressed', {
        expected: 'plain text',
        hint: `gunzip ${path} first`,
      });
    } else files.push({ path, text: decode(opened.bytes) });
  }
  throwErrors(problems);
  return files;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A power failure leaves zero bytes and torn characters in a log: they are passed over. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes).replaceAll('\0', '');
}

/** One entry of a file of names, with its place. */
export interface NameEntry {
  readonly key: string;
  readonly name: string;
  readonly at: Position;
}

/** A mapping of addresses, hosts, ids, files or containers to node names. */
export function readNamesFile(path: string): NameEntry[] {
  const problems: Problems = [];
  const opened = readText(path);
  if ('error' in opened) {
    addError(problems, startOf(path), opened.error, { hint: opened.hint });
    throw inputError(problems);
  }
  const tree = readYaml(opened.text, path, problems);
  throwErrors(problems);
  if (tree?.kind !== 'mapping') {
    throw new InputError([badNames(startOf(path), opened.text.split('\n')[0] ?? '')]);
  }
  const entries: NameEntry[] = [];
  for (const [key, { keyAt, value }] of tree.entries) {
    if (value.kind !== 'scalar' || !isNodeName(value.text)) {
      addError(problems, value.at, `${key} needs the name of a node`, {
        found: value.kind === 'scalar' ? value.text : `a ${value.kind}`,
        expected: 'a word of letters, digits, . _ and -',
      });
    } else entries.push({ key, name: value.text, at: keyAt });
  }
  throwErrors(problems);
  return entries;
}

function badNames(at: Position, found: string): Diagnostic {
  return {
    severity: 'error',
    at,
    message: 'a file of names is a mapping',
    found,
    expected: '10.0.0.2:6379: redis-1',
    hint: 'one line for each node: address, host, id or log file, then its name',
  };
}

/** A name that can stand in a message: one word. */
export function isNodeName(text: string): boolean {
  return /^[\w.-]+$/.test(text);
}
