/** One service of a compose file, with its variables replaced: what it runs, sees and is called. */
import { isAbsolute, join } from 'node:path';
import type { Position } from './diagnostic.ts';
import { interpolate, parseDotEnv, type Variables } from './interpolate.ts';
import type { Mount } from './mounts.ts';
import { addError, addNote, type Problems } from './problems.ts';
import { splitCommand } from './shell.ts';
import { readText } from './source.ts';
import { child, itemsOf, type YamlMapping, type YamlNode } from './yamlTree.ts';

/** The compose file around a service. */
export interface ComposeFile {
  readonly file: string;
  readonly folder: string;
  readonly root: YamlMapping;
  readonly variables: Variables;
  readonly problems: Problems;
}

export interface Service {
  readonly name: string;
  readonly at: Position;
  readonly commandAt: Position;
  readonly image: string;
  /** Entry point and command together; empty: what the image runs. */
  readonly words: readonly string[];
  readonly environment: Variables;
  readonly mounts: readonly Mount[];
  readonly workingFolder: string;
  readonly stopGraceMs: number;
  readonly hostNames: readonly string[];
  readonly address: string | null;
}

/** A scalar's text with variables replaced; empty when there is none. */
function textOf(compose: ComposeFile, node: YamlNode | undefined): string {
  if (node?.kind !== 'scalar') return '';
  const result = interpolate(node.text, compose.variables);
  if ('text' in result) return result.text;
  addError(compose.problems, node.at, `the variable ${result.missing} is not set: ${result.reason}`, {
    found: node.text,
    expected: `${result.missing} in the .env file beside the compose file`,
    hint: `write ${result.missing}=... into .env`,
  });
  return '';
}

function wordsOf(compose: ComposeFile, node: YamlNode | undefined): readonly string[] {
  if (node?.kind === 'list') return node.items.map((item) => textOf(compose, item));
  return splitCommand(textOf(compose, node));
}

function addEnvironmentFile(compose: ComposeFile, node: YamlNode, variables: Map<string, string>): void {
  const path = textOf(compose, node.kind === 'mapping' ? child(node, 'path') : node);
  const opened = readText(join(compose.folder, path));
  if ('error' in opened) {
    addError(compose.problems, node.at, `env_file: ${opened.error}`, { found: path, hint: opened.hint });
    return;
  }
  for (const [name, value] of parseDotEnv(opened.text)) variables.set(name, value);
}

function environmentOf(compose: ComposeFile, service: YamlNode): Variables {
  const variables = new Map<string, string>();
  for (const file of itemsOf(child(service, 'env_file'))) addEnvironmentFile(compose, file, variables);
  const node = child(service, 'environment');
  if (node?.kind === 'mapping') {
    for (const [name, entry] of node.entries) variables.set(name, textOf(compose, entry.value));
  }
  for (const item of node?.kind === 'list' ? node.items : []) {
    const [name, ...value] = textOf(compose, item).split('=');
    variables.set(name!, value.join('='));
  }
  return variables;
}

/** A bind mount's source on this machine; null for a named or anonymous volume. */
function sourceOf(compose: ComposeFile, source: string): string | null {
  if (isAbsolute(source)) return source;
  return source.startsWith('.') ? join(compose.folder, source) : null;
}

function shortVolume(compose: ComposeFile, text: string): Mount | null {
  const [source, target, options = ''] = text.split(':');
  if (source === undefined || source === '') return null;
  if (target === undefined) return { target: source, source: null, content: null, readOnly: false };
  const readOnly = options.split(',').includes('ro');
  return { target: trimSlash(target), source: sourceOf(compose, source), content: null, readOnly };
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function longVolume(compose: ComposeFile, node: YamlNode): Mount | null {
  const target = textOf(compose, child(node, 'target'));
  if (target === '') return null;
  const source = textOf(compose, child(node, 'source'));
  const bind = textOf(compose, child(node, 'type')) === 'bind';
  return {
    target: trimSlash(target),
    source: bind ? (isAbsolute(source) ? source : join(compose.folder, source)) : null,
    content: null,
    readOnly: textOf(compose, child(node, 'read_only')) === 'true',
  };
}

/** `configs:` and `secrets:` are single files, mounted read-only. */
function configMount(compose: ComposeFile, node: YamlNode, kind: 'configs' | 'secrets'): Mount | null {
  const name = textOf(compose, node.kind === 'mapping' ? child(node, 'source') : node);
  const target = node.kind === 'mapping' ? textOf(compose, child(node, 'target')) : '';
  const definition = child(child(compose.root, kind), name);
  if (definition === undefined) {
    addError(compose.problems, node.at, `there is no ${name} under ${kind}`, { found: name });
    return null;
  }
  const file = textOf(compose, child(definition, 'file'));
  const content = child(definition, 'content');
  return {
    target: target === '' ? `/${kind === 'secrets' ? 'run/secrets/' : ''}${name}` : target,
    source: file === '' ? null : join(compose.folder, file),
    content: content === undefined ? null : textOf(compose, content),
    readOnly: true,
  };
}

function mountsOf(compose: ComposeFile, service: YamlNode): readonly Mount[] {
  const volumes = itemsOf(child(service, 'volumes')).map((node) =>
    node.kind === 'mapping' ? longVolume(compose, node) : shortVolume(compose, textOf(compose, node)),
  );
  const configs = itemsOf(child(service, 'configs')).map((node) => configMount(compose, node, 'configs'));
  const secrets = itemsOf(child(service, 'secrets')).map((node) => configMount(compose, node, 'secrets'));
  return [...volumes, ...configs, ...secrets].filter((mount): mount is Mount => mount !== null);
}

const GRACE_UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Compose's durations: `1m30s`, `20s`; 10 s when there is none. */
function stopGraceMs(compose: ComposeFile, service: YamlNode): number {
  const node = child(service, 'stop_grace_period');
  if (node === undefined) return 10_000;
  const text = textOf(compose, node);
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) {
    addError(compose.problems, node.at, 'stop_grace_period is no duration', {
      found: text,
      expected: 'a duration with a unit, such as 20s or 1m30s',
      hint: /^\d+$/.test(text) ? `write ${text}s` : '',
    });
    return 10_000;
  }
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    total += Number(number) * GRACE_UNITS[unit!]!;
  }
  return Math.round(total);
}

