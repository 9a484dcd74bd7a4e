/** A compose file → the nodes of a deployment: services that run a Redis server or a sentinel. */
import { dirname, join } from 'node:path';
import { defaultRedisConfig } from '../../models/redis/config.ts';
import { environmentLines } from './bitnami.ts';
import { containerLines } from './composeLines.ts';
import { type ComposeFile, readService, type Service } from './composeService.ts';
import type { ConfLine } from './confFile.ts';
import type { FileMount } from './deployment.ts';
import type { DeploymentDraft, RedisDraft, SentinelDraft } from './draft.ts';
import { interpolate, parseDotEnv } from './interpolate.ts';
import { type Container, mountKind } from './mounts.ts';
import { addError, addNote, addWarning, type Problems, startOf } from './problems.ts';
import { applyRedisLines } from './redisConf.ts';
import { readSentinelLines } from './sentinelConf.ts';
import { parseServerCommand, type ServerCommand } from './serverCommand.ts';
import { scriptOf } from './shell.ts';
import { readText } from './source.ts';
import { child, type YamlMapping, type YamlNode } from './yamlTree.ts';

/** The nodes that were found, in file order. */
export interface ComposeNodes extends DeploymentDraft {
  /** Sentinel → its configuration file as it sees it. */
  readonly configPaths: ReadonlyMap<string, string>;
}

interface Found {
  readonly redis: RedisDraft[];
  readonly sentinels: SentinelDraft[];
  readonly configPaths: Map<string, string>;
  readonly aliases: Record<string, string>;
  readonly addresses: Record<string, string>;
}

const PLAIN_IMAGE = /(?:^|\/)(?:redis|valkey|redis-stack-server)(?:[:@]|$)/;

/** A shell replaces the variables of its script by those of the service. */
function inShell({ words, environment }: Service): readonly string[] {
  if (scriptOf(words) === null) return words;
  return words.map((word) => {
    const replaced = interpolate(word, environment);
    return 'text' in replaced ? replaced.text : word;
  });
}

/** What the service runs; null: no Redis. An official image without a command runs a server without a file. */
function serverOf(service: Service): ServerCommand | null {
  if (service.words.length > 0) return parseServerCommand(inShell(service));
  if (!PLAIN_IMAGE.test(service.image)) return null;
  return { kind: 'redis', configPath: null, options: [], copies: new Map() };
}

function containerOf(compose: ComposeFile, service: Service, copies: ReadonlyMap<string, string>): Container {
  const { mounts, workingFolder } = service;
  return { mounts, copies, workingFolder, folder: compose.folder, file: compose.file };
}

function wordsToLine(words: readonly string[], service: Service): ConfLine {
  return {
    at: service.commandAt,
    text: words.join(' '),
    words: words.map((text) => ({ text, column: service.commandAt.column })),
  };
}

/** The configuration lines of a service: its file's, then those of its command line (R-CONF-5). */
function linesOf(compose: ComposeFile, service: Service, server: ServerCommand): readonly ConfLine[] {
  const container = containerOf(compose, service, server.copies);
  const options = server.options.map((words) => wordsToLine(words, service));
  const file =
    server.configPath === null
      ? []
      : containerLines(container, server.configPath, service.commandAt, compose.problems);
  return [...file, ...options];
}

/** An image that is configured by its environment writes its own file, and can rewrite it. */
function fileMountOf(compose: ComposeFile, service: Service, server: ServerCommand): FileMount {
  if (environmentLines(service.image, service.environment) !== null) return 'writable';
  return mountKind(containerOf(compose, service, server.copies), server.configPath);
}

function addRedis(
  compose: ComposeFile,
  service: Service,
  server: ServerCommand,
  lines: readonly ConfLine[],
  found: Found,
): void {
  const config = defaultRedisConfig();
  // The official image is built with protected mode off.
  config.protectedMode = false;
  const places = applyRedisLines(config, lines, compose.problems);
  const { name, stopGraceMs, at } = service;
  const configFile = fileMountOf(compose, service, server);
  found.redis.push({ node: { kind: 'redis', name, config, configFile, stopGraceMs, at }, places });
}

