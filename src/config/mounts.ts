/** The files that a container sees: its mounts and inline configurations. */
import { basename, join, posix } from 'node:path';
import type { FileView } from './confFile.ts';
import type { FileMount } from './deployment.ts';
import { listFolder, type Opened, pathKind, readText } from './source.ts';

/** Something that is visible in a container at `target`. */
export interface Mount {
  readonly target: string;
  /** A path on this machine; null: a volume that starts empty. */
  readonly source: string | null;
  /** Inline text in place of a file. */
  readonly content: string | null;
  readonly readOnly: boolean;
}

/** All that a container sees. */
export interface Container {
  readonly mounts: readonly Mount[];
  /** Copies made before the server starts. */
  readonly copies: ReadonlyMap<string, string>;
  readonly workingFolder: string;
  /** The folder of the compose file. */
  readonly folder: string;
  readonly file: string;
}

const NOT_FOUND = 'No such file or directory';

function absolute(container: Container, path: string): string {
  return posix.normalize(posix.join(path.startsWith('/') ? '/' : container.workingFolder, path));
}

/** The innermost mount that the path lies in. */
function mountOf(container: Container, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of container.mounts) {
    const inside = path === mount.target || path.startsWith(`${mount.target.replace(/\/$/, '')}/`);
    if (inside && (best === undefined || mount.target.length >= best.target.length)) best = mount;
  }
  return best;
}

/** Where the path lies on this machine, or null. */
function hostPath(container: Container, path: string): string | null {
  const mount = mountOf(container, path);
  if (mount?.source == null) return null;
  return path === mount.target ? mount.source : join(mount.source, posix.relative(mount.target, path));
}

/** A file of the same name beside the compose file: probably the one that should have been mounted. */
export function nearbyFile(container: Container, path: string): string | null {
  const name = basename(path);
  const folders = listFolder(container.folder).filter(
    (entry) => !entry.startsWith('.') && entry !== 'node_modules',
  );
  const places = ['', ...folders].map((entry) => join(container.folder, entry, name));
  return places.find((place) => pathKind(place) === 'file') ?? null;
}

function copied(container: Container, path: string): string | null {
  for (const [to, from] of container.copies) {
    const target = absolute(container, to);
    if (target === path) return absolute(container, from);
    if (posix.join(target, posix.basename(from)) === path) return absolute(container, from);
  }
  return null;
}

function openInside(container: Container, path: string, depth: number): Opened {
  const from = depth < 4 ? copied(container, path) : null;
  if (from !== null) return openInside(container, from, depth + 1);
  const mount = mountOf(container, path);
  if (mount?.content != null && mount.target === path) return { file: container.file, text: mount.content };
  const host = hostPath(container, path);
  if (host !== null) {
    const opened = readText(host);
    return 'error' in opened
      ? { error: opened.error, hint: opened.hint || `${host} is mounted there` }
      : opened;
  }
  const near = nearbyFile(container, path);
  const hint =
    near === null
      ? 'mount the file there'
      : `add to the volumes: ./${relativeTo(container.folder, near)}:${path}`;
  return { error: NOT_FOUND, hint };
}

function relativeTo(folder: string, path: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function segmentPattern(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}

/** The files of a container as its processes see them. */
export function containerFiles(container: Container): FileView {
  return {
    open: (path) => openInside(container, absolute(container, path), 0),
    expand: (pattern) => {
      const full = absolute(container, pattern);
      const folder = posix.dirname(full);
      const host = hostPath(container, folder);
      const matches = segmentPattern(posix.basename(full));
      return host === null
        ? []
        : listFolder(host)
            .filter((name) => matches.test(name) && !name.startsWith('.'))
            .map((name) => posix.join(folder, name));
    },
  };
}

/** How the process can rewrite its configuration file (M-05 to M-07). */
export function mountKind(container: Container, path: string | null): FileMount {
  if (path === null) return 'none';
  const full = absolute(container, path);
  if (copied(container, full) !== null) return 'writable';
  const mount = mountOf(container, full);
  if (mount === undefined) return 'writable';
  if (mount.readOnly) return 'read-only';
  return mount.target === full ? 'not-replaceable' : 'writable';
}