function networkNodes(service: YamlNode): readonly YamlNode[] {
  const networks = child(service, 'networks');
  return networks?.kind === 'mapping' ? [...networks.entries.values()].map(({ value }) => value) : [];
}

function hostNamesOf(compose: ComposeFile, service: YamlNode): readonly string[] {
  const own = ['container_name', 'hostname'].map((key) => textOf(compose, child(service, key)));
  const aliases = networkNodes(service).flatMap((network) =>
    itemsOf(child(network, 'aliases')).map((alias) => textOf(compose, alias)),
  );
  return [...own, ...aliases].filter((name) => name !== '');
}

function addressOf(compose: ComposeFile, service: YamlNode): string | null {
  for (const network of networkNodes(service)) {
    const address = textOf(compose, child(network, 'ipv4_address'));
    if (address !== '') return address;
  }
  return null;
}

/** Entries of the base service come first; lists of volumes and the like are joined, all else is replaced. */
function mergeService(base: YamlMapping, own: YamlMapping): YamlMapping {
  const entries = new Map(base.entries);
  for (const [key, entry] of own.entries) {
    const before = base.entries.get(key)?.value;
    const joined = ['volumes', 'configs', 'secrets', 'env_file'].includes(key) && before !== undefined;
    const mapped = before?.kind === 'mapping' && entry.value.kind === 'mapping' && key === 'environment';
    if (joined) {
      const items = [...itemsOf(before), ...itemsOf(entry.value)];
      entries.set(key, { ...entry, value: { kind: 'list', at: entry.value.at, items } });
    } else if (mapped)
      entries.set(key, { ...entry, value: mergeService(before, entry.value as YamlMapping) });
    else entries.set(key, entry);
  }
  entries.delete('extends');
  return { ...own, entries };
}

const EXTENDS_DEPTH_MAX = 8;

/** Follows `extends` within the file. */
function extended(compose: ComposeFile, service: YamlMapping, depth = 0): YamlMapping {
  const extend = child(service, 'extends');
  if (extend === undefined) return service;
  const name = textOf(compose, extend.kind === 'mapping' ? child(extend, 'service') : extend);
  const base = child(child(compose.root, 'services'), name);
  const elsewhere = extend.kind === 'mapping' && child(extend, 'file') !== undefined;
  if (elsewhere || base?.kind !== 'mapping' || depth >= EXTENDS_DEPTH_MAX) {
    addError(compose.problems, extend.at, `cannot extend ${name || 'this'}`, {
      found: name,
      expected: 'another service of the same file, without going in a circle',
    });
    return service;
  }
  return mergeService(extended(compose, base, depth + 1), service);
}

/** Reads one service. */
export function readService(compose: ComposeFile, name: string, at: Position, written: YamlMapping): Service {
  const service = extended(compose, written);
  const command = child(service, 'command');
  const entrypoint = child(service, 'entrypoint');
  const mode = child(service, 'network_mode');
  if (mode !== undefined) {
    addNote(compose.problems, mode.at, `network_mode is not modelled: ${name} has an address of its own`);
  }
  return {
    name,
    at,
    commandAt: (command ?? entrypoint)?.at ?? at,
    image: textOf(compose, child(service, 'image')),
    words: [...wordsOf(compose, entrypoint), ...wordsOf(compose, command)],
    environment: environmentOf(compose, service),
    mounts: mountsOf(compose, service),
    workingFolder: textOf(compose, child(service, 'working_dir')) || '/data',
    stopGraceMs: stopGraceMs(compose, service),
    hostNames: hostNamesOf(compose, service),
    address: addressOf(compose, service),
  };
}