function addSentinel(
  compose: ComposeFile,
  service: Service,
  server: ServerCommand,
  lines: readonly ConfLine[],
  found: Found,
): void {
  const { config, places } = readSentinelLines(lines, compose.problems);
  const { name, stopGraceMs, at } = service;
  const configFile = fileMountOf(compose, service, server);
  if (server.configPath !== null) found.configPaths.set(name, server.configPath);
  found.sentinels.push({ node: { kind: 'sentinel', name, config, configFile, stopGraceMs, at }, places });
}

/** S-PERSIST-8: a sentinel needs a file. */
function reportNoFile(compose: ComposeFile, service: Service): void {
  const text = 'Sentinel needs config file on disk to save state. Exiting...';
  addError(compose.problems, service.commandAt, `Sentinel does not start: '${text}'`, {
    found: service.words.join(' '),
    expected: 'redis-sentinel <file>',
    hint: 'name a mounted configuration file in the command',
  });
}

/** Images that write their configuration file themselves. */
function addFromEnvironment(compose: ComposeFile, service: Service, found: Found): boolean {
  const described = environmentLines(service.image, service.environment);
  if (described === null) return false;
  const lines = described.lines.map((words) => wordsToLine(words, service));
  const server: ServerCommand = { kind: described.kind, configPath: null, options: [], copies: new Map() };
  if (described.kind === 'redis') addRedis(compose, service, server, lines, found);
  else addSentinel(compose, service, server, lines, found);
  return true;
}

/** A name that two services share stands for the first: what Docker's name server answers is no fixed order. */
function addNames(compose: ComposeFile, service: Service, found: Found): void {
  for (const name of service.hostNames) {
    const other = Object.hasOwn(found.aliases, name) ? found.aliases[name] : undefined;
    if (other !== undefined && other !== service.name) {
      addWarning(compose.problems, service.at, `the name ${name} stands for ${other} already`, {
        found: name,
      });
    } else if (name !== service.name) found.aliases[name] = service.name;
  }
  if (service.address !== null) found.addresses[service.name] = service.address;
}

function addService(compose: ComposeFile, service: Service, found: Found): void {
  const server = serverOf(service);
  if (service.words.length === 0 && addFromEnvironment(compose, service, found)) {
    addNames(compose, service, found);
    return;
  }
  if (server === null) {
    addNote(compose.problems, service.at, `${service.name} is no Redis: passed over`);
    return;
  }
  addNames(compose, service, found);
  if (server.kind === 'sentinel' && server.configPath === null) {
    reportNoFile(compose, service);
    return;
  }
  const lines = linesOf(compose, service, server);
  if (server.kind === 'redis') addRedis(compose, service, server, lines, found);
  else addSentinel(compose, service, server, lines, found);
}

function servicesOf(root: YamlNode, problems: Problems): YamlMapping | null {
  const services = child(root, 'services');
  if (services?.kind === 'mapping') return services;
  addError(problems, services?.at ?? root.at, 'the file has no services', {
    expected: 'a mapping under services',
  });
  return null;
}

function dotEnv(folder: string): ReadonlyMap<string, string> {
  const opened = readText(join(folder, '.env'));
  return 'text' in opened ? parseDotEnv(opened.text) : new Map();
}

/** Reads the services of a compose file that was parsed from `file`. */
export function readCompose(root: YamlNode, file: string, problems: Problems): ComposeNodes {
  const folder = dirname(file);
  const found: Found = { redis: [], sentinels: [], configPaths: new Map(), aliases: {}, addresses: {} };
  const services = servicesOf(root, problems);
  const compose: ComposeFile = {
    file,
    folder,
    root: root.kind === 'mapping' ? root : { kind: 'mapping', at: startOf(file), entries: new Map() },
    variables: dotEnv(folder),
    problems,
  };
  for (const [name, entry] of services?.entries ?? []) {
    if (entry.value.kind === 'mapping') {
      addService(compose, readService(compose, name, entry.keyAt, entry.value), found);
    } else {
      addError(problems, entry.keyAt, `the service ${name} is no mapping`, {
        expected: 'image, command, ...',
      });
    }
  }
  return { file, problems, ...found };
}
