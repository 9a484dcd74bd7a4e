/** Reading files: every way in which this fails is news for the user, never an exception of the platform. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file's text, or why there is none: the error in one sentence, and a way out. */
export type Opened =
  | { readonly file: string; readonly text: string }
  | { readonly error: string; readonly hint: string };

/** As Opened, before decoding. */
export type OpenedBytes = { readonly bytes: Uint8Array } | { readonly error: string; readonly hint: string };

const CONFIG_FILE_BYTES_MAX = 1_048_576;

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
};

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return REASONS[code] ?? code;
}

/** The file names of a folder in byte order, or none when it cannot be read. */
export function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** What a path leads to. */
export function pathKind(path: string): 'file' | 'folder' | 'other' | 'missing' {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return 'folder';
    return stat.isFile() ? 'file' : 'other';
  } catch {
    return 'missing';
  }
}

function decode(file: string, bytes: Uint8Array): Opened {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { file, text };
  } catch {
    // Falls through to the same news.
  }
  return { error: 'the file is no text: it has bytes that are not UTF-8', hint: 'name a text file' };
}

/** The text of a file of at most `bytesMax`, 1 MiB unless given. */
export function readText(file: string, bytesMax = CONFIG_FILE_BYTES_MAX): Opened {
  const bytes = readBytes(file, bytesMax);
  return 'error' in bytes ? bytes : decode(file, bytes.bytes);
}

/** The bytes of a file of at most `bytesMax`. */
export function readBytes(file: string, bytesMax: number): OpenedBytes {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return { error: `cannot read the file: Is a directory`, hint: 'name a file' };
    if (!stat.isFile()) return { error: 'cannot read the file: not a regular file', hint: 'name a file' };
    if (stat.size > bytesMax) {
      const hint = `at most ${Math.floor(bytesMax / CONFIG_FILE_BYTES_MAX)} MiB is read`;
      return { error: `the file is too large: ${stat.size} bytes`, hint };
    }
    return { bytes: readFileSync(file) };
  } catch (error) {
    return { error: `cannot read the file: ${reasonOf(error)}`, hint: nearbyHint(file, listFolder) };
  }
}

/** A name in the same folder that differs in a letter or two is likely to be meant. */
function nearbyHint(file: string, list: (folder: string) => readonly string[]): string {
  const names = list(dirname(file));
  const wanted = basename(file).toLowerCase();
  const near = names.find((name) => name.toLowerCase() === wanted || sameStem(name, wanted));
  return near === undefined ? '' : `did you mean ${join(dirname(file), near)}?`;
}

function sameStem(name: string, wanted: string): boolean {
  const stem = (text: string) => text.replace(/\.[^.]*$/, '').toLowerCase();
  return stem(name) === stem(wanted);
}
