/** The configuration file of a container, line by line. */
import { type ConfLine, parseLines, readLines } from './confFile.ts';
import type { Position } from './diagnostic.ts';
import { type Container, containerFiles, nearbyFile } from './mounts.ts';
import type { Problems } from './problems.ts';
import { readText } from './source.ts';

/**
 * The lines of the file that a command names. When it is not mounted although a file of that name lies beside the compose
 * file, that one is read as well, so that its own errors show at the same time.
 */
export function containerLines(
  container: Container,
  path: string,
  at: Position,
  problems: Problems,
): readonly ConfLine[] {
  const view = containerFiles(container);
  const missing = 'error' in view.open(path);
  const lines = readLines(path, at, view, problems);
  const near = missing ? nearbyFile(container, path) : null;
  const opened = near === null ? null : readText(near);
  return opened !== null && 'text' in opened ? parseLines(opened.text, opened.file, problems) : lines;
}
